//! When a run, or a stage of it, is to stop.

use conform_crds::conditions::reasons;
use jiff::{SignedDuration, Timestamp};

use super::{attempts::Logged, fault::Fault, observed::Observed, phases::Chapter};

/// Why the run is to stop, if it is: it was cancelled, or it takes too long.
pub fn stop_reason(observed: &Observed, started: Timestamp) -> Option<Fault> {
    if observed.run.spec.cancel {
        return Some(Fault::new(reasons::CANCELLED, "The run was cancelled."));
    }
    (observed.now >= deadline(observed, started)).then(|| {
        let seconds = observed.run.spec.execution.active_deadline_seconds;
        Fault::new(
            reasons::DEADLINE_EXCEEDED,
            format!("The run took longer than its {seconds} seconds."),
        )
    })
}

/// When the run is to stop.
pub fn deadline(observed: &Observed, started: Timestamp) -> Timestamp {
    after(started, observed.run.spec.execution.active_deadline_seconds)
}

/// Why the chapter's stage is to stop, if it takes too long. `mine` are the chapter's attempts.
pub fn stage_overdue(observed: &Observed, chapter: &Chapter, mine: &[&Logged]) -> Option<Fault> {
    // A suite of a user's own has a time of its own.
    let seconds = observed
        .run
        .spec
        .execution
        .stage_deadline_seconds
        .filter(|_| chapter.own.is_none())?;
    let began = mine
        .iter()
        .filter_map(|logged| logged.summary.start_time.as_ref())
        .map(|time| time.0)
        .min()?;
    let stage = if chapter.combined {
        "combined"
    } else {
        chapter.stage.word()
    };
    (observed.now >= after(began, seconds)).then(|| {
        Fault::new(
            reasons::DEADLINE_EXCEEDED,
            format!("The {stage} tests took longer than their {seconds} seconds."),
        )
    })
}

fn after(start: Timestamp, seconds: i64) -> Timestamp {
    start
        .checked_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX)
}
