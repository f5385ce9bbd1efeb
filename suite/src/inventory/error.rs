//! Why a suite cannot be understood.

use crate::{InvalidTestName, ParseReleaseError, TestName};

/// An output of the suite is not what its flags promise.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InventoryError {
    /// The version is none.
    #[error("--version: {0}")]
    Version(#[from] ParseReleaseError),
    /// The suite was built without being told its version, so that nothing can be said of its release.
    #[error("--version: {version:?} is no release of Kubernetes: the suite was built without its version")]
    Unversioned {
        /// What it prints.
        version: String,
    },
    /// An output is larger than any suite's.
    #[error("{input}: {bytes} bytes, more than {limit}")]
    TooLarge {
        /// The flag whose output it is.
        input: &'static str,
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// An output has more entries than any suite's.
    #[error("{input}: more than {limit} entries")]
    TooMany {
        /// The flag whose output it is.
        input: &'static str,
        /// The limit.
        limit: usize,
    },
    /// An output names no test at all.
    #[error("{input}: names no test")]
    Empty {
        /// The flag whose output it is.
        input: &'static str,
    },
    /// A line of the list of tests is none of its lines.
    #[error("--list-tests, line {line}: {text:?} is not a place and a test's name")]
    Line {
        /// The line, counted from 1.
        line: usize,
        /// What is there, shortened.
        text: String,
    },
    /// A test's name cannot be one.
    #[error("{input}, {place}: {source}")]
    Name {
        /// The flag whose output it is.
        input: &'static str,
        /// Line or entry, counted from 1.
        place: String,
        /// What is wrong with the name.
        source: InvalidTestName,
    },
    /// An entry's release is none.
    #[error("{input}, entry {entry} at line {line} ({name}): {source}")]
    Release {
        /// The flag or file that it is of.
        input: &'static str,
        /// The entry, counted from 1.
        entry: usize,
        /// The line of its name, counted from 1.
        line: u64,
        /// The test's name.
        name: TestName,
        /// What is wrong with the release.
        source: ParseReleaseError,
    },
    /// The list of requirements is no YAML, or not this list.
    #[error("{input}: {message}")]
    Yaml {
        /// The flag or file that it is of.
        input: &'static str,
        /// What the YAML reader says, with line and column.
        message: String,
    },
}
