//! What can happen to one test.

use serde::{Deserialize, Serialize};

/// What happened to one test in one run, in the words of Ginkgo's reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Outcome {
    /// It ran and passed at the first try.
    Passed,
    /// It passed, but only after a try that did not.
    Flaky,
    /// It ran and failed.
    Failed,
    /// It ran longer than it may.
    TimedOut,
    /// Its code panicked.
    Panicked,
    /// It gave up the whole suite.
    Aborted,
    /// It was running when the suite was stopped.
    Interrupted,
    /// It looked at the cluster and declined to run.
    Skipped,
    /// Nothing is known of it: not selected, not reached, or lost.
    NotRun,
}

/// What an outcome says about the requirement behind the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// The behaviour was seen.
    Met,
    /// The behaviour was looked for and not seen.
    Missed,
    /// Nothing can be said: a skip and a lost test are never a pass.
    Unevaluated,
}

impl Outcome {
    /// What this outcome says about the requirement behind the test.
    pub const fn standing(self) -> Standing {
        match self {
            Self::Passed | Self::Flaky => Standing::Met,
            Self::Failed | Self::TimedOut | Self::Panicked | Self::Aborted => Standing::Missed,
            Self::Interrupted | Self::Skipped | Self::NotRun => Standing::Unevaluated,
        }
    }

    /// True if a further attempt of the same run need not run the test again.
    ///
    /// An interrupted test counts as unfinished: it was cut off by the suite's end and not by its own.
    pub const fn is_terminal(self) -> bool {
        !matches!(self, Self::Interrupted | Self::NotRun)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_measured_pass_meets_a_requirement() {
        let met: Vec<Outcome> = ALL
            .into_iter()
            .filter(|outcome| outcome.standing() == Standing::Met)
            .collect();
        assert_eq!(met, [Outcome::Passed, Outcome::Flaky]);
    }

    const ALL: [Outcome; 9] = [
        Outcome::Passed,
        Outcome::Flaky,
        Outcome::Failed,
        Outcome::TimedOut,
        Outcome::Panicked,
        Outcome::Aborted,
        Outcome::Interrupted,
        Outcome::Skipped,
        Outcome::NotRun,
    ];
}
