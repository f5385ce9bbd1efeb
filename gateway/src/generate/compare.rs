//! A report that the suite wrote, beside the ends of its tests.

use super::{Ends, TestEnd};
use crate::{
    known::{self, LevelOf, known},
    report::ConformanceReport,
};

/// Where the suite's own report says something else than the ends of its tests; nothing if they agree.
pub fn compare(report: &ConformanceReport, ends: &Ends) -> Vec<String> {
    let minor = report.gateway_api_version.as_deref().and_then(known::minor);
    let mut differences = Vec::new();
    for made in &report.profiles {
        let name = made.name.as_deref().unwrap_or_default();
        let Some(profile) = known::profile(name) else {
            differences.push(format!("{name}: its tests are not known"));
            continue;
        };
        for (of, level) in [
            (LevelOf::Core, Some(&made.core)),
            (LevelOf::Extended, made.extended.as_ref()),
        ] {
            let tests = known()
                .tests_of(minor)
                .filter(|test| test.level(profile) == Some(of));
            let tests: Vec<&str> = tests.map(|test| test.name).collect();
            let unseen = tests
                .iter()
                .filter(|test| matches!(ends.of(test), None | Some(TestEnd::Unfinished)));
            let unseen = unseen.count();
            let counts = level.map(|level| &level.statistics);
            let pairs = [
                ("passed", TestEnd::Passed, counts.and_then(|counts| counts.passed)),
                (
                    "skipped",
                    TestEnd::Skipped,
                    counts.and_then(|counts| counts.skipped),
                ),
                ("failed", TestEnd::Failed, counts.and_then(|counts| counts.failed)),
            ];
            for (word, end, said) in pairs {
                let seen = tests.iter().filter(|test| ends.of(test) == Some(end)).count();
                let seen = u32::try_from(seen).unwrap_or(u32::MAX);
                let said = said.unwrap_or_default();
                if said != seen {
                    let level = if of == LevelOf::Core { "core" } else { "extended" };
                    differences.push(format!(
                        "{name}: the report says that {said} {level} tests {word}, and {seen} did; of {unseen} nobody saw the end"
                    ));
                }
            }
        }
    }
    differences
}
