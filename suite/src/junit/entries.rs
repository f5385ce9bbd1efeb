//! How many entries a file has, and how many it says it has.

use super::case::Ending;
use crate::Outcome;

/// How many entries a file has. Of a name that comes several times, each counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entries {
    /// Tests.
    pub tests: u64,
    /// Tests that passed.
    pub passed: u64,
    /// Tests that ran and did not pass.
    pub bad: u64,
    /// The suite's own nodes.
    pub nodes: u64,
    /// Nodes that did not pass.
    pub bad_nodes: u64,
}

impl Entries {
    /// Counts one.
    pub(crate) fn take(&mut self, ending: &Ending, node: bool) {
        self.count(ending.outcome, node);
    }

    /// Counts an entry that ended so.
    pub(crate) const fn count(&mut self, outcome: Outcome, node: bool) {
        let (passed, bad) = match outcome {
            Outcome::Passed | Outcome::Flaky => (1, 0),
            Outcome::NotRun | Outcome::Skipped => (0, 0),
            _ => (0, 1),
        };
        if node {
            self.nodes += 1;
            self.bad_nodes += bad;
        } else {
            self.tests += 1;
            self.passed += passed;
            self.bad += bad;
        }
    }

    /// One of the tests that were counted as passed is none.
    pub(super) const fn take_back_pass(&mut self) {
        self.passed = self.passed.saturating_sub(1);
    }

    /// Tests that did not run.
    pub const fn idle(&self) -> u64 {
        self.tests.saturating_sub(self.passed).saturating_sub(self.bad)
    }

    pub(super) const fn absorb(&mut self, other: Self) {
        self.tests += other.tests;
        self.passed += other.passed;
        self.bad += other.bad;
        self.nodes += other.nodes;
        self.bad_nodes += other.bad_nodes;
    }
}

/// What a suite, or the whole file, says of the number of its entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// Entries of tests and nodes.
    pub tests: Option<u64>,
    /// Entries that failed, errors included.
    pub bad: Option<u64>,
}

impl Claim {
    pub(super) fn of(tests: Option<&str>, failures: Option<&str>, errors: Option<&str>) -> Self {
        let bad = match (failures.map(number), errors.map(number)) {
            (None, None) => None,
            (failures, errors) => Some(failures.unwrap_or(0).saturating_add(errors.unwrap_or(0))),
        };
        Self {
            tests: tests.map(number),
            bad,
        }
    }

    /// The claims of several suites together; what one of them does not say is not known of all.
    fn and(self, other: Self) -> Self {
        let sum = |a: Option<u64>, b: Option<u64>| Some(a?.saturating_add(b?));
        Self {
            tests: sum(self.tests, other.tests),
            bad: sum(self.bad, other.bad),
        }
    }
}

/// No number is more than any file holds.
fn number(text: &str) -> u64 {
    text.trim().parse().unwrap_or(u64::MAX)
}

/// What a file says of the number of its entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// What the root element says of all.
    pub whole: Option<Claim>,
    /// What the suites below it say, together.
    pub suites: Option<Claim>,
}

impl Claims {
    pub(super) fn take(&mut self, claim: Claim, depth: usize) {
        let of = match depth {
            1 => &mut self.whole,
            2 => &mut self.suites,
            // What a suite says of those inside it, each tool counts its own way.
            _ => return,
        };
        *of = Some(of.map_or(claim, |so_far| so_far.and(claim)));
    }

    /// Each, if there is one.
    pub fn iter(&self) -> impl Iterator<Item = Claim> {
        self.whole.into_iter().chain(self.suites)
    }

    pub(super) fn absorb(&mut self, other: Self) {
        for (depth, claim) in [(1, other.whole), (2, other.suites)] {
            if let Some(claim) = claim {
                self.take(claim, depth);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_of_suites_are_added_as_far_as_all_say_them() {
        let mut claims = Claims::default();
        claims.take(Claim::of(Some("9"), Some("1"), Some("2")), 1);
        claims.take(Claim::of(Some("4"), Some("1"), None), 2);
        claims.take(Claim::of(Some("5"), None, None), 2);
        claims.take(Claim::of(Some("70"), None, None), 3);
        let (whole, suites) = (claims.whole.unwrap(), claims.suites.unwrap());
        assert_eq!((whole.tests, whole.bad), (Some(9), Some(3)));
        assert_eq!((suites.tests, suites.bad), (Some(9), None));
        assert_eq!(Claim::of(Some("many"), None, None).tests, Some(u64::MAX));
    }
}
