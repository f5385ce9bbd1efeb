//! What the exit code says.

use std::process::ExitCode;

/// The command did what it was asked to; of a run it says that the cluster conforms.
pub const DONE: u8 = 0;
/// The run says that the cluster does not conform.
pub const NOT_CONFORMANT: u8 = 1;
/// Nothing could be decided: the run has no verdict, or the command itself failed.
pub const UNDECIDED: u8 = 2;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// See [`DONE`].
    Done,
    /// See [`NOT_CONFORMANT`].
    NotConformant,
    /// See [`UNDECIDED`].
    Undecided,
}

impl ExitStatus {
    /// The code that the process ends with.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => DONE,
            Self::NotConformant => NOT_CONFORMANT,
            Self::Undecided => UNDECIDED,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}
