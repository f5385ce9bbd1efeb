//! Address families, ranges and protocols.

use super::super::{Feature, FeatureTest, Fitness, LeadTime, Needs};
use super::{renamed, tagged, test, test_since};
use crate::{Area, Release};

pub(super) const SCTP: Feature = Feature {
    reference: "KEP-614",
    title: "SCTP in pods, Services and host ports",
    areas: &[Area::PodNetwork, Area::ServiceProxy],
    available: Some(Release::new(1, 20)),
    optional: false,
    demoted: None,
    lead_time: LeadTime::TwoYearsOfTests,
    needs: Needs {
        nodes: 1,
        linux: true,
        other: "for traffic the kernel's sctp module",
        ..Needs::NODE
    },
    tests: &[
        test(
            Area::ServiceProxy,
            "[sig-network] Services should allow creating a basic SCTP service with pod and endpoints [LinuxOnly] [Serial]",
        ),
        test(
            Area::PodNetwork,
            "[sig-network] Networking should allow creating a Pod with an SCTP HostPort [LinuxOnly] [Serial]",
        ),
        tagged(
            Area::PodNetwork,
            "[sig-network] Networking Granular Checks: Pods should function for intra-pod communication: sctp [LinuxOnly] [Feature:SCTPConnectivity]",
        ),
        FeatureTest {
            name: "[sig-network] Networking Granular Checks: Pods should function for node-pod communication: sctp [LinuxOnly] [Feature:SCTPConnectivity]",
            area: Area::PodNetwork,
            first_suite: None,
            earlier: &[],
            fitness: Fitness::AlwaysSkips,
        },
        tagged(
            Area::ServiceProxy,
            "[sig-network] Networking Granular Checks: Services should function for endpoint-Service: sctp [Feature:SCTPConnectivity]",
        ),
        FeatureTest {
            name: "[sig-network] Networking Granular Checks: Services should function for node-Service: sctp [Feature:SCTPConnectivity]",
            area: Area::ServiceProxy,
            first_suite: None,
            earlier: &[],
            fitness: Fitness::AlwaysSkips,
        },
        tagged(
            Area::ServiceProxy,
            "[sig-network] Networking Granular Checks: Services should function for pod-Service: sctp [Feature:SCTPConnectivity]",
        ),
    ],
    shown_by: &[],
    remark: "Two of its tests skip always; those that can be required look at the API and send nothing.",
};

pub(super) const DUAL_STACK: Feature = Feature {
    reference: "KEP-563",
    title: "Pods and Services of both address families",
    areas: &[Area::PodNetwork, Area::ServiceProxy, Area::ControlPlane],
    available: Some(Release::new(1, 23)),
    optional: false,
    demoted: None,
    lead_time: LeadTime::TwoYearsOfTests,
    needs: Needs {
        nodes: 2,
        linux: true,
        other: "a dual-stack cluster",
        ..Needs::NODE
    },
    tests: &[
        tagged(
            Area::ServiceProxy,
            "[sig-network] [Feature:IPv6DualStack] Granular Checks: Services Secondary IP Family [LinuxOnly] should be able to handle large requests: http",
        ),
        tagged(
            Area::ServiceProxy,
            "[sig-network] [Feature:IPv6DualStack] Granular Checks: Services Secondary IP Family [LinuxOnly] should be able to handle large requests: udp",
        ),
        tagged(
            Area::ServiceProxy,
            "[sig-network] [Feature:IPv6DualStack] Granular Checks: Services Secondary IP Family [LinuxOnly] should function for client IP based session affinity: http [LinuxOnly]",
        ),
        tagged(
            Area::ServiceProxy,
            "[sig-network] [Feature:IPv6DualStack] Granular Checks: Services Secondary IP Family [LinuxOnly] should function for client IP based session affinity: udp [LinuxOnly]",
        ),
        tagged(
            Area::ServiceProxy,
            "[sig-network] [Feature:IPv6DualStack] Granular Checks: Services Secondary IP Family [LinuxOnly] should function for endpoint-Service: http",
        ),
        tagged(
            Area::ServiceProxy,
            "[sig-network] [Feature:IPv6DualStack] Granular Checks: Services Secondary IP Family [LinuxOnly] should function for endpoint-Service: udp",
        ),
        tagged(
            Area::ServiceProxy,
            "[sig-network] [Feature:IPv6DualStack] Granular Checks: Services Secondary IP Family [LinuxOnly] should function for node-Service: http",
        ),
        tagged(
            Area::ServiceProxy,
            "[sig-network] [Feature:IPv6DualStack] Granular Checks: Services Secondary IP Family [LinuxOnly] should function for node-Service: udp",
        ),
        tagged(
            Area::ServiceProxy,
            "[sig-network] [Feature:IPv6DualStack] Granular Checks: Services Secondary IP Family [LinuxOnly] should function for pod-Service: http",
        ),
        tagged(
            Area::ServiceProxy,
            "[sig-network] [Feature:IPv6DualStack] Granular Checks: Services Secondary IP Family [LinuxOnly] should function for pod-Service: sctp [Feature:SCTPConnectivity]",
        ),
        tagged(
            Area::ServiceProxy,
            "[sig-network] [Feature:IPv6DualStack] Granular Checks: Services Secondary IP Family [LinuxOnly] should function for pod-Service: udp",
        ),
        tagged(
            Area::ServiceProxy,
            "[sig-network] [Feature:IPv6DualStack] Granular Checks: Services Secondary IP Family [LinuxOnly] should function for service endpoints using hostNetwork",
        ),
        tagged(
            Area::ServiceProxy,
            "[sig-network] [Feature:IPv6DualStack] Granular Checks: Services Secondary IP Family [LinuxOnly] should update endpoints: http",
        ),
        tagged(
            Area::ServiceProxy,
            "[sig-network] [Feature:IPv6DualStack] Granular Checks: Services Secondary IP Family [LinuxOnly] should update endpoints: udp",
        ),
        tagged(
            Area::PodNetwork,
            "[sig-network] [Feature:IPv6DualStack] should be able to reach pod on ipv4 and ipv6 ip",
        ),
        tagged(
            Area::ControlPlane,
            "[sig-network] [Feature:IPv6DualStack] should create a single stack service with cluster ip from primary service range",
        ),
        renamed(
            &tagged(
                Area::PodNetwork,
                "[sig-network] [Feature:IPv6DualStack] should create pod, add ipv6 and ipv4 ip to host ips",
            ),
            &[
                "[sig-network] [Feature:IPv6DualStack] should create pod, add ipv6 and ipv4 ip to host ips [Feature:PodHostIPs]",
            ],
        ),
        tagged(
            Area::PodNetwork,
            "[sig-network] [Feature:IPv6DualStack] should create pod, add ipv6 and ipv4 ip to pod ips",
        ),
        tagged(
            Area::ControlPlane,
            "[sig-network] [Feature:IPv6DualStack] should create service with ipv4 cluster ip",
        ),
        tagged(
            Area::ControlPlane,
            "[sig-network] [Feature:IPv6DualStack] should create service with ipv4,v6 cluster ip",
        ),
        tagged(
            Area::ControlPlane,
            "[sig-network] [Feature:IPv6DualStack] should create service with ipv6 cluster ip",
        ),
        tagged(
            Area::ControlPlane,
            "[sig-network] [Feature:IPv6DualStack] should create service with ipv6,v4 cluster ip",
        ),
        FeatureTest {
            name: "[sig-network] [Feature:IPv6DualStack] should have at least one dual-stack node",
            area: Area::ControlPlane,
            first_suite: Some(Release::new(1, 36)),
            earlier: &[],
            fitness: Fitness::Tagged,
        },
    ],
    shown_by: &[],
    remark: "A cluster of one family cannot run its tests.",
};

