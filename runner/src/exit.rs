//! Exit codes. The attempt's end in the ConformanceResult says more; these are for who sees only the pod.

use std::process::ExitCode;

use conform_crds::AttemptEndReason;

/// The attempt ended as it should, whether tests failed or not.
pub const DONE: u8 = 0;
/// The command line or the plan in the environment is wrong.
pub const USAGE: u8 = 2;
/// Anything else: the suite did not run to its end, or its end could not be reported.
pub const FAULT: u8 = 3;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// See [`DONE`].
    Done,
    /// See [`USAGE`].
    Usage,
    /// See [`FAULT`].
    Fault,
}

impl From<AttemptEndReason> for Exit {
    fn from(reason: AttemptEndReason) -> Self {
        match reason {
            AttemptEndReason::Completed
            | AttemptEndReason::NothingToRun
            | AttemptEndReason::PreflightPassed => Self::Done,
            AttemptEndReason::PreflightFailed
            | AttemptEndReason::Interrupted
            | AttemptEndReason::Lost
            | AttemptEndReason::EmptySelection
            | AttemptEndReason::UnknownProfile
            | AttemptEndReason::InvalidProfile
            | AttemptEndReason::UnknownRun
            | AttemptEndReason::InvalidPattern
            | AttemptEndReason::SuiteError
            | AttemptEndReason::JUnitMissing
            | AttemptEndReason::JUnitUnreadable
            | AttemptEndReason::DryRun => Self::Fault,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => DONE,
            Exit::Usage => USAGE,
            Exit::Fault => FAULT,
        })
    }
}
