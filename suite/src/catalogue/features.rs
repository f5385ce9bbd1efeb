//! The tests of the features that KEP-5922's survey lists and that are not conformance tests in v1.36.
//!
//! Left out on purpose: tests with a `[Feature:…]` tag, which cannot be promoted as they are named (SCTP traffic,
//! dual-stack, Ingress classes); optional features (NetworkPolicy ports, topology hints); and the test that adds a
//! ServiceCIDR, since while it runs any other Service of the cluster may be given an address of that range.

use super::{Entry, LeadTime};
use crate::Area;

pub(super) const ENTRIES: &[Entry] = &[
    // Services that name another proxy are left to it.
    feature(
        "KEP-2447",
        Area::ServiceProxy,
        "[sig-network] Services should implement service.kubernetes.io/service-proxy-name",
    ),
    // SCTP, as far as it needs no kernel module.
    feature(
        "KEP-614",
        Area::ServiceProxy,
        "[sig-network] Services should allow creating a basic SCTP service with pod and endpoints [LinuxOnly] [Serial]",
    ),
    feature(
        "KEP-614",
        Area::PodNetwork,
        "[sig-network] Networking should allow creating a Pod with an SCTP HostPort [LinuxOnly] [Serial]",
    ),
    // One load balancer port, several protocols; looked at from inside the cluster.
    feature(
        "KEP-1435",
        Area::ServiceProxy,
        "[sig-network] Services should serve endpoints on same port and different protocol for internal traffic on Type LoadBalancer",
    ),
    // Traffic that stays on its node.
    feature(
        "KEP-2086",
        Area::ServiceProxy,
        "[sig-network] Services should respect internalTrafficPolicy=Local Pod (hostNetwork: true) to Pod",
    ),
    feature(
        "KEP-2086",
        Area::ServiceProxy,
        "[sig-network] Services should respect internalTrafficPolicy=Local Pod and Node, to Pod (hostNetwork: true)",
    ),
    feature(
        "KEP-2086",
        Area::ServiceProxy,
        "[sig-network] Services should respect internalTrafficPolicy=Local Pod to Pod",
    ),
    // Endpoints that are going away serve when no other is left.
    feature(
        "KEP-1669",
        Area::ServiceProxy,
        "[sig-network] Services should fail health check node port if there are only terminating endpoints",
    ),
    feature(
        "KEP-1669",
        Area::ServiceProxy,
        "[sig-network] Services should fallback to local terminating endpoints when there are no ready endpoints with externalTrafficPolicy=Local",
    ),
    feature(
        "KEP-1669",
        Area::ServiceProxy,
        "[sig-network] Services should fallback to local terminating endpoints when there are no ready endpoints with internalTrafficPolicy=Local",
    ),
    feature(
        "KEP-1669",
        Area::ServiceProxy,
        "[sig-network] Services should fallback to terminating endpoints when there are no ready endpoints with externallTrafficPolicy=Cluster",
    ),
    feature(
        "KEP-1669",
        Area::ServiceProxy,
        "[sig-network] Services should fallback to terminating endpoints when there are no ready endpoints with internalTrafficPolicy=Cluster",
    ),
    // Traffic that prefers its zone.
    feature(
        "KEP-4444",
        Area::ServiceProxy,
        "[sig-network] Traffic Distribution should route traffic to an endpoint in the same zone when using PreferClose",
    ),
    feature(
        "KEP-4444",
        Area::ServiceProxy,
        "[sig-network] Traffic Distribution should route traffic correctly between pods on multiple nodes when using PreferClose",
    ),
    // Traffic that prefers its zone or its node.
    feature(
        "KEP-3015",
        Area::ServiceProxy,
        "[sig-network] Traffic Distribution should route traffic to an endpoint in the same zone when using PreferSameZone",
    ),
    feature(
        "KEP-3015",
        Area::ServiceProxy,
        "[sig-network] Traffic Distribution should route traffic correctly between pods on multiple nodes when using PreferSameZone",
    ),
    feature(
        "KEP-3015",
        Area::ServiceProxy,
        "[sig-network] Traffic Distribution should route traffic to an endpoint on the same node or fall back to same zone when using PreferSameNode",
    ),
    feature(
        "KEP-3015",
        Area::ServiceProxy,
        "[sig-network] Traffic Distribution should route traffic to an endpoint on the same node when using PreferSameNode and fall back when the endpoint becomes unavailable",
    ),
];

const fn feature(reference: &'static str, area: Area, name: &'static str) -> Entry {
    Entry {
        name,
        area,
        reference,
        lead_time: LeadTime::TwoYearsOfTests,
    }
}
