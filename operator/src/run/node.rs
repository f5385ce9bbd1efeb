//! What a node is good for.

use k8s_openapi::api::core::v1::Node;

/// True if the suite's tests can use the node: it runs Linux, is ready, and takes any pod.
pub fn is_usable(node: &Node) -> bool {
    is_linux(node) && is_ready(node) && is_schedulable(node)
}

fn is_linux(node: &Node) -> bool {
    let labels = node.metadata.labels.as_ref();
    labels
        .and_then(|labels| labels.get("kubernetes.io/os"))
        .is_none_or(|os| os == "linux")
}

fn is_ready(node: &Node) -> bool {
    let conditions = node
        .status
        .as_ref()
        .and_then(|status| status.conditions.as_deref())
        .unwrap_or_default();
    conditions
        .iter()
        .any(|condition| condition.type_ == "Ready" && condition.status == "True")
}

fn is_schedulable(node: &Node) -> bool {
    let Some(spec) = &node.spec else { return true };
    let tainted = spec
        .taints
        .iter()
        .flatten()
        .any(|taint| taint.effect != "PreferNoSchedule");
    !spec.unschedulable.unwrap_or(false) && !tainted
}
