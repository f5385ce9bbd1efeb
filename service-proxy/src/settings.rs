//! The settings of a proxy, from kube-proxy's own KubeProxyConfiguration.

mod remarks;
mod told;

use std::{collections::BTreeMap, net::IpAddr};

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::{
    address::{Cidr, parse_ip},
    gates::Gates,
};

/// How packets are handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// iptables, kube-proxy's default on Linux.
    #[default]
    Iptables,
    /// nftables.
    Nftables,
    /// IPVS, which kube-proxy calls deprecated.
    Ipvs,
}

/// How a packet is known to come from a pod of the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DetectLocal {
    /// By the range of all pods: the first of each family.
    ClusterCidr(Vec<Cidr>),
    /// By the range of the node's pods.
    NodeCidr,
    /// By the interface that it came in through: taken to be so for addresses of the node's pods.
    Interface,
}

/// Addresses that node ports are served on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodePortAddresses {
    /// Those in these ranges; all of a family that no range is of.
    Ranges(Vec<Cidr>),
    /// The node's primary ones.
    Primary,
}

/// The settings that change what becomes of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How packets are handled.
    pub mode: Mode,
    /// How a packet is known to come from a pod.
    pub detect_local: DetectLocal,
    /// Addresses that node ports are served on.
    pub node_port_addresses: NodePortAddresses,
    /// Masquerade everything that goes to a Service's own address.
    pub masquerade_all: bool,
    /// Serve node ports on IPv4 loopback addresses (mode iptables).
    pub localhost_node_ports: bool,
    /// The node's address, if it is not to be the Node object's.
    pub bind_address: Option<IpAddr>,
    /// Feature gates as the configuration sets them.
    pub feature_gates: BTreeMap<String, bool>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            detect_local: DetectLocal::ClusterCidr(Vec::new()),
            node_port_addresses: NodePortAddresses::Ranges(Vec::new()),
            masquerade_all: false,
            localhost_node_ports: true,
            bind_address: None,
            feature_gates: BTreeMap::new(),
        }
    }
}

/// A configuration that kube-proxy would not start with, or whose mode has no model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("KubeProxyConfiguration: {field}: {problem}")]
pub struct InvalidSettings {
    /// The field.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Raw {
    #[serde(deserialize_with = "nullable")]
    api_version: String,
    #[serde(deserialize_with = "nullable")]
    kind: String,
    #[serde(deserialize_with = "nullable")]
    mode: String,
    #[serde(rename = "clusterCIDR", deserialize_with = "nullable")]
    cluster_cidr: String,
    #[serde(deserialize_with = "nullable")]
    detect_local_mode: String,
    #[serde(deserialize_with = "nullable")]
    node_port_addresses: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    iptables: RawMode,
    #[serde(deserialize_with = "nullable")]
    nftables: RawMode,
    #[serde(deserialize_with = "nullable")]
    bind_address: String,
    #[serde(deserialize_with = "nullable")]
    feature_gates: BTreeMap<String, bool>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawMode {
    #[serde(deserialize_with = "nullable")]
    masquerade_all: bool,
    localhost_node_ports: Option<bool>,
}

fn nullable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

impl Settings {
    /// Reads a KubeProxyConfiguration, with kube-proxy's defaults on Linux.
    pub fn read(value: Value) -> Result<Self, InvalidSettings> {
        let raw: Raw = serde_path_to_error::deserialize(value)
            .map_err(|error| fault(error.path().to_string(), error.inner().to_string()))?;
        if raw.kind != "KubeProxyConfiguration" || !raw.api_version.starts_with("kubeproxy.config.k8s.io/") {
            let problem = format!(
                "is {:?} of {:?}; it must be KubeProxyConfiguration of kubeproxy.config.k8s.io/v1alpha1",
                raw.kind, raw.api_version
            );
            return Err(fault("kind", problem));
        }
        let mode = mode(&raw.mode)?;
        let node_port_addresses = match raw.node_port_addresses.as_slice() {
            [only] if only == "primary" => NodePortAddresses::Primary,
            [] if mode == Mode::Nftables => NodePortAddresses::Primary,
            texts => NodePortAddresses::Ranges(cidrs("nodePortAddresses", texts.iter().map(String::as_str))?),
        };
        let of_mode = match mode {
            Mode::Nftables => &raw.nftables,
            Mode::Iptables | Mode::Ipvs => &raw.iptables,
        };
        Ok(Self {
            mode,
            detect_local: detect_local(&raw.detect_local_mode, &raw.cluster_cidr)?,
            node_port_addresses,
            masquerade_all: of_mode.masquerade_all,
            localhost_node_ports: raw.iptables.localhost_node_ports.unwrap_or(true),
            bind_address: bind_address(&raw.bind_address)?,
            feature_gates: raw.feature_gates,
        })
    }

