//! The names and places of one cluster, and what is remembered of it.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::hash::short_hex;
use crate::{Options, Result, files, paths};

/// The range of Services, the same in every cluster: it is known inside its own network namespaces only.
pub(crate) const SERVICE_RANGE: &str = "10.96.0.0/16";
/// The first address of that range, which is the API server's.
pub(crate) const SERVICE_API: Ipv4Addr = Ipv4Addr::new(10, 96, 0, 1);
/// The address of cluster DNS.
pub(crate) const SERVICE_DNS: Ipv4Addr = Ipv4Addr::new(10, 96, 0, 10);
/// The control plane in names of logs and processes.
pub(crate) const CONTROL_PLANE: &str = "control-plane";

/// A cluster's names and places, and what `up` was asked for. Saved before anything is started.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Layout {
    pub(crate) options: Options,
    /// The cluster's addresses are 10.N.0.0/16.
    pub(crate) octet: u8,
    /// Where the programs are that it runs: a newer build may put others elsewhere.
    pub(crate) programs: BTreeMap<String, PathBuf>,
    /// Set when everything answers.
    pub(crate) complete: bool,
}

impl Layout {
    pub(crate) fn load(name: &str) -> Result<Option<Self>> {
        let path = paths::state_dir(name).join("layout.json");
        if path.exists() {
            files::read_json(&path).map(Some)
        } else {
            Ok(None)
        }
    }

    pub(crate) fn save(&self) -> Result<()> {
        files::write_json(&self.path("layout.json"), self)
    }

    pub(crate) fn name(&self) -> &str {
        &self.options.name
    }

    /// A path in the cluster's own folder.
    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        paths::state_dir(self.name()).join(inside)
    }

    /// The program of that name.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.programs.get(name).cloned().unwrap_or_else(|| name.into())
    }

    pub(crate) fn log(&self, place: &str, component: &str) -> PathBuf {
        self.path(&format!("logs/{place}/{component}.log"))
    }

    pub(crate) fn nodes(&self) -> impl Iterator<Item = Node> + '_ {
        (1..=self.options.nodes).map(|index| Node {
            name: format!("{}-{index}", self.name()),
            index,
            address: self.address(u8::try_from(index).unwrap_or(u8::MAX).saturating_add(10)),
            zone: self.options.zone_of(index),
            folder: self.path(&format!("nodes/{index}")),
            netns: format!("{}.{index}", netns(self.name())),
        })
    }

    fn address(&self, last: u8) -> Ipv4Addr {
        Ipv4Addr::new(10, self.octet, 0, last)
    }

    /// The address of the API server, and the way to everything in the cluster.
    pub(crate) fn gateway(&self) -> Ipv4Addr {
        self.address(1)
    }

    /// The host's own address in the cluster's network.
    pub(crate) fn host(&self) -> Ipv4Addr {
        self.address(254)
    }

    pub(crate) fn network(&self) -> String {
        format!("10.{}.0.0/16", self.octet)
    }

    pub(crate) fn pod_range(&self) -> String {
        format!("10.{}.128.0/17", self.octet)
    }

    pub(crate) fn server(&self) -> String {
        format!("https://{}:6443", self.gateway())
    }

    /// The network interface on the host: names of interfaces are at most 15 bytes long.
    pub(crate) fn interface(&self) -> String {
        interface(self.name())
    }
}

pub(crate) fn interface(name: &str) -> String {
    format!("cft{}", short_hex(&Sha256::digest(name)))
}

/// The network namespace of a cluster's control plane; those of its nodes are called the same with a dot and a number,
/// which no cluster's name can contain.
pub(crate) fn netns(name: &str) -> String {
    format!("conform.{name}")
}

/// The cgroup of a cluster, below the root of each hierarchy.
pub(crate) fn cgroup(name: &str) -> String {
    format!("conform-testbed/{name}")
}

/// One node.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) index: u32,
    pub(crate) address: Ipv4Addr,
    pub(crate) zone: Option<String>,
    pub(crate) folder: PathBuf,
    pub(crate) netns: String,
}

impl Node {
    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        self.folder.join(inside)
    }

    /// The cgroup that all pods of the node are in.
    pub(crate) fn cgroup(&self, cluster: &str) -> String {
        format!("{}/{}", cgroup(cluster), self.name)
    }

    /// containerd's socket as seen from the host.
    pub(crate) fn containerd(&self) -> PathBuf {
        self.path("run-containerd/containerd.sock")
    }
}

#[cfg(test)]
pub(crate) fn example() -> Layout {
    let options = Options {
        zones: Some(2),
        ..Options::default()
    };
    Layout {
        options,
        octet: 200,
        programs: BTreeMap::new(),
        complete: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses() {
        let layout = example();
        let nodes: Vec<Node> = layout.nodes().collect();
        assert_eq!(nodes[1].name, "conform-2");
        assert_eq!(nodes[1].address, Ipv4Addr::new(10, 200, 0, 12));
        assert_eq!(nodes[1].zone.as_deref(), Some("zone-2"));
        assert_eq!(nodes[1].netns, "conform.conform.2");
        assert!(layout.interface().len() <= 15);
        assert_ne!(interface("a"), interface("b"));
        // The path of a Unix socket is at most 107 bytes long.
        let longest = Options {
            name: "a".repeat(20),
            ..Options::default()
        };
        let longest = Layout {
            options: longest,
            ..layout
        };
        assert!(
            longest
                .nodes()
                .all(|node| node.containerd().as_os_str().len() < 107)
        );
    }
}
