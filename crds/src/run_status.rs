//! What the operator says about a run.

use conform_suite::{Area, Authority, Outcome, OwnProfile, Release, Sig, Stage, TestName};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{AttemptEndReason, Capability, CheckResult, Component, Pick, Scope};

/// What is known of the run. The outcome of each single test is in the ConformanceResult that `resultName` names.
// The operator has every run in memory, tens of thousands: what a finished one has no use for is boxed.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConformanceRunStatus {
    /// The generation of the spec that this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Succeeded, PreflightPassed, PresentConformant, FutureConformant, Certifiable, ServiceCIDRReady and CapabilitiesKnown; Reconciling and Stalled only while True.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = kube::core::ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,
    /// When the operator's half of preflight had passed and the first attempt was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_time: Option<Time>,
    /// When the verdict was reached, whatever it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_time: Option<Time>,
    /// The API server's version at the start, such as `v1.36.3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_version: Option<String>,
    /// What the checks before the suite found, so far.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Map(vec!["check".into()]))]
    pub preflight: Vec<CheckResult>,
    /// Profiles of the run that say nothing of a cluster with these nodes, as they were at its start. Their tests are not
    /// run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Map(vec!["profile".into()]))]
    pub not_applicable: Vec<NotApplicable>,
    /// Profiles of the run that users wrote, as they were at its start. The run goes by these, whatever becomes of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Atomic)]
    pub own_profiles: Vec<OwnProfile>,
    /// What implements the cluster's areas, as it was when the run began.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Atomic)]
    pub components: Vec<Component>,
    /// What the cluster's network was measured to do, each with its first reason; empty if it was not probed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Atomic)]
    pub capabilities: Vec<Capability>,
    /// The suite that runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<Box<SuiteReference>>,
    /// The suite of the future requirements, if it is not the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub future_suite: Option<Box<SuiteReference>>,
    /// How many pods and processes the run was given; only in mode Fast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parallelism: Option<Parallelism>,
    /// How far the running stage is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Box<Progress>>,
    /// The present requirements of the server's release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<StageSummary>,
    /// The future requirements, by release and authority.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub future: Vec<FutureSummary>,
    /// The same requirements by the SIG that owns their tests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Atomic)]
    pub sigs: Vec<SigSummary>,
    /// The suites of the run's own profiles. What their tests have to do with releases is in `future`, under authority User.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Map(vec!["suite".into()]))]
    pub own_suites: Vec<OwnSuiteSummary>,
    /// What the cluster said of its Gateway API when the run began, for each suite that measures it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Map(vec!["suite".into()]))]
    pub gateways: Vec<GatewaySummary>,
    /// Requirements that were tested and not met, present ones first; at most 50, `failuresOmitted` counts the rest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<FailureSummary>,
    /// How many failures did not fit into `failures`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failures_omitted: Option<i32>,
    /// The Jobs that were made, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<AttemptSummary>,
    /// Every reason why the present files cannot be submitted, one by one; the message of Certifiable has them in one text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = MAX_REASONS), inner(length(max = MAX_REASON)))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Atomic)]
    pub not_submittable: Vec<String>,
    /// Name of the ConformanceResult with the outcome of each test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_name: Option<String>,
}

/// Most reasons of `notSubmittable`.
pub const MAX_REASONS: usize = 32;

/// Longest reason of `notSubmittable`, in characters.
pub const MAX_REASON: usize = 1024;

/// A profile that says nothing of a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotApplicable {
    /// The profile.
    #[schemars(length(max = 63))]
    pub profile: String,
    /// Why it does not.
    #[schemars(length(max = 1024))]
    pub because: String,
}

/// What the cluster said of its Gateway API.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewaySummary {
    /// The suite that measures it, as `profile/suite`.
    #[schemars(length(max = 128))]
    pub suite: String,
    /// The release of its definitions, such as `v1.7.0`.
    #[schemars(length(max = 253))]
    pub version: String,
    /// Their channel: `standard` or `experimental`.
    #[schemars(length(max = 253))]
    pub channel: String,
    /// The features that the implementation claimed and that this release has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256), inner(length(max = 253)))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Set)]
    pub supported_features: Vec<String>,
}

