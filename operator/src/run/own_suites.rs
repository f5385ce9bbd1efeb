//! Suites of users' own that a run has. Pure.

use std::collections::{BTreeMap, BTreeSet};

use conform_crds::{
    Attempt, AttemptEndReason, AttemptSummary, ConformanceRunSpec, OwnSuiteSummary, TestRecord,
};
use conform_suite::{OwnGateway, OwnProfile, OwnSuite, Stage, Standing, TestName, merge};

/// One of them.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// Its place among the run's, from 1.
    pub number: usize,
    /// Its profile.
    pub profile: &'a OwnProfile,
    /// The suite.
    pub suite: &'a OwnSuite,
}

impl Found<'_> {
    /// What it is called in objects and tables: `platform/storage`.
    pub fn label(&self) -> String {
        format!("{}/{}", self.profile.name, self.suite.name)
    }
}

/// The suites of these profiles, in their order.
pub fn all(profiles: &[OwnProfile]) -> impl Iterator<Item = Found<'_>> {
    let suites = profiles
        .iter()
        .flat_map(|profile| profile.suites.iter().map(move |suite| (profile, suite)));
    suites.zip(1..).map(|((profile, suite), number)| Found {
        number,
        profile,
        suite,
    })
}

/// The suite of this name.
pub fn find<'a>(profiles: &'a [OwnProfile], label: &str) -> Option<Found<'a>> {
    all(profiles).find(|found| found.label() == label)
}

/// True if a run runs its own suites: what is required of its profiles, and the whole of it.
pub fn are_run(spec: &ConformanceRunSpec) -> bool {
    let whole = spec.focus.is_none() && spec.skip.is_none() && spec.rerun.is_none();
    whole && spec.stages.in_order().contains(&Stage::Future)
}

/// Those of a run that measure an implementation of Gateway API, by their names.
pub fn gateways(spec: &ConformanceRunSpec, profiles: &[OwnProfile]) -> Vec<(String, OwnGateway)> {
    let suites = all(profiles).filter(|_| are_run(spec));
    suites
        .filter_map(|found| Some((found.label(), found.suite.gateway.clone()?)))
        .collect()
}

/// How many of the run's own suites have not come to their end: of what they would have said nothing is known.
pub fn unmeasured(spec: &ConformanceRunSpec, profiles: &[OwnProfile], entries: &[Attempt]) -> i32 {
    if !spec.stages.in_order().contains(&Stage::Future) {
        return 0;
    }
    let open = all(profiles).filter(|found| {
        let label = found.label();
        !of(entries, &label).any(|entry| {
            entry
                .end
                .as_ref()
                .is_some_and(|end| end.reason == AttemptEndReason::Completed)
        })
    });
    i32::try_from(open.count()).unwrap_or(i32::MAX)
}

/// What came of each.
pub fn summaries(
    profiles: &[OwnProfile],
    entries: &[Attempt],
    attempts: &[AttemptSummary],
) -> Vec<OwnSuiteSummary> {
    let summary = |found: Found<'_>| {
        let label = found.label();
        let tests: Vec<&TestRecord> = of(entries, &label).flat_map(|entry| &entry.tests).collect();
        let outcomes = merge(tests.iter().map(|test| (test.name.clone(), test.outcome)));
        let mut counts: BTreeMap<Standing, i32> = BTreeMap::new();
        let names: BTreeSet<&TestName> = tests.iter().map(|test| &test.name).collect();
        for name in names {
            let standing = outcomes
                .get(name)
                .map_or(Standing::Unevaluated, |(outcome, _)| outcome.standing());
            let count = counts.entry(standing).or_default();
            *count = count.saturating_add(1);
        }
        let count = |standing| counts.get(&standing).copied().unwrap_or(0);
        let last = attempts
            .iter()
            .rfind(|attempt| attempt.own_suite.as_deref() == Some(label.as_str()));
        OwnSuiteSummary {
            image: found.suite.image.clone(),
            total: counts.values().sum(),
            passed: count(Standing::Met),
            failed: count(Standing::Missed),
            unevaluated: count(Standing::Unevaluated),
            end: last.and_then(|attempt| attempt.end),
            message: last.and_then(|attempt| attempt.message.clone()),
            suite: label,
        }
    };
    all(profiles).map(summary).collect()
}

fn of<'a>(entries: &'a [Attempt], label: &str) -> impl Iterator<Item = &'a Attempt> {
    entries
        .iter()
        .filter(move |entry| entry.own_suite.as_deref() == Some(label))
}
