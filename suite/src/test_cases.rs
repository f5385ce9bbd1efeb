//! Entries of JUnit files, for the tests of this crate.

use std::time::Duration;

use crate::{Case, LogSummary, Outcome, Release, Standing, TestName, catalogue::upstream};

/// The entry of one test, which took a second.
pub(crate) fn case(name: &str, outcome: Outcome) -> Case {
    Case {
        name: TestName::new(name).unwrap(),
        outcome,
        duration: Duration::from_secs(1),
        message: None,
        filtered: outcome == Outcome::NotRun,
    }
}

/// An entry for each test that a release requires: all of them passed.
pub(crate) fn passed(release: Release) -> Vec<Case> {
    let names = upstream()
        .listed(release)
        .filter_map(|known| known.requirement_in(release));
    let mut cases: Vec<Case> = names
        .map(|one| case(one.name.as_str(), Outcome::Passed))
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

/// The log of a run with these tests, as a whole run leaves it.
pub(crate) fn log(cases: &[Case]) -> LogSummary {
    let count = |standing: Standing| {
        let of = cases.iter().filter(|case| case.outcome.standing() == standing);
        u32::try_from(of.count()).ok()
    };
    LogSummary {
        passed: count(Standing::Met),
        failed: count(Standing::Missed),
        suite_passed: Some(count(Standing::Missed) == Some(0)),
        ..LogSummary::default()
    }
}
