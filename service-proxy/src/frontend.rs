//! Rules A: which Services a proxy serves, and at which addresses of a family.

use std::net::IpAddr;

use crate::{
    address::{Cidr, Family, parse_ip},
    backend::Backends,
    gates::Gates,
    object::{Affinity, Protocol, Service},
};

/// A Service in one family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frontend {
    /// The family.
    pub family: Family,
    /// The Service's address.
    pub cluster_ip: IpAddr,
    /// Its externalIPs, whether they are programmed or not.
    pub external_ips: Box<[IpAddr]>,
    /// Addresses of load balancers that the proxy answers for.
    pub load_balancer_vips: Box<[IpAddr]>,
    /// Who may use those; empty if everybody may.
    pub source_ranges: Box<[Cidr]>,
    /// internalTrafficPolicy is Local.
    pub internal_local: bool,
    /// externalTrafficPolicy is Local, on a Service that can be reached from outside.
    pub external_local: bool,
    /// Hints are followed.
    pub follows_hints: bool,
    /// Session affinity by the client's address.
    pub affinity: Option<Affinity>,
    /// Where load balancers ask for local endpoints; 0 is nowhere.
    pub health_check_node_port: u16,
    /// Its ports.
    pub ports: Box<[FrontendPort]>,
}

/// One port of a Service in one family, with its endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrontendPort {
    /// Its name.
    pub name: Box<str>,
    /// Its protocol.
    pub protocol: Protocol,
    /// The port on the Service's addresses.
    pub port: u16,
    /// The port on nodes; 0 is none.
    pub node_port: u16,
    /// Every endpoint that it has anywhere.
    pub backends: Backends,
}

/// Which endpoints a service port ever uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uses {
    /// Those of policy Cluster.
    pub cluster: bool,
    /// Those of policy Local.
    pub local: bool,
}

impl Frontend {
    /// The Service in a family; nothing if the proxy does not serve it there.
    pub(crate) fn new(service: &Service, family: Family, gates: Gates) -> Option<Self> {
        if is_skipped(service) {
            return None;
        }
        let external_local = external_policy_local(service);
        let ports = service.ports.iter().map(|port| FrontendPort {
            name: port.name.as_str().into(),
            protocol: port.protocol,
            port: port.port,
            node_port: port.node_port,
            backends: Backends::default(),
        });
        Some(Self {
            family,
            cluster_ip: cluster_ip_of_family(service, family)?,
            external_ips: external_ips_of_family(service, family),
            load_balancer_vips: load_balancer_vips(service, family, gates),
            source_ranges: source_ranges(service, family),
            internal_local: service.internal_local,
            external_local,
            follows_hints: follows_hints(service, gates),
            affinity: service.affinity,
            health_check_node_port: health_check_node_port(service, external_local),
            ports: ports.collect(),
        })
    }

    /// Rule C1: the port can be reached from outside the cluster.
    pub fn externally_accessible(&self, port: &FrontendPort) -> bool {
        port.node_port != 0 || !self.load_balancer_vips.is_empty() || !self.external_ips.is_empty()
    }

    /// Rule C2: which endpoints the port ever uses. A port that can be reached from outside uses those of policy Cluster
    /// under any policy, since traffic from pods and from the node itself is cut short.
    pub fn uses(&self, port: &FrontendPort) -> Uses {
        let external = self.externally_accessible(port);
        Uses {
            cluster: !self.internal_local || external,
            local: self.internal_local || (self.external_local && external),
        }
    }
}

/// Rule A1: Services of another proxy, headless ones and those of type ExternalName.
pub fn is_skipped(service: &Service) -> bool {
    service.has_proxy_name
        || service.cluster_ip.is_empty()
        || service.cluster_ip == "None"
        || service.r#type == "ExternalName"
}

/// Rule A3: the address that is listed for the family. Without it the Service does not exist in that family.
pub fn cluster_ip_of_family(service: &Service, family: Family) -> Option<IpAddr> {
    if service.ip_families.is_empty() {
        return parse_ip(&service.cluster_ip).filter(|&ip| Family::of(ip) == family);
    }
    let listed = service.ip_families.iter().zip(&service.cluster_ips);
    listed
        .filter(|&(&of, _)| of == family)
        .find_map(|(_, text)| parse_ip(text))
}

/// Rule A4: externalIPs of the family; what is no address is passed over.
pub fn external_ips_of_family(service: &Service, family: Family) -> Box<[IpAddr]> {
    let addresses = service.external_ips.iter().filter_map(|text| parse_ip(text));
    addresses.filter(|&ip| Family::of(ip) == family).collect()
}

/// Rule A4 for ranges. One that holds every address restricts nothing.
pub fn source_ranges(service: &Service, family: Family) -> Box<[Cidr]> {
    let ranges = service
        .source_ranges
        .iter()
        .filter_map(|text| Cidr::parse(text))
        .filter(|range| range.family() == family);
    let ranges: Vec<Cidr> = ranges.collect();
    if ranges.iter().any(|range| range.is_everything()) {
        return Box::default();
    }
    ranges.into()
}

/// Rule A5: addresses of load balancers that pass packets on unchanged. One that is a proxy of its own sends to node
/// ports, and connections to its address have to reach it.
pub fn load_balancer_vips(service: &Service, family: Family, gates: Gates) -> Box<[IpAddr]> {
    let vips = service
        .ingress
        .iter()
        .filter(|ingress| !gates.ip_mode || ingress.ip_mode.as_deref().is_none_or(|mode| mode == "VIP"));
    vips.map(|ingress| ingress.ip)
        .filter(|&ip| Family::of(ip) == family)
        .collect()
}

/// Rule C1: policy Local for external traffic counts only on a Service that has any.
pub fn external_policy_local(service: &Service) -> bool {
    let external = match service.r#type.as_str() {
        "LoadBalancer" | "NodePort" => true,
        "ClusterIP" | "" => !service.external_ips.is_empty(),
        _ => false,
    };
    external && service.external_local
}

/// Rule C3, as old releases had it: the Service had to ask for it.
pub fn follows_hints(service: &Service, gates: Gates) -> bool {
    if !gates.same_zone_by_annotation {
        return true;
    }
    let asked = service.topology_annotation.as_deref();
    asked.is_some_and(|word| !matches!(word, "" | "disabled" | "Disabled"))
}

/// Rule E1: only load balancers of policy Local ask where the endpoints are.
pub fn health_check_node_port(service: &Service, external_local: bool) -> u16 {
    if service.r#type == "LoadBalancer" && external_local {
        service.health_check_node_port
    } else {
        0
    }
}
