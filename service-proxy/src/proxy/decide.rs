//! Rules D: what becomes of a packet. One function a rule, named as the rule.

use std::net::IpAddr;

use super::{Entrance, NodeProxy, Target};
use crate::{
    address::Family,
    backend::Backend,
    category::{Categories, Choice},
    flow::{Decision, Flow, Trace, Verdict},
    object::Protocol,
    rule::{Masquerade, Rule},
    settings::Mode,
};

impl NodeProxy<'_> {
    /// The first rule that decides.
    pub(super) fn trace(&self, flow: &Flow, trace: &mut Trace) -> Decision {
        let entrances = self
            .index
            .addresses
            .get(&(flow.destination, flow.protocol, flow.port));
        let entrances = entrances.map(Vec::as_slice).unwrap_or_default();
        if self.settings.mode != Mode::Iptables {
            // These modes look at source ranges before anything else.
            for (entrance, target) in entrances {
                let dropped = (*entrance == Entrance::LoadBalancer)
                    .then(|| self.load_balancer_source_ranges(flow, target, trace))
                    .flatten();
                if let Some(decision) = dropped {
                    return decision;
                }
            }
        }
        if let Some((entrance, target)) = entrances.first() {
            return self.to_service(flow, *entrance, target, trace);
        }
        let key = (Family::of(flow.destination), flow.protocol, flow.port);
        let node_port = self.index.node_ports.get(&key);
        let node_port = node_port.filter(|_| self.is_local(flow.destination));
        if let Some(target) = node_port {
            return self.to_node_port(flow, target, trace);
        }
        self.health_check_node_port(flow, trace)
            .or_else(|| self.unserved_port(flow, trace))
            .or_else(|| self.unallocated_cluster_ip(flow, trace))
            .unwrap_or_else(|| no_service(flow, trace))
    }

    fn to_service(
        &self,
        flow: &Flow,
        entrance: Entrance,
        target: &Target<'_>,
        trace: &mut Trace,
    ) -> Decision {
        let categories = self.choose(target);
        if let Some(decision) = no_endpoints(target, &categories, trace) {
            return decision;
        }
        match entrance {
            Entrance::ClusterIp => self.internal(flow, target, &categories, trace),
            Entrance::ExternalIp => self.external(flow, target, &categories, trace),
            Entrance::LoadBalancer => {
                let dropped = (self.settings.mode == Mode::Iptables)
                    .then(|| self.load_balancer_source_ranges(flow, target, trace))
                    .flatten();
                dropped.unwrap_or_else(|| self.external(flow, target, &categories, trace))
            }
        }
    }

    fn to_node_port(&self, flow: &Flow, target: &Target<'_>, trace: &mut Trace) -> Decision {
        let categories = self.choose(target);
        if !self.serves_node_ports(flow.destination) {
            return self.node_port_address(flow, target, &categories, trace);
        }
        no_endpoints(target, &categories, trace)
            .unwrap_or_else(|| self.external(flow, target, &categories, trace))
    }

    /// Traffic to the Service's own address.
    fn internal(
        &self,
        flow: &Flow,
        target: &Target<'_>,
        categories: &Categories,
        trace: &mut Trace,
    ) -> Decision {
        let masquerade = self.internal_masquerade(flow);
        if !target.frontend.internal_local {
            return internal_cluster(flow, target, categories, masquerade, trace);
        }
        trace.passed(Rule::InternalCluster, || {
            "internalTrafficPolicy is Local".to_owned()
        });
        if self.settings.mode == Mode::Ipvs && categories.local.is_empty() {
            return ipvs_local_fallback(flow, target, categories, masquerade, trace);
        }
        internal_local(flow, target, categories, masquerade, trace)
            .unwrap_or_else(|| internal_local_empty(target, trace))
    }

    /// Traffic to node ports, externalIPs and load balancers' addresses.
    fn external(
        &self,
        flow: &Flow,
        target: &Target<'_>,
        categories: &Categories,
        trace: &mut Trace,
    ) -> Decision {
        if !target.frontend.external_local {
            return external_cluster(flow, target, categories, trace);
        }
        trace.passed(Rule::ExternalCluster, || {
            "externalTrafficPolicy is Local".to_owned()
        });
        if self.settings.mode == Mode::Ipvs {
            // Its virtual servers do not look at sources.
            return external_local(flow, target, categories, trace)
                .unwrap_or_else(|| ipvs_local_fallback(flow, target, categories, None, trace));
        }
        self.external_local_from_pod(flow, target, categories, trace)
            .or_else(|| self.external_local_from_node(flow, target, categories, trace))
            .or_else(|| external_local(flow, target, categories, trace))
            .unwrap_or_else(|| external_local_empty(target, trace))
    }

    /// Rule D4. If the node itself may use the address, so may the address: with the address on an interface of the node,
    /// that is where the node's packets come from.
    fn load_balancer_source_ranges(
        &self,
        flow: &Flow,
        target: &Target<'_>,
        trace: &mut Trace,
    ) -> Option<Decision> {
        let rule = Rule::LoadBalancerSourceRanges;
        let frontend = target.frontend;
        let ranges = &frontend.source_ranges;
        let holds = |address: IpAddr| ranges.iter().any(|range| range.contains(address));
        let [v4, v6] = self.primary;
        let node = match frontend.family {
            Family::IPv4 => v4,
            Family::IPv6 => v6,
        };
        let from_itself = || node.is_some_and(holds) && frontend.load_balancer_vips.contains(&flow.source);
        if ranges.is_empty() || holds(flow.source) || from_itself() {
            trace.passed(rule, || {
                if ranges.is_empty() {
                    format!("{} has none of this family", target.service)
                } else {
                    format!("{} may use it", flow.source)
                }
            });
            return None;
        }
        trace.decided(rule, || format!("{} is in none of them", flow.source));
        Some(Decision::without_endpoints(
            Verdict::Drop,
            rule,
            Some(target.spoken()),
        ))
    }

    /// Rule D3: traffic of pods is cut short, as if it went to the load balancer and came back on any node.
    fn external_local_from_pod(
        &self,
        flow: &Flow,
        target: &Target<'_>,
        categories: &Categories,
        trace: &mut Trace,
    ) -> Option<Decision> {
        let rule = Rule::ExternalLocalFromPod;
        let detector = self.detector(flow.source);
        if !detector.is_pod(flow.source) {
            trace.passed(rule, || {
                if detector.is_implemented() {
                    format!("{} is not known for a pod", flow.source)
                } else {
                    "no range of pods is configured, so that no packet is known to come from a pod".to_owned()
                }
            });
            return None;
        }
        trace.decided(rule, || format!("{} is a pod", flow.source));
        Some(to_endpoints(rule, flow, target, &categories.cluster, None))
    }

    /// Rule D3: so is the node's own.
    fn external_local_from_node(
        &self,
        flow: &Flow,
        target: &Target<'_>,
        categories: &Categories,
        trace: &mut Trace,
    ) -> Option<Decision> {
        let rule = Rule::ExternalLocalFromNode;
        if !self.is_local(flow.source) {
            trace.passed(rule, || format!("{} is not this node's", flow.source));
            return None;
        }
        trace.decided(rule, || format!("{} is this node's", flow.source));
        let masquerade = Some(Masquerade::FromNode);
        Some(to_endpoints(rule, flow, target, &categories.cluster, masquerade))
    }

    /// Rule D7 for a Service's own address: a packet from outside must be answered by way of this node.
    fn internal_masquerade(&self, flow: &Flow) -> Option<Masquerade> {
        let detector = self.detector(flow.source);
        if self.settings.masquerade_all {
            Some(Masquerade::All)
        } else if detector.is_implemented() && !detector.is_pod(flow.source) {
            Some(Masquerade::NotFromPod)
        } else {
            None
        }
    }

    /// Rule D5. Mode iptables refuses packets to a node port without endpoints on every address of the node, and leaves
    /// alone those that it would have to send on.
    fn node_port_address(
        &self,
        flow: &Flow,
        target: &Target<'_>,
        categories: &Categories,
        trace: &mut Trace,
    ) -> Decision {
        if self.settings.mode == Mode::Iptables {
            if let Some(decision) = no_endpoints(target, categories, trace) {
                return decision;
            }
            if target.frontend.external_local && categories.local.is_empty() {
                return external_local_empty(target, trace);
            }
        }
        let rule = Rule::NodePortAddress;
        trace.decided(rule, || {
            format!("{} is not one of nodePortAddresses", flow.destination)
        });
        Decision::without_endpoints(Verdict::Untouched, rule, Some(target.spoken()))
    }

    /// Rule E1: the packet is let in, whether there are endpoints or not.
    fn health_check_node_port(&self, flow: &Flow, trace: &mut Trace) -> Option<Decision> {
        let rule = Rule::HealthCheckNodePort;
        let key = (Family::of(flow.destination), flow.port);
        let service = self.index.health_checks.get(&key);
        let service = service.filter(|_| flow.protocol == Protocol::Tcp && self.is_local(flow.destination));
        let Some(service) = service else {
            trace.passed(rule, || {
                "no Service has its health check at this address and port".to_owned()
            });
            return None;
        };
        trace.decided(rule, || format!("of {service}"));
        Some(Decision::without_endpoints(
            Verdict::Accept,
            rule,
            Some((*service).to_owned()),
        ))
    }

    /// Rule D6. Mode iptables has no rule for it, and the packet goes the way of any other.
    fn unserved_port(&self, flow: &Flow, trace: &mut Trace) -> Option<Decision> {
        let rule = Rule::UnservedPort;
        let is_service = match self.settings.mode {
            Mode::Iptables => {
                trace.passed(rule, || "mode iptables leaves such packets alone".to_owned());
                return None;
            }
            Mode::Nftables => self.index.cluster_ips.contains(&flow.destination),
            Mode::Ipvs => self.index.bound.contains(&flow.destination) && !self.is_local(flow.destination),
        };
        if !is_service {
            trace.passed(rule, || {
                format!("{} is no Service's own address", flow.destination)
            });
            return None;
        }
        trace.decided(rule, || {
            format!(
                "{} does not serve {}/{}",
                flow.destination,
                flow.port,
                flow.protocol.word()
            )
        });
        Some(Decision::without_endpoints(Verdict::Reject, rule, None))
    }

    /// Rule D6 in mode nftables, if ServiceCIDR objects tell the ranges.
    fn unallocated_cluster_ip(&self, flow: &Flow, trace: &mut Trace) -> Option<Decision> {
        let rule = Rule::UnallocatedClusterIp;
        let mut ranges = self.index.service_cidrs.iter();
        let range = ranges.find(|range| range.contains(flow.destination));
        let range =
            range.filter(|_| self.settings.mode == Mode::Nftables && !self.is_local(flow.destination));
        let Some(range) = range else {
            trace.passed(rule, || {
                "mode nftables alone has this rule, for addresses in a ServiceCIDR".to_owned()
            });
            return None;
        };
        trace.decided(rule, || format!("{} is in {range}", flow.destination));
        Some(Decision::without_endpoints(Verdict::Drop, rule, None))
    }
}

