//! What gives Services of type LoadBalancer their addresses.

use conform_suite::Area::LoadBalancer;

use super::{Project, Role, Sight, says_yes};

const fn project(
    name: &'static str,
    images: &'static [&'static str],
    roles: fn(&Sight<'_>) -> Vec<Role>,
) -> Project {
    Project {
        name,
        images,
        workloads: &[],
        configs: &[],
        roles,
    }
}

fn always(_: &Sight<'_>) -> Vec<Role> {
    vec![Role::plain(LoadBalancer)]
}

pub const PROJECTS: [Project; 16] = [
    project("MetalLB", &["metallb/controller"], always),
    project("kube-vip", &["kube-vip/kube-vip", "plndr/kube-vip"], kube_vip),
    project("PureLB", &["purelb/purelb/allocator", "purelb/allocator"], always),
    project(
        "OpenELB",
        &["kubesphere/openelb-controller", "openelb-controller"],
        always,
    ),
    project("K3s ServiceLB", &["rancher/klipper-lb"], always),
    project(
        "AWS Load Balancer Controller",
        &[
            "aws-load-balancer-controller",
            "amazon/aws-alb-ingress-controller",
        ],
        always,
    ),
    project(
        "AWS cloud controller",
        &["provider-aws/cloud-controller-manager"],
        always,
    ),
    project(
        "Azure cloud controller",
        &["azure-cloud-controller-manager"],
        always,
    ),
    project(
        "GCP cloud controller",
        &[
            "cloud-provider-gcp/cloud-controller-manager",
            "gcp-cloud-controller-manager",
        ],
        always,
    ),
    project(
        "OpenStack cloud controller",
        &["openstack-cloud-controller-manager"],
        always,
    ),
    project("vSphere cloud controller", &["cloud-provider-vsphere"], always),
    project(
        "DigitalOcean cloud controller",
        &["digitalocean-cloud-controller-manager"],
        always,
    ),
    project(
        "Hetzner cloud controller",
        &["hcloud-cloud-controller-manager"],
        always,
    ),
    project("Oracle cloud controller", &["cloud-provider-oci"], always),
    project(
        "Cloud provider kind",
        &[
            "cloud-provider-kind/cloud-controller-manager",
            "cloud-controller-manager/cloud-provider-kind",
        ],
        always,
    ),
    project(
        "Alibaba cloud controller",
        &["acs/cloud-controller-manager"],
        always,
    ),
];

/// It may guard the control plane's address alone.
fn kube_vip(sight: &Sight<'_>) -> Vec<Role> {
    match sight.workload.env("svc_enable") {
        Some(value) if says_yes(value) => {
            vec![Role::plain(LoadBalancer).because("svc_enable is true")]
        }
        _ => Vec::new(),
    }
}
