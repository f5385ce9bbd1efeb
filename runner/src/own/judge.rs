//! What an attempt at a user's own suite has measured, and what to call its end. Pure.

use conform_crds::{AttemptEndReason, TestRecord};
use conform_suite::{OwnResultsError, OwnRow, Standing};

use super::{files::Files, plan::OwnPlan, watch::SuiteEnd};
use crate::{ending::counted, table::Counts, text};

/// What is known when the suite has ended.
#[derive(Debug)]
pub struct Facts<'a> {
    /// What was to be run.
    pub plan: &'a OwnPlan,
    /// How the suite ended.
    pub end: &'a SuiteEnd,
    /// What it wrote.
    pub files: &'a Files,
    /// The end of its output.
    pub last_words: &'a str,
    /// How many tests the run's other suites have.
    pub taken: usize,
    /// Most bytes of all messages.
    pub messages: usize,
}

/// What to report.
#[derive(Debug, PartialEq, Eq)]
pub struct Judged {
    /// The end in a word.
    pub reason: AttemptEndReason,
    /// In a sentence.
    pub message: String,
    /// Every test that is known.
    pub tests: Vec<TestRecord>,
}

/// Judges. Only a suite that ended by itself, with JUnit files that can be read whole, has completed; and one that says by its
/// exit code that something is wrong has not, unless a test says what.
pub fn judge(facts: &Facts<'_>) -> Judged {
    let ended = facts.end.words();
    let nothing = |reason, message: String| Judged {
        reason,
        message,
        tests: Vec::new(),
    };
    let (rows, fault) = match rows(facts) {
        Ok(rows) => (rows, None),
        Err(fault) => (Vec::new(), Some(fault)),
    };
    let counts = counts(&rows);
    let told = Judged {
        reason: AttemptEndReason::Completed,
        message: String::new(),
        tests: records(rows, facts.messages),
    };
    match (facts.end, fault) {
        (SuiteEnd::Stopped { .. }, _) => Judged {
            reason: AttemptEndReason::Interrupted,
            message: format!("The suite was stopped from outside; {}.", counted(counts)),
            ..told
        },
        (SuiteEnd::Overdue { .. }, _) => Judged {
            reason: AttemptEndReason::SuiteError,
            message: format!("The suite {ended}; {}.", counted(counts)),
            ..told
        },
        (SuiteEnd::Ended { .. }, Some((reason, why))) => {
            let words = facts.last_words;
            let words = if words.is_empty() {
                String::new()
            } else {
                format!(" Its last words: {words}")
            };
            nothing(reason, format!("The suite {ended}, but {why}.{words}"))
        }
        (SuiteEnd::Ended { code, .. }, None) if *code != 0 && counts.missed == 0 => Judged {
            reason: AttemptEndReason::SuiteError,
            message: format!(
                "The suite {ended}, though none of its tests failed; {}. Its last words: {}",
                counted(counts),
                facts.last_words
            ),
            ..told
        },
        (SuiteEnd::Ended { .. }, None) => Judged {
            message: format!("The suite {ended}: {}.", counted(counts)),
            ..told
        },
    }
}

fn rows(facts: &Facts<'_>) -> Result<Vec<OwnRow>, (AttemptEndReason, String)> {
    let junit = match &facts.files.read {
        Err(why) => return Err((AttemptEndReason::JUnitUnreadable, why.clone())),
        Ok(None) => {
            let why = "left no JUnit file in $CONFORM_RESULTS_DIR".to_owned();
            return Err((AttemptEndReason::JUnitMissing, why));
        }
        Ok(Some(junit)) => junit,
    };
    if junit.properties.dry_run {
        let why = "walked its tests without running them (a dry run)".to_owned();
        return Err((AttemptEndReason::DryRun, why));
    }
    let rows = facts.plan.demands.rows(&junit.cases, facts.taken);
    rows.map_err(|error| {
        let reason = match error {
            OwnResultsError::Empty => AttemptEndReason::JUnitMissing,
            OwnResultsError::Requirement(_) => AttemptEndReason::InvalidProfile,
            OwnResultsError::TooMany { .. } | OwnResultsError::LongName { .. } | OwnResultsError::Name(_) => {
                AttemptEndReason::JUnitUnreadable
            }
        };
        (reason, error.to_string())
    })
}

fn counts(rows: &[OwnRow]) -> Counts {
    let mut counts = Counts::default();
    for row in rows {
        counts.selected += 1;
        match row.outcome().standing() {
            Standing::Met => counts.met += 1,
            Standing::Missed => counts.missed += 1,
            Standing::Unevaluated if row.outcome() == conform_suite::Outcome::Skipped => counts.skipped += 1,
            Standing::Unevaluated => counts.not_run += 1,
        }
    }
    counts
}

