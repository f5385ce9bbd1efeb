//! Whether as many tests were counted as the suite has.

use crate::{
    finding::Findings,
    known::{self, LevelOf, known},
    report::{ConformanceReport, Level, Places},
};

/// Counts are held against the suite of exactly that release: patch releases add tests and take some away. Of another one
/// only what no suite has is said.
pub(super) fn check(report: &ConformanceReport, places: &Places, findings: &mut Findings) {
    let version = report.gateway_api_version.as_deref().unwrap_or_default();
    let minor = known::minor(version).filter(|minor| (1..=known().newest()).contains(minor));
    let Some(minor) = minor.filter(|_| !report.is_alpha()) else {
        return;
    };
    let is_exact = known().versions().contains(&version);
    for (at, made) in report.profiles.iter().enumerate() {
        let Some(profile) = made.name.as_deref().and_then(known::profile) else {
            continue;
        };
        for (key, level) in made.levels() {
            let Some(counted) = counted(level) else { continue };
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
            let message = if is_exact && counted > all {
                format!(
                    "{counted} {key} tests were counted, and the suite of {version} has {all} in {}: the numbers are not those \
                     of that suite",
                    profile.name
                )
            } else if is_exact && counted < least && counted > 0 {
                format!(
                    "{counted} {key} tests were counted, and the suite of {version} has {all} in {}: the others were not \
                     measured",
                    profile.name
                )
            } else if counted > known().most() {
                format!("{counted} {key} tests were counted, and no suite that is known has so many")
            } else {
                continue;
            };
            let path = format!("profiles[{at}].{key}.statistics");
            findings.warn("test-count", &path, places.of(&path), message);
        }
    }
}

/// How many tests of a level were counted; nothing if a number cannot be read.
fn counted(level: &Level) -> Option<u64> {
    let counts = &level.statistics;
    Some(u64::from(counts.passed?) + u64::from(counts.skipped?) + u64::from(counts.failed?))
}
