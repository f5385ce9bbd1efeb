//! ConformanceRun: one bounded conformance run of this cluster.

use std::collections::BTreeMap;

use conform_suite::Release;
use k8s_openapi::api::core::v1::{ResourceRequirements, Toleration};
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ConformanceRunStatus;

/// Six hours: three times what the longest serial run of the certified suite took that we know of.
pub const DEFAULT_ACTIVE_DEADLINE_SECONDS: i64 = 21_600;

/// What to run. Everything but `cancel`, `suspend` and `ttlSecondsAfterFinished` is fixed once the run has started.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "conform.dev",
    version = "v1alpha1",
    kind = "ConformanceRun",
    plural = "conformanceruns",
    shortname = "cfrun",
    category = "conform",
    status = "ConformanceRunStatus",
    derive = "PartialEq",
    doc = "One bounded conformance run of this cluster: which requirements to run, and what came of them.",
    printcolumn(name = "Present", type_ = "string", json_path = r#".status.conditions[?(@.type=="PresentConformant")].status"#, description = "Whether every present requirement passed"),
    printcolumn(name = "Future", type_ = "string", json_path = r#".status.conditions[?(@.type=="FutureConformant")].status"#, description = "Whether every future requirement passed"),
    printcolumn(name = "Succeeded", type_ = "string", json_path = r#".status.conditions[?(@.type=="Succeeded")].status"#),
    printcolumn(name = "Reason", type_ = "string", json_path = r#".status.conditions[?(@.type=="Succeeded")].reason"#),
    printcolumn(name = "Completed", type_ = "integer", json_path = ".status.progress.completed", priority = 1),
    printcolumn(name = "Total", type_ = "integer", json_path = ".status.progress.total", priority = 1),
    printcolumn(name = "Server", type_ = "string", json_path = ".status.serverVersion", priority = 1),
    printcolumn(name = "Profiles", type_ = "string", json_path = ".spec.profiles", priority = 1),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    validation = Rule::new("size(self.metadata.name) <= 52").message("a run's name is at most 52 characters, so that the names of its Jobs are valid"),
    validation = Rule::new("!has(self.status) || !has(self.status.startTime) || (self.spec.profiles == oldSelf.spec.profiles && self.spec.stages == oldSelf.spec.stages && self.spec.futureFailures == oldSelf.spec.futureFailures && self.spec.execution == oldSelf.spec.execution && has(self.spec.focus) == has(oldSelf.spec.focus) && (!has(self.spec.focus) || self.spec.focus == oldSelf.spec.focus) && has(self.spec.skip) == has(oldSelf.spec.skip) && (!has(self.spec.skip) || self.spec.skip == oldSelf.spec.skip) && has(self.spec.throughRelease) == has(oldSelf.spec.throughRelease) && (!has(self.spec.throughRelease) || self.spec.throughRelease == oldSelf.spec.throughRelease))").message("the run has started: only cancel, suspend and ttlSecondsAfterFinished may change; make a new run instead")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("self.stages != 'Present' || !has(self.throughRelease)").message("throughRelease bounds future requirements, and stages: Present runs none").field_path(".throughRelease"),
    validation = Rule::new("self.stages != 'Present' || self.futureFailures == 'Warn'").message("futureFailures: Fail needs a stage that runs future requirements").field_path(".futureFailures")
)]
pub struct ConformanceRunSpec {
    /// Names of the profiles whose requirements are run; several are joined.
    #[serde(default = "default_profiles")]
    #[schemars(
        length(min = 1, max = 8),
        inner(
            length(min = 1, max = 63),
            regex(pattern = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")
        )
    )]
    #[x_kube(merge_strategy = kube::core::ListMerge::Set)]
    pub profiles: Vec<String>,

    /// Which requirements to run: those of now, those to come, or both one after the other.
    #[serde(default)]
    pub stages: Stages,

    /// Ignore future requirements that bind after this release, such as `1.40`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through_release: Option<Release>,

    /// Whether a missed future requirement fails the run. It never makes the cluster less conformant today.
    #[serde(default)]
    pub future_failures: FutureFailures,

    /// Run only the profiles' tests whose names match this regular expression (RE2 syntax). Requirements that it leaves
    /// out count as not evaluated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 4096))]
    pub focus: Option<String>,

    /// Leave out tests whose names match this regular expression (RE2 syntax). They count as not evaluated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 4096))]
    pub skip: Option<String>,

    /// How the suite's pods are run.
    #[serde(default)]
    pub execution: Execution,

    /// Delete the run, its result and its artifacts this many seconds after it finished. Kept if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub ttl_seconds_after_finished: Option<i32>,

    /// Do not start the run yet. A run that has started goes on.
    #[serde(default)]
    pub suspend: bool,

    /// Stop the run and keep what was measured. Cannot be undone.
    #[serde(default)]
    #[x_kube(validation = Rule::new("self || !oldSelf").message("cancel cannot be undone; make a new run instead"))]
    pub cancel: bool,
}

/// Which stages a run covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Stages {
    /// Requirements in force in the server's release.
    Present,
    /// Requirements that come into force later.
    Future,
    /// Both: the present ones first, in a suite run of their own whose files can be submitted as they are.
    #[default]
    PresentAndFuture,
}

/// What a missed future requirement does to the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum FutureFailures {
    /// It is shown; `Succeeded` is not touched.
    #[default]
    Warn,
    /// `Succeeded` becomes False.
    Fail,
}

/// How the suite's pods are run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Execution {
    /// Seconds after its start at which the run is stopped. What was measured by then is kept.
    #[serde(default = "default_active_deadline_seconds")]
    #[schemars(range(min = 60, max = 604_800))]
    pub active_deadline_seconds: i64,

    /// Nodes that the suite's own pod may run on. The tests choose their nodes themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_selector: Option<BTreeMap<String, String>>,

    /// Tolerations of the suite's own pod. Not set: it tolerates every taint, since tests set taints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    pub tolerations: Option<Vec<Toleration>>,

    /// Resources of the suite's own container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<ResourceRequirements>,
}

impl Default for Execution {
    fn default() -> Self {
        Self {
            active_deadline_seconds: DEFAULT_ACTIVE_DEADLINE_SECONDS,
            node_selector: None,
            tolerations: None,
            resources: None,
        }
    }
}

impl Default for ConformanceRunSpec {
    fn default() -> Self {
        Self {
            profiles: default_profiles(),
            stages: Stages::default(),
            through_release: None,
            future_failures: FutureFailures::default(),
            focus: None,
            skip: None,
            execution: Execution::default(),
            ttl_seconds_after_finished: None,
            suspend: false,
            cancel: false,
        }
    }
}

impl Stages {
    /// The stages in the order in which they run.
    pub const fn in_order(self) -> &'static [conform_suite::Stage] {
        use conform_suite::Stage::{Future, Present};
        match self {
            Self::Present => &[Present],
            Self::Future => &[Future],
            Self::PresentAndFuture => &[Present, Future],
        }
    }
}

fn default_profiles() -> Vec<String> {
    vec!["kubernetes".to_owned()]
}

const fn default_active_deadline_seconds() -> i64 {
    DEFAULT_ACTIVE_DEADLINE_SECONDS
}
