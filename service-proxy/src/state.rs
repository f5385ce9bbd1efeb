//! The objects of a cluster, kept so that one change costs in proportion to the Service that it belongs to.

mod concern;
mod views;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    net::IpAddr,
};

pub use concern::Effect;
pub use views::{NodeView, PortView};

use crate::{
    address::{Cidr, Family},
    backend::{Slice, Slices, collect},
    category::{Context, Place},
    frontend::Frontend,
    gates::Gates,
    names::{NameId, Names},
    object::{EndpointSlice, Kind, Node, Object, ObjectName, Service, ServiceCidr},
};

/// Everything that a proxy on any node has to know.
///
/// Names of nodes and zones are kept as long as the state lives, even if nothing bears them any more.
#[derive(Debug, Default)]
pub struct State {
    gates: Gates,
    nodes: Names,
    zones: Names,
    services: BTreeMap<Box<str>, Entry>,
    /// The Service that each slice belongs to: its label can change.
    slice_owners: HashMap<Box<str>, Box<str>>,
    node_objects: BTreeMap<String, Node>,
    node_zones: HashMap<NameId, NameId>,
    service_cidrs: BTreeMap<String, Vec<Cidr>>,
}

/// A Service with its slices. Either can be there before the other.
#[derive(Debug, Default)]
struct Entry {
    /// In the order of [`Family::ALL`].
    frontends: Frontends,
    slices: Slices,
}

type Frontends = [Option<Frontend>; 2];

impl State {
    /// An empty state under a release's rules.
    pub fn new(gates: Gates) -> Self {
        Self {
            gates,
            ..Self::default()
        }
    }

