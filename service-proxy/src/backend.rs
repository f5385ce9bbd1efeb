//! Rules B: the endpoints of a service port, put together from all its slices.

use std::{collections::BTreeMap, net::IpAddr};

use crate::{
    address::{Family, endpoint_text, text_order, text_order_v4},
    gates::Gates,
    names::{NameId, Names, SetId},
    object::{AddressType, EndpointSlice, Protocol},
};

/// A slice, packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slice {
    family: Family,
    ports: Box<[SlicePort]>,
    endpoints: Box<[SliceEndpoint]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct SlicePort {
    name: Box<str>,
    protocol: Protocol,
    port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct SliceEndpoint {
    ip: IpAddr,
    conditions: Conditions,
    node: NameId,
    zone_hints: SetId,
    node_hints: SetId,
}

/// Slices of a Service by their names: the order decides between endpoints that no rule tells apart.
pub(crate) type Slices = BTreeMap<Box<str>, Slice>;

/// ready, serving and terminating, in one byte.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Conditions(u8);

impl Conditions {
    const READY: u8 = 1;
    const SERVING: u8 = 2;
    const TERMINATING: u8 = 4;

    fn new(ready: bool, serving: bool, terminating: bool) -> Self {
        let bit = |on: bool, bit: u8| if on { bit } else { 0 };
        Self(bit(ready, Self::READY) | bit(serving, Self::SERVING) | bit(terminating, Self::TERMINATING))
    }
}

impl std::fmt::Debug for Conditions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:03b}", self.0)
    }
}

/// One endpoint of a service port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backend {
    ip: IpAddr,
    conditions: Conditions,
    port: u16,
    pub(crate) node: NameId,
    pub(crate) zone_hints: SetId,
    pub(crate) node_hints: SetId,
}

impl Backend {
    /// Its address.
    pub const fn ip(&self) -> IpAddr {
        self.ip
    }

    /// Its port.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// `ip:port`, with brackets around an IPv6 address.
    pub fn text(&self) -> String {
        endpoint_text(self.ip, self.port)
    }

    /// It takes connections, or its Service publishes it whether or not.
    pub const fn is_ready(&self) -> bool {
        self.conditions.0 & Conditions::READY != 0
    }

    /// Not ready, but on its way out and still serving: what is used when nothing is ready.
    pub const fn is_last_resort(&self) -> bool {
        let of_interest = self.conditions.0 & (Conditions::SERVING | Conditions::TERMINATING);
        of_interest == Conditions::SERVING | Conditions::TERMINATING
    }

    const fn is_terminating(&self) -> bool {
        self.conditions.0 & Conditions::TERMINATING != 0
    }
}

/// The endpoints of a service port anywhere, sorted by their texts, and what all nodes need to know of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backends {
    list: Box<[Backend]>,
    /// What zones ask of each: a pass over these is a fraction of one over the list.
    tags: Box<[Tag]>,
    /// Some are equal in address and port, and which of them counts depends on the node.
    ambiguous: bool,
    pub(crate) summary: Summary,
}

/// Readiness and hints for zones of an endpoint, in four bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag(u32);

impl Tag {
    const READY: u32 = 1 << SetId::BITS;

    const fn of(backend: &Backend) -> Self {
        let ready = if backend.is_ready() { Self::READY } else { 0 };
        Self(ready | backend.zone_hints.bits())
    }

    /// A ready endpoint with these hints.
    pub(crate) const fn ready_with(hints: SetId) -> Self {
        Self(Self::READY | hints.bits())
    }

    pub(crate) const fn is_ready(self) -> bool {
        self.0 & Self::READY != 0
    }

    pub(crate) const fn zone_hints(self) -> SetId {
        SetId::from_bits(self.0)
    }
}

/// What the ready endpoints have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each answers one question of rule C3 or C6"
)]
pub(crate) struct Summary {
    pub(crate) any_ready: bool,
    pub(crate) all_ready: bool,
    pub(crate) any_last_resort: bool,
    pub(crate) ready_have_zone_hints: bool,
    pub(crate) ready_have_node_hints: bool,
}

impl Summary {
    fn of(list: &[Backend]) -> Self {
        let mut summary = Self {
            any_ready: false,
            all_ready: true,
            any_last_resort: false,
            ready_have_zone_hints: true,
            ready_have_node_hints: true,
        };
        for backend in list {
            if backend.is_ready() {
                summary.any_ready = true;
                summary.ready_have_zone_hints &= !backend.zone_hints.is_empty();
                summary.ready_have_node_hints &= !backend.node_hints.is_empty();
            } else {
                summary.all_ready = false;
            }
            summary.any_last_resort |= backend.is_last_resort();
        }
        summary
    }
}

impl Backends {
    fn new(list: Vec<Backend>, ambiguous: bool) -> Self {
        Self {
            tags: list.iter().map(Tag::of).collect(),
            summary: Summary::of(&list),
            list: list.into(),
            ambiguous,
        }
    }

    pub(crate) fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// All of them.
    pub fn list(&self) -> &[Backend] {
        &self.list
    }

    /// Which of them count depends on the node.
    pub(crate) const fn is_ambiguous(&self) -> bool {
        self.ambiguous
    }

