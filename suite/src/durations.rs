//! How long a test is likely to take: for the order of parallel runs and for sharing tests out, never for a verdict.
//!
//! The built-in table has what tests took on real runs (`cargo xtask generate durations`). A cluster's own last results
//! come before it.

mod error;
mod table;

pub use error::DurationsError;

use std::{
    collections::{BTreeMap, HashMap},
    sync::OnceLock,
    time::Duration,
};

use crate::{Case, Outcome, TestName, catalogue::identity};

/// What an empty table says of a test.
const UNKNOWN: Duration = Duration::from_secs(10);

/// What is known of how long tests take, by identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Durations {
    known: HashMap<String, Duration>,
    default: Duration,
}

impl Durations {
    /// What is built in.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Durations> = OnceLock::new();
        // A test reads the committed file, so that nothing can go wrong here; an empty table only costs time.
        BUILT_IN.get_or_init(|| Self::parse(include_str!("../data/durations.txt")).unwrap_or_default())
    }

    /// The same, but with what `history` says of the tests that it has.
    #[must_use]
    pub fn with_history(&self, history: impl IntoIterator<Item = (TestName, Duration)>) -> Self {
        let mut own = self.clone();
        for (name, duration) in history {
            own.known.insert(identity(&name).to_owned(), duration);
        }
        own
    }

    /// How long the test is likely to take. Of a test that nobody measured: the median of all.
    pub fn estimate(&self, name: &TestName) -> Duration {
        let known = self.known.get(identity(name));
        *known.unwrap_or(&self.default)
    }
}

impl Default for Durations {
    fn default() -> Self {
        Self {
            known: HashMap::new(),
            default: UNKNOWN,
        }
    }
}

/// The table's text from what tests did on real runs: the median of each test's passes. What failed, was skipped or never
/// ran says nothing of how long the test takes.
pub fn generate(cases: impl IntoIterator<Item = Case>) -> String {
    let mut measured: BTreeMap<String, Vec<Duration>> = BTreeMap::new();
    for case in cases {
        // A flaky test ran several times.
        if case.outcome == Outcome::Passed {
            let id = identity(&case.name).to_owned();
            measured.entry(id).or_default().push(case.duration);
        }
    }
    table::write(
        measured
            .into_iter()
            .filter_map(|(id, all)| Some((id, median(all)?))),
    )
}

/// The middle one; of two, the longer.
fn median(mut all: Vec<Duration>) -> Option<Duration> {
    all.sort_unstable();
    all.get(all.len() / 2).copied()
}

#[cfg(test)]
mod tests;
