//! A cluster in which decisions come true at once.

use std::sync::Arc;

use conform_crds::{
    ConformanceResult, ConformanceResultSpec, ConformanceRun, ConformanceRunSpec, ConformanceRunStatus,
    ConformanceSchedule, ConformanceScheduleSpec, ConformanceScheduleStatus, FutureSummary, StageSummary,
    conditions,
};
use conform_suite::{Authority, Outcome, Release, Stage};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::super::{
    child,
    decide::decide,
    decision::Decision,
    observed::{Observed, Outcomes},
};
use crate::{
    condition::{self, Said, Truth},
    run::fixtures,
};

/// One schedule, its runs, and the clock.
pub struct Story {
    pub observed: Observed,
    /// The outcomes of every run that has finished.
    results: Vec<ConformanceResult>,
    made: u32,
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A schedule of runs with every field at its default.
pub fn spec(schedule: &str) -> ConformanceScheduleSpec {
    ConformanceScheduleSpec::of(schedule, ConformanceRunSpec::default())
}

impl Story {
    /// A schedule that was made at `created`, which is now.
    pub fn new(created: &str, spec: ConformanceScheduleSpec) -> Self {
        let mut schedule = ConformanceSchedule::new("nightly", spec);
        schedule.metadata.uid = Some("schedule-uid".to_owned());
        schedule.metadata.generation = Some(1);
        schedule.metadata.creation_timestamp = Some(Time(at(created)));
        Self {
            observed: Observed {
                now: at(created),
                schedule,
                runs: Vec::new(),
                cluster: None,
                profiles: Vec::new(),
                outcomes: Outcomes::default(),
            },
            results: Vec::new(),
            made: 0,
        }
    }

    pub fn spec(&mut self) -> &mut ConformanceScheduleSpec {
        &mut self.observed.schedule.spec
    }

    pub fn status(&self) -> ConformanceScheduleStatus {
        self.observed.status()
    }

    pub fn set_status(&mut self, change: impl FnOnce(&mut ConformanceScheduleStatus)) {
        change(self.observed.schedule.status.get_or_insert_default());
    }

    /// Decides once at this time, and makes the decision true.
    pub fn step_at(&mut self, now: &str) -> Decision {
        self.observed.now = at(now);
        self.step()
    }

    pub fn step(&mut self) -> Decision {
        self.observe_outcomes();
        let decision = decide(&self.observed);
        let gone = |run: &Arc<ConformanceRun>| {
            let mut goes = decision.replaced.iter().chain(&decision.deletions);
            goes.any(|deletion| Some(&deletion.uid) == run.metadata.uid.as_ref())
        };
        self.observed.runs.retain(|run| !gone(run));
        if let Some(run) = &decision.creation {
            self.add((**run).clone());
        }
        self.observed.schedule.status = Some(decision.status.clone());
        decision
    }

    /// Decides until nothing changes any more, and gives the names of the runs that were made and deleted on the way.
    pub fn settle_at(&mut self, now: &str) -> (Vec<String>, Vec<String>) {
        self.observed.now = at(now);
        let (mut made, mut gone) = (Vec::new(), Vec::new());
        for _ in 0..20 {
            let before = self.status();
            let decision = self.step();
            let changed = before != self.status() || decision.creation.is_some();
            made.extend(decision.creation.and_then(|run| run.metadata.name));
            let goes = decision.replaced.iter().chain(&decision.deletions);
            gone.extend(goes.map(|deletion| deletion.name.clone()));
            if !changed && decision.deletions.is_empty() {
                return (made, gone);
            }
        }
        panic!("it never comes to rest: {:?}", self.status());
    }

    fn observe_outcomes(&mut self) {
        let find = |name: &str| {
            let mut results = self.results.iter();
            results
                .find(|result| result.metadata.name.as_deref() == Some(name))
                .cloned()
        };
        let wanted = super::super::decide::to_compare(&self.observed);
        self.observed.outcomes = wanted.map_or_else(Outcomes::default, |(newest, good)| Outcomes {
            newest: newest.metadata.name.as_deref().and_then(find),
            good: good.and_then(|good| find(&good.name)),
        });
    }

    /// A run that was there before.
    pub fn add(&mut self, mut run: ConformanceRun) {
        self.made += 1;
        run.metadata.uid = Some(format!("run-uid-{}", self.made));
        run.metadata.creation_timestamp = Some(Time(self.observed.now));
        self.observed.runs.push(Arc::new(run));
    }

    /// A run of this schedule for a slot.
    pub fn add_for(&mut self, slot: Timestamp) -> String {
        let timetable = conform_timetable::Timetable::parse("@daily", None).unwrap();
        let run = child::run(&self.observed.schedule, &timetable, &child::Occasion::Slot(slot));
        let name = run.metadata.name.clone().unwrap();
        self.add(run);
        name
    }

