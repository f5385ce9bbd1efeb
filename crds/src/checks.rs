//! What a run looks at besides the suite's tests.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    ConformanceRunStatus,
    conditions::{SERVICE_CIDR_READY, reasons},
};

/// What a run looks at besides the suite's tests. Nothing of it changes the verdict.
#[derive(KubeSchema, Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Checks {
    /// Name what implements each area of the cluster, and say of each failed requirement whose it is.
    #[serde(default = "yes")]
    pub components: bool,
    /// Whether the cluster can live with a further range of Service addresses.
    #[serde(default, rename = "serviceCIDR")]
    pub service_cidr: ServiceCidrCheck,
    /// What the cluster's network can do.
    #[serde(default)]
    pub capabilities: CapabilityCheck,
}

/// How the network's capabilities are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum CapabilityCheck {
    /// Not at all.
    #[default]
    Off,
    /// By packets, after the tests of the run's first attempt: with agents in two namespaces that go again, one of which is
    /// privileged, since some agents are in their nodes' own network.
    Probe,
}

/// How the readiness for further ranges of Service addresses is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ServiceCidrCheck {
    /// Not at all.
    Off,
    /// By reading, and by asking the API server what it would say. Changes nothing.
    #[default]
    Observe,
    /// By packets too, after the tests of the run's first attempt, if what was observed allows it: a range of two addresses is
    /// added to the cluster and removed again.
    Probe,
}

/// What is said of a cluster that was observed and not probed, though it may be.
const OBSERVED: [&str; 3] = [
    reasons::NOT_PROBED,
    reasons::COMPONENTS_AT_RISK,
    reasons::NOT_ALL_SEEN,
];

impl Checks {
    /// Nothing at all.
    pub const NONE: Self = Self {
        components: false,
        service_cidr: ServiceCidrCheck::Off,
        capabilities: CapabilityCheck::Off,
    };

    /// What of `asked` the next attempt of a run is to look at; none if all is known.
    pub fn due(asked: Self, status: &ConformanceRunStatus) -> Option<Self> {
        // The condition is there once somebody has looked, whatever it says.
        let mut conditions = status.conditions.iter();
        let told = conditions.find(|condition| condition.type_ == SERVICE_CIDR_READY);
        let due = Self {
            components: asked.components && status.components.is_empty(),
            service_cidr: match (asked.service_cidr, told) {
                (asked, None) => asked,
                (ServiceCidrCheck::Probe, Some(told)) if OBSERVED.contains(&told.reason.as_str()) => {
                    ServiceCidrCheck::Probe
                }
                _ => ServiceCidrCheck::Off,
            },
            capabilities: if status.capabilities.is_empty() {
                asked.capabilities
            } else {
                CapabilityCheck::Off
            },
        };
        (due != Self::NONE).then_some(due)
    }

    /// True if something is measured by packets, which takes agents.
    pub fn probes(self) -> bool {
        self.capabilities == CapabilityCheck::Probe || self.service_cidr == ServiceCidrCheck::Probe
    }
}

impl Default for Checks {
    fn default() -> Self {
        Self {
            components: true,
            service_cidr: ServiceCidrCheck::default(),
            capabilities: CapabilityCheck::default(),
        }
    }
}

const fn yes() -> bool {
    true
}
