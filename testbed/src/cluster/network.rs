//! The network of a cluster. Its control plane and each node are network namespaces; a bridge in that of the control
//! plane joins them. The host gets one interface and one route, and none of its own settings is changed.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::layout::{self, Layout, Node};
use crate::command::Task;
use crate::{Error, Result};

fn ip(arguments: &[&str]) -> Result<String> {
    Task::of("set up the network", "ip", arguments).run()
}

#[derive(Deserialize)]
struct Route {
    dst: String,
}

/// The first 10.N.0.0/16 that no route of the host leads into.
pub(crate) fn free_octet() -> Result<u8> {
    let text = ip(&["-json", "route", "show", "table", "all"])?;
    let routes: Vec<Route> = serde_json::from_str(&text).map_err(|error| Error::Unexpected {
        what: "the answer of `ip -json route`".into(),
        detail: error.to_string(),
    })?;
    let used: Vec<(u32, u32)> = routes.iter().filter_map(|route| range(&route.dst)).collect();
    (200..=250)
        .find(|octet| free(*octet, &used))
        .ok_or_else(|| Error::Unexpected {
            what: "the routing table".into(),
            detail: "there are routes into every one of 10.200.0.0/16 to 10.250.0.0/16".into(),
        })
}

/// First and last address; none for the default route, which leads everywhere.
fn range(destination: &str) -> Option<(u32, u32)> {
    let (address, bits) = destination.split_once('/').unwrap_or((destination, "32"));
    let (address, bits): (Ipv4Addr, u32) = (address.parse().ok()?, bits.parse().ok()?);
    let size = u32::MAX.checked_shr(bits).unwrap_or(0);
    Some((u32::from(address), u32::from(address) | size))
}

fn free(octet: u8, used: &[(u32, u32)]) -> bool {
    let first = u32::from(Ipv4Addr::new(10, octet, 0, 0));
    let last = first | 0xffff;
    used.iter().all(|(from, to)| *to < first || *from > last)
}

/// Makes the namespaces, the bridge and the host's way in.
pub(crate) fn make(layout: &Layout) -> Result<()> {
    let control = layout::netns(layout.name());
    add_namespace(&control)?;
    let gateway = format!("{}/24", layout.gateway());
    ip(&["-n", &control, "link", "add", "br0", "type", "bridge"])?;
    ip(&["-n", &control, "addr", "add", &gateway, "dev", "br0"])?;
    ip(&["-n", &control, "link", "set", "br0", "up"])?;

    let interface = layout.interface();
    ip(&[
        "link", "add", &interface, "type", "veth", "peer", "name", "host", "netns", &control,
    ])?;
    attach(&control, "host")?;
    ip(&["addr", "add", &format!("{}/24", layout.host()), "dev", &interface])?;
    ip(&["link", "set", &interface, "up"])?;
    ip(&[
        "route",
        "add",
        &layout.network(),
        "via",
        &layout.gateway().to_string(),
        "dev",
        &interface,
    ])?;

    for node in layout.nodes() {
        add_namespace(&node.netns)?;
        let port = port(&node);
        let link = [
            "link",
            "add",
            &port,
            "type",
            "veth",
            "peer",
            "name",
            "eth0",
            "netns",
            &node.netns,
        ];
        ip(&[&["-n", &control][..], &link].concat())?;
        attach(&control, &port)?;
        ip(&[
            "-n",
            &node.netns,
            "addr",
            "add",
            &format!("{}/24", node.address),
            "dev",
            "eth0",
        ])?;
        ip(&["-n", &node.netns, "link", "set", "eth0", "up"])?;
        ip(&[
            "-n",
            &node.netns,
            "route",
            "add",
            "default",
            "via",
            &layout.gateway().to_string(),
        ])?;
    }
    Ok(())
}

fn add_namespace(name: &str) -> Result<()> {
    ip(&["netns", "add", name])?;
    ip(&["-n", name, "link", "set", "lo", "up"])?;
    let mut script = inside(name);
    // Whatever the host filters by the way a packet came, these namespaces forward for pods.
    script.args([
        "sh",
        "-c",
        "echo 1 >/proc/sys/net/ipv4/ip_forward; echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter",
    ]);
    Task::new("let a node forward packets", script).run().map(drop)
}

fn attach(namespace: &str, port: &str) -> Result<()> {
    ip(&["-n", namespace, "link", "set", port, "master", "br0"])?;
    ip(&["-n", namespace, "link", "set", port, "up"]).map(drop)
}

/// Lets everybody else reach the pods of a node.
pub(crate) fn route_pods(layout: &Layout, owner: &Node, range: &str) -> Result<()> {
    let others = layout
        .nodes()
        .filter(|node| node.index != owner.index)
        .map(|node| node.netns);
    for namespace in others.chain([layout::netns(layout.name())]) {
        ip(&[
            "-n",
            &namespace,
            "route",
            "replace",
            range,
            "via",
            &owner.address.to_string(),
        ])?;
    }
    Ok(())
}

/// Takes the bridge's end of a node's link down or up; addresses and routes stay on both sides.
pub(crate) fn set_link(layout: &Layout, node: &Node, up: bool) -> Result<()> {
    let (control, port) = (layout::netns(layout.name()), port(node));
    let state = if up { "up" } else { "down" };
    ip(&["-n", &control, "link", "set", &port, state]).map(drop)
}

/// The bridge's end of a node's link.
fn port(node: &Node) -> String {
    format!("node{}", node.index)
}

/// The file that stands for a network namespace.
pub(crate) fn file(namespace: &str) -> PathBuf {
    Path::new("/run/netns").join(namespace)
}

/// The start of a command that runs in a network namespace. (`ip netns exec` would also mount another /sys, without
/// cgroups.)
pub(crate) fn inside(namespace: &str) -> Command {
    let mut command = Command::new("nsenter");
    command.arg(format!("--net=/run/netns/{namespace}")).arg("--");
    command
}

/// The network namespaces of a cluster that are there.
pub(crate) fn namespaces(name: &str) -> Vec<String> {
    let control = layout::netns(name);
    let nodes = format!("{control}.");
    let entries = std::fs::read_dir("/run/netns").into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names
        .filter(|found| *found == control || found.starts_with(&nodes))
        .collect()
}

/// Removes namespaces with all that is in them, and the host's interface with its route.
pub(crate) fn remove(name: &str) -> Result<()> {
    let interface = layout::interface(name);
    if Path::new("/sys/class/net").join(&interface).exists() {
        ip(&["link", "delete", &interface])?;
    }
    namespaces(name)
        .iter()
        .try_for_each(|namespace| ip(&["netns", "delete", namespace]).map(drop))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_with_a_route_into_it_is_not_free() {
        let used: Vec<_> = [
            "default",
            "10.200.3.0/24",
            "10.201.0.7",
            "10.202.0.0/15",
            "192.0.2.0/24",
        ]
        .into_iter()
        .filter_map(range)
        .collect();
        assert_eq!(used.len(), 4);
        let found: Vec<u8> = (200..206).filter(|octet| free(*octet, &used)).collect();
        assert_eq!(found, [204, 205]);
        assert!(!free(7, &[range("10.0.0.0/8").unwrap()]));
    }
}
