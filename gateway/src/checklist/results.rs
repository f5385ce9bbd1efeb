//! Files with results of Go's tests, as evidence names them.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, Read},
};

use conform_suite::{Junit, Limits, Outcome, junit};

use crate::generate::each_event;

/// Longest file that is read, in bytes.
const MAX_BYTES: u64 = 128 << 20;
/// How much of a line of a log is looked at, in bytes. The rest of it is passed over.
const MAX_LINE: u64 = 4096;

/// How a file says how tests ended. It is told by the file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// `junit.xml`.
    Junit,
    /// `results.json`: what `go test -json` writes.
    Events,
    /// `e2e.log`: what `go test -v` writes.
    Log,
}

/// How a test ended, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    Passed,
    Skipped,
    /// It began, and nobody saw its end.
    Unfinished,
    Failed,
}

/// How the tests of one file ended.
#[derive(Debug, Default)]
pub(super) struct Results {
    ends: BTreeMap<String, End>,
    /// Packages that failed.
    packages: BTreeSet<String>,
}

impl Format {
    /// The form of a file with this path; nothing if it is no file of results.
    pub(super) fn of(path: &str) -> Option<Self> {
        match path.rsplit('/').next()? {
            "junit.xml" => Some(Self::Junit),
            "results.json" => Some(Self::Events),
            "e2e.log" => Some(Self::Log),
            _ => None,
        }
    }

    /// Reads a file; the error says what is wrong with it.
    pub(super) fn read(self, input: impl BufRead) -> Result<Results, String> {
        let mut input = input.take(MAX_BYTES + 1);
        let read = match self {
            Self::Junit => of_junit(&mut input),
            Self::Events => of_events(&mut input),
            Self::Log => of_log(&mut input),
        };
        if input.limit() == 0 {
            return Err(format!("it is longer than {} MiB", MAX_BYTES >> 20));
        }
        read
    }
}

impl Results {
    /// How a test ended; of several with its name, the worst. Nothing if the file does not have it.
    pub(super) fn of(&self, test: &str) -> Option<End> {
        self.ends.get(test).copied()
    }

    /// What failed: tests, or packages if no test did.
    pub(super) fn failed(&self) -> Vec<&str> {
        let ends = self.ends.iter().filter(|(_, end)| **end == End::Failed);
        let tests: Vec<&str> = ends.map(|(name, _)| name.as_str()).collect();
        if tests.is_empty() {
            self.packages.iter().map(String::as_str).collect()
        } else {
            tests
        }
    }

    fn add(&mut self, test: &str, end: End) {
        let kept = self.ends.entry(test.to_owned()).or_insert(end);
        *kept = (*kept).max(end);
    }
}

fn of_junit(input: impl BufRead) -> Result<Results, String> {
    let limits = Limits {
        bytes: MAX_BYTES,
        ..Limits::default()
    };
    let Junit {
        cases,
        nodes,
        properties,
        truncated,
        ..
    } = junit::read(input, &limits).map_err(|error| error.to_string())?;
    if let Some(cut) = truncated {
        return Err(cut.to_string());
    }
    if properties.dry_run {
        return Err("it is of a dry run: its tests were listed and not run".to_owned());
    }
    let mut results = Results::default();
    for case in cases.iter().chain(&nodes) {
        let end = match case.outcome {
            Outcome::Passed | Outcome::Flaky => End::Passed,
            Outcome::Skipped | Outcome::NotRun => End::Skipped,
            Outcome::Interrupted => End::Unfinished,
            Outcome::Failed | Outcome::TimedOut | Outcome::Panicked | Outcome::Aborted => End::Failed,
        };
        results.add(case.name.as_str(), end);
    }
    Ok(results)
}

fn of_events(input: impl BufRead) -> Result<Results, String> {
    let mut results = Results::default();
    let mut open: BTreeSet<(String, String)> = BTreeSet::new();
    let read = each_event(input, |event| {
        let key = || (event.package.clone(), event.test.clone());
        let end = match event.action.as_str() {
            "run" => {
                open.insert(key());
                return;
            }
            "pass" => End::Passed,
            "skip" => End::Skipped,
            "fail" => End::Failed,
            _ => return,
        };
        open.remove(&key());
        if !event.test.is_empty() {
            results.add(&event.test, end);
        } else if end == End::Failed {
            results.packages.insert(format!("package {}", event.package));
        }
    });
    read.map_err(|error| error.to_string())?;
    for (_, test) in open {
        results.add(&test, End::Unfinished);
    }
    Ok(results)
}

fn of_log(mut input: impl BufRead) -> Result<Results, String> {
    let mut results = Results::default();
    let mut line = Vec::new();
    let mut is_start = true;
    loop {
        line.clear();
        let read = input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line);
        if read.map_err(|error| error.to_string())? == 0 {
            return Ok(results);
        }
        if is_start && let Some((test, end)) = ending(&line) {
            results.add(test, end);
        }
        is_start = line.ends_with(b"\n");
    }
}

