//! Why an archive cannot be read, or not to its end.

use crate::{JunitError, ginkgo_report::ReportError};

/// An archive that is none, or none that may be read. Offsets are bytes from the start of the unpacked archive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// The archive ends before its end mark.
    #[error("the archive ends at byte {at}, in or behind {entry:?}")]
    Truncated {
        /// The last entry that was seen.
        entry: String,
        /// Where.
        at: u64,
    },
    /// The bytes are no archive.
    #[error("byte {at}, in or behind {entry:?}: {message}")]
    Malformed {
        /// The last entry that was seen.
        entry: String,
        /// Where.
        at: u64,
        /// What is wrong.
        message: String,
    },
    /// A limit is passed.
    #[error("byte {at}, in or behind {entry:?}: more than {limit} {what}")]
    TooLarge {
        /// The last entry that was seen.
        entry: String,
        /// Where.
        at: u64,
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// A path that leads out of the archive.
    #[error("byte {at}: the path {path:?} leads out of the archive")]
    Path {
        /// The path, printable and shortened.
        path: String,
        /// Where its entry is.
        at: u64,
    },
    /// A JUnit file that may not be read.
    #[error("{path}: {source}")]
    Junit {
        /// Where it is in the archive.
        path: String,
        /// What is wrong with it.
        source: JunitError,
    },
    /// A report of Ginkgo's that may not be read.
    #[error("{path}: {source}")]
    Report {
        /// Where it is in the archive.
        path: String,
        /// What is wrong with it.
        source: ReportError,
    },
    /// The input could not be read.
    #[error("byte {at}, in or behind {entry:?}: {message}")]
    Read {
        /// The last entry that was seen.
        entry: String,
        /// Where.
        at: u64,
        /// What the input says.
        message: String,
    },
}
