//! What goes wrong ends the run, with a reason of its own.

use conform_crds::{AttemptEndReason, ConformanceRunSpec, conditions};
use conform_suite::{Outcome, Stage};
use k8s_openapi::{
    api::core::v1::{ContainerState, ContainerStateWaiting, ContainerStatus, Pod, PodStatus},
    apimachinery::pkg::apis::meta::v1::Time,
};

use super::{
    super::{
        decide::refused,
        decision::Step,
        fixtures::{Story, now},
    },
    quick,
};

#[test]
fn each_fault_has_its_own_reason() {
    for (end, reason) in [
        (AttemptEndReason::SuiteError, "SuiteError"),
        (AttemptEndReason::JUnitMissing, "JUnitMissing"),
        (AttemptEndReason::JUnitUnreadable, "JUnitUnreadable"),
        (AttemptEndReason::DryRun, "DryRun"),
        (AttemptEndReason::InvalidPattern, "InvalidPattern"),
        (AttemptEndReason::UnknownProfile, "UnknownProfile"),
    ] {
        let mut story = Story::new(quick());
        story.until_started(Stage::Present);
        story.report(Stage::Present, vec![now("a", Outcome::NotRun)], Some(end));
        let last = story.step();
        assert!(
            matches!(last.step, Step::CleanUp { .. }),
            "the rights go: {end:?}"
        );
        story.says(conditions::SUCCEEDED, "False", reason);
        story.says(conditions::PRESENT_CONFORMANT, "Unknown", reason);
    }
}

#[test]
fn a_focus_that_selects_nothing_ends_the_run_with_its_reason() {
    let mut story = Story::new(ConformanceRunSpec {
        focus: Some("nothing".into()),
        ..quick()
    });
    story.until_started(Stage::Present);
    story.report(Stage::Present, Vec::new(), Some(AttemptEndReason::EmptySelection));
    story.until_started(Stage::Future);
    story.report(Stage::Future, Vec::new(), Some(AttemptEndReason::NothingToRun));
    story.step();
    story.says(conditions::SUCCEEDED, "False", "EmptySelection");
}

#[test]
fn a_pod_that_vanishes_is_lost_and_not_passed() {
    let mut story = Story::new(quick());
    story.observed.run.spec.execution.backoff_limit = 0;
    story.until_started(Stage::Present);
    story.report(
        Stage::Present,
        vec![now("a", Outcome::Passed), now("b", Outcome::NotRun)],
        None,
    );
    story.end_job(Stage::Present);
    story.next_attempt();
    story.end_job(Stage::Present);
    story.step();
    story.says(conditions::SUCCEEDED, "False", "PodLost");
    assert_eq!(
        story.observed.run.status.unwrap().present.unwrap().passed,
        1,
        "what was measured is kept"
    );
}

#[test]
fn cancel_stops_the_job_and_keeps_what_was_measured() {
    let mut story = Story::new(quick());
    story.until_started(Stage::Present);
    story.report(
        Stage::Present,
        vec![now("a", Outcome::Passed), now("b", Outcome::NotRun)],
        None,
    );
    story.observed.run.spec.cancel = true;
    assert_eq!(
        story.step().step,
        Step::StopAttempt {
            job: "demo-present-1".into(),
            force: false
        }
    );
    assert_eq!(story.step().step, Step::Nothing, "waits for the pod to write");
    story.says(conditions::SUCCEEDED, "Unknown", "Stopping");
    story.report(
        Stage::Present,
        vec![now("a", Outcome::Passed), now("b", Outcome::Interrupted)],
        Some(AttemptEndReason::Interrupted),
    );
    story.observed.jobs.clear();
    assert!(matches!(story.step().step, Step::CleanUp { .. }));
    story.says(conditions::SUCCEEDED, "False", "Cancelled");
    story.says(conditions::PRESENT_CONFORMANT, "Unknown", "Cancelled");
    assert_eq!(story.observed.run.status.unwrap().present.unwrap().passed, 1);
}

#[test]
fn the_deadline_stops_a_run_by_itself() {
    let mut story = Story::new(quick());
    story.observed.run.spec.execution.active_deadline_seconds = 600;
    story.until_started(Stage::Present);
    story.pass(601);
    assert!(matches!(story.step().step, Step::StopAttempt { .. }));
    story.observed.jobs.clear();
    story.step();
    story.says(conditions::SUCCEEDED, "False", "DeadlineExceeded");
}

#[test]
fn an_image_that_never_comes_ends_the_run() {
    let mut story = Story::new(quick());
    story.until_started(Stage::Present);
    let waiting = ContainerStateWaiting {
        reason: Some("ImagePullBackOff".into()),
        message: Some("no such host".into()),
    };
    let mut pod = Pod::default();
    pod.metadata.labels = story.job().metadata.labels.clone();
    pod.metadata.creation_timestamp = Some(Time(story.observed.now));
    pod.status = Some(PodStatus {
        container_statuses: Some(vec![ContainerStatus {
            image: "registry.k8s.io/conformance:v1.36.3".into(),
            state: Some(ContainerState {
                waiting: Some(waiting),
                ..ContainerState::default()
            }),
            ..ContainerStatus::default()
        }]),
        ..PodStatus::default()
    });
    story.observed.pods.push(pod);
    assert_eq!(story.step().step, Step::Nothing, "a registry may have a hiccup");
    story.pass(61);
    let last = story.step();
    assert!(matches!(last.step, Step::CleanUp { stuck_job: Some(job), .. } if job == "demo-present-1"));
    story.says(conditions::SUCCEEDED, "False", "ImagePullFailed");
}

#[test]
fn a_job_that_gets_no_pod_ends_the_run() {
    let mut story = Story::new(quick());
    story.until_started(Stage::Present);
    story.pass(301);
    story.step();
    story.says(conditions::SUCCEEDED, "False", "PodNotStarted");
}

#[test]
fn an_unknown_profile_ends_the_run_before_it_starts() {
    let mut story = Story::new(ConformanceRunSpec {
        profiles: vec!["nonsense".into()],
        ..quick()
    });
    story.step();
    assert_eq!(story.step().step, Step::Nothing);
    story.says(conditions::SUCCEEDED, "False", "UnknownProfile");
}

#[test]
fn an_unfit_cluster_ends_the_run_before_it_starts() {
    let mut story = Story::new(quick());
    story.observed.cluster.as_mut().unwrap().nodes.clear();
    story.step();
    story.step();
    story.says(conditions::SUCCEEDED, "False", "PreflightFailed");
    story.says(conditions::PRESENT_CONFORMANT, "Unknown", "PreflightFailed");
}

#[test]
fn a_refused_call_ends_the_run_with_forbidden() {
    let mut story = Story::new(quick());
    story.step();
    let decision = refused(
        &story.observed,
        conditions::reasons::FORBIDDEN,
        "cannot create Job demo-present-1: jobs is forbidden",
    );
    story.observed.run.status = Some(decision.status);
    story.says(conditions::SUCCEEDED, "False", "Forbidden");
}
