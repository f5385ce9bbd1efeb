//! What many progress reports say together.

use std::collections::{BTreeMap, btree_map::Entry};

use super::ProgressEvent;
use crate::{Outcome, TestName};

/// Most tests that are listened to. No suite has as many; only a report that is none goes beyond.
pub const MAX_TESTS: usize = 100_000;

/// What the progress reports of one run say together, whatever their order and whichever of them are lost.
///
/// It counts by itself: in a parallel run each process reports counters of its own. A report that comes twice says
/// nothing new, and of a pass and a failure of one test the failure counts, whichever came first. What is not in the
/// ledger is not known: only passes and failures are reported, so that a test without an entry may have timed out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    tests: BTreeMap<TestName, Outcome>,
    failed: usize,
    announced: u32,
    started: bool,
    completed: bool,
    refused: u64,
}

/// What a report was to the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// The first that is heard of a test, or a failure of one that had passed.
    Recorded,
    /// Nothing that was not known.
    Known,
    /// One test too many.
    Refused,
}

impl Ledger {
    /// Takes a report.
    pub fn take(&mut self, event: &ProgressEvent) -> News {
        match event {
            ProgressEvent::Started { total } => {
                let news = !self.started || *total > self.announced;
                self.started = true;
                // All but one of parallel processes announce none.
                self.announced = self.announced.max(*total);
                if news { News::Recorded } else { News::Known }
            }
            ProgressEvent::Passed(name) => self.record(name, Outcome::Passed),
            ProgressEvent::Failed(name) => self.record(name, Outcome::Failed),
            ProgressEvent::Completed => {
                let news = !self.completed;
                self.completed = true;
                if news { News::Recorded } else { News::Known }
            }
        }
    }

    fn record(&mut self, name: &TestName, outcome: Outcome) -> News {
        let full = self.tests.len() >= MAX_TESTS;
        let failed = outcome == Outcome::Failed;
        match self.tests.entry(name.clone()) {
            Entry::Vacant(_) if full => {
                self.refused = self.refused.saturating_add(1);
                return News::Refused;
            }
            Entry::Vacant(entry) => {
                entry.insert(outcome);
            }
            Entry::Occupied(mut entry) if failed && *entry.get() == Outcome::Passed => {
                entry.insert(outcome);
            }
            Entry::Occupied(_) => return News::Known,
        }
        self.failed += usize::from(failed);
        News::Recorded
    }

    /// The outcome of every test that was heard of, by name.
    pub fn outcomes(&self) -> impl Iterator<Item = (&TestName, Outcome)> {
        self.tests.iter().map(|(name, outcome)| (name, *outcome))
    }

    /// How many tests passed.
    pub fn passed(&self) -> usize {
        self.tests.len().saturating_sub(self.failed)
    }

    /// How many tests failed.
    pub const fn failed(&self) -> usize {
        self.failed
    }

    /// How many tests the suite said that it was going to run, if it was heard.
    pub fn announced(&self) -> Option<u32> {
        (self.announced > 0).then_some(self.announced)
    }

    /// Of how many announced tests nothing was heard: not run yet, declined, timed out, or lost on the way.
    pub fn unheard(&self) -> Option<u32> {
        let heard = u32::try_from(self.tests.len()).unwrap_or(u32::MAX);
        self.announced().map(|announced| announced.saturating_sub(heard))
    }

    /// True if anything was heard at all.
    pub fn has_started(&self) -> bool {
        self.started || self.completed || !self.tests.is_empty()
    }

    /// True if a process said that it was done.
    pub const fn has_completed(&self) -> bool {
        self.completed
    }

    /// How many reports named one test too many.
    pub const fn refused(&self) -> u64 {
        self.refused
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> TestName {
        TestName::new(text).unwrap()
    }

    fn ledger(events: &[ProgressEvent]) -> Ledger {
        let mut ledger = Ledger::default();
        for event in events {
            ledger.take(event);
        }
        ledger
    }

    #[test]
    fn counts_by_itself() {
        let ledger = ledger(&[
            ProgressEvent::Started { total: 0 },
            ProgressEvent::Passed(name("a")),
            ProgressEvent::Started { total: 3 },
            ProgressEvent::Passed(name("b")),
            ProgressEvent::Failed(name("b")),
            ProgressEvent::Passed(name("b")),
            ProgressEvent::Completed,
        ]);
        assert_eq!((ledger.passed(), ledger.failed()), (1, 1));
        assert_eq!((ledger.announced(), ledger.unheard()), (Some(3), Some(1)));
        assert!(ledger.has_started() && ledger.has_completed());
    }

    #[test]
    fn says_what_is_news() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.take(&ProgressEvent::Passed(name("a"))), News::Recorded);
        assert_eq!(ledger.take(&ProgressEvent::Passed(name("a"))), News::Known);
        assert_eq!(ledger.take(&ProgressEvent::Failed(name("a"))), News::Recorded);
        assert_eq!(ledger.take(&ProgressEvent::Passed(name("a"))), News::Known);
    }

    #[test]
    fn is_bounded() {
        let mut ledger = Ledger::default();
        for number in 0..MAX_TESTS {
            ledger.take(&ProgressEvent::Passed(name(&number.to_string())));
        }
        assert_eq!(
            ledger.take(&ProgressEvent::Passed(name("one more"))),
            News::Refused
        );
        assert_eq!(ledger.take(&ProgressEvent::Failed(name("7"))), News::Recorded);
        assert_eq!(
            (ledger.passed(), ledger.failed(), ledger.refused()),
            (MAX_TESTS - 1, 1, 1)
        );
    }

    fn event() -> impl Strategy<Value = ProgressEvent> {
        prop_oneof![
            (0..9_u32).prop_map(|total| ProgressEvent::Started { total }),
            "[a-e]".prop_map(|text| ProgressEvent::Passed(name(&text))),
            "[a-e]".prop_map(|text| ProgressEvent::Failed(name(&text))),
            Just(ProgressEvent::Completed),
        ]
    }

    proptest! {
        #[test]
        fn order_and_repetition_say_nothing(events in prop::collection::vec(event(), 0..20), rotation in 0..20_usize) {
            let mut turned = [events.clone(), events.clone()].concat();
            let middle = rotation % turned.len().max(1);
            turned.rotate_left(middle);
            turned.reverse();
            prop_assert_eq!(ledger(&events), ledger(&turned));
        }

        #[test]
        fn a_lost_report_never_makes_a_pass(events in prop::collection::vec(event(), 1..20), lost in 0..20_usize) {
            let mut rest = events.clone();
            rest.remove(lost % events.len());
            let heard = |name| events.contains(&ProgressEvent::Passed(name));
            for (name, outcome) in ledger(&rest).outcomes() {
                prop_assert!(outcome != Outcome::Passed || heard(name.clone()));
            }
            prop_assert!(ledger(&rest).passed() + ledger(&rest).failed() <= ledger(&events).passed() + ledger(&events).failed());
        }
    }
}
