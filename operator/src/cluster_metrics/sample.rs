//! From runs and schedules to samples. Pure.

use std::{collections::BTreeMap, sync::Arc};

use conform_crds::{ConformanceRun, ConformanceSchedule, conditions};
use conform_suite::{Area, Authority, Outcome, Sig, Stage, Tally, Verdict};
use jiff::Timestamp;

use super::family::{
    CAPABILITY, CONDITION, DURATION, FAILURES, Family, LAST_RUN, LAST_SUCCESS, NEXT_RUN, OMITTED, PREFLIGHT,
    PROGRESS, REGRESSIONS, REQUIREMENTS, RESULT, RUNS, SIGS, SUCCESS_DUE, SUSPENDED, VERDICT,
};
use crate::{
    condition::{Truth, said, truth},
    run::{Details, LastDetails, is_finished},
    schedule::{ended, schedule_of, success_due},
};

/// The most schedules that have samples of their own, by name: what one cluster's metrics may weigh.
pub const MAX_SCHEDULES: usize = 200;

/// What can become of a requirement, as a label.
const RESULTS: [&str; 3] = ["passed", "failed", "unevaluated"];

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

/// Everything that can be said at `now`, sorted by metric: of what the caches have of all `runs`, and of what is known in
/// detail of the `last` ones.
pub fn samples(
    runs: &[Arc<ConformanceRun>],
    schedules: &[Arc<ConformanceSchedule>],
    last: &LastDetails,
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
        if let Some(details) = last.of(run) {
            told.details(schedule, &details);
        }
    }
    told.all_runs(runs);
    told.0.sort_by_key(|sample| sample.family.0);
    told.0
}

/// The last finished run of each schedule, if it is still there, and of those that were made without one, under an empty name. A
/// schedule says itself which was its last: what is left when that is gone is not.
fn last_runs<'a>(
    runs: &'a [Arc<ConformanceRun>],
    schedules: &[&'a Arc<ConformanceSchedule>],
    now: Timestamp,
) -> BTreeMap<&'a str, &'a ConformanceRun> {
    let last_of = |schedule: &'a Arc<ConformanceSchedule>| {
        let last = schedule.status.as_ref()?.last_run.as_ref()?;
        Some((last.uid.as_str(), schedule.metadata.name.as_deref()?))
    };
    let by_uid: BTreeMap<&str, &str> = schedules.iter().filter_map(|one| last_of(one)).collect();
    let mut last: BTreeMap<&str, &ConformanceRun> = BTreeMap::new();
    // What was imported was not found by a run of this cluster.
    let own = |run: &&Arc<ConformanceRun>| run.spec.imported.is_none() && is_finished(run);
    for run in runs.iter().filter(own) {
        if schedule_of(&run.metadata).is_none() {
            let known = last.entry("").or_insert(run);
            if ended(run, now) > ended(known, now) {
                *known = run;
            }
        } else if let Some(schedule) = run.metadata.uid.as_deref().and_then(|uid| by_uid.get(uid)) {
            last.insert(schedule, run);
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
        if let Some(last) = &status.last_run {
            let labels = labelled(&name, &[("reason", last.reason.clone())]);
            self.tell(RESULT, labels, 1.0);
        }
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
        let of = |more: &[(&'static str, String)]| labelled(schedule, more);
        if let Some(present) = &status.present {
            let labels = (Stage::Present, present.release.to_string(), Authority::Upstream);
            self.requirements(&of, labels, [present.passed, present.failed, present.unevaluated]);
        }
        for future in &status.future {
            let labels = (Stage::Future, future.release.to_string(), future.authority);
            self.requirements(&of, labels, [future.passed, future.failed, future.unevaluated]);
        }
        let mut failures: BTreeMap<(Stage, Area, Sig, Outcome), i32> = BTreeMap::new();
        for failure in &status.failures {
            let key = (
                failure.stage,
                failure.area,
                Sig::of(&failure.name),
                failure.outcome,
            );
            let count = failures.entry(key).or_default();
            *count = count.saturating_add(1);
        }
        for ((stage, area, sig, outcome), count) in failures {
            let labels = of(&[
                ("stage", stage.word().to_owned()),
                ("area", area.word().to_owned()),
                ("sig", sig.word().to_owned()),
                ("outcome", format!("{outcome:?}").to_lowercase()),
            ]);
            self.tell(FAILURES, labels, f64::from(count));
        }
        if let (Some(start), Some(end)) = (&status.start_time, &status.completion_time) {
            self.tell(DURATION, of(&[]), end.0.duration_since(start.0).as_secs_f64());
        }
        // A schedule says it itself, and longer.
        if schedule.is_empty()
            && let Some(said) = said(&status.conditions, conditions::SUCCEEDED)
        {
            self.tell(RESULT, of(&[("reason", said.reason)]), 1.0);
        }
    }

    fn details(&mut self, schedule: &str, details: &Details) {
        let of = |more: &[(&'static str, String)]| labelled(schedule, more);
        for counts in &details.sigs {
            let numbers = [counts.passed, counts.failed, counts.unevaluated];
            for (result, count) in RESULTS.into_iter().zip(numbers) {
                let labels = of(&[
                    ("stage", counts.stage.word().to_owned()),
                    ("sig", counts.sig.word().to_owned()),
                    ("result", result.to_owned()),
                ]);
                self.tell(SIGS, labels, f64::from(count));
            }
        }
        for capability in &details.capabilities {
            let labels = of(&[
                ("feature", capability.feature.clone()),
                ("status", format!("{:?}", capability.status).to_lowercase()),
            ]);
            self.tell(CAPABILITY, labels, 1.0);
        }
        for check in &details.preflight {
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
        for (result, count) in RESULTS.into_iter().zip(counts) {
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

/// The labels of a sample of a schedule's last run.
fn labelled(schedule: &str, more: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
    let mut labels = vec![("schedule", schedule.to_owned())];
    labels.extend_from_slice(more);
    labels
}

fn seconds(time: Timestamp) -> f64 {
    time.as_duration().as_secs_f64()
}
