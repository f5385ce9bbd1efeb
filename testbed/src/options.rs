//! What a cluster is to be like.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::build::version::Version;
use crate::{Error, Result};

/// The version whose module files are part of this crate.
pub(crate) const COMMITTED_VERSION: &str = "1.36.3";

/// How kube-proxy programs the node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProxyMode {
    /// nftables, the present default of the testbed.
    #[default]
    Nftables,
    /// iptables, still the default of upstream.
    Iptables,
}

impl fmt::Display for ProxyMode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Nftables => "nftables",
            Self::Iptables => "iptables",
        })
    }
}

/// What a cluster is to be like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// The cluster's name, which its node names start with.
    pub name: String,
    /// How many nodes it has; each runs workloads.
    pub nodes: u32,
    /// Spread the nodes over that many zones; none: nodes without a zone label.
    pub zones: Option<u32>,
    /// How kube-proxy programs the nodes.
    pub proxy_mode: ProxyMode,
    /// The version of Kubernetes, without a `v`.
    pub kubernetes_version: String,
    /// Versions of Kubernetes whose conformance image the nodes have too, beside that of the cluster's own.
    #[serde(default)]
    pub suites: Vec<String>,
    /// Whether the nodes can pull the images of the cluster's tests again, from a registry in the control plane that stands
    /// in for `registry.k8s.io`; else they have them from the start and pull nothing.
    #[serde(default)]
    pub registry: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            name: "conform".into(),
            nodes: 2,
            zones: None,
            proxy_mode: ProxyMode::default(),
            kubernetes_version: COMMITTED_VERSION.into(),
            suites: Vec::new(),
            registry: false,
        }
    }
}

impl fmt::Display for Options {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            nodes,
            proxy_mode,
            kubernetes_version,
            suites,
            registry,
            ..
        } = self;
        write!(formatter, "{nodes} nodes, ")?;
        if let Some(zones) = self.zones {
            write!(formatter, "{zones} zones, ")?;
        }
        write!(
            formatter,
            "kube-proxy {proxy_mode}, Kubernetes {kubernetes_version}"
        )?;
        if *registry {
            formatter.write_str(", with a registry")?;
        }
        for suite in suites {
            write!(formatter, ", suite {suite}")?;
        }
        Ok(())
    }
}

impl Options {
    /// Refuses what cannot work before anything is built.
    pub(crate) fn check(&self) -> Result<()> {
        check_name(&self.name)?;
        if !(1..=32).contains(&self.nodes) {
            return Err(Error::BadOption {
                option: "--nodes",
                value: self.nodes.to_string(),
                reason: "1 to 32 nodes fit on one machine",
            });
        }
        if let Some(zones) = self.zones
            && !(1..=self.nodes).contains(&zones)
        {
            return Err(Error::BadOption {
                option: "--zones",
                value: zones.to_string(),
                reason: "it must be at least 1, and at most the number of nodes",
            });
        }
        let mut versions = std::iter::once(&self.kubernetes_version).chain(&self.suites);
        versions.try_for_each(|version| Version::parse(version).map(drop))
    }

    /// The same cluster, whatever suites its nodes have: they can be added while it runs.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let without = |options: &Self| Self {
            suites: Vec::new(),
            ..options.clone()
        };
        without(self) == without(other)
    }

    /// The zone of the node with that index, counted from 1.
    pub(crate) fn zone_of(&self, index: u32) -> Option<String> {
        self.zones
            .map(|zones| format!("zone-{}", (index - 1) % zones + 1))
    }
}

/// Names become parts of node names, file names and cgroup names.
pub(crate) fn check_name(name: &str) -> Result<()> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends_plain = name.bytes().next().is_some_and(plain) && name.bytes().last().is_some_and(plain);
    if ends_plain && name.len() <= 20 && name.bytes().all(|byte| plain(byte) || byte == b'-') {
        return Ok(());
    }
    Err(Error::BadOption {
        option: "--name",
        value: name.into(),
        reason: "use up to 20 of a-z, 0-9 and -, not starting or ending with -",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        for good in ["conform", "a", "c-2"] {
            check_name(good).unwrap();
        }
        for bad in [
            "",
            "-a",
            "a-",
            "A",
            "a/b",
            "..",
            "a.b",
            "a-name-of-too-many-letters",
        ] {
            check_name(bad).unwrap_err();
        }
    }

    #[test]
    fn another_suite_is_no_other_cluster() {
        let plain = Options::default();
        let more = Options {
            suites: vec!["1.35.4".into()],
            ..plain.clone()
        };
        assert!(plain.is_like(&more) && plain != more);
        assert!(more.to_string().ends_with("Kubernetes 1.36.3, suite 1.35.4"));
        more.check().unwrap();
        let bad = Options {
            suites: vec!["1.35".into()],
            ..plain
        };
        assert!(bad.check().is_err() && !bad.is_like(&Options { nodes: 3, ..more }));
    }

    #[test]
    fn zones_are_dealt_in_turn() {
        let options = Options {
            nodes: 4,
            zones: Some(3),
            ..Options::default()
        };
        options.check().unwrap();
        let zones: Vec<_> = (1..=4).filter_map(|index| options.zone_of(index)).collect();
        assert_eq!(zones, ["zone-1", "zone-2", "zone-3", "zone-1"]);
        assert!(
            Options {
                zones: Some(3),
                ..Options::default()
            }
            .check()
            .is_err()
        );
    }
}