/// What a line such as `--- PASS: TestX (0.10s)` says. Those of subtests are set in.
fn ending(line: &[u8]) -> Option<(&str, End)> {
    let rest = line.trim_ascii_start().strip_prefix(b"--- ")?;
    let mut words = std::str::from_utf8(rest).ok()?.split_whitespace();
    let end = match words.next()? {
        "PASS:" => End::Passed,
        "FAIL:" => End::Failed,
        "SKIP:" => End::Skipped,
        _ => return None,
    };
    Some((words.next()?, end))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const JUNIT: &str = "<testsuites><testsuite><testcase classname=\"p\" name=\"TestA\" time=\"1\"/><testcase classname=\"p\" \
        name=\"TestB\"><skipped message=\"no device\"/></testcase><testcase classname=\"p\" name=\"TestC/x\"><failure>boom\
        </failure></testcase></testsuite></testsuites>";
    const EVENTS: &str = "# building\n{\"Action\":\"run\",\"Package\":\"p\",\"Test\":\"TestA\"}\n\
        {\"Action\":\"pass\",\"Package\":\"p\",\"Test\":\"TestA\"}\n{\"Action\":\"skip\",\"Package\":\"p\",\"Test\":\"TestB\"}\n\
        {\"Action\":\"fail\",\"Package\":\"p\",\"Test\":\"TestC/x\"}\n{\"Action\":\"fail\",\"Package\":\"p\"}\n";
    const LOG: &str = "=== RUN   TestA\n--- PASS: TestA (1.00s)\n--- SKIP: TestB (0.00s)\n    --- FAIL: TestC/x (0.00s)\nFAIL\n";

    #[rstest]
    #[case("a/junit.xml", JUNIT)]
    #[case("results.json", EVENTS)]
    #[case("e2e.log", LOG)]
    fn each_form_says_how_tests_ended(#[case] path: &str, #[case] text: &str) {
        let results = Format::of(path).unwrap().read(text.as_bytes()).unwrap();
        let ends = ["TestA", "TestB", "TestC/x", "TestD"].map(|test| results.of(test));
        assert_eq!(
            ends,
            [Some(End::Passed), Some(End::Skipped), Some(End::Failed), None]
        );
        assert_eq!(results.failed(), ["TestC/x"]);
    }

    #[test]
    fn the_worst_end_of_a_name_counts() {
        let again = format!("--- FAIL: TestA (1.00s)\n{LOG}");
        let results = Format::Log.read(again.as_bytes()).unwrap();
        assert_eq!(results.of("TestA"), Some(End::Failed));
        let cut = format!("{EVENTS}{{\"Action\":\"run\",\"Package\":\"p\",\"Test\":\"TestA\"}}\n");
        let results = Format::Events.read(cut.as_bytes()).unwrap();
        assert_eq!(results.of("TestA"), Some(End::Unfinished));
    }

    #[test]
    fn a_package_that_failed_without_a_test_is_named() {
        let text = "{\"Action\":\"fail\",\"Package\":\"p\"}\n";
        let results = Format::Events.read(text.as_bytes()).unwrap();
        assert_eq!(results.failed(), ["package p"]);
    }

    #[rstest]
    #[case(Format::Junit, "<testsuites><testsuite>", "ends at byte")]
    #[case(Format::Junit, "<html/>", "JUnit file starts with")]
    #[case(
        Format::Junit,
        "<testsuites><testsuite><properties><property name=\"DryRun\" value=\"true\"/></properties></testsuite></testsuites>",
        "dry run"
    )]
    #[case(Format::Events, "{\"Action\":\"pa", "line 1 is cut")]
    #[case(Format::Events, "", "no line of it is an event")]
    fn what_cannot_be_read_says_why(#[case] format: Format, #[case] text: &str, #[case] why: &str) {
        let error = format.read(text.as_bytes()).unwrap_err();
        assert!(error.contains(why), "{error}");
    }

    #[test]
    fn nobody_has_to_read_without_end() {
        let endless = std::io::BufReader::new(std::io::repeat(b'x'));
        assert_eq!(
            Format::Log.read(endless).unwrap_err(),
            "it is longer than 128 MiB"
        );
    }

    #[test]
    fn the_middle_of_a_long_line_is_no_end_of_a_test() {
        let long = format!("{}--- FAIL: TestA (1.00s)\n", "x".repeat(4096));
        let results = Format::Log.read(long.as_bytes()).unwrap();
        assert_eq!(results.failed(), [""; 0]);
    }

    #[test]
    fn other_names_are_no_files_of_results() {
        for path in ["junit_01.xml", "junit.xml/x", "my-e2e.log", "Results.json"] {
            assert_eq!(Format::of(path), None, "{path}");
        }
    }
}
