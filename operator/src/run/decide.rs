//! What to do next with a run. Pure: the same observation always gives the same decision.

use std::time::Duration;

use conform_crds::{
    AttemptEndReason, ConformanceRunStatus, Progress,
    conditions::{self, reasons},
    names,
};
use conform_suite::{Outcome, Stage, profile};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::{
    attempts::{Activity, AttemptState, Trouble, job, reported, state, summary},
    conditions::{Truth, active, truth},
    decision::{Announcement, AttemptStart, Decision, Step},
    finish::{Fault, fault_of, finished},
    observed::Observed,
    preflight,
};

/// How soon a queued run looks whether its turn has come; the end of the run before it is not an event of its own.
const QUEUE_INTERVAL: Duration = Duration::from_secs(10);
/// How soon an active run is looked at without an event: grace periods and deadlines pass silently.
const ACTIVE_INTERVAL: Duration = Duration::from_secs(20);
/// How long the deletion of a run waits for its suite pod. A node that is gone never confirms.
const RELEASE_GRACE: SignedDuration = SignedDuration::from_secs(300);
/// Seconds that a Job gets beyond the run's own deadline, so that the operator's way of stopping comes first.
const JOB_DEADLINE_MARGIN: i64 = 120;

/// Decides the next step of a run.
pub fn decide(observed: &Observed) -> Decision {
    let run = &observed.run;
    let mut status = run.status.clone().unwrap_or_default();
    if run.metadata.deletion_timestamp.is_some() {
        return release(observed, status);
    }
    if truth(&status, conditions::SUCCEEDED).is_some_and(|truth| truth != Truth::Unknown) {
        return after_the_end(observed, status);
    }
    status.observed_generation = run.metadata.generation;
    let protected = run
        .metadata
        .finalizers
        .iter()
        .flatten()
        .any(|finalizer| finalizer == names::FINALIZER);
    if !protected {
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
        Some(started) => go_on(observed, status, started.0),
    }
}

/// The status of a run that ends because the API server refuses the operator something for good.
pub fn refused(observed: &Observed, message: &str) -> Decision {
    let mut status = observed.run.status.clone().unwrap_or_default();
    status.observed_generation = observed.run.metadata.generation;
    end(
        observed,
        status,
        Some(Fault::new(reasons::FORBIDDEN, message)),
        None,
    )
}

fn nothing(status: ConformanceRunStatus, look_again: Option<Duration>) -> Decision {
    Decision {
        step: Step::Nothing,
        status,
        look_again,
        announcement: None,
    }
}

fn start(observed: &Observed, mut status: ConformanceRunStatus) -> Decision {
    let spec = &observed.run.spec;
    if spec.cancel {
        let fault = Fault::new(reasons::CANCELLED, "The run was cancelled before it started.");
        return end(observed, status, Some(fault), None);
    }
    if spec.suspend {
        active(
            &mut status,
            observed.now,
            reasons::SUSPENDED,
            "The run starts when spec.suspend is false.",
        );
        return nothing(status, None);
    }
    if let Some(error) = spec.profiles.iter().find_map(|name| profile(name).err()) {
        let message = sentence(&error.to_string());
        return end(
            observed,
            status,
            Some(Fault::new(reasons::UNKNOWN_PROFILE, message)),
            None,
        );
    }
    if let Some(ahead) = &observed.ahead {
        let message =
            format!("Waits for run {ahead}: conformance tests of two runs would disturb each other.");
        active(&mut status, observed.now, reasons::QUEUED, &message);
        return nothing(status, Some(QUEUE_INTERVAL));
    }
    let Some(facts) = &observed.cluster else {
        active(
            &mut status,
            observed.now,
            reasons::PREFLIGHT,
            "The cluster is being looked at.",
        );
        return nothing(status, Some(QUEUE_INTERVAL));
    };
    match preflight::check(facts, &observed.settings) {
        Err(message) => end(
            observed,
            status,
            Some(Fault::new(reasons::PREFLIGHT_FAILED, sentence(&message))),
            None,
        ),
        Ok(fitness) => {
            // The start is written before anything is made, so that from here on the spec is fixed.
            status.start_time = Some(Time(observed.now));
            status.server_version = Some(facts.server_version.clone());
            status.suite = Some(conform_crds::SuiteReference {
                image: fitness.image,
                ..Default::default()
            });
            let warning = fitness
                .warning
                .map(|warning| format!(" Note: {warning}."))
                .unwrap_or_default();
            let message = format!("The suite of {} starts.{warning}", facts.server_version);
            active(&mut status, observed.now, reasons::RUNNING, &message);
            let announcement = Announcement {
                warning: false,
                reason: "RunStarted",
                note: message,
            };
            Decision {
                announcement: Some(announcement),
                ..nothing(status, Some(Duration::ZERO))
            }
        }
    }
}

fn go_on(observed: &Observed, mut status: ConformanceRunStatus, started: Timestamp) -> Decision {
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
    super::finish::describe_suite(&mut status, observed);
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

fn end(
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
        Step::CleanUp {
            stuck_job: None,
            e2e_runs: e2e_runs(observed),
        }
    } else {
        Step::Nothing
    };
    let look_again = time_to_live(observed, &status);
    let mut status = status;
    status.result_name = observed
        .result
        .as_ref()
        .and_then(|result| result.metadata.name.clone());
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
        left => nothing(status, left),
    }
}

fn release(observed: &Observed, status: ConformanceRunStatus) -> Decision {
    let protected = observed
        .run
        .metadata
        .finalizers
        .iter()
        .flatten()
        .any(|name| name == names::FINALIZER);
    if !protected {
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
            step: Step::StopAttempt { job },
            ..nothing(status, Some(ACTIVE_INTERVAL))
        };
    }
    if !observed.jobs.is_empty() && !overdue {
        return nothing(status, Some(ACTIVE_INTERVAL));
    }
    Decision {
        step: Step::CleanUpAndRelease {
            e2e_runs: e2e_runs(observed),
        },
        ..nothing(status, None)
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

fn time_to_live(observed: &Observed, status: &ConformanceRunStatus) -> Option<Duration> {
    let ttl = observed.run.spec.ttl_seconds_after_finished?;
    let ended = status.completion_time.as_ref()?.0;
    let over = ended
        .checked_add(SignedDuration::from_secs(i64::from(ttl)))
        .unwrap_or(Timestamp::MAX);
    Some(Duration::try_from(over.duration_since(observed.now)).unwrap_or(Duration::ZERO))
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
    })
}

fn e2e_runs(observed: &Observed) -> Vec<String> {
    let status = observed.result.as_ref().and_then(|result| result.status.as_ref());
    let attempts = status
        .map(|status| status.attempts.as_slice())
        .unwrap_or_default();
    attempts
        .iter()
        .filter_map(|attempt| attempt.suite.as_ref()?.run_id.clone())
        .collect()
}

/// An error's text as a sentence of a condition's message.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), letters.as_str())
}
