//! Whether a run did what it was to do: its `Succeeded` condition.

use conform_crds::{ConformanceRunSpec, FutureFailures, conditions::reasons};
use conform_suite::{Assessment, Authority, Stage, Standing, Tally};

use super::{conditions::Truth, evaluation::Evaluation, fault::Fault};

/// Status, reason and message of `Succeeded`. A future failure or fault counts only if the run is to fail for it, or runs
/// nothing else. `own` tells whether the run has profiles that users wrote: what they require by now counts as if it were
/// present.
pub fn succeeded(
    spec: &ConformanceRunSpec,
    own: bool,
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
    let due = due(&evaluation.assessment);
    if due.failed > 0 {
        let message = format!(
            "{} of {} requirements of the run's own profiles failed.",
            due.failed, due.required
        );
        return (Truth::False, reasons::OWN_TESTS_FAILED, message);
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
    if let Some(fault) = future_fault.as_ref().filter(|_| strict || own) {
        return (Truth::False, fault.reason, fault.message.clone());
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
    // A part of them is measured only if the run was to measure a part.
    let in_part = spec.focus.is_some() || spec.skip.is_some() || spec.rerun.is_some();
    if due.unevaluated > 0 && !in_part {
        let message = format!(
            "{} of {} requirements of the run's own profiles were not measured.",
            due.unevaluated, due.required
        );
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
    let lost = evaluation.unfinished.get(&Stage::Future).copied().unwrap_or(0);
    match future_fault {
        Some(fault) => {
            let message = format!("{message} The future ones were not all run: {}", fault.message);
            (Truth::True, reasons::FUTURE_NOT_MEASURED, message)
        }
        None if lost > 0 => {
            let message = format!("{message} {lost} future ones were not run.");
            (Truth::True, reasons::FUTURE_NOT_MEASURED, message)
        }
        None => (Truth::True, reasons::TESTS_PASSED, message),
    }
}

/// How the requirements stand that users have of this release.
fn due(assessment: &Assessment) -> Tally {
    let due = assessment
        .future
        .iter()
        .filter(|row| row.authority == Authority::User && row.release <= assessment.server);
    due.fold(Tally::default(), |sum, row| Tally {
        required: sum.required.saturating_add(row.tally.required),
        passed: sum.passed.saturating_add(row.tally.passed),
        failed: sum.failed.saturating_add(row.tally.failed),
        unevaluated: sum.unevaluated.saturating_add(row.tally.unevaluated),
    })
}
