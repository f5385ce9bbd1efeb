//! kube-proxy, and distributions that carry it in a program of their own.

use conform_suite::Area;
use serde::Deserialize;

use super::{Project, Role, Sight};

pub const PROJECTS: [Project; 1] = [Project {
    name: "kube-proxy",
    images: &["kube-proxy", "kube-proxy-amd64", "kube-proxy-arm64"],
    // The second is what its static pods are called, which may run an image of all of Kubernetes.
    workloads: &[("openshift-sdn", "sdn"), ("kube-system", "kube-proxy")],
    configs: &["kube-proxy", "kube-proxy-config"],
    roles,
}];

/// The fields of a KubeProxyConfiguration that tell the mode.
#[derive(Deserialize)]
struct Configuration {
    kind: Option<String>,
    mode: Option<String>,
}

fn roles(sight: &Sight<'_>) -> Vec<Role> {
    let role = Role::plain(Area::ServiceProxy);
    let flag = sight
        .workload
        .flag("proxy-mode")
        .map(|mode| (mode.to_owned(), "--proxy-mode"));
    let told = flag.or_else(|| configured(sight).map(|mode| (mode, "its KubeProxyConfiguration")));
    let Some((mode, place)) = told else {
        return vec![role];
    };
    if mode.is_empty() {
        // `ProxyMode` of k8s.io/kube-proxy/config/v1alpha1: empty is the best for the platform, which is iptables.
        return vec![
            role.mode("iptables")
                .because(format!("{place} leaves the mode to its default")),
        ];
    }
    vec![role.mode(mode.clone()).because(format!("{place} says {mode}"))]
}

/// The mode of the KubeProxyConfiguration, empty if that leaves it open; none without such a configuration.
fn configured(sight: &Sight<'_>) -> Option<String> {
    let texts = sight.workload.config.values();
    let configurations = texts.filter(|text| text.contains("KubeProxyConfiguration"));
    configurations
        .filter_map(|text| serde_saphyr::from_str::<Configuration>(text).ok())
        .find(|read| read.kind.as_deref() == Some("KubeProxyConfiguration"))
        .map(|read| read.mode.unwrap_or_default())
}
