//! The features that KEP-5922's survey lists, and what else was discussed with it.
//!
//! Titles and remarks are conform's own; names, numbers and releases are upstream's.

mod addresses;
mod balancing;
mod policy;
mod proxy;

use super::{Feature, FeatureTest, Fitness};
use crate::{Area, Release};

/// Every feature, by number.
pub(super) const ALL: &[&Feature] = &[
    &addresses::DUAL_STACK,
    &addresses::SCTP,
    &proxy::ENDPOINT_SLICES,
    &addresses::IPV6,
    &balancing::MIXED_PROTOCOLS,
    &proxy::TERMINATING_ENDPOINTS,
    &balancing::LOAD_BALANCER_IP_MODE,
    &addresses::SERVICE_CIDRS,
    &policy::NETWORK_POLICY_END_PORT,
    &proxy::INTERNAL_TRAFFIC_POLICY,
    &policy::INGRESS_CLASS_PARAMETERS,
    &balancing::TOPOLOGY_HINTS,
    &proxy::SERVICE_PROXY_NAME,
    &balancing::SAME_ZONE_OR_NODE,
    &balancing::DRAINING_NODES,
    &balancing::TRAFFIC_DISTRIBUTION,
    &proxy::SESSION_AFFINITY_TIMEOUT,
    &proxy::NAMED_TARGET_PORTS,
];

const fn test(area: Area, name: &'static str) -> FeatureTest {
    FeatureTest {
        name,
        area,
        first_suite: None,
        earlier: &[],
        fitness: Fitness::Fit,
    }
}

const fn test_since(minor: u16, area: Area, name: &'static str) -> FeatureTest {
    FeatureTest {
        first_suite: Some(Release::new(1, minor)),
        ..test(area, name)
    }
}

/// A test that had other names in earlier suites, the newest first.
const fn renamed(test: &FeatureTest, earlier: &'static [&'static str]) -> FeatureTest {
    FeatureTest { earlier, ..*test }
}

const fn tagged(area: Area, name: &'static str) -> FeatureTest {
    FeatureTest {
        fitness: Fitness::Tagged,
        ..test(area, name)
    }
}
