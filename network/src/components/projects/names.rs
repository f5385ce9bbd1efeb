//! Cluster DNS.

use conform_suite::Area::Dns;

use super::{Project, Role};

pub const PROJECTS: [Project; 3] = [
    Project {
        name: "CoreDNS",
        images: &[
            "coredns",
            "coredns/coredns",
            "hardened-coredns",
            "mirrored-coredns-coredns",
            "eks/coredns",
        ],
        workloads: &[("openshift-dns", "dns-default")],
        configs: &[],
        roles: |_| vec![Role::plain(Dns)],
    },
    Project {
        name: "kube-dns",
        images: &["k8s-dns-kube-dns", "k8s-dns-kube-dns-amd64"],
        workloads: &[],
        configs: &[],
        roles: |_| vec![Role::plain(Dns)],
    },
    Project {
        name: "NodeLocal DNSCache",
        images: &["k8s-dns-node-cache", "dns/k8s-dns-node-cache"],
        workloads: &[],
        configs: &[],
        roles: |_| vec![Role::plain(Dns).mode("cache on each node")],
    },
];
