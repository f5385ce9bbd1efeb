//! Whether a cluster can live with a further range of Service addresses.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::CheckState;

/// Most findings that are kept.
pub const MAX_FINDINGS: usize = 64;

/// What was found about further ranges of Service addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceCidrReport {
    /// Whether the cluster is ready for one; Unknown if nothing was measured and nothing speaks against it.
    pub readiness: Readiness,
    /// In a word, the reason of condition ServiceCIDRReady.
    #[schemars(length(max = 64))]
    pub reason: String,
    /// In a sentence.
    #[schemars(length(max = 1024))]
    pub message: String,
    /// What each look found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub findings: Vec<ServiceCidrFinding>,
}

/// Whether a cluster is ready for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Readiness {
    /// It was measured, and works.
    Ready,
    /// Something is in the way.
    NotReady,
    /// Neither is known.
    Unknown,
}

impl Readiness {
    /// The status of a condition that says so.
    pub const fn status(self) -> &'static str {
        match self {
            Self::Ready => "True",
            Self::NotReady => "False",
            Self::Unknown => "Unknown",
        }
    }
}

/// What one look found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceCidrFinding {
    /// What was looked at.
    pub topic: ServiceCidrTopic,
    /// What came of it.
    pub state: CheckState,
    /// The component that it is about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub component: Option<String>,
    /// What was seen, in words.
    #[schemars(length(max = 1024))]
    pub message: String,
}

/// What is looked at, in the order in which it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum ServiceCidrTopic {
    /// The API is served.
    Api,
    /// The ServiceCIDR objects and their conditions.
    Objects,
    /// Every Service's address has its IPAddress, and every IPAddress its Service.
    Addresses,
    /// Ranges of Services, pods and nodes do not overlap.
    Ranges,
    /// What admission says to a further range.
    Admission,
    /// Who has the present range written down.
    WrittenDown,
    /// Who may read the ServiceCIDRs.
    Rights,
    /// Packets to Services of an added range, and of the present one.
    Traffic,
    /// Nothing of an added range is left.
    Removal,
}

impl ServiceCidrTopic {
    /// Every topic.
    pub const ALL: [Self; 9] = [
        Self::Api,
        Self::Objects,
        Self::Addresses,
        Self::Ranges,
        Self::Admission,
        Self::WrittenDown,
        Self::Rights,
        Self::Traffic,
        Self::Removal,
    ];
}
