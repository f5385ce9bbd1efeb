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

/// True if this is the name of one of the suite's own nodes.
pub(crate) fn is_node(name: &str) -> bool {
    // Tests outnumber nodes by thousands and nearly all of them start so.
    !name.starts_with("[sig-") && NODES.iter().any(|node| name.starts_with(node))
}

/// True if the first outcome says less for the cluster.
pub(crate) const fn is_worse(outcome: Outcome, than: Outcome) -> bool {
    badness(outcome) > badness(than)
}

impl Case {
    /// Takes back a pass that only files of Ginkgo v1 would mean.
    pub(super) fn take_back(&mut self) {
        if self.outcome == Outcome::Passed {
            self.outcome = Outcome::NotRun;
            self.message = text::message(
                "the entry has no status, and others of the file or its properties are of Ginkgo v2",
            );
        }
    }

    /// Of two entries with one name, the one that says less for the cluster.
    pub(crate) fn is_worse_than(&self, other: &Self) -> bool {
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

/// What an entry says of its test.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) outcome: Outcome,
    pub(crate) duration: Duration,
    pub(crate) message: Option<String>,
    pub(crate) filtered: bool,
    /// True if neither a status nor a child says so: it is a pass in files of Ginkgo v1 alone.
    pub(crate) unsaid: bool,
}

impl Ending {
    /// It is not known how it ended.
    fn unknown(why: &str, duration: Duration) -> Self {
        Self {
            outcome: Outcome::NotRun,
            duration,
            message: text::message(why),
            filtered: false,
            unsaid: false,
        }
    }

    pub(crate) fn of(self, name: TestName) -> Case {
        let Self {
            outcome,
            duration,
            message,
            filtered,
            unsaid: _,
        } = self;
        Case {
            name,
            outcome,
            duration,
            message,
            filtered,
        }
    }
}

/// A test case whose end tag has not come yet.
#[derive(Debug)]
pub(crate) struct OpenCase {
    duration: Duration,
    pub(crate) status: Option<Status>,
    child: Option<(Outcome, bool)>,
    message: Option<String>,
    /// It is no direct child of a suite.
    stray: bool,
}

/// The `status` attribute of Ginkgo v2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Known(Outcome),
    Unknown(String),
}

impl Status {
    pub(crate) fn of(word: &str) -> Self {
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
pub(crate) struct Verdict {
    pub(crate) tag: Tag,
    pub(crate) kind: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) text: String,
}

/// Which child it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    Failure,
    Error,
    Skipped,
}

impl Tag {
    pub(crate) fn of(name: &str) -> Option<Self> {
        // Tools have words of their own, such as `rerunFailure`, and prefixes. None of them may hide that a test failed.
        let local = name.rsplit(':').next().unwrap_or(name);
        if ends_with(local, "failure") {
            Some(Self::Failure)
        } else if ends_with(local, "error") {
            Some(Self::Error)
        } else if local.eq_ignore_ascii_case("skipped") {
            Some(Self::Skipped)
        } else {
            None
        }
    }
}

fn ends_with(name: &str, word: &str) -> bool {
    let end = name.len().checked_sub(word.len()).and_then(|at| name.get(at..));
    end.is_some_and(|end| end.eq_ignore_ascii_case(word))
}

impl OpenCase {
    pub(crate) const fn new(status: Option<Status>, duration: Duration) -> Self {
        Self {
            duration,
            status,
            child: None,
            message: None,
            stray: false,
        }
    }

    /// The same, not directly in a suite: nothing that it says makes it a pass.
    pub(super) const fn stray(mut self) -> Self {
        self.stray = true;
        self
    }

    /// Takes in a child. Of several, the worst counts, and the first with something to say is quoted.
    pub(crate) fn take(&mut self, verdict: Verdict) {
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

    /// True if its status is that of a test that did not start, and nothing else was said of it so far.
    pub(crate) fn may_be_filtered(&self) -> bool {
        self.child.is_none()
            && self.message.is_none()
            && matches!(self.status, Some(Status::Known(Outcome::NotRun)))
    }

    /// What [`OpenCase::finish`] makes of it after a `<skipped>` that gives no reason.
    pub(crate) fn filtered(self) -> Ending {
        Ending {
            outcome: Outcome::NotRun,
            duration: self.duration,
            message: None,
            filtered: true,
            unsaid: false,
        }
    }

    pub(crate) fn finish(self) -> Ending {
        let Self {
            duration,
            status,
            child,
            mut message,
            stray,
        } = self;
        let unsaid = status.is_none() && child.is_none();
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
        if stray && outcome == Outcome::Passed {
            return Ending::unknown("the entry is not directly in a suite", duration);
        }
        Ending {
            outcome,
            duration,
            message,
            filtered,
            unsaid,
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

/// Longest time of a test, in seconds: thirty days.
const LONGEST: f64 = 2_592_000.0;

/// The seconds of a `time` attribute; what no test can take is none.
pub(crate) fn duration(time: Option<&str>) -> Duration {
    // Most entries never ran.
    if time == Some("0") {
        return Duration::ZERO;
    }
    let seconds = time.and_then(|time| time.parse::<f64>().ok()).unwrap_or_default();
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|_| seconds <= LONGEST)
        .unwrap_or_default()
}