    /// The gates of a release, as far as this configuration changes them.
    pub fn gates(&self, minor: u16) -> Gates {
        Gates::of_minor(minor).with(minor, &self.feature_gates)
    }
}

fn fault(field: impl Into<String>, problem: String) -> InvalidSettings {
    InvalidSettings {
        field: field.into(),
        problem,
    }
}

fn mode(word: &str) -> Result<Mode, InvalidSettings> {
    match word {
        "" | "iptables" => Ok(Mode::Iptables),
        "nftables" => Ok(Mode::Nftables),
        "ipvs" => Ok(Mode::Ipvs),
        other => {
            let problem = format!("{other:?} has no model here: the modes are iptables, nftables and ipvs");
            Err(fault("mode", problem))
        }
    }
}

fn detect_local(word: &str, cluster_cidr: &str) -> Result<DetectLocal, InvalidSettings> {
    match word {
        "" | "ClusterCIDR" => {
            let ranges = cluster_cidr
                .split(',')
                .map(str::trim)
                .filter(|text| !text.is_empty());
            Ok(DetectLocal::ClusterCidr(cidrs("clusterCIDR", ranges)?))
        }
        "NodeCIDR" => Ok(DetectLocal::NodeCidr),
        "BridgeInterface" | "InterfaceNamePrefix" => Ok(DetectLocal::Interface),
        other => {
            let modes = "ClusterCIDR, NodeCIDR, BridgeInterface or InterfaceNamePrefix";
            Err(fault(
                "detectLocalMode",
                format!("{other:?} is none: it must be {modes}"),
            ))
        }
    }
}

/// An address of all interfaces says nothing.
fn bind_address(text: &str) -> Result<Option<IpAddr>, InvalidSettings> {
    if text.is_empty() {
        return Ok(None);
    }
    let address = parse_ip(text).ok_or_else(|| fault("bindAddress", format!("{text:?} is no IP address")))?;
    Ok((!address.is_unspecified()).then_some(address))
}

fn cidrs<'a>(
    field: &'static str,
    texts: impl Iterator<Item = &'a str>,
) -> Result<Vec<Cidr>, InvalidSettings> {
    let mut cidrs = Vec::new();
    for text in texts {
        let problem = || format!("{text:?} is no range of addresses such as 10.0.0.0/8");
        cidrs.push(Cidr::parse(text).ok_or_else(|| fault(field, problem()))?);
    }
    Ok(cidrs)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn read(mut value: Value) -> Result<Settings, InvalidSettings> {
        value["apiVersion"] = "kubeproxy.config.k8s.io/v1alpha1".into();
        value["kind"] = "KubeProxyConfiguration".into();
        Settings::read(value)
    }

    #[test]
    fn an_empty_one_is_the_default() {
        assert_eq!(read(json!({})), Ok(Settings::default()));
    }

    #[test]
    fn nftables_serves_node_ports_on_primary_addresses() {
        let settings = read(json!({"mode": "nftables", "nodePortAddresses": null})).unwrap();
        assert_eq!(settings.node_port_addresses, NodePortAddresses::Primary);
        let settings = read(json!({"mode": "nftables", "nodePortAddresses": ["0.0.0.0/0"]})).unwrap();
        assert_eq!(
            settings.node_port_addresses,
            NodePortAddresses::Ranges(vec![Cidr::parse("0.0.0.0/0").unwrap()])
        );
    }

    #[test]
    fn each_mode_has_its_masquerade_all() {
        let both = |mode| json!({"mode": mode, "iptables": {"masqueradeAll": true}, "nftables": {"masqueradeAll": false}});
        assert!(read(both("")).unwrap().masquerade_all);
        assert!(read(both("ipvs")).unwrap().masquerade_all);
        assert!(!read(both("nftables")).unwrap().masquerade_all);
    }

    #[rstest]
    #[case(json!({"mode": "kernelspace"}), "mode")]
    #[case(json!({"clusterCIDR": "10.0.0.0"}), "clusterCIDR")]
    #[case(json!({"nodePortAddresses": ["primary", "10.0.0.0/8"]}), "nodePortAddresses")]
    #[case(json!({"detectLocalMode": "Guess"}), "detectLocalMode")]
    #[case(json!({"bindAddress": "here"}), "bindAddress")]
    #[case(json!({"iptables": {"masqueradeAll": 1}}), "iptables.masqueradeAll")]
    fn what_kube_proxy_would_refuse(#[case] value: Value, #[case] field: &str) {
        assert_eq!(read(value).unwrap_err().field, field);
    }

    #[test]
    fn another_object_is_refused() {
        let value = json!({"apiVersion": "v1", "kind": "ConfigMap"});
        assert_eq!(Settings::read(value).unwrap_err().field, "kind");
    }
}
