//! Whether the numbers of a level agree with each other.

use crate::{
    finding::Findings,
    report::{ConformanceReport, Level, LevelResult, Places},
};

pub(super) fn check(report: &ConformanceReport, places: &Places, findings: &mut Findings) {
    for (at, profile) in report.profiles.iter().enumerate() {
        for (key, level) in profile.levels() {
            let path = format!("profiles[{at}].{key}");
            lists(level, &path, places, findings);
            result(report, level, &path, places, findings);
        }
        nothing_measured(&profile.core, &format!("profiles[{at}].core"), places, findings);
    }
}

/// The suite counts a skip or a failure whenever it adds a name.
fn lists(level: &Level, path: &str, places: &Places, findings: &mut Findings) {
    let lists = [
        (
            "Skipped",
            level.statistics.skipped,
            "skippedTests",
            &level.skipped_tests,
        ),
        (
            "Failed",
            level.statistics.failed,
            "failedTests",
            &level.failed_tests,
        ),
    ];
    for (name, count, key, tests) in lists {
        let listed = u32::try_from(tests.len()).unwrap_or(u32::MAX);
        // Of a list of another type that is said, and not that it is empty.
        let is_read = !level
            .others
            .iter()
            .any(|entry| entry.key == key && !entry.value.is_null());
        if is_read && count.is_some_and(|count| count != listed) {
            let counted = count.unwrap_or_default();
            let path = format!("{path}.statistics");
            let message = format!("{name} is {counted}, but {key} has {listed} of them");
            findings.error("statistics", &path, places.of(&path), message);
        }
        for (at, test) in tests.iter().enumerate() {
            if tests.iter().take(at).any(|other| other == test) {
                let path = format!("{path}.{key}[{at}]");
                let message = format!("{test} is there twice");
                findings.error("duplicate-test", &path, places.of(&path), message);
            }
        }
    }
    for (at, test) in level.failed_tests.iter().enumerate() {
        if level.skipped_tests.contains(test) {
            let path = format!("{path}.failedTests[{at}]");
            let message = format!("{test} is said to have failed and to have been skipped");
            findings.error("duplicate-test", &path, places.of(&path), message);
        }
    }
}

fn result(report: &ConformanceReport, level: &Level, path: &str, places: &Places, findings: &mut Findings) {
    let counts = (level.statistics.skipped, level.statistics.failed);
    let (Some(said), (Some(skipped), Some(failed))) = (&level.result, counts) else {
        return;
    };
    let expected = LevelResult::of_counts(skipped, failed);
    if *said == expected || matches!(said, LevelResult::Other(_)) {
        return;
    }
    let path = format!("{path}.result");
    let place = places.of(&path);
    if *said == LevelResult::Partial && expected == LevelResult::Success {
        let message = "the numbers say success; partial without a skip means that the run needed steps that the suite does \
                       not have";
        findings.warn("partial", &path, place, message);
        return;
    }
    let message = format!("it says {said}, but {skipped} skipped and {failed} failed make {expected}");
    if report.is_alpha() && *said == LevelResult::Success && failed == 0 {
        // The example of GEP-1709 has a success with skips.
        findings.warn("statistics", &path, place, message);
    } else {
        findings.error("statistics", &path, place, message);
    }
}

/// A level in which nothing was counted is a success to the suite, and measures nothing.
fn nothing_measured(core: &Level, path: &str, places: &Places, findings: &mut Findings) {
    let counts = &core.statistics;
    let counts = [counts.passed, counts.skipped, counts.failed];
    if counts == [Some(0); 3] {
        let message = "no test was counted: this success was not measured";
        findings.warn("nothing-measured", path, places.of(path), message);
    }
}
