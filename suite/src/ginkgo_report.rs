//! Reads Ginkgo's own report (`report.json`), which knows what a JUnit file leaves out: how often a test was tried.
//!
//! A real one has five times the size of the JUnit file, most of it labels and places in the source. It is read as a
//! stream, one spec at a time, and what is not needed is skipped and never stored.

mod error;
mod meter;
mod read;
mod spec;
mod spec_end;
mod suite;

pub use error::ReportError;
pub use read::{read, read_order, read_telling};
pub use spec_end::{SpecEnd, read_spec};

use std::collections::BTreeMap;

use crate::{Case, Junit, JunitError, Properties, Release, TestName};

/// What one report holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GinkgoReport {
    /// The tests, sorted by name, each once. Of a name that the report has several times, the worst counts.
    pub cases: Vec<Case>,
    /// From which release on tests are to be required, as constraints behind their names say. Ginkgo 2.28 leaves those of
    /// a test itself out of its report.
    pub required_in: BTreeMap<TestName, Release>,
    /// How many specs never started.
    pub filtered: usize,
    /// The suite's own nodes, in the order of the report.
    pub nodes: Vec<Case>,
    /// How the suite was run.
    pub properties: Properties,
    /// Why the report ends early, if it does; everything before that is kept.
    pub truncated: Option<ReportError>,
}

impl From<GinkgoReport> for Junit {
    /// The same in the shape of a JUnit file, so that everything behind the readers is the same.
    fn from(report: GinkgoReport) -> Self {
        let GinkgoReport {
            cases,
            required_in,
            filtered,
            nodes,
            properties,
            truncated,
        } = report;
        Self {
            cases,
            required_in,
            logs: BTreeMap::new(),
            filtered,
            nodes,
            properties,
            truncated: truncated.map(|error| JunitError::Truncated { at: error.at() }),
            ..Self::default()
        }
    }
}
