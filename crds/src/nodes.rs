//! Which nodes tests can use: the operator and the runner ask the same.

use k8s_openapi::api::core::v1::{Node, Taint};

/// The label that names a node's operating system (k8s.io/api, `LabelOSStable`).
pub const OS: &str = "kubernetes.io/os";

/// True if tests can put pods on the node: Linux, Ready, not cordoned, not tainted.
pub fn is_usable(node: &Node) -> bool {
    is_linux(node) && is_ready(node) && !is_cordoned(node) && repelling_taints(node).next().is_none()
}

/// True for Linux, and for nodes that do not say what they are.
pub fn is_linux(node: &Node) -> bool {
    let labels = node.metadata.labels.as_ref();
    labels
        .and_then(|labels| labels.get(OS))
        .is_none_or(|os| os == "linux")
}

/// Ready, and with a network, by the suite's own rule (test/e2e/framework/node/resource.go, `IsNodeReady`).
pub fn is_ready(node: &Node) -> bool {
    let status = node.status.as_ref();
    let conditions = status
        .and_then(|status| status.conditions.as_deref())
        .unwrap_or_default();
    let is = |kind: &str, status: &str| {
        conditions
            .iter()
            .any(|condition| condition.type_ == kind && condition.status == status)
    };
    is("Ready", "True") && !is("NetworkUnavailable", "True")
}

/// True if new pods are kept away by an administrator.
pub fn is_cordoned(node: &Node) -> bool {
    let spec = node.spec.as_ref();
    spec.and_then(|spec| spec.unschedulable).unwrap_or(false)
}

/// The operating systems of the nodes that are not cordoned, as their labels name them.
pub fn schedulable_systems(nodes: &[Node]) -> impl Iterator<Item = &str> {
    let schedulable = nodes.iter().filter(|node| !is_cordoned(node));
    schedulable.filter_map(|node| node.metadata.labels.as_ref()?.get(OS).map(String::as_str))
}

/// Taints that keep away or evict pods which do not tolerate them.
pub fn repelling_taints(node: &Node) -> impl Iterator<Item = &Taint> {
    let taints = node.spec.iter().flat_map(|spec| spec.taints.iter().flatten());
    taints.filter(|taint| taint.effect != "PreferNoSchedule")
}
