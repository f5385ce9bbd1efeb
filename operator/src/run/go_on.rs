//! What happens to a run between its first Job and its end.

use std::time::Duration;

use conform_crds::{AttemptEndReason, ConformanceRunStatus, Progress, conditions::reasons, names};
use conform_suite::{Outcome, Stage};
use jiff::{SignedDuration, Timestamp};

use super::{
    attempts::{Activity, AttemptState, Trouble, job, reported, state, summary},
    conditions::active,
    counts::describe_suite,
    decide::{end, nothing},
    decision::{AttemptStart, Decision, Step},
    fault::{Fault, fault_of, sentence},
    observed::Observed,
};

/// How soon an active run is looked at without an event: grace periods and deadlines pass silently.
pub const ACTIVE_INTERVAL: Duration = Duration::from_secs(20);
/// Seconds that a Job gets beyond the run's own deadline, so that the operator's way of stopping comes first.
const JOB_DEADLINE_MARGIN: i64 = 120;

/// Looks at each stage's attempt in order: starts it, watches over it, or takes its end.
pub fn go_on(observed: &Observed, mut status: ConformanceRunStatus, started: Timestamp) -> Decision {
    let spec = &observed.run.spec;
    let stop = stop_reason(observed, started);
    let mut future_fault = None;
    status.attempts.clear();
    for &stage in spec.stages.in_order() {
        let state = state(observed, stage, 1);
        if state == AttemptState::NotStarted {
            return match stop {
                Some(fault) => end(observed, status, Some(fault), None),
                None => begin(observed, status, stage, started),
            };
        }
        status.attempts.push(summary(observed, stage, 1, &state));
        match state {
            AttemptState::NotStarted => {}
            AttemptState::Active(activity) => return watch_over(observed, status, stage, &activity, stop),
            AttemptState::Ended(attempt) => {
                let fault = stop
                    .clone()
                    .filter(|_| attempt.reason == AttemptEndReason::Interrupted);
                let fault = fault.or_else(|| fault_of(attempt.reason, &attempt.message));
                match (fault, stage) {
                    (Some(fault), Stage::Present) => return end(observed, status, Some(fault), None),
                    // A stop is a stop of the run, whichever stage it meets.
                    (Some(fault), Stage::Future) if stop.as_ref() == Some(&fault) => {
                        return end(observed, status, Some(fault), None);
                    }
                    (fault, Stage::Future) => future_fault = fault,
                    (None, Stage::Present) => {}
                }
            }
            AttemptState::Lost => {
                let name = names::attempt(stage, 1);
                let lost = Fault::new(
                    reasons::POD_LOST,
                    format!("The suite's pod of attempt {name} went away before it had reported its end."),
                );
                match (stop.clone(), stage) {
                    (Some(fault), _) => return end(observed, status, Some(fault), None),
                    (None, Stage::Present) => return end(observed, status, Some(lost), None),
                    (None, Stage::Future) => future_fault = Some(lost),
                }
            }
        }
    }
    end(observed, status, None, future_fault)
}

fn begin(
    observed: &Observed,
    mut status: ConformanceRunStatus,
    stage: Stage,
    started: Timestamp,
) -> Decision {
    let Some(server) = status
        .server_version
        .as_deref()
        .and_then(|version| version.parse().ok())
    else {
        let fault = Fault::new(
            reasons::PREFLIGHT_FAILED,
            "The run's status has lost the server's version.",
        );
        return end(observed, status, Some(fault), None);
    };
    let image = status
        .suite
        .as_ref()
        .map(|suite| suite.image.clone())
        .unwrap_or_default();
    let left = deadline(observed, started)
        .duration_since(observed.now)
        .as_secs()
        .max(1);
    let message = format!("The {} tests are being started.", stage.word());
    active(&mut status, observed.now, reasons::RUNNING, &message);
    let running = AttemptState::Active(Activity::Running);
    status.attempts.push(summary(observed, stage, 1, &running));
    let start = AttemptStart {
        stage,
        number: 1,
        server,
        image,
        deadline_seconds: left + JOB_DEADLINE_MARGIN,
    };
    Decision {
        step: Step::StartAttempt(start),
        ..nothing(status, Some(ACTIVE_INTERVAL))
    }
}

