//! The last status of a run: counts, failures and conditions.

use conform_crds::{
    AttemptEndReason, ConformanceRunSpec, ConformanceRunStatus, FailureSummary, FutureFailures,
    FutureSummary, StageSummary, SuiteReference,
    conditions::{self, reasons},
    names,
};
use conform_suite::{Release, Stage, Standing, Verdict};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::{
    conditions::{Truth, remove, set, truncated},
    evaluation::{Evaluation, evaluate},
    observed::Observed,
};

/// How many failures the run's own status carries; the result has them all.
const MAX_FAILURES: usize = 50;
/// How much of a test's message the run's own status carries, in bytes.
const MAX_MESSAGE: usize = 512;

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
        AttemptEndReason::Interrupted => reasons::POD_LOST,
        AttemptEndReason::UnknownProfile => reasons::UNKNOWN_PROFILE,
        AttemptEndReason::InvalidPattern => reasons::INVALID_PATTERN,
        AttemptEndReason::SuiteError => reasons::SUITE_ERROR,
        AttemptEndReason::JUnitMissing => reasons::JUNIT_MISSING,
        AttemptEndReason::JUnitUnreadable => reasons::JUNIT_UNREADABLE,
        AttemptEndReason::DryRun => reasons::DRY_RUN,
    };
    Some(Fault::new(reason, message))
}

/// The status of a run that ends now. `fault` is why it ends early or without a measurement; `future_fault` is a fault of
/// the future stage alone, which leaves the present verdict as it is.
pub fn finished(
    observed: &Observed,
    mut status: ConformanceRunStatus,
    fault: Option<Fault>,
    future_fault: Option<Fault>,
) -> ConformanceRunStatus {
    let now = observed.now;
    let spec = &observed.run.spec;
    status.completion_time = Some(Time(now));
    remove(&mut status, conditions::RECONCILING);
    remove(&mut status, conditions::STALLED);

    let server: Option<Release> = status
        .server_version
        .as_deref()
        .and_then(|version| version.parse().ok());
    let attempts = observed.result.as_ref().and_then(|result| result.status.as_ref());
    let attempts = attempts
        .map(|status| status.attempts.as_slice())
        .unwrap_or_default();
    let Some(server) = server else {
        let fault = fault.unwrap_or_else(|| Fault::new(reasons::INCOMPLETE, "Nothing was run."));
        unmeasured(&mut status, now, spec, &fault);
        return status;
    };
    let evaluation = evaluate(server, attempts);
    counts(&mut status, &evaluation, spec);
    describe_suite(&mut status, observed);

    let fault = fault.or_else(|| nothing_selected(spec, attempts, &evaluation));
    present_condition(&mut status, now, spec, &evaluation, fault.as_ref());
    future_condition(
        &mut status,
        now,
        spec,
        &evaluation,
        fault.as_ref().or(future_fault.as_ref()),
    );
    certifiable_condition(&mut status, now, spec, &evaluation, fault.as_ref());
    let (truth, reason, message) = succeeded(spec, &evaluation, fault, future_fault);
    set(&mut status, now, conditions::SUCCEEDED, truth, reason, &message);
    status
}

/// A focus or skip that leaves nothing in any stage is a mistake of the run and not a result.
fn nothing_selected(
    spec: &ConformanceRunSpec,
    attempts: &[conform_crds::Attempt],
    evaluation: &Evaluation,
) -> Option<Fault> {
    let empty = attempts.iter().filter_map(|attempt| attempt.end.as_ref());
    let empty = empty.filter(|end| end.reason == AttemptEndReason::EmptySelection);
    let message = empty.map(|end| end.message.clone()).next();
    let narrowed = spec.focus.is_some() || spec.skip.is_some();
    match message {
        Some(message) if evaluation.selected == 0 => Some(Fault::new(reasons::EMPTY_SELECTION, message)),
        None if evaluation.selected == 0 && narrowed => Some(Fault::new(
            reasons::EMPTY_SELECTION,
            "The focus and skip patterns leave no test to run.",
        )),
        _ => None,
    }
}

fn unmeasured(status: &mut ConformanceRunStatus, now: Timestamp, spec: &ConformanceRunSpec, fault: &Fault) {
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

fn present_condition(
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
                "All {} requirements of {} passed.",
                tally.required, evaluation.assessment.server
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

fn future_condition(
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
            format!("All {required} future requirements passed."),
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
    set(status, now, kind, truth, reason, &message);
}

fn certifiable_condition(
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
    if let Some(fault) = fault {
        why.push(format!("the run ended early ({})", fault.reason));
    }
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

fn succeeded(
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

fn counts(status: &mut ConformanceRunStatus, evaluation: &Evaluation, spec: &ConformanceRunSpec) {
    let assessment = &evaluation.assessment;
    let present = assessment.present;
    status.present = spec
        .stages
        .in_order()
        .contains(&Stage::Present)
        .then_some(StageSummary {
            release: assessment.server,
            required: present.required,
            passed: present.passed,
            failed: present.failed,
            unevaluated: present.unevaluated,
        });
    status.future = assessment
        .future
        .iter()
        .map(|row| FutureSummary {
            release: row.release,
            authority: row.authority,
            total: row.tally.required,
            passed: row.tally.passed,
            failed: row.tally.failed,
            unevaluated: row.tally.unevaluated,
        })
        .collect();
    let missed = evaluation
        .records
        .iter()
        .filter(|record| record.outcome.standing() == Standing::Missed);
    let mut failures: Vec<FailureSummary> = missed
        .map(|record| FailureSummary {
            name: record.requirement.name.clone(),
            stage: record.stage,
            required_in: record.requirement.required_in,
            authority: record.requirement.authority,
            area: record.requirement.area,
            outcome: record.outcome,
            message: record
                .message
                .as_deref()
                .map(|message| truncated(message, MAX_MESSAGE)),
        })
        .collect();
    failures.sort_by(|a, b| (a.stage, a.required_in, &a.name).cmp(&(b.stage, b.required_in, &b.name)));
    let omitted = failures.len().saturating_sub(MAX_FAILURES);
    failures.truncate(MAX_FAILURES);
    status.failures = failures;
    status.failures_omitted = i32::try_from(omitted).ok().filter(|omitted| *omitted > 0);
}

/// Fills in what only the runners and the pods know of the suite.
pub fn describe_suite(status: &mut ConformanceRunStatus, observed: &Observed) {
    let attempts = observed.result.as_ref().and_then(|result| result.status.as_ref());
    let attempts = attempts
        .map(|status| status.attempts.as_slice())
        .unwrap_or_default();
    let suite = status.suite.get_or_insert_with(SuiteReference::default);
    if let Some(version) = attempts.iter().find_map(|attempt| attempt.suite.as_ref()) {
        suite.version = Some(version.version.clone());
    }
    let present = attempts.iter().filter(|attempt| attempt.stage == Stage::Present);
    if let Some(selection) = present.clone().find_map(|attempt| attempt.selection.as_ref()) {
        suite.selection_digest = Some(selection.digest.clone());
    }
    let containers = observed
        .pods
        .iter()
        .filter_map(|pod| pod.status.as_ref()?.container_statuses.as_deref());
    let image = containers
        .flatten()
        .find(|container| container.name == names::SUITE_CONTAINER);
    if let Some(container) = image.filter(|container| !container.image_id.is_empty()) {
        suite.image_id = Some(container.image_id.clone());
    }
}
