//! Load balancers and where traffic goes.

use super::super::{Feature, LeadTime, Needs};
use super::{renamed, test, test_since};
use crate::{Area, Release};

pub(super) const MIXED_PROTOCOLS: Feature = Feature {
    reference: "KEP-1435",
    title: "Several protocols on one load balancer",
    areas: &[Area::LoadBalancer, Area::ServiceProxy],
    available: Some(Release::new(1, 26)),
    optional: false,
    demoted: None,
    lead_time: LeadTime::TwoYearsOfTests,
    needs: Needs {
        nodes: 1,
        ..Needs::NODE
    },
    tests: &[
        test(
            Area::ServiceProxy,
            "[sig-network] Services should serve endpoints on same port and different protocols",
        ),
        test(
            Area::ServiceProxy,
            "[sig-network] Services should serve endpoints on same port and different protocol for internal traffic on Type LoadBalancer",
        ),
    ],
    shown_by: &[],
    remark: "No test makes such a load balancer; both look from inside the cluster.",
};

pub(super) const DRAINING_NODES: Feature = Feature {
    reference: "KEP-3836",
    title: "Nodes that are about to go take no new connections from load balancers",
    areas: &[Area::ServiceProxy, Area::LoadBalancer],
    available: Some(Release::new(1, 31)),
    optional: false,
    demoted: None,
    lead_time: LeadTime::TwoYearsOfTests,
    needs: Needs {
        nodes: 2,
        load_balancer: true,
        ..Needs::NODE
    },
    tests: &[],
    shown_by: &[],
    remark: "Has no test upstream.",
};

pub(super) const LOAD_BALANCER_IP_MODE: Feature = Feature {
    reference: "KEP-1860",
    title: "Load balancers that want to see all traffic themselves",
    areas: &[Area::ServiceProxy, Area::LoadBalancer],
    available: Some(Release::new(1, 32)),
    optional: false,
    demoted: None,
    lead_time: LeadTime::TwoYearsOfTests,
    needs: Needs {
        nodes: 1,
        load_balancer: true,
        ..Needs::NODE
    },
    tests: &[],
    shown_by: &[],
    remark: "Has no test upstream; tests of load balancers skip in this mode.",
};

pub(super) const TOPOLOGY_HINTS: Feature = Feature {
    reference: "KEP-2433",
    title: "Traffic that prefers its zone by hints of the control plane",
    areas: &[Area::ServiceProxy, Area::ControlPlane],
    available: Some(Release::new(1, 33)),
    optional: true,
    demoted: None,
    lead_time: LeadTime::TwoYearsOfTests,
    needs: Needs {
        nodes: 2,
        zones: 2,
        other: "nodes of one size",
        ..Needs::NODE
    },
    tests: &[renamed(
        &test(
            Area::ServiceProxy,
            "[sig-network] Topology Hints should distribute endpoints evenly",
        ),
        &["[sig-network] [Feature:Topology Hints] should distribute endpoints evenly"],
    )],
    shown_by: &[],
    remark: "The KEP keeps its tests out of conformance on purpose: hints need not be followed.",
};

pub(super) const TRAFFIC_DISTRIBUTION: Feature = Feature {
    reference: "KEP-4444",
    title: "Services that prefer endpoints of the same zone",
    areas: &[Area::ServiceProxy, Area::ControlPlane],
    available: Some(Release::new(1, 33)),
    optional: false,
    demoted: None,
    lead_time: LeadTime::TwoYearsOfTests,
    needs: Needs {
        nodes: 3,
        zones: 3,
        ..Needs::NODE
    },
    tests: &[
        test_since(
            33,
            Area::ServiceProxy,
            "[sig-network] Traffic Distribution should route traffic to an endpoint in the same zone when using PreferClose",
        ),
        test_since(
            33,
            Area::ServiceProxy,
            "[sig-network] Traffic Distribution should route traffic correctly between pods on multiple nodes when using PreferClose",
        ),
    ],
    shown_by: &[],
    remark: "",
};

pub(super) const SAME_ZONE_OR_NODE: Feature = Feature {
    reference: "KEP-3015",
    title: "Services that prefer endpoints of the same zone or node by name",
    areas: &[Area::ServiceProxy, Area::ControlPlane],
    available: Some(Release::new(1, 35)),
    optional: false,
    demoted: None,
    lead_time: LeadTime::TwoYearsOfTests,
    needs: Needs {
        nodes: 3,
        zones: 3,
        ..Needs::NODE
    },
    tests: &[
        renamed(
            &test_since(
                33,
                Area::ServiceProxy,
                "[sig-network] Traffic Distribution should route traffic to an endpoint in the same zone when using PreferSameZone",
            ),
            &[
                "[sig-network] Traffic Distribution should route traffic to an endpoint in the same zone when using PreferSameZone [FeatureGate:PreferSameTrafficDistribution] [Beta]",
                "[sig-network] Traffic Distribution should route traffic to an endpoint in the same zone when using PreferSameZone [FeatureGate:PreferSameTrafficDistribution] [Alpha] [Feature:OffByDefault]",
            ],
        ),
        renamed(
            &test_since(
                33,
                Area::ServiceProxy,
                "[sig-network] Traffic Distribution should route traffic correctly between pods on multiple nodes when using PreferSameZone",
            ),
            &[
                "[sig-network] Traffic Distribution should route traffic correctly between pods on multiple nodes when using PreferSameZone [FeatureGate:PreferSameTrafficDistribution] [Beta]",
                "[sig-network] Traffic Distribution should route traffic correctly between pods on multiple nodes when using PreferSameZone [FeatureGate:PreferSameTrafficDistribution] [Alpha] [Feature:OffByDefault]",
            ],
        ),
        renamed(
            &test_since(
                33,
                Area::ServiceProxy,
                "[sig-network] Traffic Distribution should route traffic to an endpoint on the same node or fall back to same zone when using PreferSameNode",
            ),
            &[
                "[sig-network] Traffic Distribution should route traffic to an endpoint on the same node or fall back to same zone when using PreferSameNode [FeatureGate:PreferSameTrafficDistribution] [Beta]",
                "[sig-network] Traffic Distribution should route traffic to an endpoint on the same node or fall back to same zone when using PreferSameNode [FeatureGate:PreferSameTrafficDistribution] [Alpha] [Feature:OffByDefault]",
            ],
        ),
        renamed(
            &test_since(
                33,
                Area::ServiceProxy,
                "[sig-network] Traffic Distribution should route traffic to an endpoint on the same node when using PreferSameNode and fall back when the endpoint becomes unavailable",
            ),
            &[
                "[sig-network] Traffic Distribution should route traffic to an endpoint on the same node when using PreferSameNode and fall back when the endpoint becomes unavailable [FeatureGate:PreferSameTrafficDistribution] [Beta]",
                "[sig-network] Traffic Distribution should route traffic to an endpoint on the same node when using PreferSameNode and fall back when the endpoint becomes unavailable [FeatureGate:PreferSameTrafficDistribution] [Alpha] [Feature:OffByDefault]",
            ],
        ),
    ],
    shown_by: &[],
    remark: "",
};
