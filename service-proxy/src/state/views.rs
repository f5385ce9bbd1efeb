//! What nodes see of the Services.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::State;
use crate::{
    category::{Categories, Chooser, Place},
    frontend::{Frontend, FrontendPort},
    names::NameId,
};

/// One service port as a node sees it.
#[derive(Clone, Debug)]
pub struct PortView<'a> {
    /// `namespace/name` of the Service.
    pub service: &'a str,
    /// The Service in the family.
    pub frontend: &'a Frontend,
    /// The port.
    pub port: &'a FrontendPort,
    /// Which of its endpoints the node uses.
    pub categories: Categories,
}

/// Every service port as one of several nodes sees it.
#[derive(Clone, Debug)]
pub struct NodeView<'a> {
    /// What every node of the zone sees that nothing names.
    common: Arc<[PortView<'a>]>,
    /// What the node sees otherwise, by place among the others.
    own: Vec<(usize, PortView<'a>)>,
}

impl<'a> NodeView<'a> {
    /// The ports, sorted by Service, family and order of ports.
    pub fn iter(&self) -> impl Iterator<Item = &PortView<'a>> {
        let mut own = self.own.iter().peekable();
        self.common.iter().enumerate().map(move |(at, common)| {
            own.next_if(|(place, _)| *place == at)
                .map_or(common, |(_, view)| view)
        })
    }
}

/// Nodes that are looked after together.
struct Crowd<'a> {
    order: Vec<Place>,
    places: HashMap<NameId, Place>,
    zones: BTreeMap<NameId, Vec<PortView<'a>>>,
    own: HashMap<NameId, Vec<(usize, PortView<'a>)>>,
}

impl<'a> Crowd<'a> {
    fn new(order: Vec<Place>) -> Self {
        let known = order.iter().filter(|place| !place.node.is_none());
        Self {
            places: known.map(|&place| (place.node, place)).collect(),
            zones: order.iter().map(|place| (place.zone, Vec::new())).collect(),
            own: HashMap::new(),
            order,
        }
    }

    fn share(self) -> Vec<NodeView<'a>> {
        let zones = self.zones.into_iter();
        let zones: BTreeMap<NameId, Arc<[PortView<'a>]>> =
            zones.map(|(zone, views)| (zone, views.into())).collect();
        let views = self.order.iter().map(|place| NodeView {
            common: zones.get(&place.zone).cloned().unwrap_or_default(),
            own: self.own.get(&place.node).cloned().unwrap_or_default(),
        });
        views.collect()
    }
}

impl State {
    /// Every service port of both families as a node sees it, sorted by Service, family and order of ports.
    pub fn view(&self, node: &str) -> Vec<PortView<'_>> {
        let place = self.place(node);
        let ports = self.ports().map(|(service, frontend, port)| PortView {
            service,
            frontend,
            port,
            categories: self.chooser(frontend, port).choose(place),
        });
        ports.collect()
    }

    /// The same for several nodes. Nodes of a zone share what no hint and no endpoint of their own makes different.
    pub fn views(&self, nodes: &[&str]) -> Vec<NodeView<'_>> {
        let mut crowd = Crowd::new(nodes.iter().map(|node| self.place(node)).collect());
        for (at, (service, frontend, port)) in self.ports().enumerate() {
            let mut chooser = self.chooser(frontend, port);
            let mut view = |place| PortView {
                service,
                frontend,
                port,
                categories: chooser.choose(place),
            };
            for (zone, views) in &mut crowd.zones {
                let nobody = Place {
                    node: NameId::NONE,
                    zone: *zone,
                };
                views.push(view(nobody));
            }
            for place in self.named(frontend, port, &crowd.places) {
                crowd.own.entry(place.node).or_default().push((at, view(place)));
            }
        }
        crowd.share()
    }

    /// Which of the nodes a port's hints or endpoints name, where that matters.
    fn named(&self, frontend: &Frontend, port: &FrontendPort, places: &HashMap<NameId, Place>) -> Vec<Place> {
        let backends = &port.backends;
        // Which hints hold depends on which of equal endpoints counts.
        let ambiguous = backends.is_ambiguous();
        let by_hints = self.gates.same_node && (backends.summary.ready_have_node_hints || ambiguous);
        let by_node = frontend.uses(port).local || ambiguous;
        if !by_hints && !by_node {
            return Vec::new();
        }
        let mut named: Vec<Place> = Vec::new();
        for backend in backends.list() {
            if by_node {
                named.extend(places.get(&backend.node));
            }
            if by_hints {
                let members = self.nodes.members(backend.node_hints).iter();
                named.extend(members.filter_map(|node| places.get(node)));
            }
        }
        named.sort_unstable_by_key(|place| place.node);
        named.dedup();
        named
    }

    fn ports(&self) -> impl Iterator<Item = (&str, &Frontend, &FrontendPort)> {
        self.frontends().flat_map(|(service, frontend)| {
            let ports = frontend.ports.iter();
            ports.map(move |port| (service, frontend, port))
        })
    }

    /// The ports of one Service as a node sees them.
    pub fn view_of(&self, node: &str, service: &str) -> Vec<PortView<'_>> {
        let place = self.place(node);
        let frontends = self.frontends_of(service);
        let ports = frontends.flat_map(|(name, frontend)| {
            let ports = frontend.ports.iter();
            ports.map(move |port| (name, frontend, port))
        });
        let views = ports.map(|(service, frontend, port)| PortView {
            service,
            frontend,
            port,
            categories: self.chooser(frontend, port).choose(place),
        });
        views.collect()
    }

    /// Every Service in every family that it exists in.
    pub(crate) fn frontends(&self) -> impl Iterator<Item = (&str, &Frontend)> {
        self.services.iter().flat_map(|(name, entry)| {
            let frontends = entry.frontends.iter().flatten();
            frontends.map(move |frontend| (&**name, frontend))
        })
    }

    /// The families that a Service exists in.
    pub(crate) fn frontends_of(&self, service: &str) -> impl Iterator<Item = (&str, &Frontend)> {
        let entry = self.services.get_key_value(service);
        entry.into_iter().flat_map(|(name, entry)| {
            let frontends = entry.frontends.iter().flatten();
            frontends.map(move |frontend| (&**name, frontend))
        })
    }

    /// What `place` uses of one port.
    pub(crate) fn choose(&self, frontend: &Frontend, port: &FrontendPort, place: Place) -> Categories {
        self.chooser(frontend, port).choose(place)
    }

    fn chooser<'a>(&'a self, frontend: &'a Frontend, port: &'a FrontendPort) -> Chooser<'a> {
        let uses = frontend.uses(port);
        Chooser::new(&port.backends, uses, frontend.follows_hints, self.context())
    }
}
