//! Reading the conditions of a run.

use conform_crds::{ConformanceRun, Stages, conditions};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

use crate::exit::ExitStatus;

/// The condition of this type.
pub fn find<'a>(run: &'a ConformanceRun, kind: &str) -> Option<&'a Condition> {
    run.status.as_ref()?.conditions.iter().find(|condition| condition.type_ == kind)
}

/// `True`, `False` or `Unknown`; `Unknown` too if the operator has not spoken yet.
pub fn status<'a>(run: &'a ConformanceRun, kind: &str) -> &'a str {
    find(run, kind).map_or("Unknown", |condition| condition.status.as_str())
}

/// True once the run has come to its end, whatever it was.
pub fn is_finished(run: &ConformanceRun) -> bool {
    status(run, conditions::SUCCEEDED) != "Unknown"
}

/// What the exit code says of a run.
///
/// A miss that was measured decides at once. Conformance needs a run that succeeded and measured everything; a part, a
/// cancelled run or a suite that broke decides nothing.
pub fn exit_status(run: &ConformanceRun) -> ExitStatus {
    let decisive = match run.spec.stages {
        Stages::Future => conditions::FUTURE_CONFORMANT,
        Stages::Present | Stages::PresentAndFuture => conditions::PRESENT_CONFORMANT,
    };
    let succeeded = find(run, conditions::SUCCEEDED);
    let tests_failed = succeeded.is_some_and(|condition| {
        let reason = condition.reason.as_str();
        condition.status == "False"
            && matches!(reason, conditions::reasons::PRESENT_TESTS_FAILED | conditions::reasons::FUTURE_TESTS_FAILED)
    });
    match (status(run, decisive), status(run, conditions::SUCCEEDED)) {
        _ if tests_failed => ExitStatus::NotConformant,
        ("False", _) => ExitStatus::NotConformant,
        ("True", "True") => ExitStatus::Done,
        _ => ExitStatus::Undecided,
    }
}
