//! Whether the cluster is fit for the suite, before hours are spent.

use conform_suite::Release;
use k8s_openapi::api::core::v1::Node;

use super::observed::{ClusterFacts, Settings};

/// What preflight found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fitness {
    /// The server's release.
    pub server: Release,
    /// The suite's image for this server.
    pub image: String,
    /// What will cost tests without stopping the run.
    pub warning: Option<String>,
}

/// Looks at the facts. The error is a sentence for people.
pub fn check(facts: &ClusterFacts, settings: &Settings) -> Result<Fitness, String> {
    let version = &facts.server_version;
    let server: Release = version
        .parse()
        .map_err(|error| format!("the API server's version: {error}"))?;
    let image = suite_image(&settings.suite_repository, version);
    let fit = facts
        .nodes
        .iter()
        .filter(|node| is_linux(node) && is_ready(node) && is_schedulable(node))
        .count();
    let all = facts.nodes.len();
    match fit {
        0 => Err(format!(
            "none of {all} nodes is a Ready, schedulable Linux node: the suite has nowhere to run"
        )),
        1 => Ok(Fitness {
            server,
            image,
            warning: Some("one schedulable node: tests that need two will fail or skip".to_owned()),
        }),
        _ => Ok(Fitness {
            server,
            image,
            warning: None,
        }),
    }
}

/// The conformance image of the server's own patch release; what a vendor adds behind it (`+k3s1`, `-eks-1`) is not part
/// of upstream's tags.
pub fn suite_image(repository: &str, server_version: &str) -> String {
    let upstream = server_version.split(['+', '-']).next().unwrap_or(server_version);
    format!("{repository}:{upstream}")
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::run::fixtures::{node, settings};

    #[rstest]
    #[case("v1.36.3", "registry.k8s.io/conformance:v1.36.3")]
    #[case("v1.36.3+k3s1", "registry.k8s.io/conformance:v1.36.3")]
    #[case("v1.36.3-eks-1a2b", "registry.k8s.io/conformance:v1.36.3")]
    fn the_suite_is_the_servers_own_release(#[case] version: &str, #[case] image: &str) {
        assert_eq!(suite_image("registry.k8s.io/conformance", version), image);
    }

    #[test]
    fn a_cluster_without_a_usable_node_is_unfit() {
        let mut cordoned = node("a");
        cordoned.spec.get_or_insert_default().unschedulable = Some(true);
        let facts = ClusterFacts {
            server_version: "v1.36.3".into(),
            nodes: vec![cordoned],
        };
        assert!(
            check(&facts, &settings())
                .unwrap_err()
                .contains("none of 1 nodes")
        );
    }

    #[test]
    fn one_node_is_a_warning_and_two_are_none() {
        let mut facts = ClusterFacts {
            server_version: "v1.36.3".into(),
            nodes: vec![node("a")],
        };
        assert!(check(&facts, &settings()).unwrap().warning.is_some());
        facts.nodes.push(node("b"));
        assert_eq!(check(&facts, &settings()).unwrap().warning, None);
    }

    #[test]
    fn a_version_that_is_none_is_named() {
        let facts = ClusterFacts {
            server_version: "main".into(),
            nodes: vec![node("a")],
        };
        assert!(check(&facts, &settings()).unwrap_err().contains("\"main\""));
    }
}
