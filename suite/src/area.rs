//! The parts of a cluster that tests look at.

use serde::{Deserialize, Serialize};

use crate::TestName;

/// The part of a cluster that a test looks at, as far as its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Area {
    /// What carries traffic from a Service to its endpoints: kube-proxy or what replaces it.
    ServiceProxy,
    /// Addresses and routes of pods, host ports included.
    PodNetwork,
    /// Names of Services and pods.
    Dns,
    /// API server, controllers and their APIs.
    ControlPlane,
    /// NetworkPolicy enforcement.
    NetworkPolicy,
    /// Ingress.
    Ingress,
    /// Gateway API.
    Gateway,
    /// Services of type LoadBalancer.
    LoadBalancer,
    /// Kubelet and container runtime.
    Node,
    /// Volumes.
    Storage,
    /// What only Windows nodes do.
    Windows,
    /// Workload controllers: Deployment, StatefulSet, Job and so on.
    Workloads,
    /// kubectl.
    Cli,
    /// The scheduler.
    Scheduling,
    /// Identity and permissions.
    Auth,
    /// None of the others.
    Other,
}

impl Area {
    /// Every area.
    pub const ALL: [Self; 16] = [
        Self::ServiceProxy,
        Self::PodNetwork,
        Self::Dns,
        Self::ControlPlane,
        Self::NetworkPolicy,
        Self::Ingress,
        Self::Gateway,
        Self::LoadBalancer,
        Self::Node,
        Self::Storage,
        Self::Windows,
        Self::Workloads,
        Self::Cli,
        Self::Scheduling,
        Self::Auth,
        Self::Other,
    ];

    /// The word for table cells and labels, in kebab case: `service-proxy`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ServiceProxy => "service-proxy",
            Self::PodNetwork => "pod-network",
            Self::Dns => "dns",
            Self::ControlPlane => "control-plane",
            Self::NetworkPolicy => "network-policy",
            Self::Ingress => "ingress",
            Self::Gateway => "gateway",
            Self::LoadBalancer => "load-balancer",
            Self::Node => "node",
            Self::Storage => "storage",
            Self::Windows => "windows",
            Self::Workloads => "workloads",
            Self::Cli => "cli",
            Self::Scheduling => "scheduling",
            Self::Auth => "auth",
            Self::Other => "other",
        }
    }

    /// Guesses the area from the SIG and the words of a test's name.
    pub fn of(name: &TestName) -> Self {
        match name.sig() {
            Some("network") => of_network(name.as_str()),
            Some("node") => Self::Node,
            Some("storage") => Self::Storage,
            Some("windows") => Self::Windows,
            Some("apps" | "autoscaling") => Self::Workloads,
            Some("cli") => Self::Cli,
            Some("scheduling") => Self::Scheduling,
            Some("auth") => Self::Auth,
            Some("api-machinery" | "instrumentation" | "architecture") => Self::ControlPlane,
            _ => Self::Other,
        }
    }
}

/// The first of these words that a SIG Network test's name has tells its area, so the more telling word comes first.
const NETWORK_WORDS: [(&str, Area); 24] = [
    ("Netpol API", Area::ControlPlane),
    ("Netpol", Area::NetworkPolicy),
    ("NetworkPolicy", Area::NetworkPolicy),
    ("Gateway", Area::Gateway),
    ("Ingress", Area::Ingress),
    ("LoadBalancers", Area::LoadBalancer),
    ("DNS", Area::Dns),
    ("multiple EndpointSlices", Area::ServiceProxy),
    ("EndpointSlice", Area::ControlPlane),
    ("Endpoints ", Area::ControlPlane),
    ("EndpointsController", Area::ControlPlane),
    ("API Server", Area::ControlPlane),
    ("ServiceCIDR", Area::ControlPlane),
    ("Proxy version v1", Area::ControlPlane),
    ("HostPort", Area::PodNetwork),
    ("Granular Checks: Pods", Area::PodNetwork),
    ("Services", Area::ServiceProxy),
    ("Service endpoints", Area::ServiceProxy),
    ("Service CIDRs", Area::ServiceProxy),
    ("Conntrack", Area::ServiceProxy),
    ("KubeProxy", Area::ServiceProxy),
    ("Traffic Distribution", Area::ServiceProxy),
    ("Topology Hints", Area::ServiceProxy),
    ("service with", Area::ServiceProxy),
];

fn of_network(name: &str) -> Area {
    let word = NETWORK_WORDS.iter().find(|(word, _)| name.contains(word));
    word.map_or(Area::PodNetwork, |(_, area)| *area)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        "[sig-network] Services should serve a basic endpoint from pods [Conformance]",
        Area::ServiceProxy
    )]
    #[case(
        "[sig-network] Service endpoints latency should not be very high [Conformance]",
        Area::ServiceProxy
    )]
    #[case("[sig-network] DNS should provide DNS for services [Conformance]", Area::Dns)]
    #[case(
        "[sig-network] EndpointSlice should support creating EndpointSlice API operations",
        Area::ControlPlane
    )]
    #[case(
        "[sig-network] EndpointSlice should support a Service with multiple ports specified in multiple EndpointSlices",
        Area::ServiceProxy
    )]
    #[case(
        "[sig-network] Endpoints should test the lifecycle of an Endpoint [Conformance]",
        Area::ControlPlane
    )]
    #[case(
        "[sig-network] HostPort validates that there is no conflict [Conformance]",
        Area::PodNetwork
    )]
    #[case(
        "[sig-network] Networking Granular Checks: Pods should function [Conformance]",
        Area::PodNetwork
    )]
    #[case(
        "[sig-network] Networking Granular Checks: Services should function for pod-Service: udp",
        Area::ServiceProxy
    )]
    #[case(
        "[sig-network] Ingress API should support creating Ingress API operations",
        Area::Ingress
    )]
    #[case(
        "[sig-network] Netpol NetworkPolicy between server and client should deny",
        Area::NetworkPolicy
    )]
    #[case(
        "[sig-network] LoadBalancers should be able to change the type",
        Area::LoadBalancer
    )]
    #[case(
        "[sig-network] Proxy version v1 should proxy through a service and a pod",
        Area::ControlPlane
    )]
    #[case("[sig-node] Pods should be updated [Conformance]", Area::Node)]
    #[case("[sig-apps] Job should adopt [Conformance]", Area::Workloads)]
    #[case(
        "[sig-architecture] Conformance Tests should have at least two untainted nodes",
        Area::ControlPlane
    )]
    #[case("a probe of somebody else's", Area::Other)]
    fn guesses_the_area_from_the_name(#[case] name: &str, #[case] area: Area) {
        assert_eq!(Area::of(&TestName::new(name).unwrap()), area);
    }

    #[test]
    fn the_word_is_the_name_in_kebab_case() {
        let kebab = |area: Area| {
            format!("{area:?}").chars().fold(String::new(), |mut word, c| {
                if c.is_uppercase() && !word.is_empty() {
                    word.push('-');
                }
                word.extend(c.to_lowercase());
                word
            })
        };
        for (_, area) in NETWORK_WORDS {
            assert_eq!(area.word(), kebab(area));
        }
    }
}
