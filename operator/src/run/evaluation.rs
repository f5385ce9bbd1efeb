//! From what the runners wrote to what it means, by the rules of the suite crate.

use std::collections::BTreeMap;

use conform_crds::{Artifact, Attempt, AttemptEndReason, CheckState, TestRecord, names};
use conform_suite::{
    Assessment, Circumstances, Narrowing, Obstacle, Outcome, Record, Release, Requirement, Stage, TestName,
    assess, certifiable, merge,
};

/// What the outcomes of a run mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// Every requirement of every stage that ran, with what is known of it.
    pub records: Vec<Record>,
    /// The counts and verdicts.
    pub assessment: Assessment,
    /// Why the present files cannot be submitted; empty if they can.
    pub obstacles: Vec<Obstacle>,
    /// Selected tests without an end of their own, by stage: lost, cut off or not reached.
    pub unfinished: BTreeMap<Stage, i32>,
    /// Selected tests that declined to run, by stage.
    pub skipped: BTreeMap<Stage, i32>,
    /// How many tests were selected over all stages.
    pub selected: i32,
}

/// Evaluates the attempts of one run on a server of release `server`.
pub fn evaluate(server: Release, attempts: &[Attempt]) -> Evaluation {
    let mut records = Vec::new();
    let mut unfinished = BTreeMap::new();
    let mut skipped = BTreeMap::new();
    let mut selected = 0_i32;
    for stage in [Stage::Present, Stage::Future] {
        let of_stage: Vec<&Attempt> = attempts.iter().filter(|attempt| attempt.stage == stage).collect();
        for (record, was_selected) in merged(stage, &of_stage) {
            if was_selected {
                selected = selected.saturating_add(1);
                let counter = match record.outcome {
                    Outcome::NotRun | Outcome::Interrupted => Some(&mut unfinished),
                    Outcome::Skipped => Some(&mut skipped),
                    _ => None,
                };
                if let Some(counter) = counter {
                    let count: &mut i32 = counter.entry(stage).or_default();
                    *count = count.saturating_add(1);
                }
            }
            records.push(record);
        }
    }
    let assessment = assess(server, &records);
    let obstacles = certifiable(&assessment, &circumstances(server, attempts));
    Evaluation {
        records,
        assessment,
        obstacles,
        unfinished,
        skipped,
        selected,
    }
}

/// One record a requirement over all attempts of a stage, and whether any attempt was to run it.
fn merged(stage: Stage, attempts: &[&Attempt]) -> Vec<(Record, bool)> {
    let mut known: BTreeMap<&TestName, (&TestRecord, bool)> = BTreeMap::new();
    for test in attempts.iter().flat_map(|attempt| &attempt.tests) {
        let entry = known.entry(&test.name).or_insert((test, false));
        entry.1 |= test.selected;
        // What is told of a test is what its latest run said.
        if test.outcome != Outcome::NotRun {
            entry.0 = test;
        }
    }
    let told = attempts
        .iter()
        .flat_map(|attempt| &attempt.tests)
        .filter(|test| test.selected);
    let mut outcomes = merge(told.map(|test| (test.name.clone(), test.outcome)));
    known
        .into_iter()
        .map(|(name, (test, selected))| {
            let (outcome, attempts) = outcomes.remove(name).unwrap_or((Outcome::NotRun, 0));
            let requirement = Requirement {
                name: name.clone(),
                required_in: test.required_in,
                authority: test.authority,
                area: test.area,
            };
            (
                Record {
                    requirement,
                    stage,
                    outcome,
                    attempts,
                    message: test.message.clone(),
                },
                selected,
            )
        })
        .collect()
}

/// Checks before the suite that the run left out, as its first runner tells them.
fn skipped_checks(attempts: &[Attempt]) -> Vec<String> {
    let told = attempts.iter().flat_map(|attempt| &attempt.preflight);
    told.filter(|result| result.state == CheckState::Skipped)
        .map(|result| result.check.to_string())
        .collect()
}

fn circumstances(server: Release, attempts: &[Attempt]) -> Circumstances {
    let present: Vec<&Attempt> = attempts
        .iter()
        .filter(|attempt| attempt.stage == Stage::Present)
        .collect();
    let ended = |reason| {
        present
            .iter()
            .any(|attempt| attempt.end.as_ref().is_some_and(|end| end.reason == reason))
    };
    let suite = present
        .iter()
        .find_map(|attempt| attempt.suite.as_ref()?.version.parse().ok());
    let kept = |file: &str| {
        let files = present.iter().flat_map(|attempt| &attempt.artifacts);
        u32::try_from(files.filter(|artifact: &&Artifact| artifact.name == file).count()).unwrap_or(u32::MAX)
    };
    let narrowings: Vec<Narrowing> = present
        .iter()
        .filter_map(|attempt| attempt.selection.as_ref())
        .flat_map(|selection| selection.narrowings.iter().cloned())
        .collect();
    Circumstances {
        narrowings,
        dry_run: ended(AttemptEndReason::DryRun),
        checks_skipped: skipped_checks(attempts),
        merged: present.len() > 1,
        junit_files: kept(names::JUNIT),
        truncated: ended(AttemptEndReason::JUnitUnreadable),
        junit: kept(names::JUNIT) > 0,
        e2e_log: kept(names::E2E_LOG) > 0,
        ..Circumstances::plain(suite.unwrap_or(server), server)
    }
}
