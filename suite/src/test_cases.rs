//! Entries of JUnit files, for the tests of this crate.

use std::time::Duration;

use crate::{Case, Outcome, Release, TestName, catalogue::upstream};

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
