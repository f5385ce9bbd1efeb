//! Entries of JUnit files, for the tests of this crate.

use std::time::Duration;

use jiff::civil::date;

use crate::{
    Case, Junit, LogSummary, Outcome, Properties, Property, Release, Standing, TestName, catalogue::upstream,
    junit::Entries,
};

/// The seed of the order that tests ran in.
pub(crate) const SEED: i64 = 7;

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

/// What a file says of how a certified suite was run.
pub(crate) fn properties() -> Properties {
    Properties {
        random_seed: Some(SEED),
        focus: vec![r"\[Conformance\]".to_owned()],
        started_at: Some(date(2026, 10, 1).at(3, 4, 5, 0)),
        parallel_total: Some(1),
        named: [
            Property::DryRun,
            Property::FlakeAttempts,
            Property::FocusStrings,
            Property::SkipStrings,
            Property::RandomSeed,
            Property::ParallelTotal,
            Property::SuiteSucceeded,
            Property::Timestamp,
        ]
        .into(),
        others: vec![("SuiteSucceeded".to_owned(), "true".to_owned())],
        ..Properties::default()
    }
}

/// The file as it is read: its entries are counted.
pub(crate) fn counted(mut junit: Junit) -> Junit {
    junit.entries = Entries::default();
    for case in &junit.cases {
        junit.entries.count(case.outcome, false);
    }
    junit
}

/// The log of a run with these tests, as a whole run leaves it.
pub(crate) fn log(cases: &[Case]) -> LogSummary {
    let count = |standing: Standing| {
        let of = cases.iter().filter(|case| case.outcome.standing() == standing);
        u32::try_from(of.count()).ok()
    };
    let ended = |standing| {
        cases
            .iter()
            .filter(move |case| case.outcome.standing() != standing)
    };
    LogSummary {
        random_seed: Some(SEED),
        ran: u32::try_from(ended(Standing::Unevaluated).count()).ok(),
        of: u32::try_from(cases.len()).ok(),
        pending: Some(0),
        skipped: count(Standing::Unevaluated),
        passed: count(Standing::Met),
        failed: count(Standing::Missed),
        suite_passed: Some(count(Standing::Missed) == Some(0)),
        ..LogSummary::default()
    }
}
