//! What the pods of attempts wrote into the result.

use std::collections::BTreeMap;

use conform_crds::{Attempt, AttemptSummary, names};
use conform_suite::{Outcome, TestName, merge};

use crate::run::observed::Observed;

/// The entries of the attempt's pods, as far as they have written any.
pub fn entries<'a>(observed: &'a Observed, attempt: &str) -> Vec<&'a Attempt> {
    observed
        .attempts()
        .iter()
        .filter(|entry| names::is_entry_of(&entry.name, attempt))
        .collect()
}

/// How many of the tests that the attempt was to run have not come to an end; none if no pod has said what it was to run.
pub fn left(observed: &Observed, attempt: &AttemptSummary) -> Option<i32> {
    let entries = entries(observed, &attempt.name);
    let due = entries
        .iter()
        .filter_map(|entry| entry.selection.as_ref())
        .map(|selection| selection.due)
        .max()?;
    let ended = ended(&entries);
    Some(due.saturating_sub(ended).max(0))
}

/// True if the attempt brought a test to its end.
pub fn measured_something(observed: &Observed, attempt: &AttemptSummary) -> bool {
    ended(&entries(observed, &attempt.name)) > 0
}

/// The outcome of each test that any of the attempts was to run, and in how many it started.
pub fn known_outcomes<'a>(
    observed: &Observed,
    attempts: impl IntoIterator<Item = &'a str>,
) -> BTreeMap<TestName, (Outcome, i32)> {
    let entries: Vec<&Attempt> = attempts
        .into_iter()
        .flat_map(|attempt| entries(observed, attempt))
        .collect();
    let told = entries.iter().flat_map(|entry| &entry.tests);
    merge(
        told.filter(|test| test.selected)
            .map(|test| (test.name.clone(), test.outcome)),
    )
}

fn ended(entries: &[&Attempt]) -> i32 {
    let tests = entries.iter().flat_map(|entry| &entry.tests);
    let ended = tests.filter(|test| test.selected && test.outcome.is_terminal());
    i32::try_from(ended.count()).unwrap_or(i32::MAX)
}
