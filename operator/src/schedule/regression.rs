//! What passed in the last good run and does not pass since.

use std::collections::BTreeMap;

use conform_crds::{ConformanceResult, Merged, Regression, conditions::reasons, merged};
use conform_suite::{Release, Standing, catalogue::identity};

use super::finished::listed;
use crate::condition::{Said, Truth};

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

/// What a comparison found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Every test that is worse than in the good run, sorted by name.
    pub regressions: Vec<Regression>,
    /// The condition.
    pub said: Said,
}

/// Compares the run that finished last with the last good one before it. `before` are the regressions until now: one is
/// over when its test passes or is not asked for any more, and not when it was merely not measured.
pub fn compare(newest: Side<'_>, good: Option<Side<'_>>, before: &[Regression]) -> Found {
    let now = rows(newest);
    let then = good.map(rows).unwrap_or_default();
    let mut regressions: BTreeMap<&str, Regression> = BTreeMap::new();
    for (id, row) in &now {
        let passed = then
            .get(id)
            .is_some_and(|row| row.outcome.standing() == Standing::Met);
        let known = before.iter().any(|regression| identity(&regression.name) == *id);
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
    if now.is_empty() {
        regressions.extend(before.iter().map(|one| (identity(&one.name), one.clone())));
    }
    let regressions: Vec<Regression> = regressions.into_values().collect();
    let said = verdict(newest, good, &regressions, measured);
    Found { regressions, said }
}

fn verdict(newest: Side<'_>, good: Option<Side<'_>>, regressions: &[Regression], measured: bool) -> Said {
    if !regressions.is_empty() {
        let names = listed(regressions.iter().map(|one| one.name.as_str()));
        let (count, tests) = (
            regressions.len(),
            if regressions.len() == 1 { "test" } else { "tests" },
        );
        let with = good.map_or_else(String::new, |good| format!(" (good run: {})", good.name));
        let message = format!(
            "Run {}: {count} {tests} that passed before{with}: {names}.",
            newest.name
        );
        return Said::new(Truth::True, reasons::TESTS_REGRESSED, message);
    }
    if !measured {
        let message = format!("Run {} measured nothing.", newest.name);
        return Said::new(Truth::Unknown, reasons::NOTHING_MEASURED, message);
    }
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

/// What a run was asked to measure, by what stays the same from release to release.
fn rows(side: Side<'_>) -> BTreeMap<&str, Merged<'_>> {
    let status = side.result.and_then(|result| result.status.as_ref());
    let entries = status
        .map(|status| status.attempts.as_slice())
        .unwrap_or_default();
    let asked = merged(entries, side.server)
        .into_iter()
        .filter(|row| row.selected);
    asked.map(|row| (identity(&row.test.name), row)).collect()
}

fn regression(row: &Merged<'_>) -> Regression {
    Regression {
        name: row.test.name.clone(),
        stage: row.stage,
        area: row.test.area,
        outcome: row.outcome,
    }
}
