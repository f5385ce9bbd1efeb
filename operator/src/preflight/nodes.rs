//! `Nodes`: where tests can run, and what the suite waits for.
//!
//! The suite's own rule (test/e2e/framework/node/wait.go, `CheckReadyForTests`): before the first test every node that is
//! not cordoned must be Ready and without a taint, except for `node-role.kubernetes.io/control-plane`, which is the
//! default of its flag `--non-blocking-taints`. It waits 30 minutes for that and then fails.

use conform_crds::{
    ConformanceRunSpec,
    nodes::{is_cordoned, is_ready, is_usable, repelling_taints},
};
use k8s_openapi::api::core::v1::Node;

use super::{Facts, Finding, failed, passed, some, warned};

/// The one taint that the suite does not wait for.
const NON_BLOCKING: &str = "node-role.kubernetes.io/control-plane";

/// Fails without a usable node, and if the suite would wait in vain; warns of a single node.
pub fn check(facts: &Facts, _: &ConformanceRunSpec) -> Finding {
    let all = facts.nodes.len();
    let usable = usable(&facts.nodes).count();
    if usable == 0 {
        return failed(format!(
            "None of {all} nodes is a Ready, schedulable Linux node: the suite has nowhere to run."
        ));
    }
    let blocking: Vec<String> = facts.nodes.iter().filter_map(blocks).collect();
    if !blocking.is_empty() {
        return failed(format!(
            "The suite waits 30 minutes for every node that is not cordoned, and then fails: {}. Mend or cordon them, or \
             take the taints away.",
            some(&blocking, 5)
        ));
    }
    if usable == 1 {
        return warned("One schedulable node: tests that need two will fail or skip.");
    }
    passed(format!(
        "{usable} of {all} nodes are Ready, schedulable Linux nodes."
    ))
}

/// Nodes that tests can put pods on.
pub fn usable(nodes: &[Node]) -> impl Iterator<Item = &Node> {
    nodes.iter().filter(|node| is_usable(node))
}

/// Why the suite would wait for the node, with its name.
fn blocks(node: &Node) -> Option<String> {
    if is_cordoned(node) {
        return None;
    }
    let name = node.metadata.name.as_deref().unwrap_or_default();
    if !is_ready(node) {
        return Some(format!("{name} is not Ready"));
    }
    let taint = repelling_taints(node).find(|taint| taint.key != NON_BLOCKING)?;
    Some(format!(
        "{name} is tainted {}:{}",
        taint
            .value
            .as_ref()
            .filter(|value| !value.is_empty())
            .map_or_else(|| taint.key.clone(), |value| format!("{}={value}", taint.key)),
        taint.effect
    ))
}

#[cfg(test)]
pub mod tests {
    use conform_crds::CheckState;
    use k8s_openapi::{
        api::core::v1::{NodeCondition, NodeStatus, Taint},
        apimachinery::pkg::api::resource::Quantity,
    };
    use rstest::rstest;

    use super::*;

    /// A Ready node with room.
    pub fn node(name: &str) -> Node {
        let mut node = Node::default();
        node.metadata.name = Some(name.to_owned());
        let ready = NodeCondition {
            type_: "Ready".into(),
            status: "True".into(),
            ..NodeCondition::default()
        };
        let room = [("cpu", "4"), ("memory", "8Gi"), ("pods", "110")];
        node.status = Some(NodeStatus {
            conditions: Some(vec![ready]),
            allocatable: Some(room.map(|(k, v)| (k.to_owned(), Quantity(v.to_owned()))).into()),
            ..NodeStatus::default()
        });
        node
    }

    fn tainted(key: &str, effect: &str) -> Node {
        let mut node = node("c");
        node.spec.get_or_insert_default().taints = Some(vec![Taint {
            key: key.to_owned(),
            effect: effect.to_owned(),
            ..Taint::default()
        }]);
        node
    }

    fn cordoned() -> Node {
        let mut node = tainted("node.kubernetes.io/unschedulable", "NoSchedule");
        node.spec.get_or_insert_default().unschedulable = Some(true);
        node
    }

    fn unready() -> Node {
        Node {
            status: None,
            ..node("c")
        }
    }

    #[rstest]
    #[case::two(&[node("a"), node("b")], CheckState::Passed, "2 of 2")]
    #[case::one(&[node("a")], CheckState::Warned, "need two")]
    #[case::none(&[cordoned()], CheckState::Failed, "None of 1 nodes")]
    #[case::control_plane(&[node("a"), node("b"), tainted(NON_BLOCKING, "NoSchedule")], CheckState::Passed, "2 of 3")]
    #[case::preferred(&[node("a"), tainted("x", "PreferNoSchedule")], CheckState::Passed, "2 of 2")]
    #[case::tainted(&[node("a"), node("b"), tainted("gpu", "NoSchedule")], CheckState::Failed, "c is tainted gpu:NoSchedule")]
    #[case::unready(&[node("a"), node("b"), unready()], CheckState::Failed, "c is not Ready")]
    #[case::cordoned(&[node("a"), node("b"), cordoned()], CheckState::Passed, "2 of 3")]
    fn says(#[case] nodes: &[Node], #[case] state: CheckState, #[case] words: &str) {
        let facts = Facts {
            nodes: nodes.to_vec(),
            ..Facts::well()
        };
        let (found, message) = check(&facts, &ConformanceRunSpec::default());
        assert_eq!(found, state, "{message}");
        assert!(message.contains(words), "{message}");
    }
}
