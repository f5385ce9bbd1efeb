//! What nodes and the API server tell of themselves, and proxies that are no pods.

use std::collections::BTreeMap;

use conform_crds::{Basis, Component};
use conform_suite::Area;

use super::{
    super::facts::{Facts, NodeFacts},
    named,
};

/// Adds the API server, kubelets and runtimes, and service proxies that answer without a pod.
pub fn find(facts: &Facts, found: &mut Vec<Component>) {
    if !facts.server_version.is_empty() {
        found.push(Component {
            version: Some(facts.server_version.clone()),
            ..plain(
                Area::ControlPlane,
                "Kubernetes control plane",
                "the API server's version",
            )
        });
    }
    kubelets(facts, found);
    embedded(facts, found);
    proxies(facts, found);
}

fn kubelets(facts: &Facts, found: &mut Vec<Component>) {
    let mut groups: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for node in &facts.nodes {
        let group = groups.entry((&node.kubelet, &node.runtime)).or_default();
        group.push(node.name.clone());
    }
    for ((kubelet, runtime), nodes) in groups {
        let (nodes, node_names) = named(nodes, facts);
        let runtime = runtime.replacen("://", " ", 1);
        found.push(Component {
            mode: Some(runtime).filter(|runtime| !runtime.is_empty()),
            version: Some(kubelet.to_owned()).filter(|version| !version.is_empty()),
            nodes,
            node_names,
            ..plain(Area::Node, "kubelet", "the nodes' own status")
        });
    }
}

/// K3s runs kube-proxy, a pod network and a NetworkPolicy controller inside of its one process.
fn embedded(facts: &Facts, found: &mut Vec<Component>) {
    let nodes: Vec<&NodeFacts> = facts
        .nodes
        .iter()
        .filter(|node| node.kubelet.contains("+k3s"))
        .collect();
    if nodes.is_empty() {
        return;
    }
    let parts = [
        (Area::ServiceProxy, "kube-proxy"),
        (Area::PodNetwork, "Flannel"),
        (Area::NetworkPolicy, "kube-router"),
    ];
    for (area, name) in parts {
        if found.iter().any(|component| component.area == area) {
            continue;
        }
        let (nodes, node_names) = named(nodes.iter().map(|node| node.name.clone()).collect(), facts);
        found.push(Component {
            mode: Some("inside of K3s".to_owned()),
            version: None,
            nodes,
            node_names,
            basis: Basis::Inferred,
            ..plain(
                area,
                name,
                "the kubelet's version is K3s's, which embeds it unless it is turned off",
            )
        });
    }
}

/// Nodes whose service proxy answers where kube-proxy does, without a pod that would show whose answer it is.
fn proxies(facts: &Facts, found: &mut Vec<Component>) {
    let shown = |node: &NodeFacts| {
        found.iter().any(|component| {
            component.area == Area::ServiceProxy
                && (component.node_names.is_empty() || component.node_names.contains(&node.name))
        })
    };
    let mut groups: BTreeMap<bool, Vec<String>> = BTreeMap::new();
    for node in &facts.nodes {
        if let Some(health) = node.proxy_health
            && !shown(node)
        {
            let group = groups.entry(health.tells_eligibility).or_default();
            group.push(node.name.clone());
        }
    }
    for (tells_eligibility, nodes) in groups {
        let (nodes, node_names) = named(nodes, facts);
        let evidence = if tells_eligibility {
            "no pod of a service proxy; answers on port 10256 as kube-proxy does, nodeEligible included"
        } else {
            "no pod of a service proxy; answers on port 10256 as kube-proxy does"
        };
        found.push(Component {
            nodes,
            node_names,
            basis: Basis::Inferred,
            ..plain(Area::ServiceProxy, "kube-proxy", evidence)
        });
    }
}

fn plain(area: Area, name: &str, evidence: &str) -> Component {
    Component {
        area,
        name: name.to_owned(),
        mode: None,
        version: None,
        image_digest: None,
        nodes: 0,
        node_names: Vec::new(),
        basis: Basis::Measured,
        evidence: evidence.to_owned(),
    }
}
