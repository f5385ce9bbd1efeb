//! Items of a node's state, as they are printed.

use conform_proxy_api::{
    Value,
    v1alpha1::{Endpoint, Family, HealthCheck, Node, Protocol, ServicePort, TrafficPolicy},
};
use conform_service_proxy::endpoint_text;
use serde::Serialize;

/// An item, as the other verbs name things.
#[derive(Debug, Serialize)]
#[serde(tag = "kind")]
pub enum Item {
    Node(NodeItem),
    ServicePort(PortItem),
    HealthCheck(HealthItem),
}

/// The node itself.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the message has as many")]
pub struct NodeItem {
    pub name: String,
    pub exists: bool,
    pub zone: String,
    pub addresses: Vec<String>,
    pub eligible: bool,
    pub pod_ranges: Vec<String>,
    pub masquerade_all: bool,
    pub node_port_ranges: Vec<String>,
    pub node_ports_on_primary_only: bool,
    pub localhost_node_ports: bool,
    pub service_ranges: Vec<String>,
}

/// A port of a Service in one family, with the words of `serviceproxy endpoints`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PortItem {
    pub service: String,
    pub port_name: String,
    pub port: u32,
    pub protocol: &'static str,
    pub family: &'static str,
    #[serde(rename = "clusterIP")]
    pub cluster_ip: String,
    pub node_port: u32,
    #[serde(rename = "externalIPs")]
    pub external_ips: Vec<String>,
    #[serde(rename = "loadBalancerIPs")]
    pub load_balancer_ips: Vec<String>,
    pub source_ranges: Vec<String>,
    pub internal_traffic_policy: &'static str,
    pub external_traffic_policy: &'static str,
    pub affinity_seconds: u32,
    pub has_any: bool,
    pub cluster: Vec<String>,
    pub local: Vec<String>,
}

/// A port where load balancers ask for endpoints.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthItem {
    pub service: String,
    pub family: &'static str,
    pub port: u32,
    pub local_endpoints: u32,
}

impl From<&Value> for Item {
    fn from(value: &Value) -> Self {
        match value {
            Value::Node(node) => Self::Node(node.into()),
            Value::ServicePort(port) => Self::ServicePort(port.into()),
            Value::HealthCheck(check) => Self::HealthCheck(check.into()),
        }
    }
}

impl From<&Node> for NodeItem {
    fn from(node: &Node) -> Self {
        let node = node.clone();
        Self {
            name: node.name,
            exists: node.exists,
            zone: node.zone,
            addresses: node.addresses,
            eligible: node.eligible,
            pod_ranges: node.pod_ranges,
            masquerade_all: node.masquerade_all,
            node_port_ranges: node.node_port_ranges,
            node_ports_on_primary_only: node.node_ports_on_primary_only,
            localhost_node_ports: node.localhost_node_ports,
            service_ranges: node.service_ranges,
        }
    }
}

impl From<&ServicePort> for PortItem {
    fn from(port: &ServicePort) -> Self {
        let policy = |policy| match policy {
            TrafficPolicy::Unspecified => "unknown",
            TrafficPolicy::Cluster => "Cluster",
            TrafficPolicy::Local => "Local",
        };
        Self {
            service: format!("{}/{}", port.namespace, port.service),
            port_name: port.port_name.clone(),
            port: port.port,
            protocol: protocol(port.protocol()),
            family: family(port.family()),
            cluster_ip: port.cluster_ip.clone(),
            node_port: port.node_port,
            external_ips: port.external_ips.clone(),
            load_balancer_ips: port.load_balancer_ips.clone(),
            source_ranges: port.source_ranges.clone(),
            internal_traffic_policy: policy(port.internal_policy()),
            external_traffic_policy: policy(port.external_policy()),
            affinity_seconds: port.affinity_seconds,
            has_any: port.has_any_endpoint,
            cluster: endpoints(port, |endpoint| endpoint.cluster),
            local: endpoints(port, |endpoint| endpoint.local),
        }
    }
}

impl From<&HealthCheck> for HealthItem {
    fn from(check: &HealthCheck) -> Self {
        Self {
            service: format!("{}/{}", check.namespace, check.service),
            family: family(check.family()),
            port: check.port,
            local_endpoints: check.local_endpoints,
        }
    }
}

const fn family(family: Family) -> &'static str {
    match family {
        Family::Unspecified => "unknown",
        Family::Ipv4 => "IPv4",
        Family::Ipv6 => "IPv6",
    }
}

const fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Unspecified => "unknown",
        Protocol::Tcp => "TCP",
        Protocol::Udp => "UDP",
        Protocol::Sctp => "SCTP",
    }
}

fn endpoints(port: &ServicePort, is_meant: impl Fn(&Endpoint) -> bool) -> Vec<String> {
    let chosen = port.endpoints.iter().filter(|endpoint| is_meant(endpoint));
    chosen.map(spoken).collect()
}

/// `ip:port`; a server may send what is neither.
fn spoken(endpoint: &Endpoint) -> String {
    match (endpoint.ip.parse(), u16::try_from(endpoint.port)) {
        (Ok(ip), Ok(port)) => endpoint_text(ip, port),
        _ => format!("{}:{}", endpoint.ip, endpoint.port),
    }
}
