//! Whether all that is said of the suite's end is that it succeeded.

use super::{Check, CheckReport, Submission, told};
use crate::{Junit, LogSummary, Outcome, Property};

/// JUnit file and log both say that the suite succeeded, and nothing in them says that it did not.
pub(super) fn suite_succeeded(given: &Submission) -> CheckReport {
    let check = Check::SuiteSucceeded;
    let mut problems = Vec::new();
    if let Some(junit) = told::junit(given) {
        problems.extend(of_junit(junit));
    }
    match &given.log {
        Some(log) => problems.extend(of_log(log)),
        None => problems.push("there is no e2e.log that says so".to_owned()),
    }
    if !problems.is_empty() {
        return check.failed(problems.join("; "));
    }
    told::untold(given, check, &[Property::SuiteSucceeded])
        .unwrap_or_else(|| check.passed("JUnit file and log say so"))
}

fn of_junit(junit: &Junit) -> Vec<String> {
    let mut problems = Vec::new();
    if junit
        .properties
        .values(Property::SuiteSucceeded)
        .any(|value| value != "true")
    {
        problems.push("the JUnit file says that the suite failed".to_owned());
    }
    let reasons = junit.properties.values(Property::SpecialSuiteFailureReason);
    let reasons = reasons.filter(|reason| !reason.trim().is_empty());
    problems.extend(reasons.map(|reason| format!("the JUnit file says why the suite failed: {reason}")));
    let ended_well = |outcome| {
        matches!(
            outcome,
            Outcome::Passed | Outcome::Flaky | Outcome::Skipped | Outcome::NotRun
        )
    };
    let nodes = junit.nodes.iter().filter(|node| !ended_well(node.outcome));
    problems.extend(nodes.map(|node| {
        format!(
            "{}, a part of the suite and no test, did not pass in the JUnit file",
            node.name.as_str()
        )
    }));
    problems
}

fn of_log(log: &LogSummary) -> Vec<String> {
    let told = &log.told;
    let mut problems = Vec::new();
    match (told.failures.first(), log.suite_passed) {
        (Some(line), _) => problems.push(format!("line {line} of e2e.log says that the suite failed")),
        (None, Some(false)) => problems.push("e2e.log says that the suite failed".to_owned()),
        (None, Some(true)) => {}
        (None, None) => {
            problems
                .push("e2e.log has no last line that says so: it is cut, or of something else".to_owned());
        }
    }
    let ends = || told.successes.iter().chain(&told.failures).copied().collect();
    let several: [(&str, Vec<usize>); 3] = [
        ("ends of a suite", ends()),
        ("lines that say how many tests ran", told.counts.clone()),
        ("lines that say how many tests will run", told.starts.clone()),
    ];
    for (what, mut lines) in several {
        if lines.len() > 1 {
            lines.sort_unstable();
            let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
            problems.push(format!(
                "e2e.log has {} {what}, in lines {}: one run has one",
                lines.len(),
                lines.join(", ")
            ));
        }
    }
    problems.extend(told.signs.first().map(|(line, text)| {
        format!("line {line} of e2e.log is \"{text}\", which only a failed suite prints")
    }));
    if let Some(flaked) = log.flaked.filter(|count| *count > 0) {
        problems.push(format!(
            "e2e.log says that {flaked} tests passed only on a further try"
        ));
    }
    problems
}
