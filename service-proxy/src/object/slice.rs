//! EndpointSlice.

use std::net::IpAddr;

use serde::Deserialize;

use super::{Faults, InvalidObject, Kind, Metadata, ObjectName, Protocol, nullable};
use crate::address::{Family, parse_ip};

/// An EndpointSlice, as far as a proxy looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointSlice {
    /// `namespace/name`.
    pub name: String,
    /// `namespace/name` of the Service whose endpoints these are, by the label `kubernetes.io/service-name`.
    pub service: Option<String>,
    /// It has the label `service.kubernetes.io/headless`: it belongs to a Service without addresses.
    pub is_headless: bool,
    /// What its addresses are.
    pub address_type: AddressType,
    /// `ports` that have a name and a number.
    pub ports: Vec<SlicePort>,
    /// `endpoints` that have an address.
    pub endpoints: Vec<SliceEndpoint>,
}

/// What the addresses of a slice are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressType {
    /// Addresses of a family.
    Ip(Family),
    /// Names.
    Fqdn,
}

/// A port of a slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlicePort {
    /// Its name, which may be empty.
    pub name: String,
    /// Its protocol.
    pub protocol: Protocol,
    /// Its number on the endpoint.
    pub port: u16,
}

/// An endpoint of a slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SliceEndpoint {
    /// Its first address: further ones mean nothing.
    pub ip: IpAddr,
    /// The node that it runs on.
    pub node: Option<String>,
    /// `conditions.ready`; true if it is not said.
    pub ready: bool,
    /// `conditions.serving`; true if it is not said.
    pub serving: bool,
    /// `conditions.terminating`; false if it is not said.
    pub terminating: bool,
    /// Zones whose clients are to use it.
    pub zone_hints: Vec<String>,
    /// Nodes whose clients are to use it.
    pub node_hints: Vec<String>,
}

const SERVICE_NAME: &str = "kubernetes.io/service-name";
const HEADLESS: &str = "service.kubernetes.io/headless";

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Raw {
    #[serde(deserialize_with = "nullable")]
    metadata: Metadata,
    #[serde(deserialize_with = "nullable")]
    address_type: String,
    #[serde(deserialize_with = "nullable")]
    ports: Vec<RawPort>,
    #[serde(deserialize_with = "nullable")]
    endpoints: Vec<RawEndpoint>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawPort {
    name: Option<String>,
    protocol: Option<String>,
    port: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawEndpoint {
    #[serde(deserialize_with = "nullable")]
    addresses: Vec<String>,
    node_name: Option<String>,
    #[serde(deserialize_with = "nullable")]
    conditions: RawConditions,
    #[serde(deserialize_with = "nullable")]
    hints: RawHints,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawConditions {
    ready: Option<bool>,
    serving: Option<bool>,
    terminating: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawHints {
    #[serde(deserialize_with = "nullable")]
    for_zones: Vec<RawHint>,
    #[serde(deserialize_with = "nullable")]
    for_nodes: Vec<RawHint>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawHint {
    #[serde(deserialize_with = "nullable")]
    name: String,
}

impl EndpointSlice {
    pub(super) fn read(raw: Raw) -> Result<Self, InvalidObject> {
        let name = raw.metadata.namespaced();
        let faults = Faults(
            ObjectName {
                kind: Kind::EndpointSlice,
                name: name.clone(),
            }
            .to_string(),
        );
        let address_type = match raw.address_type.as_str() {
            "IPv4" => AddressType::Ip(Family::IPv4),
            "IPv6" => AddressType::Ip(Family::IPv6),
            "FQDN" => AddressType::Fqdn,
            other => {
                return Err(faults.at(
                    "addressType",
                    format!("{other:?} is none: it must be IPv4, IPv6 or FQDN"),
                ));
            }
        };
        let namespace = name.split_once('/').map_or("default", |(namespace, _)| namespace);
        let service = raw.metadata.labels.get(SERVICE_NAME);
        Ok(Self {
            service: service
                .filter(|service| !service.is_empty())
                .map(|service| format!("{namespace}/{service}")),
            is_headless: raw.metadata.labels.contains_key(HEADLESS),
            ports: ports(&faults, raw.ports)?,
            endpoints: match address_type {
                AddressType::Ip(family) => endpoints(&faults, raw.endpoints, family)?,
                AddressType::Fqdn => Vec::new(),
            },
            address_type,
            name,
        })
    }
}

/// Rule B1: a port without a name or without a number is passed over; the empty name is a name.
fn ports(faults: &Faults, raw: Vec<RawPort>) -> Result<Vec<SlicePort>, InvalidObject> {
    let mut ports = Vec::with_capacity(raw.len());
    for (at, port) in raw.into_iter().enumerate() {
        let field = |name: &str| format!("ports[{at}].{name}");
        let protocol = faults.protocol(|| field("protocol"), port.protocol.as_deref())?;
        let number = faults.port(|| field("port"), port.port.unwrap_or(0), 0)?;
        let Some(name) = port.name else { continue };
        if number != 0 {
            ports.push(SlicePort {
                name,
                protocol,
                port: number,
            });
        }
    }
    Ok(ports)
}

/// Rule B2: the first address counts, and what the conditions do not say is ready, serving and not terminating.
fn endpoints(
    faults: &Faults,
    raw: Vec<RawEndpoint>,
    family: Family,
) -> Result<Vec<SliceEndpoint>, InvalidObject> {
    let names = |hints: Vec<RawHint>| hints.into_iter().map(|hint| hint.name).collect();
    let mut endpoints = Vec::with_capacity(raw.len());
    for (at, endpoint) in raw.into_iter().enumerate() {
        let mut first = None;
        for (nth, text) in endpoint.addresses.iter().enumerate() {
            let ip = parse_ip(text).filter(|&ip| Family::of(ip) == family);
            let ip = ip.ok_or_else(|| {
                faults.at(
                    format!("endpoints[{at}].addresses[{nth}]"),
                    format!("{text:?} is no {family} address, and addressType is {family}"),
                )
            })?;
            first.get_or_insert(ip);
        }
        let Some(ip) = first else { continue };
        endpoints.push(SliceEndpoint {
            ip,
            node: endpoint.node_name.filter(|node| !node.is_empty()),
            ready: endpoint.conditions.ready.unwrap_or(true),
            serving: endpoint.conditions.serving.unwrap_or(true),
            terminating: endpoint.conditions.terminating.unwrap_or(false),
            zone_hints: names(endpoint.hints.for_zones),
            node_hints: names(endpoint.hints.for_nodes),
        });
    }
    Ok(endpoints)
}
