//! The last status of a run.

use conform_crds::{
    Attempt, AttemptEndReason, ConformanceRunSpec, ConformanceRunStatus,
    conditions::{self, reasons},
};
use conform_suite::{Release, Stage};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::{
    conditions::{remove, set},
    counts::{counts, describe_suite},
    evaluation::{Evaluation, evaluate},
    fault::Fault,
    observed::Observed,
    own_suites, preflight,
    success::succeeded,
    verdict_conditions::{certifiable_condition, future_condition, present_condition, unmeasured},
};

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

    if spec.preflight.only {
        preflight::finished(&mut status, now, fault.or(future_fault));
        return status;
    }
    let server: Option<Release> = status
        .server_version
        .as_deref()
        .and_then(|version| version.parse().ok());
    let attempts = observed.attempts();
    let Some(server) = server else {
        let fault = fault.unwrap_or_else(|| Fault::new(reasons::INCOMPLETE, "Nothing was run."));
        unmeasured(&mut status, now, spec, &fault);
        return status;
    };
    let mut evaluation = evaluate(server, attempts, status.parallelism);
    let unmeasured = own_suites::unmeasured(spec, &status.own_profiles, attempts);
    evaluation.assessment = evaluation.assessment.with_unlisted(Stage::Future, unmeasured);
    counts(&mut status, &evaluation, spec);
    status.own_suites = own_suites::summaries(&status.own_profiles, attempts, &status.attempts);
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
    let own = !status.own_profiles.is_empty();
    let (truth, reason, message) = succeeded(spec, own, &evaluation, fault, future_fault);
    set(&mut status, now, conditions::SUCCEEDED, truth, reason, &message);
    status
}

/// A focus or skip that leaves nothing in any stage is a mistake of the run and not a result.
fn nothing_selected(
    spec: &ConformanceRunSpec,
    attempts: &[Attempt],
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
