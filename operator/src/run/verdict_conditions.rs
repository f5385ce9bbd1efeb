//! The conditions that tell the verdict.

use conform_crds::{
    ConformanceRunSpec, ConformanceRunStatus, MAX_REASON, MAX_REASONS,
    conditions::{self, reasons},
};
use conform_suite::{Stage, Verdict};
use jiff::Timestamp;

use super::{
    conditions::{Truth, set},
    evaluation::Evaluation,
    fault::Fault,
};

/// The conditions of a run that never started.
pub fn unmeasured(
    status: &mut ConformanceRunStatus,
    now: Timestamp,
    spec: &ConformanceRunSpec,
    fault: &Fault,
) {
    set(
        status,
        now,
        conditions::SUCCEEDED,
        Truth::False,
        fault.reason,
        &fault.message,
    );
    for (kind, stage) in [
        (conditions::PRESENT_CONFORMANT, Stage::Present),
        (conditions::FUTURE_CONFORMANT, Stage::Future),
    ] {
        if spec.stages.in_order().contains(&stage) {
            set(
                status,
                now,
                kind,
                Truth::Unknown,
                fault.reason,
                "Nothing was measured.",
            );
        } else {
            not_requested(status, now, kind);
        }
    }
    set(
        status,
        now,
        conditions::CERTIFIABLE,
        Truth::False,
        reasons::NOT_SUBMITTABLE,
        "Nothing was measured.",
    );
}

fn not_requested(status: &mut ConformanceRunStatus, now: Timestamp, kind: &str) {
    set(
        status,
        now,
        kind,
        Truth::Unknown,
        reasons::NOT_REQUESTED,
        "The run does not cover this stage.",
    );
}

/// Whether the cluster conforms now: rule 2 of the verdict is the suite crate's, the words are told here.
pub fn present_condition(
    status: &mut ConformanceRunStatus,
    now: Timestamp,
    spec: &ConformanceRunSpec,
    evaluation: &Evaluation,
    fault: Option<&Fault>,
) {
    let kind = conditions::PRESENT_CONFORMANT;
    if !spec.stages.in_order().contains(&Stage::Present) {
        return not_requested(status, now, kind);
    }
    let tally = evaluation.assessment.present;
    let (truth, reason, message) = match evaluation.assessment.present_verdict {
        Verdict::Conformant => (
            Truth::True,
            reasons::ALL_PASSED,
            format!(
                "All {} requirements of {} passed{}.",
                tally.required,
                evaluation.assessment.server,
                flaky(evaluation, Stage::Present)
            ),
        ),
        Verdict::NotConformant => (
            Truth::False,
            reasons::TESTS_FAILED,
            format!("{} of {} requirements failed.", tally.failed, tally.required),
        ),
        Verdict::Undecided => (
            Truth::Unknown,
            fault.map_or(reasons::NOT_ALL_MEASURED, |fault| fault.reason),
            format!(
                "{} of {} requirements were not measured; none failed.",
                tally.unevaluated, tally.required
            ),
        ),
    };
    set(status, now, kind, truth, reason, &message);
}

/// Whether the cluster will conform. It speaks of nothing else.
pub fn future_condition(
    status: &mut ConformanceRunStatus,
    now: Timestamp,
    spec: &ConformanceRunSpec,
    evaluation: &Evaluation,
    fault: Option<&Fault>,
) {
    let kind = conditions::FUTURE_CONFORMANT;
    if !spec.stages.in_order().contains(&Stage::Future) {
        return not_requested(status, now, kind);
    }
    let future = &evaluation.assessment.future;
    let sum =
        |part: fn(&conform_suite::Tally) -> i32| -> i32 { future.iter().map(|row| part(&row.tally)).sum() };
    let (required, failed, unevaluated) = (sum(|t| t.required), sum(|t| t.failed), sum(|t| t.unevaluated));
    let (truth, reason, message) = match evaluation.assessment.future_verdict {
        Verdict::Conformant => (
            Truth::True,
            reasons::ALL_PASSED,
            format!(
                "All {required} future requirements passed{}.",
                flaky(evaluation, Stage::Future)
            ),
        ),
        Verdict::NotConformant => (
            Truth::False,
            reasons::TESTS_FAILED,
            format!("{failed} of {required} future requirements failed."),
        ),
        Verdict::Undecided if required == 0 && fault.is_none() => (
            Truth::Unknown,
            reasons::NONE_DEFINED,
            "This suite and these profiles define no future requirements.".to_owned(),
        ),
        Verdict::Undecided => (
            Truth::Unknown,
            fault.map_or(reasons::NOT_ALL_MEASURED, |fault| fault.reason),
            if required == 0 {
                "Nothing was measured.".to_owned()
            } else {
                format!("{unevaluated} of {required} future requirements were not measured; none failed.")
            },
        ),
    };
    let message = match &evaluation.newer_suite {
        Some(suite) => format!(
            "{message} The tests are those of suite {suite}, newer than the server: what they say is advisory."
        ),
        None => message,
    };
    set(status, now, kind, truth, reason, &message);
}

/// What to add to a sentence about passed tests if some passed only when they were tried again.
fn flaky(evaluation: &Evaluation, stage: Stage) -> String {
    match evaluation.flaky.get(&stage) {
        Some(count) => format!(", {count} of them only at a further try"),
        None => String::new(),
    }
}

/// Whether the present files can be submitted, with every reason why not.
pub fn certifiable_condition(
    status: &mut ConformanceRunStatus,
    now: Timestamp,
    spec: &ConformanceRunSpec,
    evaluation: &Evaluation,
    fault: Option<&Fault>,
) {
    let kind = conditions::CERTIFIABLE;
    if !spec.stages.in_order().contains(&Stage::Present) {
        return not_requested(status, now, kind);
    }
    let mut why: Vec<String> = evaluation.obstacles.iter().map(ToString::to_string).collect();
    if let Some(from) = &spec.imported {
        why.push(format!("the outcomes were imported from {}", from.source));
    }
    if let Some(fault) = fault {
        why.push(format!("the run ended early ({})", fault.reason));
    }
    status.not_submittable = bounded(&why);
    if why.is_empty() {
        set(
            status,
            now,
            kind,
            Truth::True,
            reasons::SUBMITTABLE,
            "The present files can be submitted as they are.",
        );
    } else {
        set(
            status,
            now,
            kind,
            Truth::False,
            reasons::NOT_SUBMITTABLE,
            &why.join("; "),
        );
    }
}

/// As many of the reasons, and as much of each, as an object takes.
fn bounded(why: &[String]) -> Vec<String> {
    let reasons = why.iter().take(MAX_REASONS);
    reasons
        .map(|reason| reason.chars().take(MAX_REASON).collect())
        .collect()
}
