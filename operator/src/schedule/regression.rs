//! What passed in the last good run and does not pass since.

use std::collections::{BTreeMap, BTreeSet};

use conform_crds::{
    Attempt, AttemptEndReason, ConformanceResult, ConformanceRun, ConformanceRunStatus, MAX_REGRESSIONS,
    Merged, Regression,
    conditions::{self, reasons},
    merged, of_stage, unlisted,
};
use conform_suite::{Release, Stage, Standing, catalogue::identity};

use super::finished::listed;
use crate::condition::{Said, Truth, said};

/// One run to compare.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The run's name.
    pub name: &'a str,
    /// The server's release, by which stages are told.
    pub server: Option<Release>,
    /// Its outcomes, if they are still there.
    pub result: Option<&'a ConformanceResult>,
}

/// What was known before.
#[derive(Clone, Copy, Debug)]
pub struct Before<'a> {
    /// The regressions that are named.
    pub regressions: &'a [Regression],
    /// How many more there were.
    pub omitted: i32,
}

/// How many requirements a run says each stage has, measured or not. None if the run does not say, and zero if it asked
/// for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    present: Option<i32>,
    future: Option<i32>,
}

impl Listed {
    /// What a finished run says.
    pub fn of(run: &ConformanceRun) -> Self {
        let status = run.status.as_ref();
        let none = |kind: &str| {
            let said = status.and_then(|status| said(&status.conditions, kind));
            said.is_some_and(|said| {
                [reasons::NOT_REQUESTED, reasons::NONE_DEFINED].contains(&said.reason.as_str())
            })
        };
        let present = status.and_then(|status| status.present.as_ref());
        let future = status.map(|status| status.future.iter().map(|row| row.total).sum());
        Self {
            present: present
                .map(|present| present.required)
                .or_else(|| none(conditions::PRESENT_CONFORMANT).then_some(0)),
            // Rows that are not there may be none that there are, or none that were heard of; and what tests a suite of a
            // user's own has, nobody knows before its end.
            future: future
                .filter(|count| *count > 0 || none(conditions::FUTURE_CONFORMANT))
                .filter(|_| own_suites_ended(status)),
        }
    }

    const fn count(self, stage: Stage) -> Option<i32> {
        match stage {
            Stage::Present => self.present,
            Stage::Future => self.future,
        }
    }
}

fn own_suites_ended(status: Option<&ConformanceRunStatus>) -> bool {
    let mut suites = status.into_iter().flat_map(|status| &status.own_suites);
    suites.all(|suite| suite.end == Some(AttemptEndReason::Completed))
}

/// What a comparison found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The tests that are worse than in the good run, sorted by name, as far as a status has room for them.
    pub regressions: Vec<Regression>,
    /// How many more there are.
    pub omitted: i32,
    /// The condition.
    pub said: Said,
}

/// Compares the run that finished last with the last good one before it. A regression of before is over when its test
/// passes or is not asked for any more, and not when it was merely not measured. That a test is not asked for is believed
/// of a run whose result lists as many requirements of the stage as the run says there are: one that ended before its
/// future attempt lists none of them.
pub fn compare(newest: Side<'_>, listed: Listed, good: Option<Side<'_>>, before: Before<'_>) -> Found {
    let all = rows(newest);
    let is_whole = |stage: Stage| {
        let rows = all.iter().filter(|row| row.stage == stage).count();
        listed.count(stage) == i32::try_from(rows).ok() && unlisted(&of_stage(entries(newest), stage)) == 0
    };
    let all_whole = is_whole(Stage::Present) && is_whole(Stage::Future);
    let known_tests: BTreeSet<&str> = all.iter().map(id).collect();
    let now = asked(&all);
    let then = good.map(rows).unwrap_or_default();
    let then = asked(&then);
    let mut regressions: BTreeMap<&str, Regression> = BTreeMap::new();
    for (id, row) in &now {
        let passed = then
            .get(id)
            .is_some_and(|row| row.outcome.standing() == Standing::Met);
        let known = before
            .regressions
            .iter()
            .any(|regression| identity(&regression.name) == *id);
        let worse = match row.outcome.standing() {
            Standing::Met => false,
            Standing::Missed => passed || known,
            Standing::Unevaluated => known,
        };
        if worse {
            regressions.insert(id, regression(row));
        }
    }
    let measured = now
        .values()
        .any(|row| row.outcome.standing() != Standing::Unevaluated);
    for one in before.regressions {
        let id = identity(&one.name);
        let unheard = !known_tests.contains(id) && !is_whole(one.stage);
        if now.is_empty() || unheard {
            regressions.insert(id, one.clone());
        }
    }
    // Nobody knows any more which those are that were not named. They can be no more than what does not pass.
    let open = if now.is_empty() || !all_whole {
        i32::MAX
    } else {
        let open = now
            .iter()
            .filter(|(id, row)| row.outcome.standing() != Standing::Met && !regressions.contains_key(*id));
        i32::try_from(open.count()).unwrap_or(i32::MAX)
    };
    let mut regressions: Vec<Regression> = regressions.into_values().collect();
    let unnamed = regressions.len().saturating_sub(MAX_REGRESSIONS);
    regressions.truncate(MAX_REGRESSIONS);
    let omitted = i32::try_from(unnamed).unwrap_or(i32::MAX);
    let omitted = omitted.saturating_add(before.omitted.min(open));
    let unmeasured = then
        .iter()
        .filter(|(_, row)| row.outcome.standing() == Standing::Met)
        .filter(|(id, row)| match now.get(*id) {
            Some(row) => row.outcome.standing() == Standing::Unevaluated,
            None => !known_tests.contains(*id) && !is_whole(row.stage),
        })
        .count();
    let said = verdict(
        newest,
        good,
        &regressions,
        omitted,
        measured.then_some(unmeasured),
    );
    Found {
        regressions,
        omitted,
        said,
    }
}

