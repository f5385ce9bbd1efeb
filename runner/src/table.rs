//! The attempt's outcomes, from whatever source, in one table. Pure: no clock, no file, no network.

use std::{collections::BTreeSet, time::Duration};

use conform_crds::TestRecord;
use conform_suite::{Case, Junit, Outcome, Selection, Standing, TestName};

use crate::text;

/// Every requirement of the stage and what is known of it, sorted by name.
#[derive(Clone, Debug)]
pub struct Table {
    records: Vec<TestRecord>,
    /// Tests whose failure says nothing of the cluster.
    excused: BTreeSet<TestName>,
    /// Most bytes of all messages.
    messages: usize,
    strangers: u64,
}

/// What is said of an excused failure.
const AWAY: &str = "The API server did not answer while this test ran, so its failure does not count.";

/// What an observation did to the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation {
    /// The outcome is new.
    Recorded,
    /// Nothing changed.
    Known,
    /// Nobody selected that test.
    Stranger,
}

/// How many selected tests stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub selected: usize,
    /// Those that passed.
    pub met: usize,
    /// Those that failed, in whatever way.
    pub missed: usize,
    /// Those that declined to run.
    pub skipped: usize,
    /// Those that nothing is known of, or that were cut off.
    pub not_run: usize,
    /// Those that the suite got to an outcome of their own.
    pub finished: usize,
}

impl Table {
    /// A table of `selection` in which nothing has run, for at most `messages` bytes of messages.
    pub fn new(selection: &Selection, messages: usize) -> Self {
        let mut records: Vec<TestRecord> = selection
            .requirements
            .iter()
            .map(|candidate| TestRecord {
                name: candidate.requirement.name.clone(),
                required_in: candidate.requirement.required_in,
                authority: candidate.requirement.authority,
                area: candidate.requirement.area,
                selected: candidate.selected,
                outcome: Outcome::NotRun,
                duration_milliseconds: None,
                message: None,
            })
            .collect();
        // Lookups search the sorted names.
        records.sort_by(|a, b| a.name.cmp(&b.name));
        Self {
            records,
            excused: BTreeSet::new(),
            messages,
            strangers: 0,
        }
    }

    /// The rows, sorted by name.
    pub fn records(&self) -> &[TestRecord] {
        &self.records
    }

    /// How many observations were of a test that nobody selected.
    pub fn strangers(&self) -> u64 {
        self.strangers
    }

    /// Takes what was seen of a test while the suite runs. Only selected tests count, and nothing that is seen turns
    /// a failure into a pass.
    pub fn observe(&mut self, name: &TestName, outcome: Outcome, duration: Option<Duration>) -> Observation {
        if self.excused.contains(name) {
            return Observation::Known;
        }
        let Some(record) = self.selected_mut(name) else {
            self.strangers += 1;
            return Observation::Stranger;
        };
        if record.outcome == outcome || record.outcome.standing() == Standing::Missed {
            return Observation::Known;
        }
        record.outcome = outcome;
        record.duration_milliseconds = duration.and_then(milliseconds);
        Observation::Recorded
    }

    /// Takes a failure back: the API server was away while the test ran, so it counts as interrupted.
    pub fn excuse(&mut self, name: &TestName) {
        let Some(record) = self.selected_mut(name) else {
            return;
        };
        record.outcome = Outcome::Interrupted;
        record.message = Some(AWAY.to_owned());
        self.excused.insert(name.clone());
    }

    /// Takes what a JUnit file holds. It knows more than the progress events, so what it says of a test replaces
    /// them; a test that it does not hold stays as it is.
    ///
    /// A dry run has measured nothing: every outcome goes, since its progress events are pretence too.
    pub fn merge(&mut self, junit: &Junit) {
        if junit.properties.dry_run {
            self.records.iter_mut().for_each(clear);
            return;
        }
        let mut budget = self.messages;
        for case in &junit.cases {
            let excused = self.excused.contains(&case.name) && case.outcome.standing() == Standing::Missed;
            let Some(record) = self.selected_mut(&case.name) else {
                continue;
            };
            let ran = !case.filtered && case.outcome != Outcome::NotRun;
            if ran {
                take(record, case, &mut budget);
                if excused {
                    record.outcome = Outcome::Interrupted;
                    let message = record.message.take().unwrap_or_default();
                    record.message = Some(text::bounded(&format!("{AWAY} {message}"), text::MAX_MESSAGE));
                }
            } else {
                clear(record);
            }
        }
    }

    /// How many selected tests stand how.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for record in self.records.iter().filter(|record| record.selected) {
            counts.selected += 1;
            match record.outcome.standing() {
                Standing::Met => counts.met += 1,
                Standing::Missed => counts.missed += 1,
                Standing::Unevaluated if record.outcome == Outcome::Skipped => counts.skipped += 1,
                Standing::Unevaluated => counts.not_run += 1,
            }
            if record.outcome != Outcome::NotRun {
                counts.finished += 1;
            }
        }
        counts
    }

    fn selected_mut(&mut self, name: &TestName) -> Option<&mut TestRecord> {
        let place = self
            .records
            .binary_search_by(|record| record.name.cmp(name))
            .ok()?;
        self.records.get_mut(place).filter(|record| record.selected)
    }
}

fn take(record: &mut TestRecord, case: &Case, budget: &mut usize) {
    record.outcome = case.outcome;
    record.duration_milliseconds = milliseconds(case.duration);
    record.message = None;
    if record.outcome.standing() != Standing::Met {
        let message = case.message.as_deref().unwrap_or_default();
        let message = text::bounded(message, text::MAX_MESSAGE.min(*budget));
        *budget = budget.saturating_sub(message.len());
        record.message = Some(message).filter(|message| !message.is_empty());
    }
}

fn milliseconds(duration: Duration) -> Option<i64> {
    i64::try_from(duration.as_millis()).ok()
}

fn clear(record: &mut TestRecord) {
    record.outcome = Outcome::NotRun;
    record.duration_milliseconds = None;
    record.message = None;
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
