//! What the cluster's network was measured to do.

use conform_suite::TruthTable;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Basis;

/// Most capabilities that are kept.
pub const MAX_CAPABILITIES: usize = 64;
/// Most reasons of one capability; a result keeps them, a run's status has the first.
pub const MAX_CAPABILITY_REASONS: usize = 9;
/// Longest text of a capability, in bytes.
pub const MAX_CAPABILITY_TEXT: usize = 512;

/// What one feature of the network came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Capability {
    /// The feature, such as `internal-traffic-policy`.
    #[schemars(length(min = 1, max = 64))]
    pub feature: String,
    /// Who asks for it, such as `KEP-2086`.
    #[schemars(length(max = 64))]
    pub source: String,
    /// What it came to.
    pub status: CapabilityStatus,
    /// What is known of it rests on this: packets (Measured), what an object declares, or what the component's version lets one
    /// infer, which never makes it Supported; not set if nothing is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// What implements it here, as components are named; `unknown` if nothing was found that does.
    #[schemars(length(max = 512))]
    pub component: String,
    /// Cells of its table that were as expected.
    pub same: i32,
    /// Cells of its table; 0 if it was not probed.
    pub cells: i32,
    /// Cells that would be different if the cluster did not know the feature.
    pub telling: i32,
    /// Why it is not Supported; empty if it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 9), inner(length(max = 512)))]
    pub because: Vec<String>,
    /// Each way through the network that was looked at; only in results, and only if it is small enough to be kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TruthTable>,
    /// What upstream's own tests of the feature came to in the run; not set if there are none, and in a ConformanceResult,
    /// which has their outcomes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<UpstreamTests>,
}

/// What upstream's own tests of a feature came to, beside what packets say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpstreamTests {
    /// Those that passed.
    pub passed: i32,
    /// Those that failed.
    pub failed: i32,
    /// Those that were not run, or skipped.
    pub not_run: i32,
    /// How they contradict the packets; not set if they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub disagreement: Option<String>,
}

/// What a feature came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum CapabilityStatus {
    /// Every packet went as it had to, and some would not have without the feature.
    Supported,
    /// Some did not.
    Unsupported,
    /// It could not be measured.
    Unevaluated,
    /// It has no meaning here.
    NotApplicable,
}

impl Capability {
    /// The same with the first reason alone and without its table, as a run's status has it.
    #[must_use]
    pub fn in_short(&self) -> Self {
        Self {
            because: self.because.iter().take(1).cloned().collect(),
            table: None,
            ..self.clone()
        }
    }
}
