//! A proxy on one node: the state, the node's own addresses, and the settings.

mod decide;
mod node_ports;
mod source;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    net::IpAddr,
};

use self::{node_ports::NodePorts, source::Detector};
use crate::{
    address::{Cidr, Family},
    category::{Categories, Place},
    flow::{Decision, Flow, Source, Step, Trace},
    frontend::{Frontend, FrontendPort},
    object::{Protocol, primary},
    settings::{Mode, Settings},
    state::State,
};

/// What a proxy with these settings does on one node.
#[derive(Debug)]
pub struct NodeProxy<'a> {
    state: &'a State,
    node: &'a str,
    place: Place,
    settings: &'a Settings,
    local_ips: BTreeSet<IpAddr>,
    /// The node's own address, by family.
    primary: [Option<IpAddr>; 2],
    detectors: [Detector; 2],
    node_ports: [NodePorts; 2],
    index: Index<'a>,
}

/// What is served where.
#[derive(Debug, Default)]
struct Index<'a> {
    addresses: HashMap<(IpAddr, Protocol, u16), Vec<(Entrance, Target<'a>)>>,
    node_ports: HashMap<(Family, Protocol, u16), Target<'a>>,
    health_checks: HashMap<(Family, u16), &'a str>,
    cluster_ips: HashSet<IpAddr>,
    /// Addresses that belong to the node in mode ipvs.
    bound: HashSet<IpAddr>,
    service_cidrs: Vec<Cidr>,
}

/// By which of a Service's addresses a packet comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entrance {
    ClusterIp,
    ExternalIp,
    LoadBalancer,
}

/// A service port.
#[derive(Clone, Copy, Debug)]
struct Target<'a> {
    service: &'a str,
    frontend: &'a Frontend,
    port: &'a FrontendPort,
}

impl Target<'_> {
    fn spoken(&self) -> String {
        let name = if self.port.name.is_empty() {
            self.port.port.to_string()
        } else {
            self.port.name.to_string()
        };
        format!("{}:{name}", self.service)
    }
}

impl<'a> NodeProxy<'a> {
    /// The proxy on `node`. `local_ips` are the addresses that the node answers for; without them, those of its Node object.
    pub fn new(
        state: &'a State,
        node: &'a str,
        settings: &'a Settings,
        local_ips: Option<Vec<IpAddr>>,
    ) -> Self {
        let object = state.node(node);
        let of_object = || object.map(|object| object.addresses.clone()).unwrap_or_default();
        let local_ips = local_ips.unwrap_or_else(of_object);
        let known = object
            .map(|object| object.addresses.as_slice())
            .unwrap_or_default();
        let primary = primary(if known.is_empty() { &local_ips } else { known });
        let primary = Family::ALL.map(|family| {
            let bound = settings
                .bind_address
                .filter(|&address| Family::of(address) == family);
            bound.or_else(|| {
                primary
                    .iter()
                    .copied()
                    .find(|&address| Family::of(address) == family)
            })
        });
        Self {
            place: state.place(node),
            detectors: Family::ALL.map(|family| Detector::new(state, node, settings, &local_ips, family)),
            node_ports: Family::ALL.map(|family| NodePorts::new(settings, &primary, family)),
            index: Index::new(state, settings),
            local_ips: local_ips.into_iter().collect(),
            state,
            node,
            settings,
            primary,
        }
    }

    /// What becomes of a packet.
    pub fn decide(&self, flow: &Flow) -> Decision {
        self.trace(flow, &mut Trace::default())
    }

    /// The same, with the rules that were looked at, in their order.
    pub fn explain(&self, flow: &Flow) -> (Decision, Vec<Step>) {
        let mut trace = Trace::on();
        let decision = self.trace(flow, &mut trace);
        (decision, trace.steps())
    }

    /// Where a packet of this source address comes from.
    pub fn source(&self, address: IpAddr) -> Source {
        source::source(self, address)
    }

    /// The addresses that the node answers for.
    pub fn local_ips(&self) -> impl Iterator<Item = IpAddr> {
        self.local_ips.iter().copied()
    }

    fn choose(&self, target: &Target<'_>) -> Categories {
        self.state.choose(target.frontend, target.port, self.place)
    }

    fn detector(&self, address: IpAddr) -> &Detector {
        let [v4, v6] = &self.detectors;
        match Family::of(address) {
            Family::IPv4 => v4,
            Family::IPv6 => v6,
        }
    }

    /// The address belongs to the node, loopback included.
    fn is_local(&self, address: IpAddr) -> bool {
        address.is_loopback() || self.local_ips.contains(&address)
    }
}

impl<'a> Index<'a> {
    /// Of several service ports at one address, port and protocol the first by namespace and name counts: kube-proxy
    /// leaves open which.
    fn new(state: &'a State, settings: &Settings) -> Self {
        let mut index = Self {
            service_cidrs: state.service_cidrs().collect(),
            ..Self::default()
        };
        for (service, frontend) in state.frontends() {
            index.cluster_ips.insert(frontend.cluster_ip);
            if frontend.health_check_node_port != 0 {
                let key = (frontend.family, frontend.health_check_node_port);
                index.health_checks.entry(key).or_insert(service);
            }
            let external: &[IpAddr] = if state.gates().external_ips {
                &frontend.external_ips
            } else {
                &[]
            };
            let entrances = || {
                std::iter::once((Entrance::ClusterIp, frontend.cluster_ip))
                    .chain(external.iter().map(|&ip| (Entrance::ExternalIp, ip)))
                    .chain(
                        frontend
                            .load_balancer_vips
                            .iter()
                            .map(|&ip| (Entrance::LoadBalancer, ip)),
                    )
            };
            if settings.mode == Mode::Ipvs {
                index.bound.extend(entrances().map(|(_, ip)| ip));
            }
            for port in &frontend.ports {
                let target = Target {
                    service,
                    frontend,
                    port,
                };
                for (entrance, ip) in entrances() {
                    let key = (ip, port.protocol, port.port);
                    index.addresses.entry(key).or_default().push((entrance, target));
                }
                if port.node_port != 0 {
                    let key = (frontend.family, port.protocol, port.node_port);
                    index.node_ports.entry(key).or_insert(target);
                }
            }
        }
        index
    }
}