    /// Adds objects, or changes those of the same names. Each Service that they touch is worked out once.
    pub fn apply<'o>(&mut self, objects: impl IntoIterator<Item = &'o Object>) -> Effect {
        let mut touched = Touched::default();
        for object in objects {
            match object {
                Object::Service(service) => self.set_service(service, &mut touched),
                Object::EndpointSlice(slice) => self.set_slice(slice, &mut touched),
                Object::Node(node) => self.set_node(node, &mut touched),
                Object::ServiceCidr(cidr) => self.set_service_cidr(cidr, &mut touched),
            }
        }
        self.settle(touched)
    }

    /// Removes an object. One that is not there changes nothing.
    pub fn remove(&mut self, object: &ObjectName) -> Effect {
        let mut touched = Touched::default();
        match object.kind {
            Kind::Service => {
                if let Some(entry) = self.services.get_mut(object.name.as_str()) {
                    let before = std::mem::take(&mut entry.frontends);
                    touched.service(&object.name, before, false);
                }
            }
            Kind::EndpointSlice => self.remove_slice(&object.name, &mut touched),
            Kind::Node => {
                if self.node_objects.remove(&object.name).is_some() {
                    self.node_zones.remove(&self.nodes.known(&object.name));
                    touched.nodes.insert(object.name.clone());
                }
            }
            Kind::ServiceCidr => {
                touched.everywhere |= self.service_cidrs.remove(&object.name).is_some();
            }
        }
        self.settle(touched)
    }

    fn set_service(&mut self, service: &Service, touched: &mut Touched) {
        let gates = self.gates;
        let entry = self.services.entry(service.name.as_str().into()).or_default();
        let new = Family::ALL.map(|family| Frontend::new(service, family, gates));
        let before = std::mem::replace(&mut entry.frontends, new);
        touched.service(&service.name, before, true);
    }

    fn set_slice(&mut self, slice: &EndpointSlice, touched: &mut Touched) {
        let entry = slice
            .service
            .as_deref()
            .and_then(|service| self.services.get(service));
        let before = entry.and_then(|entry| entry.slices.get(slice.name.as_str()));
        let packed = Slice::new(slice, before, &mut self.nodes, &mut self.zones);
        let (Some(packed), Some(service)) = (packed, slice.service.as_deref()) else {
            self.remove_slice(&slice.name, touched);
            return;
        };
        let owner = self.slice_owners.get(slice.name.as_str());
        if owner.is_some_and(|owner| **owner != *service) {
            self.remove_slice(&slice.name, touched);
        }
        self.slice_owners
            .insert(slice.name.as_str().into(), service.into());
        let entry = self.services.entry(service.into()).or_default();
        let family = packed.family();
        let before = entry.slices.insert(slice.name.as_str().into(), packed);
        let same = before.as_ref() == entry.slices.get(slice.name.as_str());
        if !same {
            let families = [Some(family), before.map(|slice| slice.family())];
            touched.slice(service, families.into_iter().flatten());
        }
    }

    fn remove_slice(&mut self, name: &str, touched: &mut Touched) {
        let Some(owner) = self.slice_owners.remove(name) else {
            return;
        };
        let entry = self.services.get_mut(&owner);
        if let Some(slice) = entry.and_then(|entry| entry.slices.remove(name)) {
            touched.slice(&owner, [slice.family()]);
        }
    }

    fn set_node(&mut self, node: &Node, touched: &mut Touched) {
        let id = self.nodes.id(&node.name);
        let zone = node.zone.as_deref().filter(|zone| !zone.is_empty());
        let zone = zone.map_or(NameId::NONE, |zone| self.zones.id(zone));
        self.node_zones.insert(id, zone);
        let before = self.node_objects.insert(node.name.clone(), node.clone());
        if before.as_ref() != Some(node) {
            touched.nodes.insert(node.name.clone());
        }
    }

    fn set_service_cidr(&mut self, cidr: &ServiceCidr, touched: &mut Touched) {
        let before = self.service_cidrs.insert(cidr.name.clone(), cidr.cidrs.clone());
        touched.everywhere |= before.as_ref() != Some(&cidr.cidrs);
    }

    /// Works out what was touched, and whom it concerns.
    fn settle(&mut self, touched: Touched) -> Effect {
        let mut effect = Effect {
            everywhere: touched.everywhere,
            nodes: touched.nodes,
            ..Effect::default()
        };
        for (name, touch) in touched.services {
            let Some(entry) = self.services.get_mut(&name) else {
                continue;
            };
            let before = touch.before.unwrap_or_else(|| entry.frontends.clone());
            for (family, frontend) in Family::ALL.into_iter().zip(&mut entry.frontends) {
                let Some(frontend) = frontend else { continue };
                if !touch.whole && !touch.families.contains(&family) {
                    continue;
                }
                for port in &mut frontend.ports {
                    port.backends = collect(&entry.slices, family, &port.name, port.protocol, self.gates);
                }
            }
            let concern = self.concern(&before, &name);
            if let Some(concern) = concern {
                effect.services.insert(name.clone(), concern);
            }
            let is_gone =
                |entry: &Entry| entry.slices.is_empty() && entry.frontends.iter().all(Option::is_none);
            if self.services.get(&name).is_some_and(is_gone) {
                self.services.remove(&name);
            }
        }
        effect
    }

    fn context(&self) -> Context<'_> {
        Context {
            nodes: &self.nodes,
            zones: &self.zones,
            gates: self.gates,
        }
    }

    pub(crate) fn place(&self, node: &str) -> Place {
        self.place_of(self.nodes.known(node))
    }

    fn place_of(&self, node: NameId) -> Place {
        Place {
            node,
            zone: self.node_zones.get(&node).copied().unwrap_or(NameId::NONE),
        }
    }

    /// The rules that it follows.
    pub const fn gates(&self) -> Gates {
        self.gates
    }

    /// A node by its name.
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.node_objects.get(name)
    }

    /// Every Node object.
    pub fn node_objects(&self) -> impl ExactSizeIterator<Item = &Node> {
        self.node_objects.values()
    }

    /// Every range that addresses of Services come from, as far as there are ServiceCIDR objects.
    pub fn service_cidrs(&self) -> impl Iterator<Item = Cidr> {
        self.service_cidrs.values().flatten().copied()
    }

    /// How many endpoints all service ports have together.
    pub fn backend_count(&self) -> usize {
        let frontends = self.services.values().flat_map(|entry| &entry.frontends);
        let ports = frontends.flatten().flat_map(|frontend| &frontend.ports);
        ports.map(|port| port.backends.list().len()).sum()
    }

    /// The addresses of endpoints on a node.
    pub fn endpoint_addresses_on(&self, node: &str) -> BTreeSet<IpAddr> {
        let id = self.nodes.known(node);
        let frontends = self.services.values().flat_map(|entry| &entry.frontends);
        let ports = frontends.flatten().flat_map(|frontend| &frontend.ports);
        ports
            .flat_map(|port| port.backends.list())
            .filter(|backend| !id.is_none() && backend.node == id)
            .map(crate::backend::Backend::ip)
            .collect()
    }
}

/// What a batch of changes has touched.
#[derive(Default)]
struct Touched {
    services: BTreeMap<Box<str>, Touch>,
    nodes: BTreeSet<String>,
    everywhere: bool,
}

#[derive(Default)]
struct Touch {
    /// What the Service was, if its object has changed.
    before: Option<Frontends>,
    /// Its object has changed, and not only slices.
    whole: bool,
    families: BTreeSet<Family>,
}

impl Touched {
    fn service(&mut self, name: &str, before: Frontends, whole: bool) {
        let touch = self.services.entry(name.into()).or_default();
        touch.before.get_or_insert(before);
        touch.whole |= whole;
    }

    fn slice(&mut self, service: &str, families: impl IntoIterator<Item = Family>) {
        self.services
            .entry(service.into())
            .or_default()
            .families
            .extend(families);
    }
}
