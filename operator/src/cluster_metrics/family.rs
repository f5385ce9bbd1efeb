//! The metrics by name, without the prefix `conform_`.

/// A metric: its name without prefix, and what it says.
pub type Family = (&'static str, &'static str);

/// `conform_schedule_condition` and so on.
pub const CONDITION: Family = (
    "schedule_condition",
    "A condition of a schedule: 1 True, 0 False, -1 Unknown",
);
/// Whether a schedule is suspended.
pub const SUSPENDED: Family = ("schedule_suspended", "1 if spec.suspend is true");
/// How many regressions a schedule has.
pub const REGRESSIONS: Family = (
    "schedule_regressions",
    "Tests that passed in the last good run and fail since",
);
/// When a schedule's runs last succeeded.
pub const LAST_SUCCESS: Family = (
    "schedule_last_success_timestamp_seconds",
    "When a run of the schedule last succeeded",
);
/// When a schedule that is well has last succeeded at the latest.
pub const SUCCESS_DUE: Family = (
    "schedule_success_due_timestamp_seconds",
    "When the run before the last one of the schedule fell due: if all is well, one has succeeded since",
);
/// When a schedule's runs last finished.
pub const LAST_RUN: Family = (
    "schedule_last_run_timestamp_seconds",
    "When a run of the schedule last finished",
);
/// When a schedule's next run falls due.
pub const NEXT_RUN: Family = (
    "schedule_next_timestamp_seconds",
    "When the next run of the schedule falls due",
);
/// What the last finished run found of the requirements.
pub const REQUIREMENTS: Family = (
    "last_run_requirements",
    "Requirements of the last finished run by stage, release, authority and result",
);
/// What that means.
pub const VERDICT: Family = (
    "last_run_verdict",
    "What the last finished run says of the requirements of a release: 1 all met, 0 not, -1 not decided",
);
/// What the network was measured to do.
pub const CAPABILITY: Family = (
    "last_run_capability",
    "1 for what each feature of the network came to in the last finished run, if it probed",
);
/// What the last finished run found of the requirements of each SIG.
pub const SIGS: Family = (
    "last_run_sig_requirements",
    "Requirements of the last finished run by stage, SIG of the test and result",
);
/// What failed in the last finished run.
pub const FAILURES: Family = (
    "last_run_failures",
    "Requirements that the last finished run missed, by stage, area, SIG and outcome; at most 50 are told apart",
);
/// How long the last finished run took.
pub const DURATION: Family = (
    "last_run_duration_seconds",
    "From the start of the last finished run to its end",
);
/// How the last finished run ended.
pub const RESULT: Family = (
    "last_run_result",
    "1 for the reason of the last finished run's condition Succeeded",
);
/// What preflight of the last run found.
pub const PREFLIGHT: Family = (
    "last_run_preflight",
    "1 for what each check before the last run found",
);
/// How many runs there are.
pub const RUNS: Family = ("runs", "Runs by what they are doing or came to");
/// How far the active run is.
pub const PROGRESS: Family = ("active_run_tests", "Tests of the active run's stage");

/// How many schedules have no samples.
pub const OMITTED: Family = (
    "schedules_omitted",
    "Schedules beyond the first 200 by name, of which nothing is told",
);
