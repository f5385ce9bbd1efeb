//! Which tests run now, and which of them an API server that was away has spoiled. Pure: time is handed in.
//!
//! A test that fails while nobody can reach the API server has not shown that the cluster lacks what it tests. Such a
//! failure counts as an interruption, and a further attempt runs the test again. A pass stays a pass.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use conform_suite::{Outcome, Standing, TestName};

/// How long an absence may go unnoticed: the pause between two looks and the time that one may take.
pub const UNNOTICED: Duration = Duration::from_secs(15);
/// Most tests that are named as running.
const MAX_NAMED: usize = 16;

/// The tests that run now.
#[derive(Debug, Default)]
pub struct Running {
    tests: Vec<TestName>,
    away: bool,
    spoiled: BTreeSet<TestName>,
    failed: Vec<(Instant, TestName)>,
}

impl Running {
    /// A test begins.
    pub fn started(&mut self, name: TestName) {
        if self.away {
            self.spoiled.insert(name.clone());
        }
        if !self.tests.contains(&name) {
            self.tests.push(name);
        }
    }

    /// A test has ended. True if its outcome is to be taken for an interruption.
    pub fn ended(&mut self, name: &TestName, outcome: Outcome, now: Instant) -> bool {
        self.tests.retain(|running| running != name);
        let spoiled = self.spoiled.remove(name) || self.away;
        if outcome.standing() != Standing::Missed {
            return false;
        }
        self.failed
            .retain(|(when, _)| now.duration_since(*when) < UNNOTICED);
        self.failed.push((now, name.clone()));
        spoiled
    }

    /// The API server is found away. Gives the tests whose failures the absence may have caused before it was noticed.
    pub fn away(&mut self, now: Instant) -> Vec<TestName> {
        self.away = true;
        self.spoiled.extend(self.tests.iter().cloned());
        let recent = self.failed.drain(..);
        recent
            .filter(|(when, _)| now.duration_since(*when) < UNNOTICED)
            .map(|(_, name)| name)
            .collect()
    }

    /// The API server answers again. Tests that run now have lived through its absence.
    pub fn back(&mut self) {
        self.away = false;
    }

    /// Some of the tests that run now.
    pub fn named(&self) -> Vec<TestName> {
        self.tests.iter().take(MAX_NAMED).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> TestName {
        TestName::new(text).unwrap()
    }

    #[test]
    fn a_failure_counts_while_the_api_server_is_there() {
        let mut running = Running::default();
        running.started(name("a"));
        assert_eq!(running.named(), [name("a")]);
        assert!(!running.ended(&name("a"), Outcome::Failed, Instant::now()));
        assert_eq!(running.named(), []);
    }

    #[test]
    fn a_failure_during_an_absence_is_an_interruption_and_a_pass_is_a_pass() {
        let mut running = Running::default();
        let now = Instant::now();
        running.started(name("before"));
        running.away(now);
        running.started(name("during"));
        running.started(name("lucky"));
        running.back();
        running.started(name("after"));
        assert!(running.ended(&name("before"), Outcome::Failed, now));
        assert!(running.ended(&name("during"), Outcome::TimedOut, now));
        assert!(!running.ended(&name("lucky"), Outcome::Passed, now));
        assert!(!running.ended(&name("after"), Outcome::Failed, now));
    }

    #[test]
    fn a_failure_shortly_before_an_absence_was_noticed_is_taken_back() {
        let mut running = Running::default();
        let start = Instant::now();
        running.started(name("old"));
        running.ended(&name("old"), Outcome::Failed, start);
        let later = start + UNNOTICED;
        running.started(name("new"));
        running.ended(&name("new"), Outcome::Panicked, later);
        assert_eq!(running.away(later + Duration::from_secs(1)), [name("new")]);
        assert_eq!(running.away(later + Duration::from_secs(2)), []);
    }
}