fn records(rows: Vec<OwnRow>, mut budget: usize) -> Vec<TestRecord> {
    let mut records: Vec<TestRecord> = rows
        .into_iter()
        .map(|row| {
            let outcome = row.outcome();
            let said = row.case.as_ref().and_then(|case| case.message.as_deref());
            let said = said.filter(|_| outcome.standing() != Standing::Met);
            let message = said.map(|said| text::bounded(said, text::MAX_MESSAGE.min(budget)));
            let message = message.filter(|message| !message.is_empty());
            budget = budget.saturating_sub(message.as_ref().map_or(0, String::len));
            let duration = row.case.as_ref().map(|case| case.duration.as_millis());
            TestRecord {
                name: row.requirement.name,
                required_in: row.requirement.required_in,
                authority: row.requirement.authority,
                area: row.requirement.area,
                selected: true,
                outcome,
                duration_milliseconds: duration.and_then(|milliseconds| i64::try_from(milliseconds).ok()),
                message,
            }
        })
        .collect();
    records.sort_by(|a, b| a.name.cmp(&b.name));
    records
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use conform_suite::{Junit, Limits, junit};
    use rstest::rstest;

    use super::*;

    const PASSED: &str = "<testsuite><testcase name='a'/><testcase name='b'/></testsuite>";
    const FAILED: &str = "<testsuite><testcase name='a'/><testcase name='b'><failure message='no disk'/></testcase></testsuite>";
    const SKIPPED: &str = "<testsuite><testcase name='a'><skipped message='no disk'/></testcase></testsuite>";
    const EMPTY: &str = "<testsuites></testsuites>";

    fn plan() -> OwnPlan {
        OwnPlan {
            run: "demo".into(),
            name: "suite1-1".into(),
            namespace: "conform-system".into(),
            pod: "demo-suite1-1-abcde".into(),
            demands: serde_json::from_str(r#"{"profile":"platform","suite":"storage","requiredIn":"1.36"}"#)
                .unwrap(),
            timeout: Duration::from_mins(1),
        }
    }

    fn judged(end: &SuiteEnd, read: Result<Option<Box<Junit>>, String>) -> Judged {
        let files = Files {
            junit: Vec::new(),
            read,
            gateway_report: false,
        };
        judge(&Facts {
            plan: &plan(),
            end,
            files: &files,
            last_words: "bye",
            taken: 0,
            messages: 1000,
        })
    }

    fn ended(code: i32) -> SuiteEnd {
        SuiteEnd::Ended {
            code,
            reason: "Error".into(),
        }
    }

    #[rstest]
    #[case(
        PASSED,
        0,
        AttemptEndReason::Completed,
        "ended with exit code 0: 2 of 2 tests passed, 0 failed."
    )]
    #[case(FAILED, 1, AttemptEndReason::Completed, "1 of 2 tests passed, 1 failed.")]
    #[case(FAILED, 0, AttemptEndReason::Completed, "1 of 2 tests passed, 1 failed.")]
    #[case(
        PASSED,
        3,
        AttemptEndReason::SuiteError,
        "exit code 3, though none of its tests failed"
    )]
    #[case(
        SKIPPED,
        0,
        AttemptEndReason::Completed,
        "0 of 1 test passed, 0 failed, 1 declined to run."
    )]
    #[case(EMPTY, 0, AttemptEndReason::JUnitMissing, "hold no test. Its last words: bye")]
    fn a_suite_that_ended_is_judged_by_what_it_wrote(
        #[case] file: &str,
        #[case] code: i32,
        #[case] reason: AttemptEndReason,
        #[case] words: &str,
    ) {
        let junit = junit::read_with_classes(file.as_bytes(), &Limits::default()).unwrap();
        let found = judged(&ended(code), Ok(Some(Box::new(junit))));
        assert_eq!(found.reason, reason, "{}", found.message);
        assert!(found.message.contains(words), "{}", found.message);
    }

    #[test]
    fn without_a_file_nothing_is_measured() {
        let found = judged(&ended(0), Ok(None));
        assert_eq!(found.reason, AttemptEndReason::JUnitMissing);
        assert!(found.tests.is_empty());
        let found = judged(&ended(0), Err("a.xml is cut off".into()));
        assert_eq!(found.reason, AttemptEndReason::JUnitUnreadable);
    }

    #[test]
    fn one_that_was_stopped_or_took_too_long_did_not_complete_whatever_it_wrote() {
        let read = || {
            let junit = junit::read_with_classes(PASSED.as_bytes(), &Limits::default()).unwrap();
            Ok(Some(Box::new(junit)))
        };
        let found = judged(&SuiteEnd::Stopped { code: Some(0) }, read());
        assert_eq!(
            (found.reason, found.tests.len()),
            (AttemptEndReason::Interrupted, 2)
        );
        let found = judged(&SuiteEnd::Overdue { seconds: 60 }, read());
        assert_eq!(found.reason, AttemptEndReason::SuiteError);
        assert!(found.message.starts_with("The suite took longer than its 60 s"));
    }

    #[test]
    fn rows_say_why_a_test_failed() {
        let junit = junit::read_with_classes(FAILED.as_bytes(), &Limits::default()).unwrap();
        let tests = judged(&ended(1), Ok(Some(Box::new(junit)))).tests;
        let told: Vec<(&str, Option<&str>)> = tests
            .iter()
            .map(|test| (test.name.as_str(), test.message.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("[Suite:platform/storage] a", None),
                ("[Suite:platform/storage] b", Some("no disk"))
            ]
        );
    }
}
