//! ConformanceSchedule: runs of this cluster again and again, by the clock or when the cluster changes.

use std::collections::BTreeMap;

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConformanceRunSpec, ConformanceScheduleStatus};

/// How many runs that succeeded are kept if neither their limit nor `retention` is set: as for a CronJob.
pub const DEFAULT_SUCCESSFUL_RUNS: i32 = 3;
/// How many runs that failed are kept if neither their limit nor `retention` is set: as for a CronJob.
pub const DEFAULT_FAILED_RUNS: i32 = 1;
/// The longest name of a schedule: its runs are called like it, with a dash and at most ten characters.
pub const MAX_SCHEDULE_NAME: usize = 37;
const DEFAULT_SETTLE_SECONDS: i32 = 300;

/// When to run what, and what to keep of it. Fields that a CronJob has mean what they mean there.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "conform.dev",
    version = "v1alpha1",
    kind = "ConformanceSchedule",
    plural = "conformanceschedules",
    shortname = "cfsched",
    category = "conform",
    status = "ConformanceScheduleStatus",
    derive = "PartialEq",
    doc = "Conformance runs of this cluster again and again: by the clock, as a CronJob makes Jobs, or when the cluster changes.",
    printcolumn(name = "Schedule", type_ = "string", json_path = ".spec.schedule"),
    printcolumn(name = "TimeZone", type_ = "string", json_path = ".spec.timeZone", priority = 1),
    printcolumn(name = "Suspend", type_ = "boolean", json_path = ".spec.suspend"),
    printcolumn(name = "Ready", type_ = "string", json_path = r#".status.conditions[?(@.type=="Ready")].status"#),
    printcolumn(name = "Conformant", type_ = "string", json_path = r#".status.conditions[?(@.type=="Conformant")].status"#, description = "Whether the last finished run found every present requirement met"),
    printcolumn(name = "Regressed", type_ = "string", json_path = r#".status.conditions[?(@.type=="Regressed")].status"#, description = "Whether tests fail that passed in the last good run"),
    printcolumn(name = "FutureAtRisk", type_ = "string", json_path = r#".status.conditions[?(@.type=="FutureAtRisk")].status"#, priority = 1),
    printcolumn(name = "Active", type_ = "string", json_path = ".status.active[*].name", priority = 1),
    printcolumn(name = "Last Run", type_ = "string", json_path = ".status.lastRun.name"),
    printcolumn(name = "Next", type_ = "string", json_path = ".status.nextScheduleTime"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    validation = Rule::new("size(self.metadata.name) <= 37").message("a schedule's name is at most 37 characters, so that the names of its runs are valid")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("!self.schedule.contains('TZ')").message("the time zone is a field of its own: timeZone").field_path(".schedule"),
    validation = Rule::new("!has(self.timeZone) || self.timeZone.lowerAscii() != 'local'").message("timeZone is a name of the IANA database, such as Europe/Berlin").field_path(".timeZone")
)]
pub struct ConformanceScheduleSpec {
    /// When a run falls due: five fields (minute, hour, day of month, month, day of week), `@daily` and its like, or
    /// `@every 12h`, of which one number alone is to be a minute or more.
    #[schemars(
        length(min = 1, max = 256),
        regex(
            pattern = r"^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|@every ([0-9]+[hms])*0*([1-9][0-9]*[hm]|[6-9][0-9]s|[1-9][0-9]{2,}s)([0-9]+[hms])*|\s*[-0-9a-zA-Z*?/,]+(\s+[-0-9a-zA-Z*?/,]+){4}\s*)$"
        )
    )]
    pub schedule: String,

    /// The time zone of `schedule` and of `maintenanceWindows`, as the IANA database names it. UTC if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(
        length(min = 1, max = 64),
        regex(pattern = r"^[A-Za-z0-9._+][-A-Za-z0-9._+]*(/[A-Za-z0-9._+][-A-Za-z0-9._+]*)*$")
    )]
    pub time_zone: Option<String>,

    /// Seconds after its time at which a run that could not start is missed. Not set: it may start at any time later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 31_536_000))]
    pub starting_deadline_seconds: Option<i64>,

    /// What happens to a run that falls due while an earlier one of this schedule is not finished.
    #[serde(default)]
    pub concurrency_policy: ConcurrencyPolicy,

    /// Start no further runs, but those that are asked for by annotation. Runs that have begun go on.
    #[serde(default)]
    pub suspend: bool,

    /// How many finished runs that succeeded to keep. Not set: 3, or all that `retention` keeps if that is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1000))]
    pub successful_runs_history_limit: Option<i32>,

    /// How many finished runs that did not succeed to keep. Not set: 1, or all that `retention` keeps if that is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1000))]
    pub failed_runs_history_limit: Option<i32>,

    /// What else is kept, and what is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,

    /// When runs may start. A run that falls due outside waits for the next window, within its deadline. Not set: at any
    /// time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Map(vec!["name".into()]))]
    pub maintenance_windows: Vec<MaintenanceWindow>,

    /// Start each run up to so many seconds after its time: always the same number for a schedule, another one for the
    /// next. It keeps many clusters from starting at once.
    #[serde(default)]
    #[schemars(range(min = 0, max = 86_400))]
    pub jitter_seconds: i32,

    /// Start a run when the cluster changes, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub triggers: Option<Triggers>,

    /// The runs that are made.
    pub run_template: RunTemplate,
}

