//! The tables and badges of a tree of reports.
//!
//! What is written depends on nothing but the reports and the texts that are there: written twice, it is the same.

mod badge;
mod table;

pub use badge::{badge, is_badge};
pub use table::{BadMarks, root_page, with_table};

use std::collections::BTreeMap;

use crate::{
    report::{ConformanceReport, Level, LevelResult, ProfileReport},
    rules::{Miscount, location, miscount},
};

/// A report in a tree.
#[derive(Clone, Debug)]
pub struct Indexed<'report> {
    /// Folder of the release, such as `v1.7`.
    pub release: &'report str,
    /// Folder of the implementation, such as `acme-operator`.
    pub implementation: &'report str,
    /// Name of the file.
    pub file: &'report str,
    /// What it says.
    pub report: &'report ConformanceReport,
}

/// What a profile comes to, as badges have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// A test failed, or the report does not say that none did.
    Failed,
    /// No test was counted.
    NotMeasured,
    /// None failed, and some were not run.
    Partial,
    /// Every test that was counted passed.
    Conformant,
}

impl Standing {
    /// What a profile of a report comes to. Numbers count and not words: a success of nothing is none, and one of fewer tests
    /// than the suite has is partial.
    pub fn of(report: &ConformanceReport, profile: &ProfileReport) -> Self {
        let levels = profile.levels().map(|(key, level)| {
            let most = match miscount(report, profile, key, level) {
                Some(Miscount::NoSuite) => Self::NotMeasured,
                Some(Miscount::Fewer(_)) => Self::Partial,
                Some(Miscount::More(_)) | None => Self::Conformant,
            };
            Self::of_level(level).min(most)
        });
        let worst = levels.min().unwrap_or(Self::NotMeasured);
        if profile.core.statistics.passed.unwrap_or_default() == 0 {
            worst.min(Self::NotMeasured)
        } else {
            worst
        }
    }

    const fn of_level(level: &Level) -> Self {
        let counts = &level.statistics;
        match (&level.result, counts.passed, counts.skipped, counts.failed) {
            (Some(LevelResult::Success | LevelResult::Partial), Some(0), Some(0), Some(0)) => {
                Self::NotMeasured
            }
            (Some(LevelResult::Success), Some(1..), Some(0), Some(0)) => Self::Conformant,
            (Some(LevelResult::Success | LevelResult::Partial), Some(_), Some(_), Some(0)) => Self::Partial,
            _ => Self::Failed,
        }
    }

    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::NotMeasured => "not measured",
            Self::Partial => "partial",
            Self::Conformant => "conformant",
        }
    }
}

/// Sorts the reports that lie in a tree: the newest release first, then by implementation, the newest version first.
pub fn sorted<'report>(
    reports: impl Iterator<Item = (&'report str, &'report ConformanceReport)>,
) -> Vec<Indexed<'report>> {
    let placed = reports.filter_map(|(path, report)| {
        let place = location(path)?;
        Some(Indexed {
            release: place.release,
            implementation: place.implementation,
            file: place.file,
            report,
        })
    });
    let mut placed: Vec<Indexed<'_>> = placed.collect();
    placed.sort_by(|a, b| {
        let newest = numbers(b.release).cmp(&numbers(a.release));
        newest
            .then_with(|| a.implementation.cmp(b.implementation))
            .then_with(|| numbers(version(b.report)).cmp(&numbers(version(a.report))))
            .then_with(|| a.file.cmp(b.file))
    });
    placed
}

/// The folders of implementations with their reports, in the same order within each.
pub fn by_folder<'index, 'report>(
    reports: &'index [Indexed<'report>],
) -> BTreeMap<(&'report str, &'report str), Vec<&'index Indexed<'report>>> {
    let mut folders: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for report in reports {
        folders
            .entry((report.release, report.implementation))
            .or_default()
            .push(report);
    }
    folders
}

fn version(report: &ConformanceReport) -> &str {
    report.implementation.version.as_deref().unwrap_or_default()
}

/// The numbers in a version, so that 1.10 comes after 1.9.
fn numbers(version: &str) -> Vec<u64> {
    let parts = version.split(|c: char| !c.is_ascii_digit());
    parts
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().unwrap_or(u64::MAX))
        .collect()
}