/// Rule D1: nothing anywhere could take the packet.
fn no_endpoints(target: &Target<'_>, categories: &Categories, trace: &mut Trace) -> Option<Decision> {
    let rule = Rule::NoEndpoints;
    if categories.has_any {
        trace.passed(rule, || format!("{} has some", target.spoken()));
        return None;
    }
    trace.decided(rule, || format!("{} has none", target.spoken()));
    Some(Decision::without_endpoints(
        Verdict::Reject,
        rule,
        Some(target.spoken()),
    ))
}

/// Rule D2.
fn internal_cluster(
    flow: &Flow,
    target: &Target<'_>,
    categories: &Categories,
    masquerade: Option<Masquerade>,
    trace: &mut Trace,
) -> Decision {
    let rule = Rule::InternalCluster;
    trace.decided(rule, || target.spoken());
    to_endpoints(rule, flow, target, &categories.cluster, masquerade)
}

/// Rule D2.
fn internal_local(
    flow: &Flow,
    target: &Target<'_>,
    categories: &Categories,
    masquerade: Option<Masquerade>,
    trace: &mut Trace,
) -> Option<Decision> {
    let rule = Rule::InternalLocal;
    if categories.local.is_empty() {
        trace.passed(rule, || "this node has no endpoint".to_owned());
        return None;
    }
    trace.decided(rule, || target.spoken());
    Some(to_endpoints(rule, flow, target, &categories.local, masquerade))
}

