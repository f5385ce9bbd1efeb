//! Service.

use std::{collections::BTreeSet, net::IpAddr};

use serde::Deserialize;

use super::{Faults, InvalidObject, Kind, Metadata, ObjectName, Protocol, nullable};
use crate::address::{Family, parse_ip};

/// A Service, as far as a proxy looks at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// `namespace/name`.
    pub name: String,
    /// It has the label `service.kubernetes.io/service-proxy-name`: another proxy serves it.
    pub has_proxy_name: bool,
    /// The annotation that asks for hints to be followed, if it is there.
    pub topology_annotation: Option<String>,
    /// `spec.type`; empty is ClusterIP.
    pub r#type: String,
    /// `spec.clusterIP`: empty, `None`, or an address.
    pub cluster_ip: String,
    /// `spec.clusterIPs`.
    pub cluster_ips: Vec<String>,
    /// `spec.ipFamilies`.
    pub ip_families: Vec<Family>,
    /// `spec.ports`.
    pub ports: Vec<ServicePort>,
    /// `spec.externalIPs`, as written.
    pub external_ips: Vec<String>,
    /// `spec.loadBalancerSourceRanges`, as written.
    pub source_ranges: Vec<String>,
    /// `spec.internalTrafficPolicy` is Local.
    pub internal_local: bool,
    /// `spec.externalTrafficPolicy` is Local.
    pub external_local: bool,
    /// `spec.sessionAffinity` is ClientIP.
    pub affinity: Option<Affinity>,
    /// `spec.healthCheckNodePort`; 0 is none.
    pub health_check_node_port: u16,
    /// `status.loadBalancer.ingress` that has an address.
    pub ingress: Vec<IngressAddress>,
}

/// One port of a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePort {
    /// Its name; empty if there is one port only.
    pub name: String,
    /// Its protocol.
    pub protocol: Protocol,
    /// The port on the Service's addresses.
    pub port: u16,
    /// The port on nodes; 0 is none.
    pub node_port: u16,
}

/// Session affinity by the client's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Affinity {
    /// How long a client is remembered after its last connection, in seconds.
    pub timeout_seconds: u32,
}

/// An address of a load balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IngressAddress {
    /// The address.
    pub ip: IpAddr,
    /// `ipMode`; nothing is VIP.
    pub ip_mode: Option<String>,
}

