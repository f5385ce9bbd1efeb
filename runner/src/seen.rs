//! What is seen of a running suite.

use conform_suite::{Outcome, TestName};

/// What a test did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It began.
    Started(TestName),
    /// It ended.
    Ended(TestName, Outcome),
}
