//! From runs and schedules to samples. Pure.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use conform_crds::{ConformanceRun, ConformanceSchedule, conditions};
use conform_suite::{Area, Authority, Outcome, Stage, Tally, Verdict};
use jiff::Timestamp;

use crate::{
    condition::{Truth, said, truth},
    run::is_finished,
    schedule::{ended, schedule_of, success_due},
};

/// The most schedules that have samples of their own, by name: what one cluster's metrics may weigh.
pub const MAX_SCHEDULES: usize = 200;

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

/// The SIGs that a label may name. A test's name may say anything.
const SIGS: [&str; 17] = [
    "api-machinery",
    "apps",
    "architecture",
    "auth",
    "autoscaling",
    "cli",
    "cloud-provider",
    "cluster-lifecycle",
    "etcd",
    "instrumentation",
    "multicluster",
    "network",
    "node",
    "scalability",
    "scheduling",
    "storage",
    "windows",
];

/// One sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Its metric.
    pub family: Family,
    /// Its labels, from bounded sets.
    pub labels: Vec<(&'static str, String)>,
    /// Its value.
    pub value: f64,
}

/// Everything that can be said at `now`, sorted by metric.
pub fn samples(
    runs: &[Arc<ConformanceRun>],
    schedules: &[Arc<ConformanceSchedule>],
    now: Timestamp,
) -> Vec<Sample> {
    let mut told = Told(Vec::new());
    let mut named: Vec<&Arc<ConformanceSchedule>> = schedules.iter().collect();
    named.sort_by_key(|schedule| schedule.metadata.name.clone());
    let omitted = i32::try_from(named.len().saturating_sub(MAX_SCHEDULES)).unwrap_or(i32::MAX);
    told.tell(OMITTED, Vec::new(), f64::from(omitted));
    named.truncate(MAX_SCHEDULES);
    for schedule in &named {
        told.schedule(schedule, now);
    }
    for (schedule, run) in last_runs(runs, &named, now) {
        told.last_run(schedule, run);
    }
    told.all_runs(runs);
    told.0.sort_by_key(|sample| sample.family.0);
    told.0
}

/// The last finished run of each schedule, and of those that were made without one, under an empty name.
fn last_runs<'a>(
    runs: &'a [Arc<ConformanceRun>],
    schedules: &[&'a Arc<ConformanceSchedule>],
    now: Timestamp,
) -> BTreeMap<&'a str, &'a ConformanceRun> {
    let mut last: BTreeMap<&str, &ConformanceRun> = BTreeMap::new();
    let names = schedules
        .iter()
        .filter_map(|schedule| schedule.metadata.name.as_deref());
    let names: BTreeSet<&str> = names.collect();
    // What was imported was not found by a run of this cluster.
    let own = |run: &&Arc<ConformanceRun>| run.spec.imported.is_none() && is_finished(run);
    for run in runs.iter().filter(own) {
        let schedule = schedule_of(&run.metadata).unwrap_or_default();
        if !schedule.is_empty() && !names.contains(schedule) {
            continue;
        }
        let known = last.entry(schedule).or_insert(run);
        if ended(run, now) > ended(known, now) {
            *known = run;
        }
    }
    last
}

struct Told(Vec<Sample>);

