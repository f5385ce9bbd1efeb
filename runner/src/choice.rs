//! Which of the selected tests this pod runs, and which rows it lists. Pure.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use conform_crds::{
    Attempt, AttemptPlan, ConformanceResult, Pick, Rerun, RerunTests, Scope, SelectionSummary, names,
};
use conform_suite::{NarrowedBy, Outcome, Requirement, Selection, Standing, TestName, merge};

/// What this pod does of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The rows that this pod lists; those that it runs are selected.
    pub selection: Selection,
    /// The whole in numbers.
    pub summary: SelectionSummary,
}

/// What pod number `index` does, if `selection` is what the plan's requests select and `result` is what was measured so
/// far. `split` gives the pod's part of the tests that the attempt is to run.
///
/// Every requirement is listed by one pod at least: those that nobody runs by pod 0, unless an earlier attempt has.
pub fn choose(
    selection: Selection,
    plan: &AttemptPlan,
    index: i32,
    result: &ConformanceResult,
    split: impl FnOnce(Vec<TestName>) -> Vec<TestName>,
) -> Choice {
    let earlier: Vec<&Attempt> = attempts(result)
        .iter()
        .filter(|entry| {
            plan.after
                .iter()
                .any(|attempt| names::is_entry_of(&entry.name, attempt))
        })
        .collect();
    let outcomes = merged(earlier.iter().copied());
    let selected = selection.selected().count();
    let due: Vec<TestName> = selection
        .selected()
        .map(|requirement| &requirement.name)
        .filter(|name| in_scope(plan.scope, name) && picked(plan.pick, &outcomes, name))
        .cloned()
        .collect();
    let summary = |total| SelectionSummary {
        required: number(selection.requirements.len()),
        selected: number(selected),
        due: number(due.len()),
        total: number(total),
        digest: selection.digest.clone(),
        narrowings: selection.narrowings.clone(),
    };
    let everybodys: BTreeSet<TestName> = due.iter().cloned().collect();
    let mine: BTreeSet<TestName> = split(due.clone()).into_iter().collect();
    let summary = summary(mine.len());
    let listed: BTreeSet<&TestName> = earlier
        .iter()
        .flat_map(|entry| &entry.tests)
        .map(|test| &test.name)
        .collect();
    let unlisted = |name: &TestName| index == 0 && !everybodys.contains(name) && !listed.contains(name);
    let mut selection = selection;
    selection.by_mark &= mine.len() == selected;
    selection
        .requirements
        .retain(|row| mine.contains(&row.requirement.name) || unlisted(&row.requirement.name));
    for row in &mut selection.requirements {
        row.selected = mine.contains(&row.requirement.name);
    }
    Choice { selection, summary }
}

/// `selection` without what the earlier run, whose result is `other`, does not call for.
pub fn only_again(selection: Selection, rerun: &Rerun, other: &ConformanceResult) -> Selection {
    let outcomes = merged(attempts(other));
    let again = |requirement: &Requirement| {
        let outcome = outcomes.get(&requirement.name).map(|(outcome, _)| *outcome);
        match rerun.tests {
            RerunTests::Failed => outcome.is_some_and(|outcome| outcome.standing() == Standing::Missed),
            RerunTests::NotPassed => outcome.is_some_and(|outcome| outcome.standing() != Standing::Met),
        }
    };
    selection.narrowed(NarrowedBy::Rerun, &rerun.run, again)
}

/// How long the tests took that passed.
pub fn durations(result: &ConformanceResult) -> Vec<(TestName, Duration)> {
    let tests = attempts(result).iter().flat_map(|entry| &entry.tests);
    let passed = tests.filter(|test| test.outcome == Outcome::Passed);
    passed
        .filter_map(|test| {
            let milliseconds = u64::try_from(test.duration_milliseconds?).ok()?;
            Some((test.name.clone(), Duration::from_millis(milliseconds)))
        })
        .collect()
}

/// The attempts that a result tells of.
pub fn attempts(result: &ConformanceResult) -> &[Attempt] {
    result
        .status
        .as_ref()
        .map(|status| status.attempts.as_slice())
        .unwrap_or_default()
}

fn merged<'a>(entries: impl IntoIterator<Item = &'a Attempt>) -> BTreeMap<TestName, (Outcome, i32)> {
    let told = entries.into_iter().flat_map(|entry| &entry.tests);
    let told = told.filter(|test| test.selected);
    merge(told.map(|test| (test.name.clone(), test.outcome)))
}

fn in_scope(scope: Scope, name: &TestName) -> bool {
    match scope {
        Scope::All => true,
        Scope::Parallel => !name.runs_alone(),
        Scope::Serial => name.runs_alone(),
    }
}

fn picked(pick: Pick, outcomes: &BTreeMap<TestName, (Outcome, i32)>, name: &TestName) -> bool {
    let outcome = outcomes
        .get(name)
        .map_or(Outcome::NotRun, |(outcome, _)| *outcome);
    match pick {
        Pick::Everything => true,
        Pick::Unfinished => !outcome.is_terminal(),
        Pick::Failed => outcome.standing() == Standing::Missed,
    }
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

#[cfg(test)]
#[path = "choice_tests.rs"]
mod tests;
