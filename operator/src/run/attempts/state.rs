//! Where one attempt stands.

use conform_crds::{AttemptEnd, AttemptEndReason, AttemptSummary, names};
use k8s_openapi::{api::batch::v1::Job, apimachinery::pkg::apis::meta::v1::ObjectMeta};

use super::{
    entries::entries,
    trouble::{Trouble, gone, trouble},
};
use crate::run::observed::Observed;

/// Where an attempt stands.
#[derive(Clone, Debug, PartialEq)]
pub enum AttemptState {
    /// Its Job is there and has not ended.
    Active(Activity),
    /// It is over, and its runners said how.
    Ended(AttemptEnd),
    /// It is over, and a runner said nothing: killed, evicted, or gone with its node.
    Lost,
}

/// What an attempt that is not over is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Activity {
    /// A queue holds its Job back.
    Queued,
    /// Its pods start or its tests run.
    Running,
    /// Its Job is being deleted; the pods write what they have.
    Stopping,
    /// The node of one of its pods does not answer any more.
    Gone,
    /// It will not start.
    Stuck(Trouble),
}

/// Where the attempt stands that `summary` names.
pub fn state(observed: &Observed, summary: &AttemptSummary) -> AttemptState {
    match job(observed, &summary.name) {
        Some(job) if !is_over(job) || job.metadata.deletion_timestamp.is_some() => {
            AttemptState::Active(activity(observed, job, summary))
        }
        Some(_) | None => end(observed, summary).map_or(AttemptState::Lost, AttemptState::Ended),
    }
}

/// The Job of the attempt, if it exists.
pub fn job<'a>(observed: &'a Observed, attempt: &str) -> Option<&'a Job> {
    observed
        .jobs
        .iter()
        .find(|job| label(&job.metadata, names::LABEL_ATTEMPT) == Some(attempt))
}

/// True if the Job has come to its end, good or bad.
pub fn is_over(job: &Job) -> bool {
    let conditions = job
        .status
        .as_ref()
        .and_then(|status| status.conditions.as_deref())
        .unwrap_or_default();
    conditions.iter().any(|condition| {
        condition.status == "True" && (condition.type_ == "Complete" || condition.type_ == "Failed")
    })
}

/// The value of a label.
pub fn label<'a>(metadata: &'a ObjectMeta, key: &str) -> Option<&'a str> {
    metadata.labels.as_ref()?.get(key).map(String::as_str)
}

fn activity(observed: &Observed, job: &Job, summary: &AttemptSummary) -> Activity {
    if gone(observed, job, &summary.name) {
        return Activity::Gone;
    }
    if job.metadata.deletion_timestamp.is_some() {
        return Activity::Stopping;
    }
    if job.spec.as_ref().is_some_and(|spec| spec.suspend == Some(true)) {
        return Activity::Queued;
    }
    trouble(observed, job, &summary.name).map_or(Activity::Running, Activity::Stuck)
}

/// The end of the attempt over all its pods: the worst of theirs. None if a pod has not told of one.
fn end(observed: &Observed, summary: &AttemptSummary) -> Option<AttemptEnd> {
    let entries = entries(observed, &summary.name);
    let pods = 0..summary.shards.max(1);
    let ends: Option<Vec<&AttemptEnd>> = pods
        .map(|index| {
            let name = names::shard(&summary.name, summary.shards, index);
            entries.iter().find(|entry| entry.name == name)?.end.as_ref()
        })
        .collect();
    ends?.into_iter().max_by_key(|end| gravity(end.reason)).cloned()
}

const fn gravity(reason: AttemptEndReason) -> i32 {
    match reason {
        // With several pods, some may have nothing to do.
        AttemptEndReason::NothingToRun | AttemptEndReason::PreflightPassed => 0,
        AttemptEndReason::Completed => 1,
        AttemptEndReason::EmptySelection => 2,
        AttemptEndReason::Interrupted => 3,
        AttemptEndReason::JUnitUnreadable => 4,
        AttemptEndReason::JUnitMissing => 5,
        AttemptEndReason::Lost => 6,
        AttemptEndReason::SuiteError => 7,
        AttemptEndReason::DryRun => 8,
        AttemptEndReason::PreflightFailed
        | AttemptEndReason::UnknownRun
        | AttemptEndReason::UnknownProfile
        | AttemptEndReason::InvalidProfile
        | AttemptEndReason::InvalidPattern => 9,
    }
}
