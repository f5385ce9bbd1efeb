//! Whether the cluster is fit for the suite, before hours are spent.

use conform_suite::Release;

use super::{
    image::suite_image,
    node::is_usable,
    observed::{ClusterFacts, Settings},
};

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
    let fit = facts.nodes.iter().filter(|node| is_usable(node)).count();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::fixtures::{node, settings};

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
