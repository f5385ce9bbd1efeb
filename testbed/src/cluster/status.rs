//! How a cluster is.

use std::path::PathBuf;

use serde::Serialize;

use super::layout::{CONTROL_PLANE, Layout};
use super::process::{Daemon, Record};
use super::{control_plane, node};

/// How a cluster is.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Its name.
    pub name: String,
    /// The version of Kubernetes.
    pub kubernetes_version: String,
    /// How kube-proxy programs the nodes.
    pub proxy_mode: crate::ProxyMode,
    /// The API server's address.
    pub server: String,
    /// The administrator's kubeconfig.
    pub kubeconfig: PathBuf,
    /// Whether `up` came to its end, every component runs and all nodes are ready.
    pub healthy: bool,
    /// The nodes.
    pub nodes: Vec<NodeStatus>,
    /// The processes.
    pub components: Vec<Component>,
}

/// How a node is.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeStatus {
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Its zone, if it has one.
    pub zone: Option<String>,
    /// What the API server says; none if it does not answer or does not know the node.
    pub ready: Option<bool>,
}

/// A process of the cluster.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Component {
    /// A node's name, or `control-plane`.
    pub place: String,
    /// The program.
    pub name: String,
    /// Its process, if it was started.
    pub pid: Option<i32>,
    /// Whether that process is there.
    pub running: bool,
    /// Whether it is there, but was told to stand still.
    pub paused: bool,
    /// Where it logs.
    pub log: PathBuf,
}

fn component(place: &str, daemon: Daemon) -> Component {
    let record = daemon.record();
    Component {
        place: place.to_owned(),
        pid: record.as_ref().map(|record| record.pid),
        running: record.as_ref().is_some_and(Record::alive),
        paused: record.as_ref().is_some_and(Record::paused),
        name: daemon.component,
        log: daemon.log,
    }
}

/// The processes of the cluster.
pub(crate) fn components(layout: &Layout) -> Vec<Component> {
    let control = control_plane::components(layout)
        .map(|name| component(CONTROL_PLANE, control_plane::daemon(layout, name)));
    let nodes = layout
        .nodes()
        .flat_map(|one| node::COMPONENTS.map(|name| component(&one.name, node::daemon(layout, &one, name))));
    control.chain(nodes).collect()
}

/// Looks at everything.
pub(crate) fn of(layout: &Layout) -> Status {
    // Without an answer no node is known to be ready, which is what gets shown.
    let ready = node::ready(layout).unwrap_or_default();
    let nodes: Vec<NodeStatus> = layout
        .nodes()
        .map(|node| NodeStatus {
            ready: ready.get(&node.name).copied(),
            address: node.address.to_string(),
            name: node.name,
            zone: node.zone,
        })
        .collect();
    let components = components(layout);
    Status {
        name: layout.name().to_owned(),
        kubernetes_version: layout.options.kubernetes_version.clone(),
        proxy_mode: layout.options.proxy_mode,
        server: layout.server(),
        kubeconfig: layout.path("kubeconfig"),
        healthy: layout.complete
            && components.iter().all(|one| one.running && !one.paused)
            && nodes.iter().all(|node| node.ready == Some(true)),
        nodes,
        components,
    }
}

/// Whether it is worth keeping: all processes are there, and the nodes are ready or become so within half a minute.
pub(crate) fn is_whole(layout: &Layout) -> bool {
    components(layout).iter().all(|one| one.running && !one.paused)
        && super::wait::until("the cluster", 30, &[], || {
            of(layout)
                .healthy
                .then_some(())
                .ok_or_else(|| "not healthy".to_owned())
        })
        .is_ok()
}
