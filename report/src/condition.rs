//! Reading the conditions of a run.

use conform_crds::{ConformanceRun, conditions};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

/// The condition of this type.
pub fn find<'a>(run: &'a ConformanceRun, kind: &str) -> Option<&'a Condition> {
    run.status
        .as_ref()?
        .conditions
        .iter()
        .find(|condition| condition.type_ == kind)
}

/// `True`, `False` or `Unknown`; `Unknown` too if the operator has not spoken yet.
pub fn status<'a>(run: &'a ConformanceRun, kind: &str) -> &'a str {
    find(run, kind).map_or("Unknown", |condition| condition.status.as_str())
}

/// True once the run has come to its end, whatever it was.
pub fn is_finished(run: &ConformanceRun) -> bool {
    status(run, conditions::SUCCEEDED) != "Unknown"
}
