//! Rule D5: on which addresses node ports are served.

use std::net::IpAddr;

use super::NodeProxy;
use crate::{
    address::{Cidr, Family, parse_ip},
    settings::{Mode, NodePortAddresses, Settings},
};

/// The addresses of one family.
#[derive(Debug)]
pub(super) struct NodePorts {
    /// Ranges of the family; empty for every address of the node.
    ranges: Vec<Cidr>,
    /// IPv4 loopback addresses are served too.
    loopback: bool,
}

impl NodePorts {
    pub(super) fn new(settings: &Settings, primary: &[Option<IpAddr>; 2], family: Family) -> Self {
        let ranges: Vec<Cidr> = match &settings.node_port_addresses {
            NodePortAddresses::Ranges(ranges) => ranges.clone(),
            NodePortAddresses::Primary => {
                let addresses = primary.iter().flatten().filter(|address| !address.is_loopback());
                addresses.map(|&address| Cidr::single(address)).collect()
            }
        };
        let mut ranges: Vec<Cidr> = ranges
            .into_iter()
            .filter(|range| range.family() == family)
            .collect();
        let loopback = family == Family::IPv4
            && settings.mode == Mode::Iptables
            && settings.localhost_node_ports
            && (ranges.is_empty() || ranges.iter().any(holds_loopback));
        if ranges.iter().any(|range| range.is_everything()) {
            ranges.clear();
        }
        Self { ranges, loopback }
    }
}

fn holds_loopback(range: &Cidr) -> bool {
    let start = parse_ip("127.0.0.0");
    range.starts_in_loopback() || start.is_some_and(|start| range.contains(start))
}

impl NodeProxy<'_> {
    /// Node ports are served on this address.
    pub(super) fn serves_node_ports(&self, address: IpAddr) -> bool {
        let [v4, v6] = &self.node_ports;
        let node_ports = match Family::of(address) {
            Family::IPv4 => v4,
            Family::IPv6 => v6,
        };
        if !self.is_local(address) || (address.is_loopback() && !node_ports.loopback) {
            return false;
        }
        if node_ports.ranges.is_empty() {
            return true;
        }
        // With ranges each address has rules of its own, and of loopback there is one address.
        let is_own = !address.is_loopback() || Some(address) == parse_ip("127.0.0.1");
        is_own && node_ports.ranges.iter().any(|range| range.contains(address))
    }
}