/// The default of `sessionAffinityConfig.clientIP.timeoutSeconds`: three hours.
const AFFINITY_TIMEOUT: u32 = 10_800;
const PROXY_NAME: &str = "service.kubernetes.io/service-proxy-name";
const TOPOLOGY_HINTS: &str = "service.kubernetes.io/topology-aware-hints";
const TOPOLOGY_MODE: &str = "service.kubernetes.io/topology-mode";

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Raw {
    #[serde(deserialize_with = "nullable")]
    metadata: Metadata,
    #[serde(deserialize_with = "nullable")]
    spec: RawSpec,
    #[serde(deserialize_with = "nullable")]
    status: RawStatus,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawSpec {
    #[serde(deserialize_with = "nullable")]
    r#type: String,
    #[serde(rename = "clusterIP", deserialize_with = "nullable")]
    cluster_ip: String,
    #[serde(rename = "clusterIPs", deserialize_with = "nullable")]
    cluster_ips: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    ip_families: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    ports: Vec<RawPort>,
    #[serde(rename = "externalIPs", deserialize_with = "nullable")]
    external_ips: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    load_balancer_source_ranges: Vec<String>,
    internal_traffic_policy: Option<String>,
    external_traffic_policy: Option<String>,
    session_affinity: Option<String>,
    #[serde(deserialize_with = "nullable")]
    session_affinity_config: RawAffinity,
    #[serde(deserialize_with = "nullable")]
    health_check_node_port: i64,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawPort {
    #[serde(deserialize_with = "nullable")]
    name: String,
    protocol: Option<String>,
    #[serde(deserialize_with = "nullable")]
    port: i64,
    #[serde(deserialize_with = "nullable")]
    node_port: i64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawAffinity {
    #[serde(rename = "clientIP", deserialize_with = "nullable")]
    client_ip: RawClientIp,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawClientIp {
    timeout_seconds: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawStatus {
    #[serde(deserialize_with = "nullable")]
    load_balancer: RawLoadBalancer,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawLoadBalancer {
    #[serde(deserialize_with = "nullable")]
    ingress: Vec<RawIngress>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawIngress {
    #[serde(deserialize_with = "nullable")]
    ip: String,
    #[serde(rename = "ipMode")]
    ip_mode: Option<String>,
}

impl Service {
    pub(super) fn read(raw: Raw) -> Result<Self, InvalidObject> {
        let Raw {
            metadata,
            spec,
            status,
        } = raw;
        let name = metadata.namespaced();
        let faults = Faults(
            ObjectName {
                kind: Kind::Service,
                name: name.clone(),
            }
            .to_string(),
        );
        let local = |policy: Option<String>| policy.as_deref() == Some("Local");
        let ip_families = families(&faults, &spec.ip_families)?;
        check_cluster_ips(&faults, &spec.cluster_ip, &spec.cluster_ips, &ip_families)?;
        let affinity = (spec.session_affinity.as_deref() == Some("ClientIP")).then_some(Affinity {
            timeout_seconds: spec
                .session_affinity_config
                .client_ip
                .timeout_seconds
                .unwrap_or(AFFINITY_TIMEOUT),
        });
        let annotation = |key| metadata.annotations.get(key).cloned();
        Ok(Self {
            has_proxy_name: metadata.labels.contains_key(PROXY_NAME),
            topology_annotation: annotation(TOPOLOGY_HINTS).or_else(|| annotation(TOPOLOGY_MODE)),
            r#type: spec.r#type,
            ports: ports(&faults, spec.ports)?,
            cluster_ip: spec.cluster_ip,
            cluster_ips: spec.cluster_ips,
            ip_families,
            external_ips: spec.external_ips,
            source_ranges: spec.load_balancer_source_ranges,
            internal_local: local(spec.internal_traffic_policy),
            external_local: local(spec.external_traffic_policy),
            affinity,
            health_check_node_port: faults.port(
                || "spec.healthCheckNodePort".to_owned(),
                spec.health_check_node_port,
                0,
            )?,
            ingress: ingress(&faults, status.load_balancer.ingress)?,
            name,
        })
    }
}

fn families(faults: &Faults, words: &[String]) -> Result<Vec<Family>, InvalidObject> {
    let mut families = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let family = Family::ALL.into_iter().find(|family| family.word() == word);
        families.push(family.ok_or_else(|| {
            faults.at(
                format!("spec.ipFamilies[{at}]"),
                format!("{word:?} is neither IPv4 nor IPv6"),
            )
        })?);
    }
    Ok(families)
}

/// Each address is one, and of the family that it is listed for.
fn check_cluster_ips(
    faults: &Faults,
    cluster_ip: &str,
    cluster_ips: &[String],
    families: &[Family],
) -> Result<(), InvalidObject> {
    let listed = cluster_ips
        .iter()
        .enumerate()
        .map(|(at, ip)| (format!("spec.clusterIPs[{at}]"), ip.as_str(), families.get(at)));
    for (field, text, family) in
        std::iter::once(("spec.clusterIP".to_owned(), cluster_ip, families.first())).chain(listed)
    {
        if text.is_empty() || text == "None" {
            continue;
        }
        let ip = parse_ip(text).ok_or_else(|| {
            faults.at(
                field.clone(),
                format!("{text:?} is neither an IP address nor None"),
            )
        })?;
        if family.is_some_and(|&family| family != Family::of(ip)) {
            return Err(faults.at(
                field,
                format!(
                    "{ip} is an {} address, and ipFamilies says otherwise",
                    Family::of(ip)
                ),
            ));
        }
    }
    Ok(())
}

fn ports(faults: &Faults, raw: Vec<RawPort>) -> Result<Vec<ServicePort>, InvalidObject> {
    let mut seen = BTreeSet::new();
    let mut ports = Vec::with_capacity(raw.len());
    for (at, port) in raw.into_iter().enumerate() {
        let field = |name: &str| format!("spec.ports[{at}].{name}");
        let protocol = faults.protocol(|| field("protocol"), port.protocol.as_deref())?;
        if !seen.insert((port.name.clone(), protocol)) {
            return Err(faults.at(
                field("name"),
                format!(
                    "{:?} is the name of another {} port too",
                    port.name,
                    protocol.word()
                ),
            ));
        }
        ports.push(ServicePort {
            name: port.name,
            protocol,
            port: faults.port(|| field("port"), port.port, 1)?,
            node_port: faults.port(|| field("nodePort"), port.node_port, 0)?,
        });
    }
    Ok(ports)
}

fn ingress(faults: &Faults, raw: Vec<RawIngress>) -> Result<Vec<IngressAddress>, InvalidObject> {
    let mut addresses = Vec::new();
    for (at, ingress) in raw.into_iter().enumerate() {
        if ingress.ip.is_empty() {
            continue;
        }
        let ip = parse_ip(&ingress.ip).ok_or_else(|| {
            faults.at(
                format!("status.loadBalancer.ingress[{at}].ip"),
                format!("{:?} is no IP address", ingress.ip),
            )
        })?;
        addresses.push(IngressAddress {
            ip,
            ip_mode: ingress.ip_mode,
        });
    }
    Ok(addresses)
}
