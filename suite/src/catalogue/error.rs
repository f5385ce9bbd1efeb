//! Why a catalogue cannot be read.

/// A catalogue that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// No line names the versions.
    #[error("no line names the versions")]
    NoVersions,
    /// A line is none of the catalogue's.
    #[error("line {line}: {problem}")]
    Line {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
}
