//! `Images`: every node can pull what the selected tests use.

use k8s_openapi::api::core::v1::{ContainerStatus, Node};

use super::{Finding, failed, passed, some, warned};

/// What the kubelet says while an image does not come (pkg/kubelet/images/types.go).
const TROUBLE: [&str; 6] = [
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "RegistryUnavailable",
];
/// Those of them that another try does not mend.
const HOPELESS: [&str; 2] = ["InvalidImageName", "ErrImageNeverPull"];

/// How far an image is on a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pull {
    /// It was there before.
    Present,
    /// It came.
    Done,
    /// It has not come yet.
    Pending,
    /// The last try failed.
    Failing {
        /// What the kubelet says.
        why: String,
        /// Another try may mend it.
        hope: bool,
    },
}

/// The images of one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnNode {
    /// The node.
    pub node: String,
    /// Each image and how far it is.
    pub pulls: Vec<(String, Pull)>,
    /// Why no pod could look, if none could.
    pub trouble: Option<String>,
}

/// True if the node says that it has the image.
pub fn is_present(node: &Node, image: &str) -> bool {
    let images = node
        .status
        .iter()
        .flat_map(|status| status.images.iter().flatten());
    let mut names = images.flat_map(|image| image.names.iter().flatten());
    names.any(|name| name == image)
}

/// How far the image of a container is.
pub fn pull(status: Option<&ContainerStatus>) -> Pull {
    let Some(status) = status else {
        return Pull::Pending;
    };
    let waiting = status.state.as_ref().and_then(|state| state.waiting.as_ref());
    let Some(waiting) = waiting else {
        return if status.image_id.is_empty() && status.state.is_none() {
            Pull::Pending
        } else {
            Pull::Done
        };
    };
    let reason = waiting.reason.as_deref().unwrap_or_default();
    if TROUBLE.contains(&reason) {
        Pull::Failing {
            why: waiting.message.clone().unwrap_or_else(|| reason.to_owned()),
            hope: !HOPELESS.contains(&reason),
        }
    } else if status.image_id.is_empty() && matches!(reason, "" | "ContainerCreating" | "PodInitializing") {
        Pull::Pending
    } else {
        // Whatever keeps it from starting, it is not the image.
        Pull::Done
    }
}

/// What the nodes say together.
pub fn verdict(nodes: &[OnNode], of: usize) -> Finding {
    let mut broken: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    let mut pending = Vec::new();
    let mut pulled = 0_usize;
    for node in nodes {
        for (image, pull) in &node.pulls {
            match pull {
                Pull::Present => {}
                Pull::Done => pulled += 1,
                Pull::Pending => pending.push(format!("{image} on {}", node.node)),
                Pull::Failing { why, .. } => match broken.iter_mut().find(|(known, ..)| known == image) {
                    Some((_, _, on)) => on.push(&node.node),
                    None => broken.push((image, why, vec![&node.node])),
                },
            }
        }
    }
    if !broken.is_empty() {
        let broken: Vec<String> = broken
            .iter()
            .map(|(image, why, on)| format!("{image} on {} ({why})", on.join(", ")))
            .collect();
        return failed(format!(
            "Images that the selected tests use cannot be pulled: {}.",
            some(&broken, 3)
        ));
    }
    let troubled: Vec<String> = nodes
        .iter()
        .filter_map(|node| Some(format!("{}: {}", node.node, node.trouble.as_ref()?)))
        .collect();
    if !troubled.is_empty() {
        return warned(format!(
            "Some nodes could not be looked at: {}.",
            some(&troubled, 3)
        ));
    }
    if !pending.is_empty() {
        return warned(format!(
            "Still being pulled: {}. Tests may time out.",
            some(&pending, 3)
        ));
    }
    let images = nodes.first().map_or(0, |node| node.pulls.len());
    let looked = if nodes.len() < of {
        format!("{} of {of}", nodes.len())
    } else {
        of.to_string()
    };
    passed(format!(
        "The {images} images of the selected tests are on {looked} nodes; {pulled} were pulled."
    ))
}

#[cfg(test)]
mod tests {
    use conform_crds::CheckState;
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;

    fn status(id: &str, state: &Value) -> ContainerStatus {
        serde_json::from_value(json!({
            "name": "c", "image": "i", "imageID": id, "ready": false, "restartCount": 0, "state": state,
        }))
        .unwrap()
    }

    #[rstest]
    #[case::creating("", json!({"waiting": {"reason": "ContainerCreating"}}), Pull::Pending)]
    #[case::running("sha256:0", json!({"running": {}}), Pull::Done)]
    #[case::ended("sha256:0", json!({"terminated": {"exitCode": 128, "reason": "StartError"}}), Pull::Done)]
    #[case::not_started("", json!({"waiting": {"reason": "RunContainerError"}}), Pull::Done)]
    #[case::failing(
        "", json!({"waiting": {"reason": "ErrImagePull", "message": "404"}}),
        Pull::Failing { why: "404".to_owned(), hope: true }
    )]
    #[case::hopeless(
        "", json!({"waiting": {"reason": "InvalidImageName"}}),
        Pull::Failing { why: "InvalidImageName".to_owned(), hope: false }
    )]
    fn a_pull_is_told_from_its_container(#[case] id: &str, #[case] state: Value, #[case] expected: Pull) {
        assert_eq!(pull(Some(&status(id, &state))), expected);
        assert_eq!(pull(None), Pull::Pending);
    }

    #[test]
    fn what_a_node_has_need_not_be_pulled() {
        let node: Node = serde_json::from_value(json!({
            "metadata": { "name": "a" },
            "status": { "images": [{ "names": ["r/i@sha256:0", "r/i:1"] }] },
        }))
        .unwrap();
        assert!(is_present(&node, "r/i:1") && !is_present(&node, "r/i:2"));
    }

    fn on(node: &str, pull: Pull) -> OnNode {
        OnNode {
            node: node.to_owned(),
            pulls: vec![("r/i:1".to_owned(), pull)],
            trouble: None,
        }
    }

    #[rstest]
    #[case::there(
        Pull::Present,
        CheckState::Passed,
        "1 images of the selected tests are on 2 nodes; 0 were"
    )]
    #[case::came(Pull::Done, CheckState::Passed, "1 were pulled")]
    #[case::slow(Pull::Pending, CheckState::Warned, "r/i:1 on b")]
    #[case::broken(Pull::Failing { why: "404".to_owned(), hope: true }, CheckState::Failed, "r/i:1 on b (404)")]
    fn nodes_together(#[case] second: Pull, #[case] state: CheckState, #[case] words: &str) {
        let (found, message) = verdict(&[on("a", Pull::Present), on("b", second)], 2);
        assert_eq!(found, state, "{message}");
        assert!(message.contains(words), "{message}");
    }

    #[test]
    fn a_node_that_takes_no_pod_is_told() {
        let mut node = on("a", Pull::Present);
        node.trouble = Some("no room".to_owned());
        assert_eq!(
            verdict(&[node], 1),
            warned("Some nodes could not be looked at: a: no room.")
        );
    }
}
