//! From what the runners wrote to what it means, by the rules of the suite crate.

use std::collections::BTreeMap;

use conform_crds::{
    Artifact, Attempt, AttemptEndReason, CheckState, Parallelism, TestRecord, merged, names, of_stage,
    unlisted,
};
use conform_suite::{
    Assessment, Authority, Circumstances, Narrowing, Obstacle, Outcome, Record, Release, Requirement, Stage,
    assess, certifiable,
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
    /// Tests that passed only when they were tried again, by stage.
    pub flaky: BTreeMap<Stage, i32>,
    /// How many tests were selected over all stages.
    pub selected: i32,
    /// The version of the suite whose future tests ran, if it is of a newer release than the server.
    pub newer_suite: Option<String>,
}

/// Evaluates the entries of one run on a server of release `server`; `parallelism` is that of a Fast run.
pub fn evaluate(server: Release, entries: &[Attempt], parallelism: Option<Parallelism>) -> Evaluation {
    let mut found = Evaluation {
        records: Vec::new(),
        assessment: assess(server, &[]),
        obstacles: Vec::new(),
        unfinished: BTreeMap::new(),
        skipped: BTreeMap::new(),
        flaky: BTreeMap::new(),
        selected: 0,
        newer_suite: newer_suite(server, entries),
    };
    for row in merged(entries, Some(server)) {
        if row.selected {
            found.selected = found.selected.saturating_add(1);
            if let Some(counter) = found.counter(row.outcome) {
                let count = counter.entry(row.stage).or_default();
                *count = count.saturating_add(1);
            }
        }
        found.records.push(Record {
            requirement: requirement(server, row.entry, row.test),
            stage: row.stage,
            outcome: row.outcome,
            attempts: row.attempts,
            message: row.test.message.clone(),
        });
    }
    let present = of_stage(entries, Stage::Present);
    found.assessment = assess(server, &found.records)
        .with_unlisted(Stage::Present, unlisted(&present))
        .with_unlisted(Stage::Future, unlisted(&of_stage(entries, Stage::Future)));
    found.obstacles = certifiable(
        &found.assessment,
        &circumstances(server, entries, &present, parallelism),
    );
    found
}

impl Evaluation {
    fn counter(&mut self, outcome: Outcome) -> Option<&mut BTreeMap<Stage, i32>> {
        match outcome {
            Outcome::NotRun | Outcome::Interrupted => Some(&mut self.unfinished),
            Outcome::Skipped => Some(&mut self.skipped),
            Outcome::Flaky => Some(&mut self.flaky),
            _ => None,
        }
    }
}

/// What a suite says that is newer than the server is advisory: its tests were not made for this cluster.
fn requirement(server: Release, entry: &Attempt, test: &TestRecord) -> Requirement {
    let ahead = suite_release(entry).is_some_and(|suite| suite > server);
    Requirement {
        name: test.name.clone(),
        required_in: test.required_in,
        authority: match test.authority {
            Authority::Upstream if ahead => Authority::Advisory,
            authority => authority,
        },
        area: test.area,
    }
}

fn newer_suite(server: Release, entries: &[Attempt]) -> Option<String> {
    let future = entries.iter().filter(|entry| entry.stage == Stage::Future);
    let newer = future.filter(|entry| suite_release(entry).is_some_and(|suite| suite > server));
    newer
        .filter_map(|entry| entry.suite.as_ref())
        .map(|suite| suite.version.clone())
        .next()
}

/// The release of the suite that the entry's pod ran.
fn suite_release(entry: &Attempt) -> Option<Release> {
    entry.suite.as_ref()?.version.parse().ok()
}

/// Checks before the suite that the run left out, as its first runner tells them.
fn skipped_checks(entries: &[Attempt]) -> Vec<String> {
    let told = entries.iter().flat_map(|entry| &entry.preflight);
    told.filter(|result| result.state == CheckState::Skipped)
        .map(|result| result.check.to_string())
        .collect()
}

fn circumstances(
    server: Release,
    entries: &[Attempt],
    present: &[&Attempt],
    parallelism: Option<Parallelism>,
) -> Circumstances {
    let ended = |reason| {
        present
            .iter()
            .any(|attempt| attempt.end.as_ref().is_some_and(|end| end.reason == reason))
    };
    let kept = |file: &str| {
        let files = present.iter().flat_map(|attempt| &attempt.artifacts);
        u32::try_from(files.filter(|artifact: &&Artifact| artifact.name == file).count()).unwrap_or(u32::MAX)
    };
    let mut narrowings: Vec<Narrowing> = Vec::new();
    for narrowing in present
        .iter()
        .filter_map(|entry| entry.selection.as_ref())
        .flat_map(|selection| &selection.narrowings)
    {
        // Each entry repeats what the whole stage was narrowed by.
        if !narrowings.contains(narrowing) {
            narrowings.push(narrowing.clone());
        }
    }
    let processes = parallelism.map_or(1, |parallelism| {
        parallelism.shards.saturating_mul(parallelism.processes)
    });
    let suite = present.iter().find_map(|entry| suite_release(entry));
    Circumstances {
        narrowings,
        dry_run: ended(AttemptEndReason::DryRun),
        checks_skipped: skipped_checks(entries),
        merged: present.len() > 1,
        junit_files: kept(names::JUNIT),
        truncated: ended(AttemptEndReason::JUnitUnreadable),
        junit: kept(names::JUNIT) > 0,
        e2e_log: kept(names::E2E_LOG) > 0,
        processes: u32::try_from(processes).unwrap_or(1),
        stage_mixed: present.iter().any(|entry| entry.combined),
        ..Circumstances::plain(suite.unwrap_or(server), server)
    }
}
