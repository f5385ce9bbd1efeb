//! What an archive says of a run.

use super::ArchiveError;
use crate::{Junit, LogSummary, ginkgo_report::GinkgoReport};

/// The plugin of sonobuoy's that runs the suite.
const SUITE: &str = "e2e";

/// What an archive or a folder holds of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The JUnit files, without the entries of tests that never started.
    pub junit: Vec<Found<Junit>>,
    /// The suite's logs.
    pub logs: Vec<Found<LogSummary>>,
    /// Ginkgo's own reports.
    pub reports: Vec<Found<GinkgoReport>>,
    /// The versions that the tool wrote down.
    pub versions: Versions,
    /// What was left out, and why.
    pub notes: Vec<Note>,
    /// Why the archive ends early, if it does; everything before that is kept.
    pub truncated: Option<ArchiveError>,
}

/// What one file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<T> {
    /// Where the file is in the archive.
    pub path: String,
    /// The plugin of sonobuoy's whose result it is.
    pub plugin: Option<String>,
    /// It comes from an archive in the archive.
    pub nested: bool,
    /// What it holds.
    pub value: T,
}

/// The versions that the tool wrote down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// The API server's.
    pub server: Option<String>,
    /// The tool's own.
    pub tool: Option<String>,
}

/// An entry that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Where it is in the archive.
    pub path: String,
    /// Why.
    pub why: &'static str,
}

impl Evidence {
    /// The JUnit files of the suite; none if there are none, or if it cannot be told which plugin's they are.
    pub fn suite_junit(&self) -> Vec<&Junit> {
        suite(&self.junit).map(|found| &found.value).collect()
    }

    /// The log of the suite.
    pub fn suite_log(&self) -> Option<&LogSummary> {
        suite(&self.logs).next().map(|found| &found.value)
    }

    /// Ginkgo's own report of the suite.
    pub fn suite_report(&self) -> Option<&GinkgoReport> {
        suite(&self.reports).next().map(|found| &found.value)
    }

    /// True if nothing in it says anything of a test.
    pub const fn is_empty(&self) -> bool {
        self.junit.is_empty() && self.reports.is_empty()
    }
}

/// The files of the suite's plugin, or of the only one there is. What is also packed once more counts once.
fn suite<T>(files: &[Found<T>]) -> impl Iterator<Item = &Found<T>> {
    let plugin = |found: &Found<T>| found.plugin.clone();
    let first = files.first().map(plugin);
    let of_suite = |found: &&Found<T>| found.plugin.as_deref() == Some(SUITE);
    let chosen = if files.iter().any(|found| of_suite(&found)) {
        Some(Some(SUITE.to_owned()))
    } else {
        first.filter(|first| files.iter().all(|found| found.plugin == *first))
    };
    let unpacked = files
        .iter()
        .any(|found| !found.nested && Some(&found.plugin) == chosen.as_ref());
    files
        .iter()
        .filter(move |found| Some(&found.plugin) == chosen.as_ref() && !(unpacked && found.nested))
}