/// Rule D2.
fn internal_local_empty(target: &Target<'_>, trace: &mut Trace) -> Decision {
    let rule = Rule::InternalLocalEmpty;
    trace.decided(rule, || target.spoken());
    Decision::without_endpoints(Verdict::Drop, rule, Some(target.spoken()))
}

/// Rule D3.
fn external_cluster(
    flow: &Flow,
    target: &Target<'_>,
    categories: &Categories,
    trace: &mut Trace,
) -> Decision {
    let rule = Rule::ExternalCluster;
    trace.decided(rule, || target.spoken());
    let masquerade = Some(Masquerade::ExternalCluster);
    to_endpoints(rule, flow, target, &categories.cluster, masquerade)
}

/// Rule D3.
fn external_local(
    flow: &Flow,
    target: &Target<'_>,
    categories: &Categories,
    trace: &mut Trace,
) -> Option<Decision> {
    let rule = Rule::ExternalLocal;
    if categories.local.is_empty() {
        trace.passed(rule, || "this node has no endpoint".to_owned());
        return None;
    }
    trace.decided(rule, || target.spoken());
    Some(to_endpoints(rule, flow, target, &categories.local, None))
}

/// Rule D3.
fn external_local_empty(target: &Target<'_>, trace: &mut Trace) -> Decision {
    let rule = Rule::ExternalLocalEmpty;
    trace.decided(rule, || target.spoken());
    Decision::without_endpoints(Verdict::Drop, rule, Some(target.spoken()))
}

