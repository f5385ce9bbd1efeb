//! What is seen of a running suite.

use std::time::Duration;

use conform_suite::{Outcome, TestName};

/// What a test did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It began.
    Started(TestName),
    /// It ended.
    Ended {
        /// The test.
        name: TestName,
        /// How.
        outcome: Outcome,
        /// How long it took, if that is known.
        duration: Option<Duration>,
    },
}