/// What happens to a run that falls due while an earlier one is not finished.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ConcurrencyPolicy {
    /// It is made, and queues: one run at a time has the cluster.
    #[default]
    Allow,
    /// It is missed, unless the earlier one finishes within its deadline.
    Forbid,
    /// The earlier one is deleted.
    Replace,
}

/// What is kept of finished runs. A run goes as soon as one of the limits says so, unless it is one of those to keep.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Retention {
    /// How many finished runs to keep, whatever came of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1000))]
    pub max_runs: Option<i32>,
    /// Seconds after its end at which a run goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 60, max = 315_360_000))]
    pub max_age_seconds: Option<i64>,
    /// Keep the newest run that did not succeed, whatever the limits say.
    #[serde(default)]
    pub keep_last_failed: bool,
    /// Keep the newest run whose files can be submitted, whatever the limits say.
    #[serde(default)]
    pub keep_last_certifiable: bool,
}

/// A time in which runs may start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MaintenanceWindow {
    /// What messages call it.
    #[schemars(
        length(min = 1, max = 63),
        regex(pattern = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
    )]
    pub name: String,
    /// When it opens, in the form of `schedule`; five fields or `@daily` and its like.
    #[schemars(
        length(min = 1, max = 256),
        regex(
            pattern = r"^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|\s*[-0-9a-zA-Z*?/,]+(\s+[-0-9a-zA-Z*?/,]+){4}\s*)$"
        )
    )]
    pub opens: String,
    /// For how many seconds it is open.
    #[schemars(range(min = 60, max = 604_800))]
    pub duration_seconds: i32,
}

/// Changes of the cluster that start a run.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Triggers {
    /// Which changes.
    #[schemars(length(min = 1, max = 3))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Set)]
    pub changes: Vec<ClusterChange>,
    /// For how many seconds the cluster must not have changed again, so that one upgrade is one run.
    #[serde(default = "default_settle_seconds")]
    #[schemars(range(min = 0, max = 86_400))]
    pub settle_seconds: i32,
}

/// What can change of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum ClusterChange {
    /// The API server's version.
    ServerVersion,
    /// The operating system's image of any node.
    NodeImage,
    /// The image of a DaemonSet that makes the network: one of a project that conform knows, or one on the host's network of
    /// priority `system-node-critical`, as CNI plugins and kube-proxy are.
    NetworkImage,
}

/// The runs that a schedule makes.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("!has(self.spec) || !has(self.spec.cancel) || !self.spec.cancel").message("a template cannot cancel its runs").field_path(".spec.cancel"), validation = Rule::new("!has(self.spec) || !has(self.spec.imported)").message("a template cannot import").field_path(".spec.imported"))]
pub struct RunTemplate {
    /// Labels and annotations of the runs.
    #[serde(default)]
    pub metadata: RunTemplateMetadata,
    /// What they run.
    #[serde(default)]
    pub spec: ConformanceRunSpec,
}

/// Labels and annotations of the runs that a schedule makes. Those of conform itself are set by conform.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunTemplateMetadata {
    /// Labels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("additionalProperties" = {
        "type": "string", "maxLength": 63, "pattern": "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"
    }))]
    pub labels: Option<BTreeMap<String, String>>,
    /// Annotations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<BTreeMap<String, String>>,
}

impl ConformanceScheduleSpec {
    /// A schedule of runs like `spec`, with every other field at its default.
    pub fn of(schedule: impl Into<String>, spec: ConformanceRunSpec) -> Self {
        Self {
            schedule: schedule.into(),
            time_zone: None,
            starting_deadline_seconds: None,
            concurrency_policy: ConcurrencyPolicy::default(),
            suspend: false,
            successful_runs_history_limit: None,
            failed_runs_history_limit: None,
            retention: None,
            maintenance_windows: Vec::new(),
            jitter_seconds: 0,
            triggers: None,
            run_template: RunTemplate {
                metadata: RunTemplateMetadata::default(),
                spec,
            },
        }
    }
}

impl Triggers {
    /// These changes, with the default time to settle.
    pub const fn of(changes: Vec<ClusterChange>) -> Self {
        Self {
            changes,
            settle_seconds: DEFAULT_SETTLE_SECONDS,
        }
    }
}

const fn default_settle_seconds() -> i32 {
    DEFAULT_SETTLE_SECONDS
}
