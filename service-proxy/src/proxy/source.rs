//! Where packets come from.

use std::{collections::BTreeSet, net::IpAddr};

use super::NodeProxy;
use crate::{
    address::{Cidr, Family},
    flow::Source,
    settings::{DetectLocal, Settings},
    state::State,
};

/// How packets from pods are told apart, in one family.
#[derive(Debug)]
pub(super) enum Detector {
    /// Not at all.
    None,
    /// By a range of addresses.
    Range(Cidr),
    /// By the interface that they come in through. Only pods of the node use those.
    PodsOf {
        ranges: Vec<Cidr>,
        addresses: BTreeSet<IpAddr>,
    },
}

impl Detector {
    /// The detector of a family: of several ranges the first counts.
    pub(super) fn new(
        state: &State,
        node: &str,
        settings: &Settings,
        local_ips: &[IpAddr],
        family: Family,
    ) -> Self {
        let of_node = state
            .node(node)
            .map(|node| node.pod_cidrs.clone())
            .unwrap_or_default();
        let first = |ranges: &[Cidr]| {
            let range = ranges.iter().find(|range| range.family() == family);
            range.map_or(Self::None, |&range| Self::Range(range))
        };
        match &settings.detect_local {
            DetectLocal::ClusterCidr(ranges) => first(ranges),
            DetectLocal::NodeCidr => first(&of_node),
            DetectLocal::Interface => {
                let mut addresses = state.endpoint_addresses_on(node);
                // Pods on the host's network have the node's addresses and use no interface of pods.
                addresses.retain(|address| !local_ips.contains(address));
                Self::PodsOf {
                    ranges: of_node,
                    addresses,
                }
            }
        }
    }

    pub(super) const fn is_implemented(&self) -> bool {
        !matches!(self, Self::None)
    }

    /// The packet comes from a pod.
    pub(super) fn is_pod(&self, address: IpAddr) -> bool {
        match self {
            Self::None => false,
            Self::Range(range) => range.contains(address),
            Self::PodsOf { ranges, addresses } => {
                addresses.contains(&address) || ranges.iter().any(|range| range.contains(address))
            }
        }
    }
}

/// Where a packet comes from, for people: the rules ask the detector and the node's addresses alone.
pub(super) fn source(proxy: &NodeProxy<'_>, address: IpAddr) -> Source {
    if address.is_loopback() {
        return Source::Loopback;
    }
    if proxy.local_ips.contains(&address) {
        return Source::Node;
    }
    let holds = |ranges: &[Cidr]| ranges.iter().any(|range| range.contains(address));
    let here = proxy.state.node(proxy.node);
    if here.is_some_and(|node| holds(&node.pod_cidrs))
        || proxy.state.endpoint_addresses_on(proxy.node).contains(&address)
    {
        return Source::LocalPod;
    }
    if proxy.state.node_objects().any(|node| holds(&node.pod_cidrs)) {
        return Source::OtherPod;
    }
    if proxy.detector(address).is_pod(address) {
        Source::Pod
    } else {
        Source::Outside
    }
}
