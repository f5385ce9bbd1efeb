//! Why a run ends other than by its tests.

use conform_crds::{AttemptEndReason, conditions::reasons};

/// Why a run ended other than by its tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Reason of the `Succeeded` condition.
    pub reason: &'static str,
    /// A sentence for people.
    pub message: String,
}

impl Fault {
    /// A fault with its reason and its sentence.
    pub fn new(reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
        }
    }
}

/// The fault behind an attempt's end, if the end is one.
///
/// An empty selection counts only if no other stage has something to run, which `finished` looks at.
pub fn fault_of(end: AttemptEndReason, message: &str) -> Option<Fault> {
    let reason = match end {
        AttemptEndReason::Completed | AttemptEndReason::NothingToRun | AttemptEndReason::EmptySelection => {
            return None;
        }
        AttemptEndReason::PreflightFailed => reasons::PREFLIGHT_FAILED,
        AttemptEndReason::PreflightPassed => reasons::PREFLIGHT_PASSED,
        AttemptEndReason::Interrupted | AttemptEndReason::Lost => reasons::POD_LOST,
        AttemptEndReason::UnknownProfile => reasons::UNKNOWN_PROFILE,
        AttemptEndReason::InvalidProfile => reasons::INVALID_PROFILE,
        AttemptEndReason::UnknownRun => reasons::UNKNOWN_RUN,
        AttemptEndReason::InvalidPattern => reasons::INVALID_PATTERN,
        AttemptEndReason::SuiteError => reasons::SUITE_ERROR,
        AttemptEndReason::JUnitMissing => reasons::JUNIT_MISSING,
        AttemptEndReason::JUnitUnreadable => reasons::JUNIT_UNREADABLE,
        AttemptEndReason::DryRun => reasons::DRY_RUN,
    };
    Some(Fault::new(reason, message))
}

/// An error's text as a sentence of a condition's message.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), letters.as_str())
}
