//! The `conform.dev` API.
//!
//! Custom resources, the rules that the API server enforces on them, and the names (conditions, reasons, labels) that
//! the operator, the runner and the plugin agree on. The vocabulary of outcomes and stages is `conform-suite`'s.

mod capability;
mod checks;
mod component;
pub mod conditions;
mod execution;
mod imported;
mod maker;
mod manifests;
mod merged;
pub mod names;
pub mod nodes;
mod plan;
mod preflight;
mod profile;
mod result;
mod run;
mod run_status;
mod schedule;
mod schedule_status;
mod service_cidr;

pub use capability::{
    Capability, CapabilityStatus, MAX_CAPABILITIES, MAX_CAPABILITY_REASONS, MAX_CAPABILITY_TEXT,
    UpstreamTests,
};
pub use checks::{CapabilityCheck, Checks, ServiceCidrCheck};
pub use component::{Basis, Component, MAX_COMPONENT_NODES, MAX_COMPONENT_TEXT, MAX_COMPONENTS};
pub use execution::{DEFAULT_ACTIVE_DEADLINE_SECONDS, DEFAULT_BACKOFF_LIMIT, Execution, Mode};
pub use imported::Imported;
pub use maker::{MAX_FIELD_MANAGER, Maker, NotAMaker};
pub use manifests::{ManifestError, UNOBSERVED, crds, to_yaml};
pub use merged::{Merged, merged, of_stage, unlisted};
pub use plan::{AttemptPlan, OwnSuitePlan, Pick, Scope};
pub use preflight::{Check, CheckResult, CheckState, MAX_CHECK_MESSAGE, Preflight, UnknownCheck};
pub use profile::{ConformanceProfile, ConformanceProfileSpec, ConformanceProfileStatus};
pub use result::{
    Artifact, Attempt, AttemptEnd, AttemptEndReason, ConformanceResult, ConformanceResultSpec,
    ConformanceResultStatus, SelectionSummary, StoredFiles, SuiteSummary, TestRecord,
};
pub use run::{ConformanceRun, ConformanceRunSpec, FutureFailures, Order, Rerun, RerunTests, Stages};
pub use run_status::{
    AttemptSummary, ConformanceRunStatus, FailureSummary, FutureSummary, GatewaySummary, MAX_REASON,
    MAX_REASONS, NotApplicable, OwnSuiteSummary, Parallelism, Progress, SigSummary, StageSummary,
    SuiteReference,
};
pub use schedule::{
    ClusterChange, ConcurrencyPolicy, ConformanceSchedule, ConformanceScheduleSpec, DEFAULT_FAILED_RUNS,
    DEFAULT_SUCCESSFUL_RUNS, MAX_SCHEDULE_NAME, MaintenanceWindow, Retention, RunTemplate,
    RunTemplateMetadata, Triggers,
};
pub use schedule_status::{
    ActiveRun, ClusterState, Comparison, ConformanceScheduleStatus, FinishedRun, MAX_LISTED_ACTIVE,
    MAX_REGRESSIONS, Regression, WatchedCluster,
};
pub use service_cidr::{MAX_FINDINGS, Readiness, ServiceCidrFinding, ServiceCidrReport, ServiceCidrTopic};
