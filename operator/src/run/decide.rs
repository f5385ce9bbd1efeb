//! What to do next with a run. Pure: the same observation always gives the same decision.

use std::time::Duration;

use conform_crds::{
    ConformanceRunStatus,
    conditions::{self, reasons},
};
use jiff::{SignedDuration, Timestamp};

use super::{
    attempts::is_over,
    components,
    conditions::active,
    decision::{Announcement, Decision, Step},
    fault::Fault,
    finish::finished,
    go_on::{ACTIVE_INTERVAL, go_on},
    imported::imported,
    observed::{Observed, is_cleaned_up, is_finished},
    preflight,
    start::start,
};

/// How long the deletion of a run waits for its suite pod. A node that is gone never confirms.
const RELEASE_GRACE: SignedDuration = SignedDuration::from_secs(300);

/// Decides the next step of a run.
pub fn decide(observed: &Observed) -> Decision {
    let run = &observed.run;
    let mut status = run.status.clone().unwrap_or_default();
    if run.metadata.deletion_timestamp.is_some() {
        return release(observed, status);
    }
    if is_finished(run) {
        return after_the_end(observed, status);
    }
    status.observed_generation = run.metadata.generation;
    if let Some(from) = &run.spec.imported {
        return imported(observed, status, from);
    }
    if !observed.is_protected() {
        active(
            &mut status,
            observed.now,
            reasons::PENDING,
            "The run was accepted.",
        );
        return Decision {
            step: Step::AddFinalizer,
            ..nothing(status, None)
        };
    }
    match status.start_time.clone() {
        None => start(observed, status),
        Some(started) => {
            preflight::hear(observed, &mut status);
            components::hear(observed, &mut status);
            go_on(observed, status, started.0)
        }
    }
}

/// The status of a run that ends because of something that the operator cannot mend.
pub fn refused(observed: &Observed, reason: &'static str, message: &str) -> Decision {
    let mut status = observed.run.status.clone().unwrap_or_default();
    status.observed_generation = observed.run.metadata.generation;
    let fault = Fault::new(reason, message);
    let mut decision = end(observed, status, Some(fault), None);
    if let Step::CleanUp { stuck_job, .. } = &mut decision.step {
        let unfinished = observed.jobs.iter().find(|job| !is_over(job));
        *stuck_job = unfinished.and_then(|job| job.metadata.name.clone());
    }
    decision
}

/// Nothing but a status, and when to look again.
pub fn nothing(status: ConformanceRunStatus, look_again: Option<Duration>) -> Decision {
    Decision {
        step: Step::Nothing,
        status,
        look_again,
        announcement: None,
    }
}

/// The end of a run: its last status, and the clean-up that goes before it.
pub fn end(
    observed: &Observed,
    status: ConformanceRunStatus,
    fault: Option<Fault>,
    future_fault: Option<Fault>,
) -> Decision {
    let began = status.start_time.is_some();
    let status = finished(observed, status, fault, future_fault);
    let succeeded = status
        .conditions
        .iter()
        .find(|condition| condition.type_ == conditions::SUCCEEDED);
    let announcement = succeeded.map(|condition| Announcement {
        warning: condition.status != "True",
        reason: if condition.status == "True" {
            "RunSucceeded"
        } else {
            "RunFailed"
        },
        note: format!("{}: {}", condition.reason, condition.message),
    });
    let step = if began {
        Step::CleanUp { stuck_job: None }
    } else {
        Step::Nothing
    };
    let look_again = time_to_live(observed, &status);
    let mut status = status;
    if let Some(result) = &observed.result {
        status.result_name.clone_from(&result.metadata.name);
    }
    Decision {
        step,
        status,
        look_again,
        announcement,
    }
}

fn after_the_end(observed: &Observed, mut status: ConformanceRunStatus) -> Decision {
    // A finished run still answers for its newest spec (cancel, ttl): kstatus compares the generations.
    status.observed_generation = observed.run.metadata.generation;
    match time_to_live(observed, &status) {
        Some(Duration::ZERO) => Decision {
            step: Step::DeleteRun,
            ..nothing(status, None)
        },
        // Its files go with its result. Nothing is left that would need an operator, so that runs can be deleted when there
        // is none any more.
        left if observed.is_protected() && is_cleaned_up(&observed.run) && !observed.settings.has_storage => {
            Decision {
                step: Step::DropFinalizer,
                ..nothing(status, left)
            }
        }
        left => nothing(status, left),
    }
}

fn release(observed: &Observed, status: ConformanceRunStatus) -> Decision {
    if !observed.is_protected() {
        return nothing(status, None);
    }
    let deleted = observed
        .run
        .metadata
        .deletion_timestamp
        .as_ref()
        .map_or(observed.now, |time| time.0);
    let overdue = observed.now.duration_since(deleted) >= RELEASE_GRACE;
    if let Some(job) = observed
        .jobs
        .iter()
        .find(|job| job.metadata.deletion_timestamp.is_none())
    {
        let job = job.metadata.name.clone().unwrap_or_default();
        return Decision {
            step: Step::StopAttempt { job, force: false },
            ..nothing(status, Some(ACTIVE_INTERVAL))
        };
    }
    if !observed.jobs.is_empty() && !overdue {
        return nothing(status, Some(ACTIVE_INTERVAL));
    }
    Decision {
        step: if is_cleaned_up(&observed.run) {
            Step::Release
        } else {
            Step::CleanUpAndRelease
        },
        ..nothing(status, None)
    }
}

fn time_to_live(observed: &Observed, status: &ConformanceRunStatus) -> Option<Duration> {
    let ttl = observed.run.spec.ttl_seconds_after_finished?;
    let ended = status.completion_time.as_ref()?.0;
    let over = ended
        .checked_add(SignedDuration::from_secs(i64::from(ttl)))
        .unwrap_or(Timestamp::MAX);
    Some(Duration::try_from(over.duration_since(observed.now)).unwrap_or(Duration::ZERO))
}
