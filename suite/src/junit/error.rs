//! Why a file cannot be read, or not to its end.

use crate::InvalidTestName;

/// A file that is no JUnit, or none that may be read. Offsets are bytes from the start of the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JunitError {
    /// The results are those of a dry run: nothing was measured.
    #[error("the JUnit file is of a dry run: nothing was measured")]
    DryRun,
    /// The file ends before its root element does.
    #[error("the JUnit file ends at byte {at}, before its end tag")]
    Truncated {
        /// Where.
        at: u64,
    },
    /// The root element is not JUnit's.
    #[error("byte {at}: a JUnit file starts with <testsuites> or <testsuite>, not with {found:?}")]
    NotJunit {
        /// Where.
        at: u64,
        /// What is there instead, shortened.
        found: String,
    },
    /// The bytes are not well-formed XML.
    #[error("byte {at}: {message}")]
    Malformed {
        /// Where.
        at: u64,
        /// What is wrong.
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
    /// A document type is declared: the way to entities that grow.
    #[error("byte {at}: a document type declaration is refused")]
    DocumentType {
        /// Where.
        at: u64,
    },
    /// An entity that is neither predefined nor a character number.
    #[error("byte {at}: the entity {name:?} is refused")]
    Entity {
        /// Where.
        at: u64,
        /// Its name, shortened.
        name: String,
    },
    /// A test case has no name that a test can have.
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

impl JunitError {
    pub(super) fn too_large(at: u64, what: &'static str, limit: usize) -> Self {
        Self::TooLarge {
            at,
            what,
            limit: u64::try_from(limit).unwrap_or(u64::MAX),
        }
    }
}
