//! What to call the end of a suite that was started. Facts only: whether failed tests matter is for others to say.

use conform_crds::AttemptEndReason;
use conform_suite::{Case, Outcome, Standing};

use crate::{junit_file::JunitFile, table::Counts};

/// How the suite was stopped from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// It was asked, and ended by itself.
    Gently,
    /// It was asked, and killed when its time was up.
    Killed,
}

/// What is known when the suite has ended.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Whether it was stopped from outside.
    pub stopped: Option<Stopped>,
    /// How its process ended, in words.
    pub process: &'a str,
    /// Whether its process says that all is well.
    pub success: bool,
    /// Its JUnit file.
    pub junit: &'a JunitFile,
    /// The outcomes, the JUnit file's included.
    pub counts: Counts,
    /// How many tests it was told to run.
    pub asked: usize,
    /// The end of its output.
    pub output: &'a str,
}

/// The end's reason, and a sentence that says it to people.
pub fn judge(facts: &Facts<'_>) -> (AttemptEndReason, String) {
    let Facts { process, output, .. } = facts;
    if let JunitFile::Read(junit) = facts.junit
        && junit.properties.dry_run
    {
        let message = "The suite walked its tests without running them (a dry run): nothing was measured.";
        return (AttemptEndReason::DryRun, message.to_owned());
    }
    if let Some(stopped) = facts.stopped {
        return (AttemptEndReason::Interrupted, interrupted(stopped, facts));
    }
    match facts.junit {
        JunitFile::Missing => (
            AttemptEndReason::JUnitMissing,
            format!(
                "The suite {process} and left no JUnit file; {}. Its last words: {output}",
                counted(facts.counts)
            ),
        ),
        JunitFile::Unreadable(error) => (
            AttemptEndReason::JUnitUnreadable,
            format!(
                "The suite {process}, but its JUnit file cannot be read: {error}; {}.",
                counted(facts.counts)
            ),
        ),
        JunitFile::Read(junit) => {
            if let Some(error) = &junit.truncated {
                return (
                    AttemptEndReason::JUnitUnreadable,
                    format!(
                        "The suite {process}, but its JUnit file is cut off: {error}; {}.",
                        counted(facts.counts)
                    ),
                );
            }
            ended(facts, &junit.nodes)
        }
    }
}

/// A suite that wrote its whole JUnit file: it is complete unless it did not get to any test.
fn ended(facts: &Facts<'_>, nodes: &[Case]) -> (AttemptEndReason, String) {
    let broken = nodes.iter().find(|node| is_broken(node));
    let words = |node: &Case| format!("{}: {}", node.name, node.message.as_deref().unwrap_or("failed"));
    if facts.asked > 0 && facts.counts.finished == 0 {
        let process = facts.process;
        let why = broken.map_or_else(|| format!("Its last words: {}", facts.output), words);
        return (
            AttemptEndReason::SuiteError,
            format!("The suite {process} and ran none of its tests. {why}"),
        );
    }
    let mut message = format!("The suite ran to its end: {}.", counted(facts.counts));
    if let Some(node) = broken {
        message = format!("{message} Outside of tests, {}", words(node));
    } else if !facts.success && facts.counts.missed == 0 {
        message = format!("{message} Still it {}.", facts.process);
    }
    (AttemptEndReason::Completed, message)
}

fn is_broken(node: &Case) -> bool {
    node.outcome.standing() == Standing::Missed || node.outcome == Outcome::Interrupted
}

fn interrupted(stopped: Stopped, facts: &Facts<'_>) -> String {
    let how = match stopped {
        Stopped::Gently => "The suite was stopped from outside",
        Stopped::Killed => "The suite was stopped from outside and killed, since it did not end in time",
    };
    let junit = match facts.junit {
        JunitFile::Missing => ", and left no JUnit file",
        JunitFile::Unreadable(_) => ", and its JUnit file cannot be read",
        JunitFile::Read(junit) if junit.truncated.is_some() => ", and its JUnit file is cut off",
        JunitFile::Read(_) => "",
    };
    format!("{how}{junit}; {}.", counted(facts.counts))
}

