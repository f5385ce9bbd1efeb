//! ConformanceResult: the outcome of each test of one run.

use conform_suite::{Area, Authority, Outcome, Release, Stage, TestName};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Capability, CheckResult, Component, ServiceCidrReport};

/// The outcomes of one run. It has the run's name, is owned by it, and is written by the runners of its attempts.
#[derive(CustomResource, KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[kube(
    group = "conform.dev",
    version = "v1alpha1",
    kind = "ConformanceResult",
    plural = "conformanceresults",
    shortname = "cfresult",
    category = "conform",
    status = "ConformanceResultStatus",
    derive = "PartialEq",
    doc = "The outcome of every test of one ConformanceRun, written by the runners of its attempts.",
    printcolumn(name = "Run", type_ = "string", json_path = ".spec.runName"),
    printcolumn(name = "Attempts", type_ = "string", json_path = ".status.attempts[*].name"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
pub struct ConformanceResultSpec {
    /// The run that these are the outcomes of.
    #[schemars(length(min = 1, max = 63))]
    #[x_kube(validation = Rule::new("self == oldSelf").message("a result stays with its run"))]
    pub run_name: String,
}

/// One entry for each attempt, each written by that attempt's runner alone with server-side apply.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConformanceResultStatus {
    /// The attempts, in the order in which they started.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Map(vec!["name".into()]))]
    pub attempts: Vec<Attempt>,
    /// Where the files of the attempts are, if they are no longer in ConfigMaps. Written by the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stored: Option<StoredFiles>,
}

/// Where a run's files are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StoredFiles {
    /// The storage, such as `s3://bucket/prefix`.
    #[schemars(length(max = 512))]
    pub place: String,
    /// The folder in it.
    #[schemars(length(max = 512))]
    pub folder: String,
    /// Since when.
    pub time: Time,
}

/// What one suite pod measured.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// The attempt's name, such as `present-1`.
    #[schemars(length(min = 1, max = 63))]
    pub name: String,
    /// What it runs. A combined attempt says `Present`, and has future requirements among its tests too.
    pub stage: Stage,
    /// True if it runs the future requirements too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub combined: bool,
    /// The user's own suite that it runs, as `profile/suite`; not set if it runs the Kubernetes suite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128))]
    pub own_suite: Option<String>,
    /// When the runner started.
    pub start_time: Time,
    /// What the checks before the suite found; only in a run's first attempt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Atomic)]
    pub preflight: Vec<CheckResult>,
    /// What implements the cluster's areas; only in a run's first attempt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Atomic)]
    pub components: Vec<Component>,
    /// What was found about further ranges of Service addresses; only in a run's first attempt.
    #[serde(default, rename = "serviceCIDR", skip_serializing_if = "Option::is_none")]
    pub service_cidr: Option<ServiceCidrReport>,
    /// What the network was measured to do, after the tests; only in a run's first attempt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Atomic)]
    pub capabilities: Vec<Capability>,
    /// What the suite in the image says of itself. Not set if it could not be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<SuiteSummary>,
    /// What was selected. Not set if nothing could be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection: Option<SelectionSummary>,
    /// Tests that run now; at most 16.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Atomic)]
    pub running: Vec<TestName>,
    /// Every requirement of the stage that is selected, or that no other attempt of the stage lists, with its outcome so
    /// far, sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8192))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Atomic)]
    pub tests: Vec<TestRecord>,
    /// How the attempt ended; not set while it runs and if its pod was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<AttemptEnd>,
    /// The files that were kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Atomic)]
    pub artifacts: Vec<Artifact>,
}

/// What the suite says of itself and of where it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SuiteSummary {
    /// The suite's version, such as `v1.36.3`.
    #[schemars(length(max = 128))]
    pub version: String,
    /// The ids that the e2e framework labels this attempt's namespaces with, one a test process. Known once the suite has
    /// started.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256), inner(length(max = 63)))]
    pub run_ids: Vec<String>,
}

/// What was chosen to run, and why not more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SelectionSummary {
    /// How many requirements the attempt's stages have, selected or not, in all attempts together.
    #[serde(default)]
    pub required: i32,
    /// How many tests were selected for the whole stage, whichever attempt or pod runs them.
    #[serde(default)]
    pub selected: i32,
    /// How many of them the attempt is to run, over all its pods.
    #[serde(default)]
    pub due: i32,
    /// How many of these this pod is to run.
    pub total: i32,
    /// Digest of the sorted names of the stage's selected tests.
    #[schemars(length(max = 128))]
    pub digest: String,
    /// Why requirements of the stage were left out; empty if none was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub narrowings: Vec<conform_suite::Narrowing>,
}

/// One requirement and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestRecord {
    /// The test that shows it.
    pub name: TestName,
    /// The release from which it is required.
    pub required_in: Release,
    /// Who says so.
    pub authority: Authority,
    /// The part of a cluster that shows the behaviour.
    pub area: Area,
    /// Whether this attempt was to run it.
    pub selected: bool,
    /// What happened to it.
    pub outcome: Outcome,
    /// How long it took, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_milliseconds: Option<i64>,
    /// The first lines of what it said, if it did not pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub message: Option<String>,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttemptEnd {
    /// When.
    pub time: Time,
    /// In a word.
    pub reason: AttemptEndReason,
    /// In a sentence, for people.
    #[schemars(length(max = 1024))]
    pub message: String,
    /// Exit code of the suite's process, if it was started and not killed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
}

/// How an attempt ended. Failed tests are a result; everything else that is not `Completed` is a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum AttemptEndReason {
    /// The suite ran to its end and its JUnit file was read, whether tests failed or not.
    Completed,
    /// The stage has nothing to run, rightly: no future requirement is defined.
    NothingToRun,
    /// A check before the suite failed: nothing was run.
    PreflightFailed,
    /// No check failed, and nothing else was asked for: nothing was run.
    PreflightPassed,
    /// The suite was stopped from outside.
    Interrupted,
    /// The pod went away before it had reported its end. The operator says so in the run; no runner ever does.
    Lost,
    /// The selection left nothing to run.
    EmptySelection,
    /// The plan names a profile that does not exist.
    UnknownProfile,
    /// A user's profile of the plan cannot be gone by with this suite.
    InvalidProfile,
    /// The plan names an earlier run that has no result.
    UnknownRun,
    /// A pattern of the plan is no regular expression.
    InvalidPattern,
    /// The suite could not be started or asked for its tests.
    SuiteError,
    /// The suite ended without a JUnit file.
    JUnitMissing,
    /// The JUnit file is cut off or is none.
    JUnitUnreadable,
    /// The suite walked its tests without running them.
    DryRun,
}

/// A file that the suite wrote, kept compressed in ConfigMaps beside the run's Job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Artifact {
    /// File name, such as `junit_01.xml`.
    #[schemars(length(min = 1, max = 63))]
    pub name: String,
    /// Length as the suite wrote it, in bytes.
    pub bytes: i64,
    /// Length of the gzip stream over all chunks, in bytes.
    pub compressed_bytes: i64,
    /// SHA-256 of the file as the suite wrote it, in hexadecimal.
    #[schemars(length(max = 64))]
    pub sha256: String,
    /// How many ConfigMaps hold it.
    pub chunks: i32,
}
