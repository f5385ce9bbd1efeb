//! What is to be done next with a run.

use std::time::Duration;

use conform_crds::{AttemptPlan, AttemptSummary, ConformanceRunStatus, GatewaySummary, OwnSuitePlan};
use conform_suite::OwnSuite;

pub use crate::announce::Announcement;

/// The next step and the status to write once it is done.
///
/// Each step may be done again without harm, and the status is written last: an operator that is killed in between
/// comes to the same decision again.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What to do.
    pub step: Step,
    /// The status that holds when it is done.
    pub status: ConformanceRunStatus,
    /// When to look again even if nothing that is watched changes.
    pub look_again: Option<Duration>,
    /// What to tell people in an Event.
    pub announcement: Option<Announcement>,
}

/// One idempotent step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing but the status.
    Nothing,
    /// Make sure that the run cannot vanish before it is cleaned up.
    AddFinalizer,
    /// Become the one run that may be active, from this version of the Lease.
    TakeLock {
        /// The version; none if there is no Lease yet.
        version: Option<String>,
    },
    /// Let other runs be active.
    ReleaseLock,
    /// Give the run its rights and its result object, then start a Job.
    StartAttempt(Box<AttemptStart>),
    /// As `StartAttempt`, for a suite of a user's own.
    StartOwnSuite(Box<OwnSuiteStart>),
    /// Delete the Job; its pod gets time to write what it has.
    StopAttempt {
        /// The Job's name.
        job: String,
        /// Do not wait for its pods: their node does not answer.
        force: bool,
    },
    /// Take the rights back and remove what the suite's tests left behind.
    CleanUp {
        /// A Job that would go on trying.
        stuck_job: Option<String>,
    },
    /// As `CleanUp`, then let the object go.
    CleanUpAndRelease,
    /// Let the object go with its files: it was cleaned up when it ended.
    Release,
    /// Take the finalizer off a run that nothing is to be done for when it is deleted.
    DropFinalizer,
    /// Delete the run: its time to live is over.
    DeleteRun,
}

impl Step {
    /// What the log calls it, and the attempt or Job that it is about. None if there is nothing to do.
    pub fn told(&self) -> Option<(&'static str, Option<&str>)> {
        Some(match self {
            Self::Nothing => return None,
            Self::AddFinalizer => ("AddFinalizer", None),
            Self::TakeLock { .. } => ("TakeLock", None),
            Self::ReleaseLock => ("ReleaseLock", None),
            Self::StartAttempt(start) => ("StartAttempt", Some(start.summary.name.as_str())),
            Self::StartOwnSuite(start) => ("StartOwnSuite", Some(start.summary.name.as_str())),
            Self::StopAttempt { job, .. } => ("StopAttempt", Some(job.as_str())),
            Self::CleanUp { stuck_job } => ("CleanUp", stuck_job.as_deref()),
            Self::CleanUpAndRelease => ("CleanUpAndRelease", None),
            Self::Release => ("Release", None),
            Self::DropFinalizer => ("DropFinalizer", None),
            Self::DeleteRun => ("DeleteRun", None),
        })
    }
}

/// What a Job is to be made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptStart {
    /// The attempt as the run's status will list it.
    pub summary: AttemptSummary,
    /// What its runners are to do.
    pub plan: AttemptPlan,
    /// The suite's image.
    pub image: String,
    /// Seconds after which the Job ends even if the operator is away.
    pub deadline_seconds: i64,
}

/// What a Job is to be made from that runs a suite of a user's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSuiteStart {
    /// The attempt as the run's status will list it.
    pub summary: AttemptSummary,
    /// What its runner is to look for.
    pub plan: OwnSuitePlan,
    /// What it is to run.
    pub suite: OwnSuite,
    /// What the cluster said of its Gateway API, if that is what it measures.
    pub gateway: Option<GatewaySummary>,
    /// The API server's version.
    pub server_version: String,
    /// Seconds after which the Job ends even if the operator is away.
    pub deadline_seconds: i64,
}
