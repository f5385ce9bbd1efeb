//! Every way to a feature's Services, from every agent. Pure.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use conform_service_proxy::parse_ip;
use serde_json::Value;

use super::{
    feature::{Feature, Moment},
    ground::Ground,
};
use crate::agent::Transport;

/// Connections of each question: enough that each of six endpoints is met but for once in millions (6·(5/6)⁹⁶).
pub const CONNECTIONS: u32 = 96;

/// Connections from one place to one address and port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    /// The Service.
    pub service: String,
    /// Where from: the number of a place, and whether from its node's own network.
    pub sender: (usize, bool),
    /// The sender's node.
    pub node: String,
    /// The sender's address.
    pub from: IpAddr,
    /// Where to.
    pub to: SocketAddr,
    /// What kind of address that is, in words.
    pub kind: &'static str,
    /// How.
    pub transport: Transport,
}

impl Question {
    /// In words: `pod on a to node port 192.168.0.3:30000 TCP of x`.
    pub fn words(&self) -> String {
        match self.transport {
            Transport::Lookup => format!("{} looks up {}", self.sender_words(), self.service),
            _ => format!("{} to {}", self.sender_words(), self.target_words()),
        }
    }

    /// Where from, in words: `pod on a`.
    pub fn sender_words(&self) -> String {
        let sender = if self.sender.1 { "node" } else { "pod on" };
        format!("{sender} {}", self.node)
    }

    /// Where to, in words: `node port 192.168.0.3:30000 TCP of x`, or `the name of x`.
    pub fn target_words(&self) -> String {
        let transport = match self.transport {
            Transport::Tcp => "TCP",
            Transport::Udp => "UDP",
            Transport::Sctp => "SCTP",
            Transport::Lookup => return format!("the name of {}", self.service),
        };
        format!("{} {} {transport} of {}", self.kind, self.to, self.service)
    }
}

/// All questions about a feature's Services, as the API has them.
pub fn questions_about<'a>(
    feature: &'a Feature,
    objects: &'a [Value],
    ground: &'a Ground,
) -> impl Iterator<Item = Question> + use<'a> {
    let own = objects.iter().filter(|object| feature.owns(object, "Service"));
    own.flat_map(|service| {
        let mut all = questions(service, ground);
        if feature.moment == Moment::Ranged {
            all.extend(lookups(service, ground));
        }
        all
    })
}

/// Every pod looks up the Service's name, whose addresses are to be those of the Service.
fn lookups(service: &Value, ground: &Ground) -> Vec<Question> {
    let name = text(service, "/metadata/name").unwrap_or_default();
    let addresses = list(service, "/spec/clusterIPs").filter_map(|address| parse_ip(address.as_str()?));
    let mut found = Vec::new();
    for ip in addresses {
        for (number, place) in ground.places.iter().enumerate() {
            found.extend(place.pod.first().map(|from| Question {
                service: name.to_owned(),
                sender: (number, false),
                node: place.node.clone(),
                from: *from,
                to: (ip, 0).into(),
                kind: "name",
                transport: Transport::Lookup,
            }));
        }
    }
    found
}

/// All questions about a Service as the API has it.
pub fn questions(service: &Value, ground: &Ground) -> Vec<Question> {
    let name = text(service, "/metadata/name").unwrap_or_default();
    let mut found = Vec::new();
    for port in list(service, "/spec/ports") {
        let transport = match text(port, "/protocol").unwrap_or("TCP") {
            "TCP" => Transport::Tcp,
            "UDP" => Transport::Udp,
            "SCTP" => Transport::Sctp,
            // No agent speaks it.
            _ => continue,
        };
        let mut targets: Vec<(IpAddr, Option<u16>, &'static str)> = Vec::new();
        let at = number(port, "port");
        for address in list(service, "/spec/clusterIPs") {
            targets.extend(
                address
                    .as_str()
                    .and_then(parse_ip)
                    .map(|ip| (ip, at, "cluster IP")),
            );
        }
        for ingress in list(service, "/status/loadBalancer/ingress") {
            let address = text(ingress, "/ip").and_then(parse_ip);
            targets.extend(address.map(|ip| (ip, at, "load balancer address")));
        }
        if let Some(node_port) = number(port, "nodePort") {
            found.extend(on_loopback(name, node_port, transport, ground));
            let addresses = ground.places.iter().flat_map(|place| &place.addresses);
            targets.extend(addresses.map(|ip| (*ip, Some(node_port), "node port")));
        }
        for (ip, port, kind) in targets {
            let Some(port) = port else {
                continue;
            };
            for (number, place) in ground.places.iter().enumerate() {
                for (from, host) in [(&place.pod, false), (&place.addresses, true)] {
                    let Some(from) = from.iter().find(|from| from.is_ipv4() == ip.is_ipv4()) else {
                        continue;
                    };
                    found.push(Question {
                        service: name.to_owned(),
                        sender: (number, host),
                        node: place.node.clone(),
                        from: *from,
                        to: (ip, port).into(),
                        kind,
                        transport,
                    });
                }
            }
        }
    }
    found
}

/// Every node asks for a node port on its own loopback address, which kube-proxy serves in one of its modes alone. It has no
/// such thing for IPv6.
fn on_loopback<'a>(
    service: &'a str,
    node_port: u16,
    transport: Transport,
    ground: &'a Ground,
) -> impl Iterator<Item = Question> + use<'a> {
    let places = ground.places.iter().enumerate();
    let with_ipv4 = places.filter(|(_, place)| place.addresses.iter().any(IpAddr::is_ipv4));
    with_ipv4.map(move |(number, place)| Question {
        service: service.to_owned(),
        sender: (number, true),
        node: place.node.clone(),
        from: Ipv4Addr::LOCALHOST.into(),
        to: (Ipv4Addr::LOCALHOST, node_port).into(),
        kind: "loopback node port",
        transport,
    })
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

fn list<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value
        .pointer(pointer)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn number(port: &Value, key: &str) -> Option<u16> {
    let number = port.get(key).and_then(Value::as_u64)?;
    u16::try_from(number).ok().filter(|number| *number > 0)
}
