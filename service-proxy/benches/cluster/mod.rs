//! A large cluster to measure with.

use std::net::{IpAddr, Ipv4Addr};

use conform_service_proxy::{
    Family,
    object::{AddressType, EndpointSlice, Node, Protocol, Service, ServicePort, SliceEndpoint, SlicePort},
};

/// Endpoints of each Service, in one slice.
pub const ENDPOINTS: u32 = 100;
/// Nodes, over three zones.
pub const NODES: u32 = 300;

/// Resident memory in KiB.
pub fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or(0)
}

fn zone(at: u32) -> String {
    format!("zone-{}", at % 3)
}

/// Node `at`, in one of three zones.
pub fn node(at: u32) -> Node {
    Node {
        name: format!("node-{at}"),
        zone: Some(zone(at)),
        ..Node::default()
    }
}

/// Service `at`.
pub fn service(at: u32) -> Service {
    Service {
        name: format!("ns/svc-{at}"),
        cluster_ip: Ipv4Addr::from(0x0a60_0000 + at).to_string(),
        ports: vec![ServicePort {
            name: "http".to_owned(),
            protocol: Protocol::Tcp,
            port: 80,
            node_port: 0,
        }],
        ..Service::default()
    }
}

/// Endpoint 0 is ready or not; all have hints for their zones.
pub fn slice(at: u32, first_ready: bool) -> EndpointSlice {
    let endpoints = (0..ENDPOINTS).map(|nth| SliceEndpoint {
        ip: IpAddr::V4(Ipv4Addr::from(0x0b00_0000 + at * ENDPOINTS + nth)),
        node: Some(format!("node-{}", (at + nth) % NODES)),
        ready: nth > 0 || first_ready,
        serving: true,
        terminating: false,
        zone_hints: vec![zone(at + nth)],
        node_hints: Vec::new(),
    });
    EndpointSlice {
        name: format!("ns/svc-{at}-abcde"),
        service: Some(format!("ns/svc-{at}")),
        is_headless: false,
        address_type: AddressType::Ip(Family::IPv4),
        ports: vec![SlicePort {
            name: "http".to_owned(),
            protocol: Protocol::Tcp,
            port: 8080,
        }],
        endpoints: endpoints.collect(),
    }
}
