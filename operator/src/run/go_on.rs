//! What happens to a run between its first Job and its end.

use std::time::Duration;

use conform_crds::{
    AttemptPlan, AttemptSummary, Checks, ConformanceRunStatus, OwnSuitePlan, Pick, conditions::reasons, names,
};
use conform_suite::{OwnDemands, OwnProfile, Release, Request, Stage};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::{
    applicable,
    attempts::{Activity, AttemptState, Logged, Trouble, job, log, progress},
    conditions::active,
    counts::describe_suite,
    deadline::{deadline, stage_overdue, stop_reason},
    decide::{end, nothing},
    decision::{AttemptStart, Decision, OwnSuiteStart, Step},
    fault::{Fault, sentence},
    image::suite_for,
    next::{Next, Planned, chapters_of, is_of, next, of_chapter},
    observed::Observed,
    own_suites,
};

/// How soon an active run is looked at without an event: grace periods and deadlines pass silently.
pub const ACTIVE_INTERVAL: Duration = Duration::from_secs(20);
/// Seconds that a Job gets beyond the run's own deadline, so that the operator's way of stopping comes first.
const JOB_DEADLINE_MARGIN: i64 = 120;
/// Seconds that the pod of a user's own suite may take to start.
const OWN_SUITE_MARGIN: i64 = 600;

/// Watches over the attempt that is active, or does what follows the last one.
pub fn go_on(observed: &Observed, mut status: ConformanceRunStatus, started: Timestamp) -> Decision {
    let log = log(observed);
    status.attempts = log.iter().map(|logged| logged.summary.clone()).collect();
    let stop = stop_reason(observed, started);
    if let Some((active, activity)) = log.iter().find_map(|logged| match &logged.state {
        AttemptState::Active(activity) => Some((logged, activity)),
        AttemptState::Ended(_) | AttemptState::Lost => None,
    }) {
        let stop = stop.or_else(|| overdue(observed, &log, active));
        return watch_over(observed, status, &log, active, activity, stop);
    }
    match next(observed, &log, stop.as_ref()) {
        Next::Attempt(planned) => begin(observed, status, &planned, started),
        Next::End { fault, future_fault } => end(observed, status, fault, future_fault),
    }
}

fn overdue(observed: &Observed, log: &[Logged], active: &Logged) -> Option<Fault> {
    let chapter = chapters_of(observed)
        .into_iter()
        .find(|chapter| is_of(&active.summary, chapter))?;
    stage_overdue(observed, &chapter, &of_chapter(log, &chapter))
}

fn begin(
    observed: &Observed,
    mut status: ConformanceRunStatus,
    planned: &Planned,
    started: Timestamp,
) -> Decision {
    let server = status
        .server_version
        .as_deref()
        .and_then(|version| version.parse().ok());
    let Some(server) = server else {
        let fault = Fault::new(
            reasons::PREFLIGHT_FAILED,
            "The run's status has lost the server's version.",
        );
        return end(observed, status, Some(fault), None);
    };
    let left = deadline(observed, started)
        .duration_since(observed.now)
        .as_secs()
        .max(1);
    if let Some(own) = &planned.own {
        return begin_own(observed, status, planned, &own.label, left);
    }
    let image = suite_for(&observed.run.spec, &status, &observed.settings, planned.stage);
    let start = AttemptStart {
        plan: plan(observed, &status, server, planned),
        summary: summary(observed, planned),
        image,
        deadline_seconds: left + JOB_DEADLINE_MARGIN,
    };
    active(
        &mut status,
        observed.now,
        reasons::RUNNING,
        &starting(&start.summary),
    );
    status.attempts.push(start.summary.clone());
    Decision {
        step: Step::StartAttempt(Box::new(start)),
        ..nothing(status, Some(ACTIVE_INTERVAL))
    }
}

