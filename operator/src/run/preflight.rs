//! What preflight means for a run: its status, its condition, and the end of a run that asked for nothing else.

use conform_crds::{
    CheckResult, CheckState, ConformanceRunStatus,
    conditions::{self, reasons},
};
use jiff::Timestamp;

use super::{
    conditions::{Truth, remove, set},
    fault::Fault,
    observed::Observed,
};

/// Takes what the operator's half found into the status. A fault if a check failed.
pub fn begin(
    status: &mut ConformanceRunStatus,
    now: Timestamp,
    found: Vec<CheckResult>,
) -> Result<(), Fault> {
    status.preflight = found;
    tell(status, now, false);
    match first(status, CheckState::Failed) {
        None => Ok(()),
        Some(_) => Err(Fault::new(
            reasons::PREFLIGHT_FAILED,
            in_words(status, CheckState::Failed),
        )),
    }
}

/// Takes what the runner's half found into the status, once there is something.
pub fn hear(observed: &Observed, status: &mut ConformanceRunStatus) {
    let told: Vec<&CheckResult> = observed
        .attempts()
        .iter()
        .flat_map(|attempt| &attempt.preflight)
        .collect();
    if told.is_empty() {
        return;
    }
    for result in told {
        let known = status
            .preflight
            .iter_mut()
            .find(|known| known.check == result.check);
        match known {
            // Several pods may look; the worst of what they see counts.
            Some(known) if weight(result.state) > weight(known.state) => *known = result.clone(),
            Some(_) => {}
            None => status.preflight.push(result.clone()),
        }
    }
    status.preflight.sort_by_key(|result| result.check);
    tell(status, observed.now, true);
}

/// The last status of a run that was only to look at the cluster.
pub fn finished(status: &mut ConformanceRunStatus, now: Timestamp, fault: Option<Fault>) {
    let fault =
        fault.unwrap_or_else(|| Fault::new(reasons::INCOMPLETE, "The checks did not come to their end."));
    let truth = if fault.reason == reasons::PREFLIGHT_PASSED {
        Truth::True
    } else {
        Truth::False
    };
    set(
        status,
        now,
        conditions::SUCCEEDED,
        truth,
        fault.reason,
        &fault.message,
    );
    for kind in [
        conditions::PRESENT_CONFORMANT,
        conditions::FUTURE_CONFORMANT,
        conditions::CERTIFIABLE,
    ] {
        let message = "The run only looks at the cluster: no test was asked for.";
        set(status, now, kind, Truth::Unknown, reasons::NOT_REQUESTED, message);
    }
    remove(status, conditions::RECONCILING);
}

/// What warned, in words; none if nothing did.
pub fn warnings(status: &ConformanceRunStatus) -> Option<String> {
    first(status, CheckState::Warned).map(|_| in_words(status, CheckState::Warned))
}

/// Writes the condition.
fn tell(status: &mut ConformanceRunStatus, now: Timestamp, complete: bool) {
    let kind = conditions::PREFLIGHT_PASSED;
    let count = |state| {
        status
            .preflight
            .iter()
            .filter(|result| result.state == state)
            .count()
    };
    let (passed, skipped) = (count(CheckState::Passed), count(CheckState::Skipped));
    let left_out = if skipped > 0 {
        format!(" {skipped} left out.")
    } else {
        String::new()
    };
    let (truth, reason, message) = if let Some(failed) = first(status, CheckState::Failed) {
        let message = in_words(status, CheckState::Failed);
        let message = warnings(status).map_or_else(
            || message.clone(),
            |warnings| format!("{message} Warnings: {warnings}"),
        );
        (Truth::False, failed.check.name(), message)
    } else if !complete {
        let message = format!("{passed} checks passed; the rest is done in the suite's pod.{left_out}");
        (Truth::Unknown, reasons::PREFLIGHT, message)
    } else if let Some(warnings) = warnings(status) {
        (
            Truth::True,
            reasons::WARNINGS,
            format!("{passed} checks passed.{left_out} {warnings}"),
        )
    } else {
        let message = format!("{passed} checks passed.{left_out}");
        (Truth::True, reasons::ALL_PASSED, message)
    };
    set(status, now, kind, truth, reason, &message);
}

fn first(status: &ConformanceRunStatus, state: CheckState) -> Option<&CheckResult> {
    status.preflight.iter().find(|result| result.state == state)
}

fn in_words(status: &ConformanceRunStatus, state: CheckState) -> String {
    let found = status.preflight.iter().filter(|result| result.state == state);
    let words: Vec<String> = found
        .map(|result| format!("{}: {}", result.check, result.message))
        .collect();
    words.join(" ")
}

const fn weight(state: CheckState) -> u8 {
    match state {
        CheckState::Skipped => 0,
        CheckState::Passed => 1,
        CheckState::Warned => 2,
        CheckState::Failed => 3,
    }
}
