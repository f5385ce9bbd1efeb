//! What runs in the cluster before anybody uses it: CoreDNS.

use super::control_plane::{kubectl, kubectl_task};
use super::layout::{Layout, Node, SERVICE_DNS};
use super::{network, node, wait};
use crate::Result;
use crate::command::Task;
use crate::image::catalogue::COREDNS;

/// Applies CoreDNS; two replicas where there are two nodes to lose one of.
pub(crate) fn apply(layout: &Layout) -> Result<()> {
    let replicas = layout.options.nodes.min(2);
    let manifest = include_str!("coredns.yaml")
        .replace("${replicas}", &replicas.to_string())
        .replace("${image}", COREDNS)
        .replace("${address}", &SERVICE_DNS.to_string());
    kubectl_task(layout, &["apply", "-f", "-"])
        .run_with(&manifest)
        .map(drop)
}

/// Waits until all nodes are ready, and names are answered on each of them.
pub(crate) fn wait_ready(layout: &Layout) -> Result<()> {
    let nodes: Vec<Node> = layout.nodes().collect();
    let daemons: Vec<_> = nodes
        .iter()
        .flat_map(|one| node::COMPONENTS.map(|name| node::daemon(layout, one, name)))
        .collect();
    let needed: Vec<_> = daemons.iter().collect();
    wait::until("the nodes to be ready", 120, &needed, || {
        let states = node::ready(layout).map_err(|error| error.to_string())?;
        let waiting: Vec<&str> = nodes
            .iter()
            .map(|node| node.name.as_str())
            .filter(|name| !states.get(*name).copied().unwrap_or_default())
            .collect();
        if waiting.is_empty() {
            Ok(())
        } else {
            Err(format!("not ready: {}", waiting.join(", ")))
        }
    })?;
    wait::until("CoreDNS to run", 120, &needed, || {
        let wanted = [
            "-n",
            "kube-system",
            "rollout",
            "status",
            "deployment/coredns",
            "--timeout=1s",
        ];
        kubectl(layout, &wanted).map_err(|error| error.to_string())
    })?;
    for node in &nodes {
        wait::until(
            &format!("names to be answered on {}", node.name),
            60,
            &needed,
            || {
                let mut command = network::inside(&node.netns);
                command.arg(layout.program("busybox"));
                command.args([
                    "nslookup",
                    "kubernetes.default.svc.cluster.local",
                    &SERVICE_DNS.to_string(),
                ]);
                Task::new("look a name up", command)
                    .run()
                    .map_err(|error| error.to_string())
            },
        )?;
    }
    Ok(())
}
