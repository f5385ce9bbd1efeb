//! From a verdict to an exit code.

use conform_suite::Verdict;

use crate::exit::ExitStatus;

/// What a verdict ends the command with.
pub const fn exit_status(verdict: Verdict) -> ExitStatus {
    match verdict {
        Verdict::Conformant => ExitStatus::Done,
        Verdict::NotConformant => ExitStatus::NotConformant,
        Verdict::Undecided => ExitStatus::Undecided,
    }
}
