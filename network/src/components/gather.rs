//! Reads what is to be seen, with bounds, and changes nothing.

mod classes;
mod health;
mod workloads;

use k8s_openapi::api::core::v1::Node;
use kube::{Api, Client, ResourceExt};

use super::facts::{Facts, NodeFacts};
use crate::{list::all, text::bounded};

pub use classes::of_gateway as gateway_class;
pub use health::Way;

/// Longest text of a fact, in bytes.
const MAX_TEXT: usize = 256;

/// Reads the facts of a cluster. `way` is how nodes are asked for their proxy's health. What cannot be read is told in
/// [`Facts::unseen`] and hides nothing else.
pub async fn gather(client: &Client, way: Way) -> Facts {
    let mut facts = Facts::default();
    let nodes: Api<Node> = Api::all(client.clone());
    let (version, nodes, workloads, (ingress, gateway, calico)) = tokio::join!(
        client.apiserver_version(),
        all(&nodes, ""),
        workloads::read(client),
        classes::read(client),
    );
    match version {
        Ok(version) => facts.server_version = bounded(&version.git_version, MAX_TEXT),
        Err(error) => facts.unseen.push(format!("the API server's version: {error}")),
    }
    let nodes = facts.taken("nodes", nodes);
    let health = health::of(client, &nodes, way).await;
    facts.nodes = nodes
        .iter()
        .zip(health)
        .map(|(node, proxy_health)| node_facts(node, proxy_health))
        .collect();
    let (workloads, unseen) = workloads;
    facts.workloads = workloads;
    facts.unseen.extend(unseen);
    facts.ingress_classes = facts.taken("IngressClasses", ingress);
    facts.gateway_classes = facts.taken("GatewayClasses", gateway);
    match calico {
        Ok(calico) => facts.calico_bpf = calico,
        Err(why) => facts.unseen.push(format!("Calico's FelixConfiguration: {why}")),
    }
    facts
}

impl Facts {
    /// What was read; what could not be is noted.
    fn taken<T>(&mut self, what: &str, read: Result<Vec<T>, String>) -> Vec<T> {
        read.unwrap_or_else(|why| {
            self.unseen.push(format!("{what}: {why}"));
            Vec::new()
        })
    }
}

fn node_facts(node: &Node, proxy_health: Option<super::facts::ProxyHealth>) -> NodeFacts {
    let info = node.status.as_ref().and_then(|status| status.node_info.as_ref());
    let told = |text: Option<&String>| bounded(text.map_or("", String::as_str), MAX_TEXT);
    NodeFacts {
        name: node.name_any(),
        kubelet: told(info.map(|info| &info.kubelet_version)),
        runtime: told(info.map(|info| &info.container_runtime_version)),
        proxy_health,
    }
}