/// The suite behind a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SuiteReference {
    /// The image as the Job names it.
    pub image: String,
    /// The image that the node ran, with its digest where the runtime knows one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_id: Option<String>,
    /// The version that the suite says of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Digest of the selected present tests' names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection_digest: Option<String>,
}

/// How many pods and processes a Fast run was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Parallelism {
    /// Pods that share the tests.
    pub shards: i32,
    /// Test processes in each pod.
    pub processes: i32,
}

/// How far the running stage is, over all its attempts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// The stage.
    pub stage: Stage,
    /// Tests that the stage is to run.
    pub total: i32,
    /// Tests that ended.
    pub completed: i32,
    /// Tests among them that did not pass.
    pub failed: i32,
    /// Tests that run now; at most 16.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub running: Vec<TestName>,
    /// When the stage's tests will have ended, if the rest takes as long for each test as those that have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_completion_time: Option<Time>,
}

/// Counts of one stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StageSummary {
    /// The release whose requirements these are.
    pub release: Release,
    /// All requirements of the stage, whether they were selected or not.
    pub required: i32,
    /// Requirements that were met.
    pub passed: i32,
    /// Requirements that were tested and not met.
    pub failed: i32,
    /// Requirements that nothing is known of.
    pub unevaluated: i32,
}

/// Counts of the requirements of one stage whose tests one SIG owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SigSummary {
    /// Whether they bind now or later.
    pub stage: Stage,
    /// The SIG.
    pub sig: Sig,
    /// Requirements that were met.
    pub passed: i32,
    /// Requirements that were tested and not met.
    pub failed: i32,
    /// Requirements that nothing is known of.
    pub unevaluated: i32,
}

/// Counts of the future requirements of one release and authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FutureSummary {
    /// The release from which they are required.
    pub release: Release,
    /// Who says so.
    pub authority: Authority,
    /// All of them.
    pub total: i32,
    /// Those that were met.
    pub passed: i32,
    /// Those that were tested and not met.
    pub failed: i32,
    /// Those that nothing is known of.
    pub unevaluated: i32,
}

/// What came of one suite of a user's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnSuiteSummary {
    /// The suite, as `profile/suite`.
    #[schemars(length(max = 128))]
    pub suite: String,
    /// Its image.
    #[schemars(length(max = 255))]
    pub image: String,
    /// All tests of it that are known.
    pub total: i32,
    /// Those that passed.
    pub passed: i32,
    /// Those that failed.
    pub failed: i32,
    /// Those that nothing is known of.
    pub unevaluated: i32,
    /// How its last attempt ended. Not set if it was not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<AttemptEndReason>,
    /// What there is to say about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub message: Option<String>,
}

/// A requirement that was tested and not met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FailureSummary {
    /// The test.
    pub name: TestName,
    /// Whether the requirement binds now or later.
    pub stage: Stage,
    /// The release from which it binds.
    pub required_in: Release,
    /// Who says so.
    pub authority: Authority,
    /// The part of a cluster that shows the behaviour.
    pub area: Area,
    /// What implements that area in this cluster; several if it cannot be told which of them, and `unknown` if nothing is
    /// known to. Not set if the run did not look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub component: Option<String>,
    /// What happened.
    pub outcome: Outcome,
    /// The first lines of what the test said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub message: Option<String>,
}

/// One Job of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttemptSummary {
    /// The attempt's name, such as `present-1`.
    pub name: String,
    /// What it runs. A combined attempt says `Present`.
    pub stage: Stage,
    /// True if it runs the future requirements too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub combined: bool,
    /// The user's own suite that it runs, as `profile/suite`; not set if it runs the Kubernetes suite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128))]
    pub own_suite: Option<String>,
    /// Which of the stage's tests by their kind.
    #[serde(default)]
    pub scope: Scope,
    /// Which of those by what earlier attempts say of them.
    #[serde(default)]
    pub pick: Pick,
    /// Pods that share its tests.
    #[serde(default = "one")]
    pub shards: i32,
    /// The Job's name in the operator's namespace.
    pub job_name: String,
    /// When its Job was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_time: Option<Time>,
    /// How it ended; not set while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<AttemptEndReason>,
    /// What there is to say about its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub message: Option<String>,
}

const fn one() -> i32 {
    1
}
