//! A node: its namespaces, and the programs in them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use super::config::{self, Host};
use super::layout::{Layout, Node};
use super::pki::{Authority, Names};
use super::process::Daemon;
use super::{cgroup, control_plane, kubeconfig, network, registry, wait};
use crate::command::Task;
use crate::{Error, Result, files};

/// All programs of a node, in the order of their start. The first one only holds the namespaces.
pub(crate) const COMPONENTS: [&str; 4] = ["namespaces", "containerd", "kubelet", "kube-proxy"];

/// Those that the node consists of for Kubernetes, in the order of their start.
pub(crate) const PROGRAMS: [&str; 3] = ["containerd", "kubelet", "kube-proxy"];

/// The files with which kubelet and kube-proxy reach the API server.
const KUBELET_USER: &str = "kubelet.kubeconfig";
const PROXY_USER: &str = "kube-proxy.kubeconfig";

/// The node's own folders, and where its programs and pods see them: a kubelet and a containerd of the host, or of
/// another node, use the same paths.
pub(crate) const MOUNTS: [(&str, &str); 8] = [
    ("kubelet", "/var/lib/kubelet"),
    ("containerd", "/var/lib/containerd"),
    ("run-containerd", "/run/containerd"),
    ("run-netns", "/run/netns"),
    ("cni", "/etc/cni/net.d"),
    ("cni-state", "/var/lib/cni"),
    ("pod-logs", "/var/log/pods"),
    ("container-logs", "/var/log/containers"),
];

