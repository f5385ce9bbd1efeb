//! What a cluster offers for probes.

use std::{collections::BTreeSet, net::IpAddr};

use conform_service_proxy::Family;

/// The nodes that are probed from, and to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ground {
    /// One for each node that was to have agents, in the order of their names; objects have its number.
    pub places: Vec<Place>,
    /// Families that Services can have.
    pub families: Vec<Family>,
    /// The cluster's release, as the number after `1.`; none if it is not known.
    pub minor: Option<u16>,
    /// Nodes whose kernel has no SCTP, as far as their agents told.
    pub without_sctp: Vec<String>,
}

/// A node with its agents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The node's name.
    pub node: String,
    /// Its zone.
    pub zone: Option<String>,
    /// Its addresses, of type InternalIP.
    pub addresses: Vec<IpAddr>,
    /// Addresses of its agent's pod; none if it has none.
    pub pod: Vec<IpAddr>,
}

impl Ground {
    /// Nodes with agents.
    pub fn manned(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(|place| !place.pod.is_empty())
    }

    /// In how many zones there are agents.
    pub fn zones(&self) -> usize {
        let zones: BTreeSet<&str> = self.manned().filter_map(|place| place.zone.as_deref()).collect();
        zones.len()
    }
}
