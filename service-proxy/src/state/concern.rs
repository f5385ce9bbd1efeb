//! Whose view of a Service a change has changed.
//!
//! Nodes are not asked one by one. Those that no hint and no local endpoint names see a Service all alike, but for their
//! zone; so a few classes are compared, and the cost does not grow with the cluster.

use std::collections::{BTreeMap, BTreeSet};

use super::{Frontends, State};
use crate::{
    Backend,
    category::{Choice, Chooser, Place},
    frontend::{Frontend, FrontendPort},
    names::{NameId, Names, SetId},
};

/// Nodes times endpoints that are compared for one change. A Service that is larger concerns everybody: to look again is
/// cheaper than to find out who need not.
const MAX_COMPARED: usize = 4_000_000;

/// What a change has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Settings of all proxies: ranges of Services.
    pub(super) everywhere: bool,
    /// Nodes whose own object has changed.
    pub(super) nodes: BTreeSet<String>,
    /// Services, and who sees a difference.
    pub(super) services: BTreeMap<Box<str>, Concern>,
}

/// Who sees a difference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Concern {
    /// Nodes that are in none of the following.
    others: bool,
    /// By zone.
    zones: BTreeMap<NameId, bool>,
    /// Nodes that hints or endpoints name.
    nodes: BTreeMap<NameId, bool>,
}

impl Effect {
    /// True if nobody sees a difference.
    pub fn is_empty(&self) -> bool {
        !self.everywhere && self.nodes.is_empty() && self.services.is_empty()
    }

    /// The Services that some node sees differently, as `namespace/name`.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        self.services.keys().map(|name| &**name)
    }

    /// The node's own object has changed: every Service can look different to it.
    pub fn is_about_node(&self, node: &str) -> bool {
        self.everywhere || self.nodes.contains(node)
    }

    /// True if the state of `node` has changed. For a Service with thousands of endpoints that name as many nodes it can
    /// be true although nothing has.
    pub fn concerns(&self, state: &State, node: &str) -> bool {
        let place = state.place(node);
        self.is_about_node(node) || self.services.values().any(|concern| concern.holds(place))
    }

    /// The nodes of the cluster whose state has changed.
    pub fn nodes<'a>(&'a self, state: &'a State) -> impl Iterator<Item = &'a str> {
        let all = state.node_objects().map(|node| node.name.as_str());
        all.filter(|node| self.concerns(state, node))
    }
}

impl Concern {
    const fn everybody() -> Self {
        Self {
            others: true,
            zones: BTreeMap::new(),
            nodes: BTreeMap::new(),
        }
    }

    fn holds(&self, place: Place) -> bool {
        let of_zone = || self.zones.get(&place.zone).copied();
        let of_node = self.nodes.get(&place.node).copied();
        of_node.or_else(of_zone).unwrap_or(self.others)
    }

    fn is_nobody(&self) -> bool {
        !self.others && !self.zones.values().chain(self.nodes.values()).any(|&sees| sees)
    }
}

impl State {
    /// Who sees the Service differently than before; nothing if nobody does.
    pub(super) fn concern(&self, before: &Frontends, service: &str) -> Option<Concern> {
        let after = &self.services.get(service)?.frontends;
        let mut pairs = Vec::new();
        for (before, after) in before.iter().zip(after) {
            match (before, after) {
                (None, None) => {}
                (Some(before), Some(after)) if same_face(before, after) => {
                    let ports = before.ports.iter().zip(&after.ports);
                    let changed = ports.filter(|(before, after)| before.backends != after.backends);
                    pairs.extend(changed.map(|ports| (before, after, ports)));
                }
                _ => return Some(Concern::everybody()),
            }
        }
        let mut named = Named::default();
        for (before, after, (old, new)) in &pairs {
            named.add(before, old);
            named.add(after, new);
        }
        let (zones, nodes) = (named.zones(&self.zones), named.nodes(&self.nodes));
        let backends = pairs
            .iter()
            .map(|(_, _, (old, new))| old.backends.list().len() + new.backends.list().len());
        if nodes.len().saturating_mul(backends.sum()) > MAX_COMPARED {
            return Some(Concern::everybody());
        }
        let mut comparisons: Vec<_> = pairs
            .iter()
            .map(|(before, after, (old, new))| Comparison::new(self, (before, old), (after, new)))
            .collect();
        let mut differs = |place: Place| comparisons.iter_mut().any(|comparison| comparison.differs(place));
        let nowhere = Place {
            node: NameId::NONE,
            zone: NameId::NONE,
        };
        let mut concern = Concern {
            others: differs(nowhere),
            ..Concern::default()
        };
        for zone in zones {
            let seen = differs(Place { zone, ..nowhere });
            concern.zones.insert(zone, seen);
        }
        for node in nodes {
            let seen = differs(self.place_of(node));
            concern.nodes.insert(node, seen);
        }
        (!concern.is_nobody()).then_some(concern)
    }
}

