//! The programs that can be built.

use super::module::Kind;
use crate::{Error, Options, Result};

/// How a program is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// A static program.
    Go,
    /// With the C library, and libseccomp.
    Cgo,
    /// A test binary.
    Test,
}

/// One program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) package: &'static str,
    pub(crate) how: How,
    /// Whether a cluster, or an image in it, needs the program.
    cluster: bool,
}

const fn go(name: &'static str, kind: Kind, package: &'static str) -> Target {
    Target {
        name,
        kind,
        package,
        how: How::Go,
        cluster: true,
    }
}

/// All of them, in the order in which they are built: what many others share comes first.
const TARGETS: [Target; 21] = [
    go("kubectl", Kind::Kubernetes, "k8s.io/kubernetes/cmd/kubectl"),
    go(
        "kube-apiserver",
        Kind::Kubernetes,
        "k8s.io/kubernetes/cmd/kube-apiserver",
    ),
    go(
        "kube-controller-manager",
        Kind::Kubernetes,
        "k8s.io/kubernetes/cmd/kube-controller-manager",
    ),
    go(
        "kube-scheduler",
        Kind::Kubernetes,
        "k8s.io/kubernetes/cmd/kube-scheduler",
    ),
    go("kubelet", Kind::Kubernetes, "k8s.io/kubernetes/cmd/kubelet"),
    go("kube-proxy", Kind::Kubernetes, "k8s.io/kubernetes/cmd/kube-proxy"),
    go(
        "agnhost",
        Kind::Kubernetes,
        "k8s.io/kubernetes/test/images/agnhost",
    ),
    go(
        "nonewprivs",
        Kind::Kubernetes,
        "k8s.io/kubernetes/test/images/nonewprivs",
    ),
    go(
        "regression-issue-74839",
        Kind::Kubernetes,
        "k8s.io/kubernetes/test/images/regression-issue-74839",
    ),
    go("sample-apiserver", Kind::Kubernetes, "k8s.io/sample-apiserver"),
    go(
        "kubeconformance",
        Kind::Kubernetes,
        "k8s.io/kubernetes/test/conformance/image/go-runner",
    ),
    go("ginkgo", Kind::Kubernetes, "github.com/onsi/ginkgo/v2/ginkgo"),
    go("etcd", Kind::Runtime, "go.etcd.io/etcd/server/v3"),
    go(
        "containerd",
        Kind::Runtime,
        "github.com/containerd/containerd/v2/cmd/containerd",
    ),
    go(
        "containerd-shim-runc-v2",
        Kind::Runtime,
        "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2",
    ),
    go(
        "ctr",
        Kind::Runtime,
        "github.com/containerd/containerd/v2/cmd/ctr",
    ),
    Target {
        name: "runc",
        kind: Kind::Runtime,
        package: "github.com/opencontainers/runc",
        how: How::Cgo,
        cluster: true,
    },
    go("coredns", Kind::Coredns, "github.com/coredns/coredns"),
    Target {
        name: "e2e.test",
        kind: Kind::Kubernetes,
        package: "k8s.io/kubernetes/test/e2e",
        how: How::Test,
        cluster: true,
    },
    Target {
        name: "hydrophone",
        kind: Kind::Peers,
        package: "sigs.k8s.io/hydrophone",
        how: How::Go,
        cluster: false,
    },
    Target {
        name: REGISTRY,
        kind: Kind::Registry,
        package: "github.com/google/go-containerregistry/cmd/crane",
        how: How::Go,
        cluster: false,
    },
];

impl Target {
    pub(crate) fn named(name: &str) -> Result<Self> {
        let found = TARGETS.iter().find(|target| target.name == name).copied();
        found.ok_or_else(|| Error::NoSuchProgram { name: name.into() })
    }
}

/// What serves the images of a cluster that has a registry.
pub(crate) const REGISTRY: &str = "registry";

/// What the conformance image consists of.
pub(crate) const SUITE: [&str; 4] = ["kubectl", "kubeconformance", "ginkgo", "e2e.test"];

/// What the conformance image of a version consists of, in the order in which it is built.
pub(crate) fn for_suite() -> Vec<Target> {
    TARGETS
        .iter()
        .filter(|target| SUITE.contains(&target.name))
        .copied()
        .collect()
}

/// What a cluster and its images consist of.
pub(crate) fn for_cluster(options: &Options) -> Vec<Target> {
    let wanted = |target: &&Target| target.cluster || (options.registry && target.name == REGISTRY);
    TARGETS.iter().filter(wanted).copied().collect()
}
