//! What the operator says about a schedule.

use conform_suite::{Area, Outcome, Stage, TestName};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most tests that a status names; it counts the rest.
pub const MAX_REGRESSIONS: usize = 50;
/// The most active runs that a status lists. The clock makes fewer; people may ask for more.
pub const MAX_LISTED_ACTIVE: usize = 64;

/// What is known of a schedule and of its last runs.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConformanceScheduleStatus {
    /// The generation of the spec that this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Ready, Conformant, FutureAtRisk and Regressed; Stalled only while True.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = kube::core::ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,
    /// Its runs that are not finished; at most 64 are listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Atomic)]
    pub active: Vec<ActiveRun>,
    /// The slot of the schedule that a run was last made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_schedule_time: Option<Time>,
    /// The slot that was last missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_missed_time: Option<Time>,
    /// When the next run falls due, jitter included. Not set while suspended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_schedule_time: Option<Time>,
    /// The run that finished last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_run: Option<FinishedRun>,
    /// The run that last succeeded. It may be gone by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_successful_run: Option<FinishedRun>,
    /// The run that `Regressed` speaks of, and what it was compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// Tests that passed in the last good run and fail since; `regressionsOmitted` counts what did not fit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Atomic)]
    pub regressions: Vec<Regression>,
    /// How many regressions did not fit into `regressions`. Nobody knows any more which they are: they count until fewer
    /// tests than that do not pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regressions_omitted: Option<i32>,
    /// The last value of the run-now annotation that a run was made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    pub last_requested: Option<String>,
    /// What the cluster is made of, as far as `triggers` ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<WatchedCluster>,
}

/// A run that is not finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActiveRun {
    /// Its name.
    pub name: String,
    /// Its uid.
    pub uid: String,
}

/// What is remembered of a finished run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FinishedRun {
    /// Its name.
    pub name: String,
    /// Its uid: a run of this name may be another one by now.
    pub uid: String,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_time: Option<Time>,
    /// The reason of its condition Succeeded.
    #[serde(default)]
    pub reason: String,
    /// The API server's version when it started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_version: Option<String>,
}

/// Which runs `Regressed` was told from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// Uid of the finished run.
    pub uid: String,
    /// Uid of the good run that it was compared with; none if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
}

/// A test that passed in the last good run and does not pass since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Regression {
    /// The test.
    pub name: TestName,
    /// Whether the requirement binds now or later.
    pub stage: Stage,
    /// The part of a cluster that shows the behaviour.
    pub area: Area,
    /// What last happened to it.
    pub outcome: Outcome,
}

/// What a cluster is made of, and what of it is changing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WatchedCluster {
    /// What it was when a run was last made for a change, or first looked at.
    pub known: ClusterState,
    /// What it has changed to, if that is something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<ClusterState>,
    /// Since when it has been like that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_time: Option<Time>,
}

/// What a cluster is made of. Lists are sorted and shortened; digests cover all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClusterState {
    /// The API server's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128))]
    pub server_version: Option<String>,
    /// The operating systems' images of its nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub node_images: Option<String>,
    /// The images of its network's DaemonSets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub network_images: Option<String>,
}
