//! What a run looks at besides the suite's tests.

use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use crate::ConformanceRunStatus;

/// What a run looks at besides the suite's tests. Nothing of it changes the verdict.
#[derive(KubeSchema, Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Checks {
    /// Name what implements each area of the cluster, and say of each failed requirement whose it is.
    #[serde(default = "yes")]
    pub components: bool,
}

impl Checks {
    /// What of `asked` the next attempt of a run is to look at; none if all is known.
    pub fn due(asked: Self, status: &ConformanceRunStatus) -> Option<Self> {
        let due = Self {
            components: asked.components && status.components.is_empty(),
        };
        due.components.then_some(due)
    }
}

impl Default for Checks {
    fn default() -> Self {
        Self { components: true }
    }
}

const fn yes() -> bool {
    true
}
