//! What the cluster is made of, for schedules that are to run when it changes.

use std::{collections::BTreeSet, fmt::Debug, time::Duration};

use conform_crds::ClusterState;
use conform_network::components::{Container, Facts, Workload, of_workload};
use conform_suite::Area;
use k8s_openapi::api::{
    apps::v1::DaemonSet,
    core::v1::{Node, PodSpec},
};
use kube::{Api, Client, api::ListParams};
use serde::de::DeserializeOwned;
use tokio::{sync::Mutex, time::Instant};

use crate::{
    digest::hex,
    error::{Context, Result},
};

/// How long one look at the cluster serves every schedule.
const FRESH: Duration = Duration::from_secs(30);
/// Objects of one page.
const PAGE: u32 = 250;
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
    let mut node_images = BTreeSet::new();
    each(&Api::<Node>::all(client.clone()), |node| {
        node_images.extend(node_image(&node));
    })
    .await
    .context(|| "list the nodes".to_owned())?;
    let mut network = BTreeSet::new();
    each(&Api::<DaemonSet>::all(client.clone()), |set| {
        network.extend(network_images(&set));
    })
    .await
    .context(|| "list the DaemonSets".to_owned())?;
    Ok(ClusterState {
        server_version: Some(version.git_version),
        node_images: Some(list(node_images.into_iter())),
        network_images: Some(list(network.into_iter())),
    })
}

/// Hands every object to `each`, a page at a time, so that of thousands of whole nodes only a few are in memory.
async fn each<K>(api: &Api<K>, mut each: impl FnMut(K)) -> Result<(), kube::Error>
where
    K: Clone + Debug + DeserializeOwned,
{
    let mut page = ListParams::default().limit(PAGE);
    loop {
        let found = api.list(&page).await?;
        found.items.into_iter().for_each(&mut each);
        match found.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => page = page.continue_token(&token),
            None => return Ok(()),
        }
    }
}

fn node_image(node: &Node) -> Option<String> {
    let info = node.status.as_ref()?.node_info.as_ref()?;
    Some(info.os_image.clone()).filter(|image| !image.is_empty())
}

/// The images of a DaemonSet that makes the network: one that is known to, or one on the host's network that no node can do
/// without.
fn network_images(set: &DaemonSet) -> Vec<String> {
    let pod = set.spec.template.spec.as_ref();
    let pod = pod.filter(|pod| {
        let critical = pod.priority_class_name.as_deref() == Some(NODE_CRITICAL);
        (pod.host_network == Some(true) && critical) || is_known(set, pod)
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

/// True if the DaemonSet is of a project that is known to make networks.
fn is_known(set: &DaemonSet, pod: &PodSpec) -> bool {
    let containers = pod.containers.iter().map(|container| Container {
        name: container.name.clone(),
        image: container.image.clone().unwrap_or_default(),
        ..Container::default()
    });
    let workload = Workload {
        kind: "DaemonSet".to_owned(),
        namespace: set.metadata.namespace.clone().unwrap_or_default(),
        name: set.metadata.name.clone().unwrap_or_default(),
        containers: containers.collect(),
        ..Workload::default()
    };
    let found = of_workload(&Facts::default(), &workload);
    let makes = [Area::PodNetwork, Area::ServiceProxy, Area::NetworkPolicy];
    found.iter().any(|component| makes.contains(&component.area))
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
    fn a_project_that_is_known_needs_no_priority() {
        let of = |image: &str| {
            let mut known = set(false, "");
            let pod = known.spec.template.spec.as_mut().unwrap();
            pod.containers[0].image = Some(image.to_owned());
            network_images(&known).pop()
        };
        for image in [
            "quay.io/cilium/cilium:v1.19.0",
            "mirror:5000/calico/node:v3.31.0",
            "registry.k8s.io/kube-proxy:v1.36.3",
        ] {
            assert_eq!(of(image).as_deref(), Some(image));
        }
        assert_eq!(
            of("registry.k8s.io/dns/k8s-dns-node-cache:1.26.0"),
            None,
            "it is no network"
        );
        assert_eq!(of("example.com/log-shipper:1"), None);
    }

    #[tokio::test]
    async fn nodes_are_read_a_page_at_a_time() {
        let (client, asked) = crate::test_api::api(|_, path, _| {
            let (name, next) = if path.contains("continue=") {
                ("b", "")
            } else {
                ("a", "more")
            };
            (
                200,
                json!({
                    "kind": "NodeList", "apiVersion": "v1", "metadata": { "resourceVersion": "1", "continue": next },
                    "items": [{ "metadata": { "name": name }, "status": { "nodeInfo": {
                        "osImage": name, "architecture": "", "bootID": "", "containerRuntimeVersion": "", "kernelVersion": "",
                        "kubeProxyVersion": "", "kubeletVersion": "", "machineID": "", "operatingSystem": "", "systemUUID": "",
                    } } }],
                }),
            )
        });
        let mut images = Vec::new();
        each(&Api::<Node>::all(client), |node| images.extend(node_image(&node)))
            .await
            .unwrap();
        assert_eq!(images, ["a", "b"]);
        let asked = asked.lock().unwrap();
        let paths: Vec<&str> = asked.iter().map(|(_, path, _)| path.as_str()).collect();
        assert!(paths.iter().all(|path| path.contains("limit=250")), "{paths:?}");
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