/// Rule F. A Service that never uses endpoints of policy Cluster has none to fall back to.
fn ipvs_local_fallback(
    flow: &Flow,
    target: &Target<'_>,
    categories: &Categories,
    masquerade: Option<Masquerade>,
    trace: &mut Trace,
) -> Decision {
    let rule = Rule::IpvsLocalFallback;
    trace.decided(rule, || target.spoken());
    if categories.cluster.is_empty() {
        return Decision::without_endpoints(Verdict::Reject, rule, Some(target.spoken()));
    }
    to_endpoints(rule, flow, target, &categories.cluster, masquerade)
}

fn no_service(flow: &Flow, trace: &mut Trace) -> Decision {
    let rule = Rule::NoService;
    trace.decided(rule, || {
        format!("{} {}/{}", flow.destination, flow.port, flow.protocol.word())
    });
    Decision::without_endpoints(Verdict::Untouched, rule, None)
}

/// Rule D8: any of them, at random, or the one that the client had before.
fn to_endpoints(
    rule: Rule,
    flow: &Flow,
    target: &Target<'_>,
    choice: &Choice,
    masquerade: Option<Masquerade>,
) -> Decision {
    let backends = &target.port.backends;
    // Rule D7: an endpoint that is sent to itself would answer itself, past the node.
    let hairpin = || {
        let is_source = |backend: &Backend| backend.ip() == flow.source;
        choice
            .iter(backends)
            .any(is_source)
            .then_some(Masquerade::Hairpin)
    };
    Decision {
        verdict: Verdict::Endpoints,
        endpoints: choice.iter(backends).map(Backend::text).collect(),
        masquerade: masquerade.or_else(hairpin),
        rule,
        affinity: target.frontend.affinity,
        service: Some(target.spoken()),
    }
}
