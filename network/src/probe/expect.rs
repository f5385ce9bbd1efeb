//! What the model says has to become of a connection. Pure.

use std::{collections::BTreeSet, net::IpAddr};

use conform_service_proxy::{
    Decision, Flow, HealthCheck, NodeProxy, Settings, State, Verdict,
    object::{Kind, Object, Protocol},
    parse_ip,
};
use serde_json::Value;

use super::{ground::Ground, question::Question};
use crate::agent::Transport;

/// What has to become of connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Each is answered by one of these, as `ip:port`.
    Endpoints {
        /// All of them.
        endpoints: BTreeSet<String>,
        /// Whether one client stays with one of them.
        sticky: bool,
    },
    /// Refused.
    Refused,
    /// Nothing comes back.
    Silent,
    /// Whatever happens, no agent answers.
    NoAnswer,
}

/// What has to become of connections, and the rule that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// What.
    pub expected: Expected,
    /// The rule's name.
    pub rule: &'static str,
}

/// The proxies of all nodes, as the model has them.
#[derive(Debug)]
pub struct Proxies {
    state: State,
    settings: Vec<Settings>,
    nodes: Vec<(String, Vec<IpAddr>)>,
    /// Addresses of the Services that there are.
    services: BTreeSet<IpAddr>,
}

impl Proxies {
    /// Reads Services, EndpointSlices, Nodes and ServiceCIDRs as the API has them. `settings` are those that the proxies may
    /// have: several where it is not known. The error names the object.
    pub fn read(
        objects: &[Value],
        settings: Vec<Settings>,
        minor: u16,
        ground: &Ground,
    ) -> Result<Self, String> {
        let gates = settings.first().map(|settings| settings.gates(minor));
        let mut state = State::new(gates.unwrap_or_else(|| Settings::default().gates(minor)));
        let mut read = Vec::new();
        for object in objects {
            let word = |key| object.get(key).and_then(Value::as_str).unwrap_or_default();
            if let Some(kind) = Kind::of(word("apiVersion"), word("kind")) {
                read.push(Object::read(kind, object.clone()).map_err(|error| error.to_string())?);
            }
        }
        state.apply(&read);
        let addresses = objects
            .iter()
            .filter_map(|object| object.pointer("/spec/clusterIPs")?.as_array());
        let services = addresses
            .flatten()
            .filter_map(|address| parse_ip(address.as_str()?));
        let places = ground.places.iter();
        Ok(Self {
            state,
            settings,
            services: services.collect(),
            nodes: places
                .map(|place| (place.node.clone(), place.addresses.clone()))
                .collect(),
        })
    }

    /// What `node` has to tell on the health check port of a Service, as `namespace/name`, in each family that it has one in.
    pub fn health_checks(&self, node: &str, service: &str) -> Vec<HealthCheck> {
        self.state.health_checks_of(node, service, true)
    }

    /// What the proxy of `node` does with a packet, by each of the settings.
    fn decide(&self, node: &str, flow: &Flow) -> Vec<Decision> {
        let each = self.settings.iter();
        each.map(|settings| NodeProxy::new(&self.state, node, settings, None).decide(flow))
            .collect()
    }
}

/// What may become of the connections of a question: one, or several if the settings of the proxies are not known or if it
/// cannot be known whether the way between nodes keeps the source's address.
pub fn expect(proxies: &Proxies, question: &Question) -> Vec<Expectation> {
    let protocol = match question.transport {
        Transport::Tcp => Protocol::Tcp,
        Transport::Udp => Protocol::Udp,
        Transport::Sctp => Protocol::Sctp,
        Transport::Lookup => return vec![named(proxies, question.to.ip())],
    };
    let flow = |source| Flow {
        source,
        destination: question.to.ip(),
        port: question.to.port(),
        protocol,
    };
    let other = proxies
        .nodes
        .iter()
        .find(|(node, addresses)| *node != question.node && addresses.contains(&question.to.ip()));
    let mut found: Vec<Expectation> = Vec::new();
    for first in proxies.decide(&question.node, &flow(question.from)) {
        match (first.verdict, other) {
            // It leaves the node as it is, and the other node's proxy sees it: from its sender, or from the sender's node
            // where the pod network hides pods.
            (Verdict::Untouched, Some((node, _))) => {
                let own = proxies.nodes.iter().find(|(node, _)| *node == question.node);
                let hidden = own.and_then(|(_, addresses)| {
                    let mut same = addresses
                        .iter()
                        .filter(|address| address.is_ipv4() == question.to.is_ipv4());
                    same.next().copied()
                });
                for source in std::iter::once(question.from).chain(hidden) {
                    for second in proxies.decide(node, &flow(source)) {
                        add(&mut found, &second);
                    }
                }
            }
            _ => add(&mut found, &first),
        }
    }
    found
}

/// What a name of a Service with this address has to be answered with.
fn named(proxies: &Proxies, address: IpAddr) -> Expectation {
    let expected = if proxies.services.contains(&address) {
        Expected::Endpoints {
            endpoints: [address.to_string()].into(),
            sticky: false,
        }
    } else {
        Expected::NoAnswer
    };
    Expectation {
        expected,
        rule: "service_name",
    }
}

fn add(found: &mut Vec<Expectation>, decision: &Decision) {
    let expected = match decision.verdict {
        Verdict::Endpoints => Expected::Endpoints {
            endpoints: decision.endpoints.iter().cloned().collect(),
            sticky: decision.affinity.is_some(),
        },
        Verdict::Reject => Expected::Refused,
        Verdict::Drop => Expected::Silent,
        Verdict::Accept | Verdict::Untouched => Expected::NoAnswer,
    };
    let expectation = Expectation {
        expected,
        rule: decision.rule.name(),
    };
    if !found.iter().any(|known| known.expected == expectation.expected) {
        found.push(expectation);
    }
}
