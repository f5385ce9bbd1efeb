//! What a running kube-proxy tells of its settings at `/configz`.

use std::{collections::BTreeMap, net::IpAddr};

use serde::Deserialize;
use serde_json::Value;

use super::{
    DetectLocal, InvalidSettings, NodePortAddresses, Settings, bind_address, cidrs, detect_local, fault,
    mode, nullable,
};
use crate::address::Cidr;

/// kube-proxy's own form of its configuration, which releases before 1.36 tell.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Internal {
    #[serde(default)]
    mode: String,
    linux: Linux,
    #[serde(default)]
    detect_local_mode: String,
    detect_local: Ranges,
    #[serde(default, deserialize_with = "nullable")]
    node_port_addresses: Vec<String>,
    #[serde(rename = "IPTables", default)]
    iptables: Iptables,
    #[serde(default)]
    bind_address: String,
    #[serde(default, deserialize_with = "nullable")]
    feature_gates: BTreeMap<String, bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Linux {
    #[serde(default)]
    masquerade_all: bool,
}

#[derive(Deserialize)]
struct Ranges {
    #[serde(rename = "ClusterCIDRs", default, deserialize_with = "nullable")]
    cluster_cidrs: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Iptables {
    localhost_node_ports: Option<bool>,
}

impl Settings {
    /// Reads what kube-proxy on a node with these addresses tells at `/configz`: from 1.36 a KubeProxyConfiguration, before it
    /// kube-proxy's own form, whose node port addresses are the node's own where they are to be the primary ones.
    pub fn told(value: Value, own: &[IpAddr]) -> Result<Self, InvalidSettings> {
        let settings = if value.get("kind").is_some() {
            Self::read(value)?
        } else {
            internal(value)?
        };
        let is_own = |range: &Cidr| own.iter().any(|address| Cidr::single(*address) == *range);
        let primary = match &settings.node_port_addresses {
            NodePortAddresses::Ranges(ranges) => !ranges.is_empty() && ranges.iter().all(is_own),
            NodePortAddresses::Primary => true,
        };
        Ok(if primary {
            Self {
                node_port_addresses: NodePortAddresses::Primary,
                ..settings
            }
        } else {
            settings
        })
    }
}

fn internal(value: Value) -> Result<Settings, InvalidSettings> {
    let raw: Internal = serde_path_to_error::deserialize(value)
        .map_err(|error| fault(error.path().to_string(), error.inner().to_string()))?;
    let ranges = raw.node_port_addresses.iter().map(String::as_str);
    Ok(Settings {
        mode: mode(&raw.mode)?,
        detect_local: match detect_local(&raw.detect_local_mode, "")? {
            DetectLocal::ClusterCidr(_) => {
                let ranges = raw.detect_local.cluster_cidrs.iter().map(String::as_str);
                DetectLocal::ClusterCidr(cidrs("DetectLocal.ClusterCIDRs", ranges)?)
            }
            other => other,
        },
        node_port_addresses: NodePortAddresses::Ranges(cidrs("NodePortAddresses", ranges)?),
        masquerade_all: raw.linux.masquerade_all,
        localhost_node_ports: raw.iptables.localhost_node_ports.unwrap_or(true),
        bind_address: bind_address(&raw.bind_address)?,
        feature_gates: raw.feature_gates,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::Mode;

    /// The parts of kube-proxy 1.35's answer that matter.
    fn of_1_35(addresses: &Value) -> Value {
        json!({
            "Linux": { "Conntrack": { "MaxPerCore": 0 }, "MasqueradeAll": true, "OOMScoreAdj": 0 },
            "FeatureGates": { "LoadBalancerIPMode": true }, "HostnameOverride": "a", "BindAddress": "0.0.0.0",
            "Mode": "nftables", "IPTables": { "MasqueradeBit": 14, "LocalhostNodePorts": false },
            "NFTables": { "MasqueradeBit": 14 }, "DetectLocalMode": "ClusterCIDR",
            "DetectLocal": { "BridgeInterface": "", "ClusterCIDRs": ["10.1.0.0/16"], "InterfaceNamePrefix": "" },
            "NodePortAddresses": addresses,
        })
    }

    const OWN: [IpAddr; 1] = [IpAddr::V4(std::net::Ipv4Addr::new(10, 2, 0, 11))];

    #[test]
    fn both_forms_say_the_same() {
        let before = Settings::told(of_1_35(&json!(["10.2.0.11/32"])), &OWN);
        let since = Settings::told(
            json!({
                "apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration",
                "mode": "nftables", "clusterCIDR": "10.1.0.0/16", "nftables": { "masqueradeAll": true },
                "iptables": { "localhostNodePorts": false }, "featureGates": { "LoadBalancerIPMode": true },
            }),
            &OWN,
        );
        assert_eq!(before, since);
        let told = before.unwrap();
        assert_eq!((told.mode, told.masquerade_all), (Mode::Nftables, true));
        assert_eq!(told.node_port_addresses, NodePortAddresses::Primary);
    }

    #[test]
    fn other_node_port_addresses_stay_as_they_are() {
        let ranges = |told: Value| Settings::told(of_1_35(&told), &OWN).unwrap().node_port_addresses;
        let wide = Cidr::parse("10.2.0.0/16").unwrap();
        assert_eq!(
            ranges(json!(["10.2.0.0/16"])),
            NodePortAddresses::Ranges(vec![wide])
        );
        assert_eq!(ranges(Value::Null), NodePortAddresses::Ranges(Vec::new()));
    }

    #[test]
    fn what_is_no_kube_proxys_is_refused() {
        assert!(Settings::told(json!({ "Mode": "nftables" }), &OWN).is_err());
        assert!(Settings::told(json!([]), &OWN).is_err());
        let mut other = of_1_35(&Value::Null);
        other["Mode"] = json!("kernelspace");
        assert_eq!(Settings::told(other, &OWN).unwrap_err().field, "mode");
    }
}
