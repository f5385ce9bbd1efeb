//! One entry, and what its attributes and children say together.

use std::time::Duration;

use crate::{Outcome, TestName, text};

/// One entry of a JUnit file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The test, normalised.
    pub name: TestName,
    /// What happened to it.
    pub outcome: Outcome,
    /// How long it took.
    pub duration: Duration,
    /// Why it failed or was skipped, shortened to 4 KiB.
    pub message: Option<String>,
    /// True if it never started: not selected, or not reached before the suite ended. Files do not tell these apart.
    pub filtered: bool,
}

/// The suite's own nodes, by the start of their names. Their outcomes are no test's.
const NODES: [&str; 10] = [
    "[BeforeSuite]",
    "[AfterSuite]",
    "[SynchronizedBeforeSuite]",
    "[SynchronizedAfterSuite]",
    "[ReportBeforeSuite]",
    "[ReportAfterSuite]",
    "[DeferCleanup (Suite)]",
    "[DeferCleanup (AfterSuite)]",
    "BeforeSuite",
    "AfterSuite",
];

impl Case {
    pub(super) fn is_node(&self) -> bool {
        let name = self.name.as_str();
        // Tests outnumber nodes by thousands and nearly all of them start so.
        !name.starts_with("[sig-") && NODES.iter().any(|node| name.starts_with(node))
    }

    /// Of two entries with one name, the one that says less for the cluster.
    pub(super) fn is_worse_than(&self, other: &Self) -> bool {
        let badness = |case: &Self| {
            (
                badness(case.outcome),
                case.message.is_some(),
                !case.filtered,
                case.duration,
            )
        };
        (badness(self), &self.message) > (badness(other), &other.message)
    }
}

const fn badness(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Passed => 0,
        Outcome::Flaky => 1,
        Outcome::NotRun => 2,
        Outcome::Skipped => 3,
        Outcome::Interrupted => 4,
        Outcome::Failed => 5,
        Outcome::TimedOut => 6,
        Outcome::Panicked => 7,
        Outcome::Aborted => 8,
    }
}

/// A test case whose end tag has not come yet.
#[derive(Debug)]
pub(super) struct OpenCase {
    pub(super) name: TestName,
    pub(super) duration: Duration,
    pub(super) status: Option<Status>,
    child: Option<(Outcome, bool)>,
    message: Option<String>,
}

/// The `status` attribute of Ginkgo v2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Known(Outcome),
    Unknown(String),
}

impl Status {
    pub(super) fn of(word: &str) -> Self {
        Self::Known(match word {
            "passed" => Outcome::Passed,
            "failed" => Outcome::Failed,
            "timedout" => Outcome::TimedOut,
            "panicked" => Outcome::Panicked,
            "aborted" => Outcome::Aborted,
            "interrupted" => Outcome::Interrupted,
            "skipped" => Outcome::NotRun,
            "pending" => Outcome::Skipped,
            other => return Self::Unknown(text::truncated(other, 64).to_owned()),
        })
    }
}

/// A child of a test case that says how it ended.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) tag: Tag,
    pub(super) kind: Option<String>,
    pub(super) message: Option<String>,
    pub(super) text: String,
}

/// Which child it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Failure,
    Error,
    Skipped,
}

impl OpenCase {
    pub(super) const fn new(name: TestName, status: Option<Status>, duration: Duration) -> Self {
        Self {
            name,
            duration,
            status,
            child: None,
            message: None,
        }
    }

    /// Takes in a child. Of several, the worst counts, and the first with something to say is quoted.
    pub(super) fn take(&mut self, verdict: Verdict) {
        let said = verdict
            .message
            .filter(|message| !message.trim().is_empty())
            .unwrap_or(verdict.text);
        let (outcome, filtered, said) = match verdict.tag {
            Tag::Skipped => skipped(said.trim()),
            Tag::Failure | Tag::Error => (missed(verdict.kind.as_deref()), false, text::message(&said)),
        };
        if self
            .child
            .is_none_or(|(so_far, _)| badness(outcome) > badness(so_far))
        {
            self.child = Some((outcome, filtered));
        }
        if self.message.is_none() {
            self.message = said;
        }
    }

    pub(super) fn finish(self) -> Case {
        let Self {
            name,
            duration,
            status,
            child,
            mut message,
        } = self;
        let (outcome, filtered) = match (status, child) {
            // Ginkgo v1 says nothing of a pass.
            (None, None) => (Outcome::Passed, false),
            (Some(Status::Known(outcome)), None) => (outcome, outcome == Outcome::NotRun),
            (Some(Status::Known(outcome)), Some(child)) if badness(outcome) > badness(child.0) => {
                (outcome, false)
            }
            (None | Some(Status::Known(_)), Some(child)) => child,
            (Some(Status::Unknown(word)), child) => {
                message = text::message(&format!("the status {word:?} means nothing here"));
                child
                    .filter(|child| badness(child.0) > badness(Outcome::NotRun))
                    .unwrap_or((Outcome::NotRun, false))
            }
        };
        Case {
            name,
            outcome,
            duration,
            message,
            filtered,
        }
    }
}

/// What a `<skipped>` says: Ginkgo v2 writes `skipped` for a test that never started, and a reason after a dash for one
/// that declined to run; `pending` is a test that its source switches off.
fn skipped(said: &str) -> (Outcome, bool, Option<String>) {
    match said
        .strip_prefix("skipped")
        .map(|rest| rest.trim_start_matches([' ', '-']))
    {
        Some("") => (Outcome::NotRun, true, None),
        Some(reason) => (Outcome::Skipped, false, text::message(reason)),
        None if said.is_empty() => (Outcome::NotRun, true, None),
        None => (Outcome::Skipped, false, text::message(said)),
    }
}

fn missed(kind: Option<&str>) -> Outcome {
    match kind {
        Some("timedout") => Outcome::TimedOut,
        Some("panicked") => Outcome::Panicked,
        Some("aborted") => Outcome::Aborted,
        Some("interrupted") => Outcome::Interrupted,
        _ => Outcome::Failed,
    }
}

/// The seconds of a `time` attribute; what is no time is none.
pub(super) fn duration(time: Option<&str>) -> Duration {
    let seconds = time.and_then(|time| time.parse::<f64>().ok()).unwrap_or_default();
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
