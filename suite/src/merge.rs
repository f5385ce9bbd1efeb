//! One outcome of many attempts.

use std::collections::BTreeMap;

use crate::{Outcome, Standing, TestName};

/// The outcome of each test over all attempts, and in how many of them it started. `attempts` come in order of time.
pub fn merge(attempts: impl IntoIterator<Item = (TestName, Outcome)>) -> BTreeMap<TestName, (Outcome, i32)> {
    let mut merged = BTreeMap::new();
    for (name, outcome) in attempts {
        let (so_far, starts) = merged.entry(name).or_insert((Outcome::NotRun, 0_i32));
        *so_far = after(*so_far, outcome);
        *starts = starts.saturating_add(i32::from(outcome != Outcome::NotRun));
    }
    merged
}

/// What is known of a test after a further attempt.
///
/// A measurement beats none, an end beats a cut, and of two measurements the later counts; but a pass that needed a
/// further try is flaky, and stays so.
fn after(so_far: Outcome, next: Outcome) -> Outcome {
    match (so_far.standing(), next.standing()) {
        (Standing::Missed, Standing::Met) => Outcome::Flaky,
        (Standing::Met, Standing::Met) if so_far == Outcome::Flaky => Outcome::Flaky,
        (Standing::Met | Standing::Missed, Standing::Unevaluated) => so_far,
        (Standing::Unevaluated, Standing::Unevaluated) => more_telling(so_far, next),
        (_, Standing::Met | Standing::Missed) => next,
    }
}

/// Of two outcomes that say nothing of the requirement, the one that says more of the test; the later of equals.
fn more_telling(so_far: Outcome, next: Outcome) -> Outcome {
    let says = |outcome: Outcome| (outcome.is_terminal(), outcome != Outcome::NotRun);
    if says(so_far) > says(next) { so_far } else { next }
}

#[cfg(test)]
mod tests;