impl Told {
    fn tell(&mut self, family: Family, labels: Vec<(&'static str, String)>, value: f64) {
        self.0.push(Sample {
            family,
            labels,
            value,
        });
    }

    fn schedule(&mut self, schedule: &ConformanceSchedule, now: Timestamp) {
        let name = schedule.metadata.name.clone().unwrap_or_default();
        let of = || vec![("schedule", name.clone())];
        let status = schedule.status.clone().unwrap_or_default();
        for kind in [
            conditions::READY,
            conditions::CONFORMANT,
            conditions::FUTURE_AT_RISK,
            conditions::REGRESSED,
        ] {
            let value = match truth(&status.conditions, kind) {
                Some(Truth::True) => 1.0,
                Some(Truth::False) => 0.0,
                Some(Truth::Unknown) | None => -1.0,
            };
            let labels = [of(), vec![("condition", kind.to_owned())]].concat();
            self.tell(CONDITION, labels, value);
        }
        self.tell(SUSPENDED, of(), f64::from(u8::from(schedule.spec.suspend)));
        let listed = i32::try_from(status.regressions.len()).unwrap_or(i32::MAX);
        let regressions = listed.saturating_add(status.regressions_omitted.unwrap_or(0));
        self.tell(REGRESSIONS, of(), f64::from(regressions));
        let good = status.last_successful_run.and_then(|run| run.completion_time);
        let last = status.last_run.and_then(|run| run.completion_time);
        let times = [
            (LAST_SUCCESS, good.map(|time| time.0)),
            (LAST_RUN, last.map(|time| time.0)),
            (NEXT_RUN, status.next_schedule_time.map(|time| time.0)),
            (SUCCESS_DUE, success_due(schedule, now)),
        ];
        for (family, time) in times {
            if let Some(time) = time {
                self.tell(family, of(), seconds(time));
            }
        }
    }

    fn last_run(&mut self, schedule: &str, run: &ConformanceRun) {
        let Some(status) = &run.status else {
            return;
        };
        let of = |more: &[(&'static str, String)]| {
            let mut labels = vec![("schedule", schedule.to_owned())];
            labels.extend_from_slice(more);
            labels
        };
        if let Some(present) = &status.present {
            let labels = (Stage::Present, present.release.to_string(), Authority::Upstream);
            self.requirements(&of, labels, [present.passed, present.failed, present.unevaluated]);
        }
        for future in &status.future {
            let labels = (Stage::Future, future.release.to_string(), future.authority);
            self.requirements(&of, labels, [future.passed, future.failed, future.unevaluated]);
        }
        let mut failures: BTreeMap<(Stage, Area, &str, Outcome), i32> = BTreeMap::new();
        for failure in &status.failures {
            let sig = failure.name.sig().filter(|sig| SIGS.contains(sig));
            let key = (
                failure.stage,
                failure.area,
                sig.unwrap_or("other"),
                failure.outcome,
            );
            let count = failures.entry(key).or_default();
            *count = count.saturating_add(1);
        }
        for ((stage, area, sig, outcome), count) in failures {
            let labels = of(&[
                ("stage", stage.word().to_owned()),
                ("area", area.word().to_owned()),
                ("sig", sig.to_owned()),
                ("outcome", format!("{outcome:?}").to_lowercase()),
            ]);
            self.tell(FAILURES, labels, f64::from(count));
        }
        for capability in &status.capabilities {
            let labels = of(&[
                ("feature", capability.feature.clone()),
                ("status", format!("{:?}", capability.status).to_lowercase()),
            ]);
            self.tell(CAPABILITY, labels, 1.0);
        }
        if let (Some(start), Some(end)) = (&status.start_time, &status.completion_time) {
            self.tell(DURATION, of(&[]), end.0.duration_since(start.0).as_secs_f64());
        }
        if let Some(said) = said(&status.conditions, conditions::SUCCEEDED) {
            self.tell(RESULT, of(&[("reason", said.reason)]), 1.0);
        }
        for check in &status.preflight {
            let labels = of(&[
                ("check", check.check.to_string()),
                ("state", format!("{:?}", check.state).to_lowercase()),
            ]);
            self.tell(PREFLIGHT, labels, 1.0);
        }
    }

    fn requirements(
        &mut self,
        of: &impl Fn(&[(&'static str, String)]) -> Vec<(&'static str, String)>,
        (stage, release, authority): (Stage, String, Authority),
        counts: [i32; 3],
    ) {
        let [passed, failed, unevaluated] = counts;
        let tally = Tally {
            required: passed.saturating_add(failed).saturating_add(unevaluated),
            passed,
            failed,
            unevaluated,
        };
        let verdict = match tally.verdict() {
            Verdict::Conformant => 1.0,
            Verdict::NotConformant => 0.0,
            Verdict::Undecided => -1.0,
        };
        let labels = of(&[
            ("stage", stage.word().to_owned()),
            ("release", release.clone()),
            ("authority", authority.word().to_owned()),
        ]);
        self.tell(VERDICT, labels, verdict);
        for (result, count) in ["passed", "failed", "unevaluated"].into_iter().zip(counts) {
            let labels = of(&[
                ("stage", stage.word().to_owned()),
                ("release", release.clone()),
                ("authority", authority.word().to_owned()),
                ("result", result.to_owned()),
            ]);
            self.tell(REQUIREMENTS, labels, f64::from(count));
        }
    }

    fn all_runs(&mut self, runs: &[Arc<ConformanceRun>]) {
        let mut counts = BTreeMap::from([("failed", 0), ("running", 0), ("succeeded", 0), ("waiting", 0)]);
        for run in runs {
            let status = run.status.as_ref();
            let succeeded = status.and_then(|status| truth(&status.conditions, conditions::SUCCEEDED));
            let started = status.is_some_and(|status| status.start_time.is_some());
            let state = match succeeded {
                Some(Truth::True) => "succeeded",
                Some(Truth::False) => "failed",
                _ if started => "running",
                _ => "waiting",
            };
            *counts.entry(state).or_default() += 1_i32;
        }
        for (state, count) in counts {
            self.tell(RUNS, vec![("state", state.to_owned())], f64::from(count));
        }
        let mut active = runs.iter().filter(|run| !is_finished(run));
        let progress = active.find_map(|run| run.status.as_ref()?.progress.as_ref());
        if let Some(progress) = progress {
            let parts = [
                ("total", progress.total),
                ("completed", progress.completed),
                ("failed", progress.failed),
            ];
            for (part, count) in parts {
                let labels = vec![
                    ("stage", progress.stage.word().to_owned()),
                    ("state", part.to_owned()),
                ];
                self.tell(PROGRESS, labels, f64::from(count));
            }
        }
    }
}

fn seconds(time: Timestamp) -> f64 {
    time.as_duration().as_secs_f64()
}
