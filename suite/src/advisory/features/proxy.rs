//! What a service proxy does with a Service.

use super::super::{Feature, LeadTime, Needs};
use super::{renamed, test, test_since};
use crate::{Area, Release};

pub(super) const SERVICE_PROXY_NAME: Feature = Feature {
    reference: "KEP-2447",
    title: "Services that name another proxy are left to it",
    areas: &[Area::ServiceProxy],
    available: Some(Release::new(1, 14)),
    optional: false,
    demoted: None,
    lead_time: LeadTime::TwoYearsOfTests,
    needs: Needs {
        nodes: 1,
        other: "pods in the host's network",
        ..Needs::NODE
    },
    tests: &[test(
        Area::ServiceProxy,
        "[sig-network] Services should implement service.kubernetes.io/service-proxy-name",
    )],
    shown_by: &[],
    remark: "",
};

pub(super) const ENDPOINT_SLICES: Feature = Feature {
    reference: "KEP-752",
    title: "Proxies follow EndpointSlices",
    areas: &[Area::ServiceProxy, Area::ControlPlane],
    available: Some(Release::new(1, 21)),
    optional: false,
    demoted: None,
    lead_time: LeadTime::TwoYearsOfTests,
    needs: Needs {
        nodes: 1,
        ..Needs::NODE
    },
    tests: &[
        test(
            Area::ControlPlane,
            "[sig-network] EndpointSlice should create Endpoints and EndpointSlices for Pods matching a Service",
        ),
        renamed(
            &test(
                Area::ControlPlane,
                "[sig-network] EndpointSlice should create and delete EndpointSlices for a Service with a selector that matches no pods",
            ),
            &[
                "[sig-network] EndpointSlice should create and delete Endpoints and EndpointSlices for a Service with a selector specified",
            ],
        ),
        test(
            Area::ServiceProxy,
            "[sig-network] EndpointSlice should support a Service with multiple endpoint IPs specified in multiple EndpointSlices",
        ),
        test(
            Area::ServiceProxy,
            "[sig-network] EndpointSlice should support a Service with multiple ports specified in multiple EndpointSlices",
        ),
        test(
            Area::ControlPlane,
            "[sig-network] EndpointSlice should support creating EndpointSlice API operations",
        ),
    ],
    shown_by: &[],
    remark: "",
};

pub(super) const INTERNAL_TRAFFIC_POLICY: Feature = Feature {
    reference: "KEP-2086",
    title: "Traffic within the cluster that stays on its node",
    areas: &[Area::ServiceProxy],
    available: Some(Release::new(1, 26)),
    optional: false,
    demoted: None,
    lead_time: LeadTime::TwoYearsOfTests,
    needs: Needs {
        nodes: 2,
        linux: true,
        other: "pods in the host's network",
        ..Needs::NODE
    },
    tests: &[
        test(
            Area::ServiceProxy,
            "[sig-network] Services should respect internalTrafficPolicy=Local Pod (hostNetwork: true) to Pod",
        ),
        test(
            Area::ServiceProxy,
            "[sig-network] Services should respect internalTrafficPolicy=Local Pod and Node, to Pod (hostNetwork: true)",
        ),
        test(
            Area::ServiceProxy,
            "[sig-network] Services should respect internalTrafficPolicy=Local Pod to Pod",
        ),
    ],
    shown_by: &[],
    remark: "",
};

pub(super) const TERMINATING_ENDPOINTS: Feature = Feature {
    reference: "KEP-1669",
    title: "Endpoints that are going away serve when no other is left",
    areas: &[Area::ServiceProxy],
    available: Some(Release::new(1, 28)),
    optional: false,
    demoted: None,
    lead_time: LeadTime::TwoYearsOfTests,
    needs: Needs {
        nodes: 2,
        linux: true,
        other: "node ports that can be reached",
        ..Needs::NODE
    },
    tests: &[
        test(
            Area::ServiceProxy,
            "[sig-network] Services should fail health check node port if there are only terminating endpoints",
        ),
        test(
            Area::ServiceProxy,
            "[sig-network] Services should fallback to local terminating endpoints when there are no ready endpoints with externalTrafficPolicy=Local",
        ),
        test(
            Area::ServiceProxy,
            "[sig-network] Services should fallback to local terminating endpoints when there are no ready endpoints with internalTrafficPolicy=Local",
        ),
        test(
            Area::ServiceProxy,
            "[sig-network] Services should fallback to terminating endpoints when there are no ready endpoints with externallTrafficPolicy=Cluster",
        ),
        test(
            Area::ServiceProxy,
            "[sig-network] Services should fallback to terminating endpoints when there are no ready endpoints with internalTrafficPolicy=Cluster",
        ),
    ],
    shown_by: &[],
    remark: "",
};

pub(super) const NAMED_TARGET_PORTS: Feature = Feature {
    reference: "kubernetes/kubernetes#132954",
    title: "A named target port that is another number on every pod",
    areas: &[Area::ServiceProxy],
    available: None,
    optional: false,
    demoted: None,
    lead_time: LeadTime::YearOfNotice,
    needs: Needs {
        nodes: 1,
        ..Needs::NODE
    },
    tests: &[test_since(
        34,
        Area::ServiceProxy,
        "[sig-network] Services should support named targetPorts that resolve to different ports on different endpoints",
    )],
    shown_by: &[],
    remark: "Meant to be the first marked test of KEP-5922.",
};

pub(super) const SESSION_AFFINITY_TIMEOUT: Feature = Feature {
    reference: "kubernetes/kubernetes#112806",
    title: "The time after which session affinity forgets a client",
    areas: &[Area::ServiceProxy],
    available: None,
    optional: false,
    demoted: Some(Release::new(1, 26)),
    lead_time: LeadTime::YearOfNotice,
    needs: Needs {
        nodes: 1,
        linux: true,
        ..Needs::NODE
    },
    tests: &[
        test(
            Area::ServiceProxy,
            "[sig-network] Services should have session affinity timeout work for NodePort service [LinuxOnly]",
        ),
        test(
            Area::ServiceProxy,
            "[sig-network] Services should have session affinity timeout work for service with type clusterIP [LinuxOnly]",
        ),
    ],
    shown_by: &[],
    remark: "Proxies differ in what they count as a client and in the times that they can keep.",
};