pub(super) const IPV6: Feature = Feature {
    reference: "KEP-1138",
    title: "Clusters of IPv6 alone",
    areas: &[Area::PodNetwork, Area::ServiceProxy, Area::ControlPlane],
    available: Some(Release::new(1, 23)),
    optional: false,
    demoted: None,
    lead_time: LeadTime::TwoYearsOfTests,
    needs: Needs {
        nodes: 1,
        other: "an IPv6 cluster",
        ..Needs::NODE
    },
    tests: &[],
    shown_by: &[
        "[sig-network] Networking Granular Checks: Pods should function for intra-pod communication: http [NodeConformance]",
        "[sig-network] Networking Granular Checks: Pods should function for intra-pod communication: udp [NodeConformance]",
        "[sig-network] Networking Granular Checks: Pods should function for node-pod communication: http [LinuxOnly] [NodeConformance]",
        "[sig-network] Networking Granular Checks: Pods should function for node-pod communication: udp [LinuxOnly] [NodeConformance]",
        "[sig-network] Services should serve a basic endpoint from pods",
    ],
    remark: "Has no test of its own: the network tests on an IPv6 cluster show it.",
};

pub(super) const SERVICE_CIDRS: Feature = Feature {
    reference: "KEP-1880",
    title: "Service address ranges that are added to a running cluster",
    areas: &[Area::ControlPlane, Area::ServiceProxy, Area::Dns],
    available: Some(Release::new(1, 33)),
    optional: false,
    demoted: None,
    lead_time: LeadTime::TwoYearsOfTests,
    needs: Needs {
        nodes: 2,
        other: "rights to add ServiceCIDRs",
        ..Needs::NODE
    },
    tests: &[
        FeatureTest {
            name: "[sig-network] Service CIDRs should create Services and serve on different Service CIDRs",
            area: Area::ServiceProxy,
            first_suite: None,
            earlier: &[
                "[sig-network] [Feature:ServiceCIDRs] [FeatureGate:MultiCIDRServiceAllocator] [Beta] should create Services and serve on different Service CIDRs",
                "[sig-network] [Feature:ServiceCIDRs] should create Services and servce on different Service CIDRs",
            ],
            fitness: Fitness::Unsafe,
        },
        test_since(
            33,
            Area::ControlPlane,
            "[sig-network] ServiceCIDR and IPAddress API should support ServiceCIDR API operations",
        ),
        test_since(
            33,
            Area::ControlPlane,
            "[sig-network] ServiceCIDR and IPAddress API should support IPAddress API operations",
        ),
    ],
    shown_by: &[],
    remark: "The tests that are required read the API and add no range; while one is added for the test that does, any other Service may be given an address of it.",
};