/// Starts a suite of a user's own; `left` is what is left of the run's time, in seconds.
fn begin_own(
    observed: &Observed,
    mut status: ConformanceRunStatus,
    planned: &Planned,
    label: &str,
    left: i64,
) -> Decision {
    let found = own_suites::find(&status.own_profiles, label);
    let demands = found.and_then(|found| OwnDemands::of(found.profile, &found.suite.name));
    let (Some(found), Some(demands)) = (found, demands) else {
        let why = format!("The run's status has lost suite {label} of its profiles.");
        return end(
            observed,
            status,
            None,
            Some(Fault::new(reasons::INVALID_PROFILE, why)),
        );
    };
    let timeout_seconds = found.suite.timeout_seconds.min(left);
    let start = OwnSuiteStart {
        summary: summary(observed, planned),
        plan: OwnSuitePlan {
            demands,
            timeout_seconds,
        },
        suite: found.suite.clone(),
        gateway: status
            .gateways
            .iter()
            .find(|gateway| gateway.suite == label)
            .cloned(),
        server_version: status.server_version.clone().unwrap_or_default(),
        // The runner ends a suite that takes too long. An image may take its time to come before.
        deadline_seconds: left.min(timeout_seconds.saturating_add(OWN_SUITE_MARGIN)) + JOB_DEADLINE_MARGIN,
    };
    active(
        &mut status,
        observed.now,
        reasons::RUNNING,
        &starting(&start.summary),
    );
    status.attempts.push(start.summary.clone());
    Decision {
        step: Step::StartOwnSuite(Box::new(start)),
        ..nothing(status, Some(ACTIVE_INTERVAL))
    }
}

fn summary(observed: &Observed, planned: &Planned) -> AttemptSummary {
    let run = observed.run.metadata.name.as_deref().unwrap_or_default();
    AttemptSummary {
        name: planned.name.clone(),
        stage: planned.stage,
        combined: planned.combined,
        own_suite: planned.own.as_ref().map(|own| own.label.clone()),
        scope: planned.phase.scope,
        pick: planned.pick,
        shards: planned.phase.shards,
        job_name: names::job(run, &planned.name),
        start_time: Some(Time(observed.now)),
        end: None,
        message: None,
    }
}

/// What the runner is to select from the suite in its image.
fn plan(
    observed: &Observed,
    status: &ConformanceRunStatus,
    server: Release,
    planned: &Planned,
) -> AttemptPlan {
    let spec = &observed.run.spec;
    let request = |stage| Request {
        profiles: applicable::left(&spec.profiles, &status.not_applicable),
        own: status
            .own_profiles
            .iter()
            .map(OwnProfile::of_kubernetes)
            .collect(),
        stage,
        focus: spec.focus.clone(),
        skip: spec.skip.clone(),
        through_release: spec.through_release,
        server,
    };
    let stages: &[Stage] = if planned.combined {
        spec.stages.in_order()
    } else {
        &[planned.stage]
    };
    // A first runner that was lost may not have told.
    let checks = Checks::due(spec.checks, status);
    AttemptPlan {
        requests: stages.iter().map(|stage| request(*stage)).collect(),
        scope: planned.phase.scope,
        pick: planned.pick,
        after: planned.after.clone(),
        rerun: spec.rerun.clone(),
        shards: planned.phase.shards,
        processes: planned.phase.processes,
        // The run's first attempt looks at the cluster before anything runs.
        preflight: status.attempts.is_empty().then(|| spec.preflight.clone()),
        agent_image: checks
            .is_some_and(Checks::probes)
            .then(|| observed.settings.runner_image.clone()),
        checks,
        durations_from: observed.durations_from.clone(),
    }
}

fn starting(attempt: &AttemptSummary) -> String {
    if let Some(suite) = &attempt.own_suite {
        let again = if attempt.pick == Pick::Everything {
            ""
        } else {
            " again"
        };
        return format!("Suite {suite} is being started{again}.");
    }
    let stage = stage_word(attempt);
    match attempt.pick {
        Pick::Everything => format!("The {stage} tests are being started."),
        Pick::Unfinished => {
            format!("The {stage} tests that have not ended yet are being started again.")
        }
        Pick::Failed => format!("The {stage} tests that failed are being started again."),
    }
}

