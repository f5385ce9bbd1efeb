//! Whether as many tests were counted as the suite has.

use crate::{
    finding::Findings,
    known::{self, LevelOf, known},
    report::{ConformanceReport, Level, Places, ProfileReport},
};

/// What is wrong with how many tests of a level were counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Miscount {
    /// The suite of that release has fewer: so many.
    More(u64),
    /// It has more: so many.
    Fewer(u64),
    /// No suite that is known has so many.
    NoSuite,
}

pub(super) fn check(report: &ConformanceReport, places: &Places, findings: &mut Findings) {
    let version = report.gateway_api_version.as_deref().unwrap_or_default();
    for (at, profile) in report.profiles.iter().enumerate() {
        let name = profile.name.as_deref().unwrap_or_default();
        for (key, level) in profile.levels() {
            let counted = counted(level).unwrap_or_default();
            let message = match miscount(report, profile, key, level) {
                None => continue,
                Some(Miscount::More(all)) => format!(
                    "{counted} {key} tests were counted, and the suite of {version} has {all} in {name}: the numbers are not \
                     those of that suite"
                ),
                Some(Miscount::Fewer(all)) => format!(
                    "{counted} {key} tests were counted, and the suite of {version} has {all} in {name}: the others were not \
                     measured"
                ),
                Some(Miscount::NoSuite) => {
                    format!("{counted} {key} tests were counted, and no suite that is known has so many")
                }
            };
            let path = format!("profiles[{at}].{key}.statistics");
            findings.warn("test-count", &path, places.of(&path), message);
        }
    }
}

/// What is wrong with how many tests were counted, as far as that is known; nothing of a level in which none was.
///
/// Counts are held against the suite of exactly that release: patch releases add tests and take some away. Of another one
/// only what no suite has is said. Where no test is known of a level, the profile of that time was cut otherwise, as those of
/// meshes up to v1.3 were.
pub(crate) fn miscount(
    report: &ConformanceReport,
    made: &ProfileReport,
    key: &str,
    level: &Level,
) -> Option<Miscount> {
    let version = report.gateway_api_version.as_deref()?;
    let minor = known::minor(version).filter(|minor| (1..=known().newest()).contains(minor))?;
    let profile = known::profile(made.name.as_deref()?)?;
    let counted = counted(level).filter(|counted| *counted > 0 && !report.is_alpha())?;
    let of = if key == "core" {
        LevelOf::Core
    } else {
        LevelOf::Extended
    };
    let tests = known().tests_of(Some(minor));
    let (mut all, mut least) = (0, 0);
    for test in tests.filter(|test| test.level(profile) == Some(of)) {
        all += 1;
        // A suite can be told to leave provisional tests out.
        least += u64::from(of == LevelOf::Core && !test.provisional);
    }
    let is_exact = known().versions().contains(&version);
    if counted > known().most() {
        Some(Miscount::NoSuite)
    } else if is_exact && counted > all && all > 0 {
        Some(Miscount::More(all))
    } else {
        (is_exact && counted < least).then_some(Miscount::Fewer(all))
    }
}

/// How many tests of a level were counted; nothing if a number cannot be read.
fn counted(level: &Level) -> Option<u64> {
    let counts = &level.statistics;
    Some(u64::from(counts.passed?) + u64::from(counts.skipped?) + u64::from(counts.failed?))
}
