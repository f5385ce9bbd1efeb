//! Whether a run did what it was to do: its `Succeeded` condition.

use conform_crds::{ConformanceRunSpec, FutureFailures, conditions::reasons};
use conform_suite::{Stage, Standing};

use super::{conditions::Truth, evaluation::Evaluation, fault::Fault};

/// Status, reason and message of `Succeeded`. A future failure or fault counts only if the run is to fail for it, or runs
/// nothing else.
pub fn succeeded(
    spec: &ConformanceRunSpec,
    evaluation: &Evaluation,
    fault: Option<Fault>,
    future_fault: Option<Fault>,
) -> (Truth, &'static str, String) {
    if let Some(fault) = fault {
        return (Truth::False, fault.reason, fault.message);
    }
    let strict =
        spec.future_failures == FutureFailures::Fail || !spec.stages.in_order().contains(&Stage::Present);
    let present = evaluation.assessment.present;
    if present.failed > 0 {
        let message = format!("{} of {} requirements failed.", present.failed, present.required);
        return (Truth::False, reasons::PRESENT_TESTS_FAILED, message);
    }
    let future_failed: i32 = evaluation
        .assessment
        .future
        .iter()
        .map(|row| row.tally.failed)
        .sum();
    if strict && future_failed > 0 {
        let message = format!("{future_failed} future requirements failed.");
        return (Truth::False, reasons::FUTURE_TESTS_FAILED, message);
    }
    if let Some(fault) = future_fault.filter(|_| strict) {
        return (Truth::False, fault.reason, fault.message);
    }
    let open = |stage: Stage| {
        evaluation.unfinished.get(&stage).copied().unwrap_or(0)
            + evaluation.skipped.get(&stage).copied().unwrap_or(0)
    };
    let missing = open(Stage::Present) + if strict { open(Stage::Future) } else { 0 };
    if missing > 0 {
        let message = format!("{missing} selected tests have no outcome: they were skipped or did not run.");
        return (Truth::False, reasons::INCOMPLETE, message);
    }
    let passed = evaluation
        .records
        .iter()
        .filter(|record| record.outcome.standing() == Standing::Met)
        .count();
    let message = if future_failed > 0 {
        format!(
            "{passed} of {} selected tests passed; {future_failed} future requirements are missed.",
            evaluation.selected
        )
    } else {
        format!("{passed} of {} selected tests passed.", evaluation.selected)
    };
    (Truth::True, reasons::TESTS_PASSED, message)
}
