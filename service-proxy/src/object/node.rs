//! Node and ServiceCIDR.

use std::net::IpAddr;

use serde::Deserialize;

use super::{Faults, InvalidObject, Kind, Metadata, ObjectName, nullable};
use crate::address::{Cidr, Family, parse_ip};

/// A Node, as far as a proxy looks at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// The label `topology.kubernetes.io/zone`.
    pub zone: Option<String>,
    /// Its addresses of type InternalIP, then those of type ExternalIP.
    pub addresses: Vec<IpAddr>,
    /// The ranges of its pods.
    pub pod_cidrs: Vec<Cidr>,
    /// Keys of its taints.
    pub taints: Vec<String>,
    /// It is being deleted.
    pub is_deleted: bool,
}

/// A ServiceCIDR: ranges that addresses of Services are taken from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceCidr {
    /// Its name.
    pub name: String,
    /// `spec.cidrs`.
    pub cidrs: Vec<Cidr>,
}

const ZONE: &str = "topology.kubernetes.io/zone";

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct RawNode {
    #[serde(deserialize_with = "nullable")]
    metadata: Metadata,
    #[serde(deserialize_with = "nullable")]
    spec: RawNodeSpec,
    #[serde(deserialize_with = "nullable")]
    status: RawNodeStatus,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawNodeSpec {
    #[serde(rename = "podCIDR")]
    pod_cidr: Option<String>,
    #[serde(rename = "podCIDRs", deserialize_with = "nullable")]
    pod_cidrs: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    taints: Vec<RawTaint>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawTaint {
    #[serde(deserialize_with = "nullable")]
    key: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawNodeStatus {
    #[serde(deserialize_with = "nullable")]
    addresses: Vec<RawAddress>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawAddress {
    #[serde(deserialize_with = "nullable")]
    r#type: String,
    #[serde(deserialize_with = "nullable")]
    address: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct RawServiceCidr {
    #[serde(deserialize_with = "nullable")]
    metadata: Metadata,
    #[serde(deserialize_with = "nullable")]
    spec: RawServiceCidrSpec,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawServiceCidrSpec {
    #[serde(deserialize_with = "nullable")]
    cidrs: Vec<String>,
}

impl Node {
    pub(super) fn read(raw: RawNode) -> Result<Self, InvalidObject> {
        let name = raw.metadata.name;
        let faults = Faults(
            ObjectName {
                kind: Kind::Node,
                name: name.clone(),
            }
            .to_string(),
        );
        let mut addresses = Vec::new();
        for wanted in ["InternalIP", "ExternalIP"] {
            for (at, address) in raw.status.addresses.iter().enumerate() {
                if address.r#type == wanted {
                    addresses.push(parse_ip(&address.address).ok_or_else(|| {
                        faults.at(
                            format!("status.addresses[{at}].address"),
                            format!("{:?} is no IP address", address.address),
                        )
                    })?);
                }
            }
        }
        let mut pod_cidrs = raw.spec.pod_cidrs;
        if pod_cidrs.is_empty() {
            pod_cidrs.extend(raw.spec.pod_cidr.filter(|cidr| !cidr.is_empty()));
        }
        Ok(Self {
            zone: raw.metadata.labels.get(ZONE).cloned(),
            addresses,
            pod_cidrs: cidrs(&faults, "spec.podCIDRs", &pod_cidrs)?,
            taints: raw.spec.taints.into_iter().map(|taint| taint.key).collect(),
            is_deleted: raw.metadata.deletion_timestamp.is_some(),
            name,
        })
    }

    /// The addresses that kube-proxy takes for the node's own: the first of all, and the first of the other family.
    pub fn primary_addresses(&self) -> Vec<IpAddr> {
        primary(&self.addresses)
    }
}

/// The first address, and the first of the other family.
pub(crate) fn primary(addresses: &[IpAddr]) -> Vec<IpAddr> {
    let Some(&first) = addresses.first() else {
        return Vec::new();
    };
    let other = addresses
        .iter()
        .copied()
        .find(|&address| Family::of(address) != Family::of(first));
    std::iter::once(first).chain(other).collect()
}

impl ServiceCidr {
    pub(super) fn read(raw: RawServiceCidr) -> Result<Self, InvalidObject> {
        let name = raw.metadata.name;
        let faults = Faults(
            ObjectName {
                kind: Kind::ServiceCidr,
                name: name.clone(),
            }
            .to_string(),
        );
        Ok(Self {
            cidrs: cidrs(&faults, "spec.cidrs", &raw.spec.cidrs)?,
            name,
        })
    }
}

fn cidrs(faults: &Faults, field: &str, texts: &[String]) -> Result<Vec<Cidr>, InvalidObject> {
    let mut cidrs = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        cidrs.push(Cidr::parse(text).ok_or_else(|| {
            faults.at(
                format!("{field}[{at}]"),
                format!("{text:?} is no range of addresses such as 10.0.0.0/24"),
            )
        })?);
    }
    Ok(cidrs)
}
