//! What the operator hands to the runner of an attempt.

use conform_suite::{OwnDemands, Request};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Checks, Preflight, Rerun};

/// What one attempt is to run; JSON in the environment of the suite's container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AttemptPlan {
    /// What to select, one entry a stage; several are run together.
    pub requests: Vec<Request>,
    /// Which of the selected tests by their kind.
    pub scope: Scope,
    /// Which of those by what is known of them.
    pub pick: Pick,
    /// Names of the attempts that `pick` looks at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// Only tests of an earlier run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rerun: Option<Rerun>,
    /// Pods that share the tests; the pod's own index comes from its Job.
    pub shards: i32,
    /// Test processes in this pod; 1 is a plain serial run.
    pub processes: i32,
    /// The checks to make before the suite starts; only the first attempt of a run makes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preflight: Option<Preflight>,
    /// What to look at besides the tests; only as long as no attempt has told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checks: Option<Checks>,
    /// Image with the runner, for the agents of a probe; set if `checks` asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_image: Option<String>,
    /// Run whose result tells how long tests take in this cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub durations_from: Option<String>,
}

/// What the runner beside a suite of a user's own is to look for; JSON in its environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnSuitePlan {
    /// The suite, and from which release on which of its tests are required.
    pub demands: OwnDemands,
    /// How long the suite may run, in seconds.
    pub timeout_seconds: i64,
}

/// Which tests an attempt may run together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Scope {
    /// All.
    #[default]
    All,
    /// Those that can run beside others.
    Parallel,
    /// Those marked `[Serial]` or `[Disruptive]`.
    Serial,
}

/// Which tests an attempt runs, by what earlier attempts say of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Pick {
    /// All that were selected.
    #[default]
    Everything,
    /// Those that no earlier attempt brought to an end.
    Unfinished,
    /// Those that failed.
    Failed,
}
