//! What a cluster offers for probes.

use std::{collections::BTreeSet, net::IpAddr};

use conform_service_proxy::Family;

/// The nodes that are probed from, and to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ground {
    /// One for each node, in the order of their names.
    pub places: Vec<Place>,
    /// Why further nodes have no agent.
    pub away: Vec<String>,
    /// Families that Services can have.
    pub families: Vec<Family>,
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
    /// How many zones there are.
    pub fn zones(&self) -> usize {
        let zones: BTreeSet<&str> = self
            .places
            .iter()
            .filter_map(|place| place.zone.as_deref())
            .collect();
        zones.len()
    }
}