/// Counts in words: `12 of 16 tests passed, 1 failed, 3 did not finish`.
pub fn counted(counts: Counts) -> String {
    let Counts {
        selected,
        met,
        missed,
        skipped,
        not_run,
        ..
    } = counts;
    let tests = if selected == 1 { "test" } else { "tests" };
    let mut text = format!("{met} of {selected} {tests} passed, {missed} failed");
    if skipped > 0 {
        text = format!("{text}, {skipped} declined to run");
    }
    if not_run > 0 {
        text = format!("{text}, {not_run} did not finish");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use conform_suite::{Junit, JunitError, TestName};
    use rstest::rstest;

    use super::*;

    fn node(outcome: Outcome) -> Case {
        Case {
            name: TestName::new("[SynchronizedBeforeSuite]").unwrap(),
            outcome,
            duration: Duration::ZERO,
            message: Some("no schedulable node".to_owned()),
            filtered: false,
        }
    }

    fn whole() -> JunitFile {
        JunitFile::Read(Box::new(Junit {
            nodes: vec![node(Outcome::Passed)],
            ..Junit::default()
        }))
    }

    fn broken() -> JunitFile {
        JunitFile::Read(Box::new(Junit {
            nodes: vec![node(Outcome::Failed)],
            ..Junit::default()
        }))
    }

    fn cut() -> JunitFile {
        JunitFile::Read(Box::new(Junit {
            truncated: Some(JunitError::Truncated { at: 7 }),
            ..Junit::default()
        }))
    }

    fn dry() -> JunitFile {
        let mut junit = Junit::default();
        junit.properties.dry_run = true;
        JunitFile::Read(Box::new(junit))
    }

    fn unreadable() -> JunitFile {
        JunitFile::Unreadable(JunitError::NotJunit {
            at: 0,
            found: "html".to_owned(),
        })
    }

    #[rstest]
    #[case::whole(
        None,
        whole(),
        2,
        AttemptEndReason::Completed,
        "1 of 2 tests passed, 1 failed."
    )]
    #[case::after_suite_failed(None, broken(), 2, AttemptEndReason::Completed, "no schedulable node")]
    #[case::before_suite_failed(None, broken(), 0, AttemptEndReason::SuiteError, "no schedulable node")]
    #[case::nothing_ran(None, whole(), 0, AttemptEndReason::SuiteError, "no specs ran")]
    #[case::missing(
        None,
        JunitFile::Missing,
        1,
        AttemptEndReason::JUnitMissing,
        "ended with exit code 1 and left no"
    )]
    #[case::cut(None, cut(), 1, AttemptEndReason::JUnitUnreadable, "ends at byte 7")]
    #[case::unreadable(None, unreadable(), 0, AttemptEndReason::JUnitUnreadable, "html")]
    #[case::dry(None, dry(), 0, AttemptEndReason::DryRun, "nothing was measured")]
    #[case::stopped(
        Some(Stopped::Gently),
        whole(),
        1,
        AttemptEndReason::Interrupted,
        "stopped from outside;"
    )]
    #[case::killed(
        Some(Stopped::Killed),
        JunitFile::Missing,
        0,
        AttemptEndReason::Interrupted,
        "left no JUnit"
    )]
    #[case::stopped_dry(Some(Stopped::Gently), dry(), 0, AttemptEndReason::DryRun, "dry run")]
    fn names_each_end(
        #[case] stopped: Option<Stopped>,
        #[case] junit: JunitFile,
        #[case] finished: usize,
        #[case] reason: AttemptEndReason,
        #[case] words: &str,
    ) {
        let counts = Counts {
            selected: 2,
            met: 1,
            missed: 1,
            finished,
            ..Counts::default()
        };
        let facts = Facts {
            stopped,
            process: "ended with exit code 1",
            success: false,
            junit: &junit,
            counts,
            asked: 2,
            output: "no specs ran",
        };
        let (found, message) = judge(&facts);
        assert_eq!(found, reason, "{message}");
        assert!(message.contains(words), "{message}");
    }

    #[test]
    fn an_exit_code_without_a_failure_is_not_hidden() {
        let counts = Counts {
            selected: 1,
            met: 1,
            finished: 1,
            ..Counts::default()
        };
        let facts = Facts {
            stopped: None,
            process: "ended with exit code 1",
            success: false,
            junit: &whole(),
            counts,
            asked: 1,
            output: "",
        };
        let (reason, message) = judge(&facts);
        assert_eq!(reason, AttemptEndReason::Completed);
        assert!(message.ends_with("Still it ended with exit code 1."), "{message}");
    }
}