fn stage_word(attempt: &AttemptSummary) -> &'static str {
    if attempt.combined {
        "present and future"
    } else {
        attempt.stage.word()
    }
}

fn watch_over(
    observed: &Observed,
    mut status: ConformanceRunStatus,
    log: &[Logged],
    attempt: &Logged,
    activity: &Activity,
    stop: Option<Fault>,
) -> Decision {
    let stage = attempt.summary.stage;
    let of_stage: Vec<&Logged> = log
        .iter()
        .filter(|logged| {
            let (other, this) = (&logged.summary, &attempt.summary);
            other.stage == stage && other.combined == this.combined && other.own_suite == this.own_suite
        })
        .collect();
    if let Some(progress) = progress(observed, stage, &of_stage) {
        status.progress = Some(Box::new(progress));
    }
    describe_suite(&mut status, observed);
    let stop_job = |force| Step::StopAttempt {
        job: job(observed, &attempt.summary.name)
            .and_then(|job| job.metadata.name.clone())
            .unwrap_or_default(),
        force,
    };
    let (reason, message, action) = match (activity, stop) {
        (Activity::Gone, _) => (
            reasons::RUNNING,
            "The node of the suite's pod does not answer: its tests are given up and will be run again."
                .to_owned(),
            stop_job(true),
        ),
        (Activity::Stopping, stop) => {
            let why = stop.map_or_else(|| "Its Job was deleted.".to_owned(), |fault| fault.message);
            (reasons::STOPPING, stopping(&status, &why), Step::Nothing)
        }
        (_, Some(fault)) => (
            reasons::STOPPING,
            stopping(&status, &fault.message),
            stop_job(false),
        ),
        (Activity::Stuck(trouble), None) => return give_up(observed, status, attempt, trouble),
        (Activity::Queued, None) => (
            reasons::QUEUED,
            "Its Job waits in its queue.".to_owned(),
            Step::Nothing,
        ),
        (Activity::Running, None) => (
            reasons::RUNNING,
            running(&status, &attempt.summary),
            Step::Nothing,
        ),
    };
    active(&mut status, observed.now, reason, &message);
    Decision {
        step: action,
        ..nothing(status, Some(ACTIVE_INTERVAL))
    }
}

fn give_up(
    observed: &Observed,
    status: ConformanceRunStatus,
    attempt: &Logged,
    trouble: &Trouble,
) -> Decision {
    let fault = match trouble {
        Trouble::Image(message) => Fault::new(reasons::IMAGE_PULL_FAILED, sentence(message)),
        Trouble::Placement(message) => Fault::new(reasons::POD_NOT_STARTED, sentence(message)),
    };
    let mut decision = match attempt.summary.stage {
        Stage::Present => end(observed, status, Some(fault), None),
        Stage::Future => end(observed, status, None, Some(fault)),
    };
    if let Step::CleanUp { stuck_job } = &mut decision.step {
        *stuck_job = Some(attempt.summary.job_name.clone());
    }
    decision
}

/// A sentence for a run that stops, which names what still runs: it may be what hangs.
fn stopping(status: &ConformanceRunStatus, why: &str) -> String {
    let running = status.progress.iter().flat_map(|progress| &progress.running);
    let names: Vec<&str> = running.map(conform_suite::TestName::as_str).collect();
    match names.as_slice() {
        [] => format!("The suite is being stopped. {why}"),
        [one] => format!("The suite is being stopped. {why} Still running: {one}."),
        [first, rest @ ..] => format!(
            "The suite is being stopped. {why} Still running: {first} and {} more.",
            rest.len()
        ),
    }
}

fn running(status: &ConformanceRunStatus, attempt: &AttemptSummary) -> String {
    if let Some(suite) = &attempt.own_suite {
        return format!("Suite {suite} runs.");
    }
    let progress = status
        .progress
        .as_ref()
        .filter(|progress| progress.stage == attempt.stage);
    progress.map_or_else(
        || starting(attempt),
        |progress| {
            format!(
                "{} of {} {} tests ended.",
                progress.completed,
                progress.total,
                stage_word(attempt)
            )
        },
    )
}
