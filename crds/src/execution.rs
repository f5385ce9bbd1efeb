//! How a run is executed.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{ResourceRequirements, Toleration};
use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Six hours: three times what the longest serial run of the certified suite took that we know of.
pub const DEFAULT_ACTIVE_DEADLINE_SECONDS: i64 = 21_600;
/// How many further attempts in a row may measure nothing new before a run is given up.
pub const DEFAULT_BACKOFF_LIMIT: i32 = 3;

/// How the suite's pods are run.
#[derive(KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("self.mode == 'Fast' || !has(self.processes)").message("processes needs mode: Fast; a certified run is serial").field_path(".processes"),
    validation = Rule::new("self.mode == 'Fast' || !has(self.shards)").message("shards needs mode: Fast; a certified run is one pod").field_path(".shards")
)]
pub struct Execution {
    /// One serial suite run whose files can be submitted, or the same tests in parallel.
    #[serde(default)]
    pub mode: Mode,

    /// Test processes over all pods, of mode Fast. Not set: as many as the nodes' capacity is good for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 256))]
    pub processes: Option<i32>,

    /// Pods that share the tests, of mode Fast. Not set: one, or more if one would hold too many processes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 16))]
    pub shards: Option<i32>,

    /// Seconds after its start at which the run is stopped. What was measured by then is kept.
    #[serde(default = "default_active_deadline_seconds")]
    #[schemars(range(min = 60, max = 604_800))]
    pub active_deadline_seconds: i64,

    /// Seconds after its first attempt at which a stage is stopped. Not set: only the run has a deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 60, max = 604_800))]
    pub stage_deadline_seconds: Option<i64>,

    /// How many further attempts in a row may measure nothing new, after a pod was lost, before the run is given up. An
    /// attempt that measures something starts the count anew.
    #[serde(default = "default_backoff_limit")]
    #[schemars(range(min = 0, max = 20))]
    pub backoff_limit: i32,

    /// How often tests that failed are run again at the end of their stage, to tell flaky tests from failing ones.
    #[serde(default)]
    #[schemars(range(min = 0, max = 5))]
    pub retry_failed: i32,

    /// Name of a Kueue LocalQueue in the operator's namespace that the run's Jobs go through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(
        length(min = 1, max = 63),
        regex(pattern = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
    )]
    pub queue_name: Option<String>,

    /// Nodes that the suite's own pod may run on. The tests choose their nodes themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_selector: Option<BTreeMap<String, String>>,

    /// Tolerations of the suite's own pod. Not set: it tolerates what would evict it, since tests set
    /// taints, and nodes of the control plane.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    pub tolerations: Option<Vec<Toleration>>,

    /// Resources of the suite's own container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<Box<ResourceRequirements>>,
}

/// One serial run, or many processes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Mode {
    /// One serial suite run with the image's own defaults.
    #[default]
    Certified,
    /// The same tests in parallel processes and pods, those marked `[Serial]` alone afterwards. The same verdict; its
    /// files cannot be submitted.
    Fast,
}

impl Default for Execution {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            processes: None,
            shards: None,
            active_deadline_seconds: DEFAULT_ACTIVE_DEADLINE_SECONDS,
            stage_deadline_seconds: None,
            backoff_limit: DEFAULT_BACKOFF_LIMIT,
            retry_failed: 0,
            queue_name: None,
            node_selector: None,
            tolerations: None,
            resources: None,
        }
    }
}

const fn default_active_deadline_seconds() -> i64 {
    DEFAULT_ACTIVE_DEADLINE_SECONDS
}

const fn default_backoff_limit() -> i32 {
    DEFAULT_BACKOFF_LIMIT
}
