//! One outcome a requirement, over everything that the pods of a run wrote.

use std::collections::{BTreeMap, BTreeSet};

use conform_suite::{Outcome, Release, Requirement, Stage, TestName, merge};

use crate::{Attempt, TestRecord};

/// A requirement, and what all entries together say of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged<'a> {
    /// The first entry that lists it.
    pub entry: &'a Attempt,
    /// What its latest run said; if it never ran, what the first entry says.
    pub test: &'a TestRecord,
    /// Its stage.
    pub stage: Stage,
    /// The outcome that counts.
    pub outcome: Outcome,
    /// In how many attempts the test started.
    pub attempts: i32,
    /// Whether any entry was to run it.
    pub selected: bool,
}

/// The requirements of both stages, present ones first, each stage sorted by name. `server` tells the stages of a
/// combined attempt apart; without it all of its tests count as present.
pub fn merged(entries: &[Attempt], server: Option<Release>) -> Vec<Merged<'_>> {
    [Stage::Present, Stage::Future]
        .into_iter()
        .flat_map(|stage| merged_stage(&of_stage(entries, stage), stage, server))
        .collect()
}

/// The entries that speak of the stage, in order of time. Once the present tests ran alone, the combined attempt before
/// that no longer speaks of them.
pub fn of_stage(entries: &[Attempt], stage: Stage) -> Vec<&Attempt> {
    let alone = entries
        .iter()
        .any(|entry| !entry.combined && entry.stage == Stage::Present && entry.selection.is_some());
    let replaced = stage == Stage::Present && alone;
    let speaks = |entry: &&Attempt| {
        if entry.combined {
            !replaced
        } else {
            entry.stage == stage
        }
    };
    let mut found: Vec<&Attempt> = entries.iter().filter(speaks).collect();
    found.sort_by_key(|entry| entry.start_time.0);
    found
}

/// How many requirements these entries say there are beyond those that they list: the pod that was to list them was lost.
pub fn unlisted(entries: &[&Attempt]) -> i32 {
    // What tests a suite of a user's own has, nobody knows before its end.
    let listing = || entries.iter().filter(|entry| entry.own_suite.is_none());
    let selections = listing().filter_map(|entry| entry.selection.as_ref());
    let required = selections.map(|selection| selection.required).max().unwrap_or(0);
    let tests = listing().flat_map(|entry| &entry.tests);
    let listed: BTreeSet<&TestName> = tests.map(|test| &test.name).collect();
    let listed = i32::try_from(listed.len()).unwrap_or(i32::MAX);
    required.saturating_sub(listed).max(0)
}

fn merged_stage<'a>(entries: &[&'a Attempt], stage: Stage, server: Option<Release>) -> Vec<Merged<'a>> {
    let rows = || {
        entries.iter().flat_map(move |&entry| {
            let tests = entry.tests.iter();
            tests
                .filter(move |test| stage_of(entry, test, server) == stage)
                .map(move |test| (entry, test))
        })
    };
    let told = rows().filter(|(_, test)| test.selected);
    let mut outcomes = merge(told.map(|(_, test)| (test.name.clone(), test.outcome)));
    let mut known: BTreeMap<&TestName, Merged<'a>> = BTreeMap::new();
    for (entry, test) in rows() {
        let row = known.entry(&test.name).or_insert_with(|| {
            let (outcome, attempts) = outcomes.remove(&test.name).unwrap_or((Outcome::NotRun, 0));
            Merged {
                entry,
                test,
                stage,
                outcome,
                attempts,
                selected: false,
            }
        });
        row.selected |= test.selected;
        // What an attempt that did not run the test says of it hides nothing of one that did.
        if test.outcome != Outcome::NotRun {
            row.test = test;
        }
    }
    known.into_values().collect()
}

fn stage_of(entry: &Attempt, test: &TestRecord, server: Option<Release>) -> Stage {
    match server {
        Some(server) if entry.combined => Requirement {
            name: test.name.clone(),
            required_in: test.required_in,
            authority: test.authority,
            area: test.area,
        }
        .stage(server),
        _ => entry.stage,
    }
}
