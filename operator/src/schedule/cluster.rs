//! What the cluster is made of, for schedules that are to run when it changes.

use std::{collections::BTreeSet, time::Duration};

use conform_crds::ClusterState;
use k8s_openapi::api::{apps::v1::DaemonSet, core::v1::Node};
use kube::{Api, Client, api::ListParams};
use tokio::{sync::Mutex, time::Instant};

use crate::{
    digest::hex,
    error::{Context, Result},
};

/// How long one look at the cluster serves every schedule.
const FRESH: Duration = Duration::from_secs(30);
/// The longest list that is written out, in bytes.
const MAX_LIST: usize = 960;
/// The priority class of what a node cannot do without.
const NODE_CRITICAL: &str = "system-node-critical";

/// The state of the cluster, read at most every half minute.
#[derive(Debug, Default)]
pub struct Watched(Mutex<Option<(Instant, ClusterState)>>);

impl Watched {
    /// The state, not older than half a minute.
    pub async fn state(&self, client: &Client) -> Result<ClusterState> {
        let mut read = self.0.lock().await;
        if let Some((when, state)) = &*read
            && when.elapsed() < FRESH
        {
            return Ok(state.clone());
        }
        let state = look(client).await?;
        *read = Some((Instant::now(), state.clone()));
        Ok(state)
    }
}

async fn look(client: &Client) -> Result<ClusterState> {
    let version = client.apiserver_version().await;
    let version = version.context(|| "ask the API server's version".to_owned())?;
    let nodes = Api::<Node>::all(client.clone())
        .list(&ListParams::default())
        .await;
    let nodes = nodes.context(|| "list the nodes".to_owned())?;
    let sets = Api::<DaemonSet>::all(client.clone())
        .list(&ListParams::default())
        .await;
    let sets = sets.context(|| "list the DaemonSets".to_owned())?;
    Ok(ClusterState {
        server_version: Some(version.git_version),
        node_images: Some(list(nodes.items.iter().filter_map(node_image))),
        network_images: Some(list(sets.items.iter().flat_map(network_images))),
    })
}

fn node_image(node: &Node) -> Option<String> {
    let info = node.status.as_ref()?.node_info.as_ref()?;
    Some(info.os_image.clone()).filter(|image| !image.is_empty())
}

/// The images of a DaemonSet that makes the network: it is on the host's network, and no node can do without it.
fn network_images(set: &DaemonSet) -> Vec<String> {
    let pod = set.spec.template.spec.as_ref();
    let pod = pod.filter(|pod| {
        pod.host_network == Some(true) && pod.priority_class_name.as_deref() == Some(NODE_CRITICAL)
    });
    let Some(pod) = pod else {
        return Vec::new();
    };
    let init = pod.init_containers.iter().flatten();
    let containers = init.chain(&pod.containers);
    containers
        .filter_map(|container| container.image.clone())
        .collect()
}

/// A sorted list without doubles. Of one that is too long, the beginning and the digest of all.
fn list(items: impl Iterator<Item = String>) -> String {
    let items: BTreeSet<String> = items.collect();
    let text = items.into_iter().collect::<Vec<_>>().join(", ");
    if text.len() <= MAX_LIST {
        return text;
    }
    let digest = hex(&[&text], 16);
    format!(
        "{} … sha256:{digest}",
        crate::condition::truncated(&text, MAX_LIST)
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn set(host_network: bool, priority: &str) -> DaemonSet {
        serde_json::from_value(json!({ "spec": {
            "selector": {},
            "template": { "spec": {
                "hostNetwork": host_network, "priorityClassName": priority,
                "initContainers": [{ "name": "install", "image": "cni/install:1" }],
                "containers": [{ "name": "agent", "image": "cni/agent:1" }],
            } },
        } }))
        .unwrap()
    }

    #[test]
    fn the_network_is_what_no_node_can_do_without() {
        assert_eq!(
            network_images(&set(true, NODE_CRITICAL)),
            ["cni/install:1", "cni/agent:1"]
        );
        assert_eq!(network_images(&set(false, NODE_CRITICAL)), Vec::<String>::new());
        assert_eq!(network_images(&set(true, "")), Vec::<String>::new());
        assert_eq!(network_images(&DaemonSet::default()), Vec::<String>::new());
    }

    #[test]
    fn a_list_is_sorted_and_bounded_and_tells_any_change() {
        let items = |count: usize, last: &str| {
            let many = (0..count).map(|number| format!("image-{number:04}"));
            list(many.chain([last.to_owned()]))
        };
        assert_eq!(items(2, "a"), "a, image-0000, image-0001");
        assert!(items(5000, "z").len() <= 1024);
        assert_ne!(items(5000, "y"), items(5000, "z"));
    }
}
