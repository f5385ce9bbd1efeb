//! ConformanceRun: one bounded conformance run of this cluster.

use conform_suite::Release;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Checks, ConformanceRunStatus, Execution, Imported, Preflight};

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
    validation = Rule::new("size(self.metadata.name) <= 48").message("a run's name is at most 48 characters, so that the names of its Jobs are valid"),
    validation = Rule::new("!has(self.status) || !has(self.status.startTime) || (self.spec.profiles == oldSelf.spec.profiles && self.spec.stages == oldSelf.spec.stages && self.spec.order == oldSelf.spec.order && self.spec.futureFailures == oldSelf.spec.futureFailures && self.spec.execution == oldSelf.spec.execution && self.spec.preflight == oldSelf.spec.preflight && self.spec.checks == oldSelf.spec.checks && has(self.spec.focus) == has(oldSelf.spec.focus) && (!has(self.spec.focus) || self.spec.focus == oldSelf.spec.focus) && has(self.spec.skip) == has(oldSelf.spec.skip) && (!has(self.spec.skip) || self.spec.skip == oldSelf.spec.skip) && has(self.spec.throughRelease) == has(oldSelf.spec.throughRelease) && (!has(self.spec.throughRelease) || self.spec.throughRelease == oldSelf.spec.throughRelease) && has(self.spec.futureSuiteRelease) == has(oldSelf.spec.futureSuiteRelease) && (!has(self.spec.futureSuiteRelease) || self.spec.futureSuiteRelease == oldSelf.spec.futureSuiteRelease) && has(self.spec.rerun) == has(oldSelf.spec.rerun) && (!has(self.spec.rerun) || self.spec.rerun == oldSelf.spec.rerun))").message("the run has started: only cancel, suspend and ttlSecondsAfterFinished may change; make a new run instead")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("has(self.imported) == has(oldSelf.imported) && (!has(self.imported) || self.imported == oldSelf.imported)").message("imported is set when a run is made, and stays"),
    validation = Rule::new("self.stages != 'Present' || !has(self.throughRelease)").message("throughRelease bounds future requirements, and stages: Present runs none").field_path(".throughRelease"),
    validation = Rule::new("self.stages != 'Present' || self.futureFailures == 'Warn'").message("futureFailures: Fail needs a stage that runs future requirements").field_path(".futureFailures"),
    validation = Rule::new("self.order != 'CombinedThenPresent' || self.stages == 'PresentAndFuture'").message("order: CombinedThenPresent needs stages: PresentAndFuture").field_path(".order"),
    validation = Rule::new("!has(self.futureSuiteRelease) || self.stages != 'Present'").message("futureSuiteRelease needs a stage that runs future requirements").field_path(".futureSuiteRelease"),
    validation = Rule::new("!has(self.futureSuiteRelease) || self.order == 'Separate'").message("futureSuiteRelease needs order: Separate, since each suite is an image of its own").field_path(".futureSuiteRelease")
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

    /// Run the future requirements with this release's suite instead of the server's own: a version such as `v1.37.1`, or
    /// a release such as `1.37`, whose first version is then taken. Many tests are younger than the behaviour that they
    /// show. What a suite says that is newer than the server is advisory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(
        length(max = 32),
        regex(pattern = r"^v?1\.[0-9]{1,3}(\.[0-9]{1,3}(-[a-z]+\.[0-9]+)?)?$")
    )]
    pub future_suite_release: Option<String>,

    /// Whether the stages run one after the other or together.
    #[serde(default)]
    pub order: Order,

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

    /// Run again only tests of an earlier run that is still there. Requirements that it leaves out count as not
    /// evaluated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rerun: Option<Rerun>,

    /// The outcomes come from elsewhere, and nothing is run. Set when the run is made, and never changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Imported>,

    /// How the suite's pods are run.
    #[serde(default)]
    pub execution: Execution,

    /// What is looked at before the suite starts.
    #[serde(default)]
    pub preflight: Preflight,

    /// What is looked at besides the suite's tests.
    #[serde(default)]
    pub checks: Checks,

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

/// How the stages follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Order {
    /// First the present requirements, in a suite run of their own whose files can be submitted, then the future ones.
    #[default]
    Separate,
    /// Everything in one suite run; if anything of it does not pass, the present requirements again alone
    /// (KEP-5922's simplest approach). Shorter where all is well; its files can be submitted only in the second case.
    CombinedThenPresent,
}

/// Which tests of which earlier run to run again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rerun {
    /// The earlier run's name. Its ConformanceResult must still exist.
    #[schemars(
        length(min = 1, max = 63),
        regex(pattern = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")
    )]
    pub run: String,
    /// Which of its tests.
    #[serde(default)]
    pub tests: RerunTests,
}

/// Which tests of an earlier run to run again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum RerunTests {
    /// Those that failed, in whatever way.
    #[default]
    Failed,
    /// Those that did not pass: failed, skipped or not run.
    NotPassed,
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

impl Default for ConformanceRunSpec {
    fn default() -> Self {
        Self {
            profiles: default_profiles(),
            stages: Stages::default(),
            through_release: None,
            future_failures: FutureFailures::default(),
            future_suite_release: None,
            order: Order::default(),
            focus: None,
            skip: None,
            rerun: None,
            imported: None,
            execution: Execution::default(),
            preflight: Preflight::default(),
            checks: Checks::default(),
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