    /// The run of this name ends now with these outcomes; with none, it could not measure anything.
    pub fn finish(&mut self, name: &str, outcomes: &[(&str, Outcome)]) {
        let now = self.observed.now;
        let failed = outcomes.iter().any(|(test, outcome)| {
            !test.contains("later") && !matches!(outcome, Outcome::Passed | Outcome::Flaky)
        });
        let good = !failed && !outcomes.is_empty();
        let mut status = ConformanceRunStatus {
            server_version: Some("v1.36.3".to_owned()),
            completion_time: Some(Time(now)),
            ..ConformanceRunStatus::default()
        };
        let mut say = |kind: &str, truth: Truth, reason: &str| {
            condition::set(
                &mut status.conditions,
                Some(1),
                now,
                kind,
                &Said::new(truth, reason, "Said."),
            );
        };
        let (truth, reason) = match (outcomes.is_empty(), good) {
            (true, _) => (Truth::False, "PreflightFailed"),
            (_, true) => (Truth::True, "TestsPassed"),
            _ => (Truth::False, "PresentTestsFailed"),
        };
        say(conditions::SUCCEEDED, truth, reason);
        let present = if outcomes.is_empty() {
            Truth::Unknown
        } else {
            truth
        };
        say(conditions::PRESENT_CONFORMANT, present, reason);
        say(conditions::CERTIFIABLE, truth, reason);
        let missed = outcomes
            .iter()
            .any(|(test, outcome)| test.contains("later") && *outcome == Outcome::Failed);
        let future = if missed { Truth::False } else { Truth::True };
        say(conditions::FUTURE_CONFORMANT, future, "Future");
        let count = |later: bool| {
            let of_stage = outcomes
                .iter()
                .filter(|(test, _)| test.contains("later") == later);
            i32::try_from(of_stage.count()).unwrap()
        };
        status.present = (count(false) > 0).then(|| StageSummary {
            release: Release::new(1, 36),
            required: count(false),
            passed: 0,
            failed: 0,
            unevaluated: 0,
        });
        if count(true) > 0 {
            status.future = vec![FutureSummary {
                release: Release::new(1, 41),
                authority: Authority::Advisory,
                total: count(true),
                passed: 0,
                failed: 0,
                unevaluated: 0,
            }];
        } else if !outcomes.is_empty() {
            condition::set(
                &mut status.conditions,
                Some(1),
                now,
                conditions::FUTURE_CONFORMANT,
                &Said::new(Truth::Unknown, conditions::reasons::NONE_DEFINED, "Said."),
            );
        }
        let run = self
            .observed
            .runs
            .iter_mut()
            .rfind(|run| run.metadata.name.as_deref() == Some(name));
        Arc::make_mut(run.unwrap()).status = Some(status);
        self.results.push(result(name, outcomes));
    }

    /// The run of this name ends as with `finish`, before it came to its future attempt.
    pub fn finish_early(&mut self, name: &str, outcomes: &[(&str, Outcome)]) {
        self.finish(name, outcomes);
        self.change_run(name, |status| {
            let said = Said::new(Truth::Unknown, conditions::reasons::POD_LOST, "Said.");
            let ended = status.completion_time.clone().unwrap().0;
            let kind = conditions::FUTURE_CONFORMANT;
            condition::set(&mut status.conditions, Some(1), ended, kind, &said);
        });
    }

    /// Changes the status of the run of this name.
    pub fn change_run(&mut self, name: &str, change: impl FnOnce(&mut ConformanceRunStatus)) {
        let mut runs = self.observed.runs.iter_mut();
        let run = runs.rfind(|run| run.metadata.name.as_deref() == Some(name));
        change(Arc::make_mut(run.unwrap()).status.as_mut().unwrap());
    }

    /// The outcomes of this run are deleted.
    pub fn forget(&mut self, name: &str) {
        self.results
            .retain(|result| result.metadata.name.as_deref() != Some(name));
    }

    pub fn names(&self) -> Vec<String> {
        let runs = self.observed.runs.iter();
        runs.filter_map(|run| run.metadata.name.clone()).collect()
    }

    pub fn condition(&self, kind: &str) -> Said {
        condition::said(&self.status().conditions, kind)
            .unwrap_or_else(|| Said::new(Truth::Unknown, "Absent", ""))
    }
}

fn result(name: &str, outcomes: &[(&str, Outcome)]) -> ConformanceResult {
    let mut result = ConformanceResult::new(
        name,
        ConformanceResultSpec {
            run_name: name.to_owned(),
        },
    );
    let tests = |later: bool| {
        let of_stage = outcomes
            .iter()
            .filter(move |(test, _)| test.contains("later") == later);
        of_stage
            .map(|(test, outcome)| {
                if later {
                    fixtures::later(test, *outcome)
                } else {
                    fixtures::now(test, *outcome)
                }
            })
            .collect::<Vec<_>>()
    };
    let attempt = |stage: Stage, later| fixtures::attempt(stage, tests(later));
    if !outcomes.is_empty() {
        result.status.get_or_insert_default().attempts =
            vec![attempt(Stage::Present, false), attempt(Stage::Future, true)];
    }
    result
}