    /// Those that count on a node, if that is not the same everywhere.
    ///
    /// Rule B3 before 1.36: of equal ones the last on the own node counts, else the first.
    pub(crate) fn on_node(&self, node: NameId) -> Option<(Vec<u32>, Self)> {
        if !self.ambiguous {
            return None;
        }
        let mut places: Vec<u32> = Vec::new();
        let mut list: Vec<Backend> = Vec::new();
        for (at, backend) in (0_u32..).zip(&self.list) {
            match (list.last_mut(), places.last_mut()) {
                (Some(kept), Some(place)) if (kept.ip, kept.port) == (backend.ip, backend.port) => {
                    if !node.is_none() && backend.node == node {
                        *kept = *backend;
                        *place = at;
                    }
                }
                _ => {
                    list.push(*backend);
                    places.push(at);
                }
            }
        }
        Some((places, Self::new(list, false)))
    }
}

impl Slice {
    /// Rule A2: a slice counts if its addresses are of a family and it does not belong to a headless Service. Most of it is
    /// most likely what it was before.
    pub(crate) fn new(
        slice: &EndpointSlice,
        before: Option<&Self>,
        nodes: &mut Names,
        zones: &mut Names,
    ) -> Option<Self> {
        let AddressType::Ip(family) = slice.address_type else {
            return None;
        };
        if slice.is_headless {
            return None;
        }
        let ports = slice.ports.iter().map(|port| SlicePort {
            name: port.name.as_str().into(),
            protocol: port.protocol,
            port: port.port,
        });
        let before = before.map(|slice| &*slice.endpoints).unwrap_or_default();
        let before = before.iter().map(Some).chain(std::iter::repeat(None));
        let endpoints = slice.endpoints.iter().zip(before).map(|(endpoint, before)| {
            let guess = |of: fn(&SliceEndpoint) -> SetId| before.map(of).unwrap_or_default();
            let node = before.map_or(NameId::NONE, |before| before.node);
            SliceEndpoint {
                ip: endpoint.ip,
                conditions: Conditions::new(endpoint.ready, endpoint.serving, endpoint.terminating),
                node: match endpoint.node.as_deref() {
                    Some(name) => nodes.id_near(name, node),
                    None => NameId::NONE,
                },
                zone_hints: zones.set_near(&endpoint.zone_hints, guess(|before| before.zone_hints)),
                node_hints: nodes.set_near(&endpoint.node_hints, guess(|before| before.node_hints)),
            }
        });
        Some(Self {
            family,
            ports: ports.collect(),
            endpoints: endpoints.collect(),
        })
    }

    pub(crate) const fn family(&self) -> Family {
        self.family
    }
}

/// Rules B1 and B3: the endpoints of the service port of this name and protocol, over all slices of the family.
pub(crate) fn collect(
    slices: &Slices,
    family: Family,
    name: &str,
    protocol: Protocol,
    gates: Gates,
) -> Backends {
    let backends = slices
        .values()
        .filter(|slice| slice.family == family)
        .flat_map(|slice| {
            let ports = slice.ports.iter();
            let ports = ports.filter(|port| port.protocol == protocol && &*port.name == name);
            ports.flat_map(|port| {
                let endpoints = slice.endpoints.iter();
                endpoints.map(|endpoint| Backend {
                    ip: endpoint.ip,
                    conditions: endpoint.conditions,
                    port: port.port,
                    node: endpoint.node,
                    zone_hints: endpoint.zone_hints,
                    node_hints: endpoint.node_hints,
                })
            })
        });
    match family {
        Family::IPv4 => {
            let key = |backend: &Backend| match backend.ip {
                IpAddr::V4(ip) => text_order_v4(ip, backend.port),
                // Slices hold addresses of their family only.
                IpAddr::V6(_) => 0,
            };
            join(backends, key, gates)
        }
        Family::IPv6 => join(backends, |backend| text_order(backend.ip, backend.port), gates),
    }
}

/// Rule B3: sorts by text, and of equal endpoints keeps one.
fn join<K: Ord>(
    backends: impl Iterator<Item = Backend>,
    key: impl Fn(&Backend) -> K,
    gates: Gates,
) -> Backends {
    let mut keyed: Vec<(K, Backend)> = backends.map(|backend| (key(&backend), backend)).collect();
    // Stable: equal ones stay in the order of their slices.
    keyed.sort_by(|(one, _), (two, _)| one.cmp(two));
    let mut list: Vec<Backend> = Vec::with_capacity(keyed.len());
    let mut ambiguous = false;
    for (_, backend) in keyed {
        match list.last_mut() {
            Some(kept) if (kept.ip, kept.port) == (backend.ip, backend.port) => {
                if gates.running_wins {
                    running_wins(kept, backend);
                } else {
                    ambiguous = true;
                    list.push(backend);
                }
            }
            _ => list.push(backend),
        }
    }
    Backends::new(list, ambiguous)
}

/// Rule B3: an address can be used again before the pod that had it is gone. The one that does not terminate counts, the
/// later one if neither does.
fn running_wins(kept: &mut Backend, other: Backend) {
    if !other.is_terminating() {
        *kept = other;
    }
}
