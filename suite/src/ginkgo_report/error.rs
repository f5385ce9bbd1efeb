//! Why a report cannot be read, or not to its end.

use crate::InvalidTestName;

/// A file that is no report of Ginkgo's, or none that may be read. Offsets are bytes from the start of the file; the
/// reader of JSON looks ahead, so that they may be some bytes late.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// The file ends before its value does.
    #[error("the Ginkgo report ends at byte {at}, before its end")]
    Truncated {
        /// Where.
        at: u64,
    },
    /// The bytes are no JSON, or not of a report's shape.
    #[error("byte {at}: {message}")]
    Malformed {
        /// Where.
        at: u64,
        /// What is wrong, with line and column.
        message: String,
    },
    /// A limit is passed.
    #[error("byte {at}: more than {limit} {what}")]
    TooLarge {
        /// Where.
        at: u64,
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// A spec has no name that a test can have.
    #[error("byte {at}: {source}")]
    Name {
        /// Where.
        at: u64,
        /// What is wrong with it.
        source: InvalidTestName,
    },
    /// The input could not be read.
    #[error("byte {at}: {message}")]
    Read {
        /// Where.
        at: u64,
        /// What the input says.
        message: String,
    },
}

impl ReportError {
    /// Where it is.
    pub const fn at(&self) -> u64 {
        match self {
            Self::Truncated { at }
            | Self::Malformed { at, .. }
            | Self::TooLarge { at, .. }
            | Self::Name { at, .. }
            | Self::Read { at, .. } => *at,
        }
    }
}
