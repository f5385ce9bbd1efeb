//! What is seen of a cluster, before anything is concluded.

use std::collections::BTreeMap;

/// What is seen. Every list and text is bounded by whoever reads it from a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The API server's version, such as `v1.36.3`; empty if it does not tell.
    pub server_version: String,
    /// The nodes.
    pub nodes: Vec<NodeFacts>,
    /// DaemonSets and Deployments of projects that are known, and static pods as one workload for each kind.
    pub workloads: Vec<Workload>,
    /// IngressClasses.
    pub ingress_classes: Vec<Class>,
    /// GatewayClasses.
    pub gateway_classes: Vec<Class>,
    /// Whether Calico's configuration turns its eBPF data path on; none if there is no such configuration.
    pub calico_bpf: Option<bool>,
    /// What could not be read, and why.
    pub unseen: Vec<String>,
}

/// A node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeFacts {
    /// Its name.
    pub name: String,
    /// Its kubelet's version.
    pub kubelet: String,
    /// Its container runtime with its version, such as `containerd://2.4.2`.
    pub runtime: String,
    /// Whether something answers on the port where a service proxy tells its health, and how.
    pub proxy_health: Option<ProxyHealth>,
}

/// What answers on a node's port 10256, path `/healthz`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProxyHealth {
    /// True if it says that the node is fit for load balancers or not, as newer kube-proxies do.
    pub tells_eligibility: bool,
}

/// A DaemonSet, a Deployment, or the static pods of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workload {
    /// Its kind: `DaemonSet`, `Deployment` or `Static pods`.
    pub kind: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The version that its labels name.
    pub version_label: Option<String>,
    /// The user name of its ServiceAccount.
    pub account: String,
    /// Its containers.
    pub containers: Vec<Container>,
    /// Its pods that run.
    pub pods: Vec<PodFacts>,
    /// Data of the ConfigMaps that configure it: all keys of all of them, as far as they do not collide.
    pub config: BTreeMap<String, String>,
}

/// A container of a workload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Its image as the workload names it.
    pub image: String,
    /// Its command and arguments.
    pub args: Vec<String>,
    /// Its environment, as far as values are written there.
    pub env: BTreeMap<String, String>,
}

/// A pod that runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodFacts {
    /// Its node.
    pub node: String,
    /// What its containers run.
    pub running: Vec<Running>,
}

/// What a container runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Running {
    /// The container's name.
    pub container: String,
    /// The image as it was asked for.
    pub image: String,
    /// The digest that the node resolved it to; empty if the node does not tell.
    pub digest: String,
}

/// An IngressClass or a GatewayClass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// The controller that it names.
    pub controller: String,
    /// Whether that controller accepts it; none if it does not tell, as IngressClasses cannot.
    pub accepted: Option<bool>,
    /// Features that its status lists.
    pub features: Vec<String>,
}

impl Workload {
    /// The value of a flag, `--name=value` or `--name value`, in any container. A flag without a value is `true`.
    pub fn flag(&self, name: &str) -> Option<&str> {
        self.containers.iter().find_map(|container| {
            let mut args = container.args.iter().peekable();
            while let Some(arg) = args.next() {
                let Some(rest) = arg.strip_prefix("--").and_then(|arg| arg.strip_prefix(name)) else {
                    continue;
                };
                if let Some(value) = rest.strip_prefix('=') {
                    return Some(value);
                }
                if rest.is_empty() {
                    let next = args.peek().filter(|next| !next.starts_with('-'));
                    return Some(next.map_or("true", |next| next.as_str()));
                }
            }
            None
        })
    }

    /// A variable of the environment of any container.
    pub fn env(&self, name: &str) -> Option<&str> {
        let found = self
            .containers
            .iter()
            .find_map(|container| container.env.get(name));
        found.map(String::as_str)
    }

    /// A key of its configuration.
    pub fn config(&self, key: &str) -> Option<&str> {
        self.config.get(key).map(|value| value.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_read_in_every_spelling() {
        let workload = Workload {
            containers: vec![Container {
                args: ["run", "--a=1", "--b", "2", "--cc", "--d"]
                    .map(str::to_owned)
                    .to_vec(),
                ..Container::default()
            }],
            ..Workload::default()
        };
        assert_eq!(workload.flag("a"), Some("1"));
        assert_eq!(workload.flag("b"), Some("2"));
        assert_eq!(workload.flag("cc"), Some("true"));
        assert_eq!(workload.flag("c"), None);
        assert_eq!(workload.flag("d"), Some("true"));
    }
}
