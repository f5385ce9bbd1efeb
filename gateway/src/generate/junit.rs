//! JUnit files of Go's tests, as gotestsum and go-junit-report write them.

use std::time::Duration;

use conform_suite::{Case, Junit, Outcome};

use super::{
    Ends, TestEnd,
    heard::{Heard, of_suite},
};

/// What a JUnit file says. A skip is one of a test whose features were not asked for only if its message says so.
pub fn of_junit(junit: &Junit) -> Ends {
    let mut heard = Heard::default();
    for case in junit.cases.iter().chain(&junit.nodes) {
        heard.ended("", test(case), end(case));
    }
    if heard.has_suite("") {
        if junit.properties.dry_run {
            heard.doubt("a JUnit file is of a dry run: its tests were listed and not run".to_owned());
        }
        if !took_time(junit) {
            let why = "a JUnit file says that its tests passed, and that none of them took any time: they were not run";
            heard.doubt(why.to_owned());
        }
    }
    heard.finish()
}

/// The name of a test; none for what both tools write of a package that failed outside of its tests.
fn test(case: &Case) -> &str {
    let name = case.name.as_str();
    let is_test = ["Test", "Example", "Fuzz", "Benchmark"]
        .iter()
        .any(|start| name.starts_with(start));
    if is_test && name != "TestMain" { name } else { "" }
}

/// False if tests of the suite passed and not one of them took time.
fn took_time(junit: &Junit) -> bool {
    let is_passed = |case: &&Case| {
        case.outcome == Outcome::Passed && of_suite(case.name.as_str()).is_some_and(|found| found.is_whole)
    };
    let mut passed = junit.cases.iter().filter(is_passed).peekable();
    passed.peek().is_none() || passed.any(|case| case.duration > Duration::ZERO)
}

fn end(case: &Case) -> TestEnd {
    let message = case.message.as_deref().unwrap_or_default();
    match case.outcome {
        Outcome::Passed => TestEnd::Passed,
        // It passed only at a further try, and the suite has no further tries.
        Outcome::Flaky | Outcome::Failed | Outcome::TimedOut | Outcome::Panicked | Outcome::Aborted => {
            TestEnd::Failed
        }
        Outcome::Interrupted => TestEnd::Unfinished,
        Outcome::Skipped | Outcome::NotRun if message.contains("does not support") => TestEnd::NotSupported,
        Outcome::Skipped | Outcome::NotRun => TestEnd::Skipped,
    }
}

#[cfg(test)]
mod tests {
    use conform_suite::{Limits, junit};

    use super::*;

    /// The ends of a file with one test that passed, and this beside it.
    fn ends(more: &str, time: &str) -> Ends {
        let text = format!(
            "<testsuites><testsuite>{more}<testcase classname=\"p\" name=\"TestConformance/HTTPRouteCORS\" {time}/>\
             </testsuite></testsuites>"
        );
        of_junit(&junit::read_telling(text.as_bytes(), &Limits::default()).unwrap())
    }

    #[test]
    fn a_dry_run_and_tests_without_time_prove_nothing() {
        assert_eq!(ends("", "time=\"2.5\"").doubts(), [""; 0]);
        let dry = "<properties><property name=\"DryRun\" value=\"true\"/></properties>";
        let doubts = ends(dry, "time=\"2.5\"").doubts();
        assert!(
            matches!(doubts.as_slice(), [one] if one.contains("dry run")),
            "{doubts:?}"
        );
        for time in ["", "time=\"0.000\""] {
            let doubts = ends("", time).doubts();
            assert!(
                matches!(doubts.as_slice(), [one] if one.contains("took any time")),
                "{doubts:?}"
            );
        }
    }

    #[test]
    fn a_failure_outside_of_tests_is_a_doubt() {
        for name in ["TestMain", "Failure", "TestConformance"] {
            let failed = format!(
                "<testcase classname=\"p\" name=\"{name}\" time=\"1\"><failure>boom</failure></testcase>"
            );
            let doubts = ends(&failed, "time=\"2.5\"").doubts();
            assert!(
                matches!(doubts.as_slice(), [one] if one.contains("no test in it did")),
                "{name}: {doubts:?}"
            );
        }
    }
}