/// Makes the mounts and then does nothing, so that the namespaces stay and go with this one process. Mounts inside are
/// shared with each other, which pods that mount something for other pods need, but not with the host.
const HOLD: &str = r#"set -e
echo "$1" >/proc/sys/kernel/hostname
ready=$2
shift 2
mount --make-rshared /
while [ $# -gt 0 ]; do
    mount --bind "$1" "$2"
    mount --make-private "$2"
    mount --make-shared "$2"
    shift 2
done
: >"$ready"
exec sleep infinity"#;

pub(crate) fn daemon(layout: &Layout, node: &Node, component: &str) -> Daemon {
    Daemon::new(component, layout.log(&node.name, component), &node.path("pids"))
}

/// The start of a command that runs in all namespaces of the node.
pub(crate) fn inside(layout: &Layout, node: &Node) -> Result<Command> {
    let holder = daemon(layout, node, "namespaces");
    let record = holder
        .record()
        .filter(super::process::Record::alive)
        .ok_or_else(|| Error::NodeDown {
            node: node.name.clone(),
        })?;
    let mut command = Command::new("nsenter");
    command.arg(format!("--net=/run/netns/{}", node.netns));
    for kind in ["uts", "mnt"] {
        let option = if kind == "mnt" { "mount" } else { kind };
        command.arg(format!("--{option}=/proc/{}/ns/{kind}", record.pid));
    }
    command.arg("--");
    Ok(command)
}

/// Starts one of a node's programs; what it is told depends on the layout alone, and `more` comes last.
pub(crate) fn start(layout: &Layout, node: &Node, component: &str, more: &[String]) -> Result<Daemon> {
    let flags = match component {
        "containerd" => vec!["--config".into(), containerd_config(node).display().to_string()],
        "kubelet" => kubelet_flags(node),
        _ => proxy_flags(layout, node, &Host::look(layout)),
    };
    let mut command = inside(layout, node)?;
    command.arg(layout.program(component)).args(flags).args(more);
    // containerd finds its shim and runc by PATH.
    let folder = layout
        .program(component)
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default();
    let usual = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    command.env("PATH", format!("{}:{usual}", folder.display()));
    let daemon = daemon(layout, node, component);
    daemon.start(&command)?;
    Ok(daemon)
}

/// Starts the container runtime and gives it the images.
pub(crate) fn start_runtime(layout: &Layout, node: &Node, sandbox: &str, images: &Path) -> Result<()> {
    hold(layout, node)?;
    cgroup::make(&node.cgroup(layout.name()))?;
    files::write(
        &containerd_config(node),
        config::containerd(&Host::look(layout), sandbox, registry::config(layout)?.as_deref()),
    )?;
    start(layout, node, "containerd", &[])?;
    runtime_ready(layout, node)?;
    // Most images are used by few tests or none: an image is unpacked when its first container starts.
    ctr(
        layout,
        node,
        &["images", "import", "--no-unpack", &images.to_string_lossy()],
    )
    .map(drop)
}

fn containerd_config(node: &Node) -> PathBuf {
    node.path("containerd.toml")
}

/// Waits until the node's containerd answers.
pub(crate) fn runtime_ready(layout: &Layout, node: &Node) -> Result<()> {
    let containerd = daemon(layout, node, "containerd");
    wait::until(
        &format!("containerd of {}", node.name),
        60,
        &[&containerd],
        || ctr(layout, node, &["version"]).map_err(|error| error.to_string()),
    )
    .map(drop)
}

/// Makes the node's namespaces and mounts, with the process that they go with.
pub(crate) fn hold(layout: &Layout, node: &Node) -> Result<()> {
    let ready = node.path("mounted");
    files::remove_file(&ready)?;
    let mut command = network::inside(&node.netns);
    command.args([
        "unshare",
        "--mount",
        "--uts",
        "--propagation",
        "private",
        "--",
        "sh",
        "-c",
        HOLD,
        "sh",
        &node.name,
    ]);
    command.arg(&ready);
    for (own, seen) in MOUNTS {
        let own = node.path(own);
        files::mkdir(&own)?;
        command.arg(own).arg(seen);
    }
    let holder = daemon(layout, node, "namespaces");
    holder.start(&command)?;
    let what = format!("the mounts of {}", node.name);
    wait::until(&what, 20, &[&holder], || {
        ready.exists().then_some(()).ok_or_else(|| "not yet".into())
    })
}

pub(crate) fn ctr(layout: &Layout, node: &Node, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(layout.program("ctr"));
    command
        .arg("--address")
        .arg(node.containerd())
        .args(["--namespace", "k8s.io"])
        .args(arguments);
    Task::new(format!("use containerd of {}", node.name), command).run()
}

/// Imports the images of an archive, ready to start.
pub(crate) fn import(layout: &Layout, node: &Node, archive: &Path) -> Result<()> {
    ctr(layout, node, &["images", "import", &archive.to_string_lossy()]).map(drop)
}

/// Starts kubelet and kube-proxy; the node is ready some time later.
pub(crate) fn start_agents(layout: &Layout, node: &Node, authority: &Authority) -> Result<()> {
    let host = Host::look(layout);
    let names = Names {
        dns: &[&node.name],
        addresses: &[node.address],
    };
    let serving = authority.server(&node.name, &names)?;
    files::write(&node.path("kubelet.crt"), serving.certificate)?;
    files::write(&node.path("kubelet.key"), serving.key)?;
    files::write_json(&node.path("kubelet.json"), &config::kubelet(layout, node, &host))?;
    let user = |file: &str, name: &str, group| {
        kubeconfig::write(
            &node.path(file),
            layout.name(),
            &layout.server(),
            authority,
            &authority.client(name, group)?,
        )
    };
    user(
        KUBELET_USER,
        &format!("system:node:{}", node.name),
        Some("system:nodes"),
    )?;
    user(PROXY_USER, "system:kube-proxy", None)?;
    start(layout, node, "kubelet", &[])?;
    start(layout, node, "kube-proxy", &[]).map(drop)
}

fn kubelet_flags(node: &Node) -> Vec<String> {
    let mut flags = vec![
        format!("--config={}", node.path("kubelet.json").display()),
        format!("--kubeconfig={}", node.path(KUBELET_USER).display()),
        format!("--hostname-override={}", node.name),
        format!("--node-ip={}", node.address),
    ];
    if let Some(zone) = &node.zone {
        flags.push(format!(
            "--node-labels=topology.kubernetes.io/region=testbed,topology.kubernetes.io/zone={zone}"
        ));
    }
    flags
}

fn proxy_flags(layout: &Layout, node: &Node, host: &Host) -> Vec<String> {
    let mut flags = vec![
        format!("--kubeconfig={}", node.path(PROXY_USER).display()),
        format!("--proxy-mode={}", layout.options.proxy_mode),
        format!("--hostname-override={}", node.name),
        format!("--cluster-cidr={}", layout.pod_range()),
        // These are the host's, which a network namespace cannot set.
        "--conntrack-max-per-core=0".into(),
    ];
    if !host.may_raise {
        flags.push("--oom-score-adj=0".into());
    }
    flags
}

/// Waits until the controller manager gave each node its range of pod addresses, and sets up the pods' network with it.
pub(crate) fn connect_pods(layout: &Layout) -> Result<()> {
    let nodes: Vec<Node> = layout.nodes().collect();
    let kubelets = nodes.iter().map(|node| daemon(layout, node, "kubelet"));
    let daemons: Vec<Daemon> = kubelets
        .chain([control_plane::daemon(layout, "kube-controller-manager")])
        .collect();
    let needed: Vec<&Daemon> = daemons.iter().collect();
    let ranges = wait::until("the nodes' pod ranges", 60, &needed, || {
        let list = r#"jsonpath={range .items[*]}{.metadata.name} {.spec.podCIDR}{"\n"}{end}"#;
        let answer = control_plane::kubectl(layout, &["get", "nodes", "-o", list])
            .map_err(|error| error.to_string())?;
        let ranges: BTreeMap<String, String> = answer
            .lines()
            .filter_map(|line| line.split_once(' '))
            .filter(|(_, range)| !range.is_empty())
            .map(|(name, range)| (name.to_owned(), range.to_owned()))
            .collect();
        if ranges.len() == nodes.len() {
            Ok(ranges)
        } else {
            Err(format!("only for {ranges:?}"))
        }
    })?;
    for node in &nodes {
        let range = ranges.get(&node.name).ok_or_else(|| Error::Unexpected {
            what: "the list of nodes".into(),
            detail: format!("it lacks {}", node.name),
        })?;
        network::route_pods(layout, node, range)?;
        files::write_json(&node.path("cni/10-conform.conflist"), &config::cni(layout, range))?;
    }
    Ok(())
}

/// The names and states of the nodes as the API server sees them: `true` for a ready one.
pub(crate) fn ready(layout: &Layout) -> Result<BTreeMap<String, bool>> {
    let text = control_plane::kubectl(layout, &["get", "nodes", "-o", "json"])?;
    let list: serde_json::Value = serde_json::from_str(&text).map_err(|error| Error::Unexpected {
        what: "the list of nodes".into(),
        detail: error.to_string(),
    })?;
    let items = list
        .get("items")
        .and_then(|items| items.as_array())
        .into_iter()
        .flatten();
    Ok(items
        .filter_map(|item| {
            let name = item.pointer("/metadata/name")?.as_str()?;
            let conditions = item.pointer("/status/conditions")?.as_array()?;
            let is = |condition: &serde_json::Value, key: &str, value: &str| {
                condition.get(key) == Some(&json!(value))
            };
            let ready = conditions
                .iter()
                .any(|one| is(one, "type", "Ready") && is(one, "status", "True"));
            Some((name.to_owned(), ready))
        })
        .collect())
}