/// `unmeasured` are the tests that passed in the good run of which the last one says nothing; none if it measured no test at
/// all.
fn verdict(
    newest: Side<'_>,
    good: Option<Side<'_>>,
    regressions: &[Regression],
    omitted: i32,
    unmeasured: Option<usize>,
) -> Said {
    let omitted = usize::try_from(omitted).unwrap_or(0);
    let count = regressions.len().saturating_add(omitted);
    if count > 0 {
        let names = listed(regressions.iter().map(|one| one.name.as_str()), omitted);
        let tests = if count == 1 { "test" } else { "tests" };
        let with = good.map_or_else(String::new, |good| format!(" (good run: {})", good.name));
        let message = format!(
            "Run {}: {count} {tests} that passed before{with}: {names}.",
            newest.name
        );
        return Said::new(Truth::True, reasons::TESTS_REGRESSED, message);
    }
    let Some(unmeasured) = unmeasured else {
        let message = format!("Run {} measured nothing.", newest.name);
        return Said::new(Truth::Unknown, reasons::NOTHING_MEASURED, message);
    };
    match good {
        None => Said::new(
            Truth::Unknown,
            reasons::NO_GOOD_RUN,
            format!(
                "No run of this schedule has succeeded before run {}.",
                newest.name
            ),
        ),
        Some(good) if good.result.is_none() => Said::new(
            Truth::Unknown,
            reasons::GOOD_RUN_GONE,
            format!(
                "The outcomes of good run {} are gone; keep at least one successful run to compare with.",
                good.name
            ),
        ),
        Some(good) if unmeasured > 0 => Said::new(
            Truth::Unknown,
            reasons::NOT_ALL_MEASURED,
            format!(
                "{unmeasured} of the tests that passed in run {} were not measured in run {}; none of the others failed.",
                good.name, newest.name
            ),
        ),
        Some(good) => Said::new(
            Truth::False,
            reasons::NO_REGRESSION,
            format!(
                "Nothing that passed in run {} failed in run {}.",
                good.name, newest.name
            ),
        ),
    }
}

/// The requirements that a run listed.
fn rows(side: Side<'_>) -> Vec<Merged<'_>> {
    merged(entries(side), side.server)
}

fn entries(side: Side<'_>) -> &[Attempt] {
    let status = side.result.and_then(|result| result.status.as_ref());
    status
        .map(|status| status.attempts.as_slice())
        .unwrap_or_default()
}

/// What a run was asked to measure, by what stays the same from release to release.
fn asked<'a, 'b>(rows: &'b [Merged<'a>]) -> BTreeMap<&'a str, &'b Merged<'a>> {
    let asked = rows.iter().filter(|row| row.selected);
    asked.map(|row| (id(row), row)).collect()
}

fn id<'a>(row: &Merged<'a>) -> &'a str {
    identity(&row.test.name)
}

fn regression(row: &Merged<'_>) -> Regression {
    Regression {
        name: row.test.name.clone(),
        stage: row.stage,
        area: row.test.area,
        outcome: row.outcome,
    }
}