/// Zones and nodes that are named, with repetitions.
#[derive(Default)]
struct Named {
    zone_sets: Vec<SetId>,
    node_sets: Vec<SetId>,
    nodes: Vec<NameId>,
}

impl Named {
    /// Notes the zones and nodes to which a port can look special.
    fn add(&mut self, frontend: &Frontend, port: &FrontendPort) {
        let by_node =
            frontend.uses(port).local || frontend.health_check_node_port != 0 || port.backends.is_ambiguous();
        for backend in port.backends.list() {
            self.zone_sets.push(backend.zone_hints);
            if !backend.node_hints.is_empty() {
                self.node_sets.push(backend.node_hints);
            }
            if by_node && !backend.node.is_none() {
                self.nodes.push(backend.node);
            }
        }
    }

    fn zones(&mut self, names: &Names) -> BTreeSet<NameId> {
        self.zone_sets.sort_unstable();
        self.zone_sets.dedup();
        let members = self.zone_sets.iter().flat_map(|&set| names.members(set));
        members.copied().collect()
    }

    fn nodes(mut self, names: &Names) -> Vec<NameId> {
        self.node_sets.sort_unstable();
        self.node_sets.dedup();
        let members = self.node_sets.iter().flat_map(|&set| names.members(set));
        self.nodes.extend(members);
        self.nodes.sort_unstable();
        self.nodes.dedup();
        self.nodes
    }
}

/// A port before and after.
struct Comparison<'a> {
    before: (&'a Frontend, &'a FrontendPort, Chooser<'a>),
    after: (&'a Frontend, &'a FrontendPort, Chooser<'a>),
}

impl<'a> Comparison<'a> {
    fn new(
        state: &'a State,
        before: (&'a Frontend, &'a FrontendPort),
        after: (&'a Frontend, &'a FrontendPort),
    ) -> Self {
        let chooser = |(frontend, port): (&'a Frontend, &'a FrontendPort)| {
            let uses = frontend.uses(port);
            let chooser = Chooser::new(&port.backends, uses, frontend.follows_hints, state.context());
            (frontend, port, chooser)
        };
        Self {
            before: chooser(before),
            after: chooser(after),
        }
    }

    fn differs(&mut self, place: Place) -> bool {
        let (frontend, old, chooser) = &mut self.before;
        let before = chooser.choose(place);
        let (_, new, chooser) = &mut self.after;
        let after = chooser.choose(place);
        let (old_list, new_list) = (&old.backends, &new.backends);
        let same = |one: &Choice, two: &Choice| {
            let place = |backend: &Backend| (backend.ip(), backend.port());
            one.iter(old_list).map(place).eq(two.iter(new_list).map(place))
        };
        let healthy = |port: &FrontendPort| -> BTreeSet<_> {
            let local =
                port.backends.list().iter().filter(|backend| {
                    backend.is_ready() && !place.node.is_none() && backend.node == place.node
                });
            local.map(Backend::ip).collect()
        };
        before.has_any != after.has_any
            || !same(&before.cluster, &after.cluster)
            || !same(&before.local, &after.local)
            || (frontend.health_check_node_port != 0 && healthy(old) != healthy(new))
    }
}

/// True if all but the endpoints is the same.
fn same_face(before: &Frontend, after: &Frontend) -> bool {
    let Frontend {
        family,
        cluster_ip,
        external_ips,
        load_balancer_vips,
        source_ranges,
        internal_local,
        external_local,
        follows_hints,
        affinity,
        health_check_node_port,
        ports,
    } = before;
    let same_port = |one: &FrontendPort, two: &FrontendPort| {
        (&one.name, one.protocol, one.port, one.node_port)
            == (&two.name, two.protocol, two.port, two.node_port)
    };
    let same_ports = ports.len() == after.ports.len()
        && ports
            .iter()
            .zip(&after.ports)
            .all(|(one, two)| same_port(one, two));
    same_ports
        && *family == after.family
        && *cluster_ip == after.cluster_ip
        && *external_ips == after.external_ips
        && *load_balancer_vips == after.load_balancer_vips
        && *source_ranges == after.source_ranges
        && *internal_local == after.internal_local
        && *external_local == after.external_local
        && *follows_hints == after.follows_hints
        && *affinity == after.affinity
        && *health_check_node_port == after.health_check_node_port
}