fn watch_over(
    observed: &Observed,
    mut status: ConformanceRunStatus,
    stage: Stage,
    activity: &Activity,
    stop: Option<Fault>,
) -> Decision {
    let attempt = names::attempt(stage, 1);
    let name = job(observed, &attempt)
        .and_then(|job| job.metadata.name.clone())
        .unwrap_or_default();
    if let Some(progress) = progress(observed, stage, &attempt) {
        status.progress = Some(progress);
    }
    describe_suite(&mut status, observed);
    match (activity, stop) {
        (Activity::Stopping, stop) => {
            let why = stop.map_or_else(|| "Its Job was deleted.".to_owned(), |fault| fault.message);
            active(
                &mut status,
                observed.now,
                reasons::STOPPING,
                &format!("The suite is being stopped. {why}"),
            );
            nothing(status, Some(ACTIVE_INTERVAL))
        }
        (_, Some(fault)) => {
            let message = format!("The suite is being stopped. {}", fault.message);
            active(&mut status, observed.now, reasons::STOPPING, &message);
            Decision {
                step: Step::StopAttempt { job: name },
                ..nothing(status, Some(ACTIVE_INTERVAL))
            }
        }
        (Activity::Stuck(trouble), None) => {
            let fault = match trouble {
                Trouble::Image(message) => Fault::new(reasons::IMAGE_PULL_FAILED, sentence(message)),
                Trouble::Placement(message) => Fault::new(reasons::POD_NOT_STARTED, sentence(message)),
            };
            let mut decision = match stage {
                Stage::Present => end(observed, status, Some(fault), None),
                Stage::Future => end(observed, status, None, Some(fault)),
            };
            if let Step::CleanUp { stuck_job, .. } = &mut decision.step {
                *stuck_job = Some(name);
            }
            decision
        }
        (Activity::Running, None) => {
            let message = status
                .progress
                .as_ref()
                .filter(|progress| progress.stage == stage)
                .map_or_else(
                    || format!("The {} tests are being started.", stage.word()),
                    |progress| {
                        format!(
                            "{} of {} {} tests ended.",
                            progress.completed,
                            progress.total,
                            stage.word()
                        )
                    },
                );
            active(&mut status, observed.now, reasons::RUNNING, &message);
            nothing(status, Some(ACTIVE_INTERVAL))
        }
    }
}

fn stop_reason(observed: &Observed, started: Timestamp) -> Option<Fault> {
    let spec = &observed.run.spec;
    if spec.cancel {
        return Some(Fault::new(reasons::CANCELLED, "The run was cancelled."));
    }
    (observed.now >= deadline(observed, started)).then(|| {
        let seconds = spec.execution.active_deadline_seconds;
        Fault::new(
            reasons::DEADLINE_EXCEEDED,
            format!("The run took longer than its {seconds} seconds."),
        )
    })
}

fn deadline(observed: &Observed, started: Timestamp) -> Timestamp {
    let seconds = observed.run.spec.execution.active_deadline_seconds;
    started
        .checked_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX)
}

fn progress(observed: &Observed, stage: Stage, attempt: &str) -> Option<Progress> {
    let attempt = reported(observed, attempt)?;
    let total = attempt.selection.as_ref()?.total;
    let ended = |outcome: Outcome| !matches!(outcome, Outcome::NotRun);
    let selected = || {
        attempt
            .tests
            .iter()
            .filter(|test| test.selected && ended(test.outcome))
    };
    let passed = |outcome| matches!(outcome, Outcome::Passed | Outcome::Flaky | Outcome::Skipped);
    let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    Some(Progress {
        stage,
        total,
        completed: count(selected().count()),
        failed: count(selected().filter(|test| !passed(test.outcome)).count()),
        running: attempt.running.clone(),
        estimated_completion_time: None,
    })
}
