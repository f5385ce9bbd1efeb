//! A run's stories, step by step. Each rule of the verdict that the operator has a part in is one test.

use conform_crds::{AttemptEndReason, ConformanceRunSpec, FutureFailures, Stages, conditions, names};
use conform_suite::{Outcome, Stage};
use jiff::SignedDuration;
use k8s_openapi::{
    api::core::v1::{ContainerState, ContainerStateWaiting, ContainerStatus, Pod, PodStatus},
    apimachinery::pkg::apis::meta::v1::Time,
};

use super::{
    decide::{decide, refused},
    decision::Step,
    fixtures::{Story, later, now},
};

fn quick() -> ConformanceRunSpec {
    ConformanceRunSpec {
        profiles: vec!["quick".into()],
        ..ConformanceRunSpec::default()
    }
}

fn pair(status: &str, reason: &str) -> (String, String) {
    (status.to_owned(), reason.to_owned())
}

/// Both stages ran; `present` and `future` are what they found.
fn told(spec: ConformanceRunSpec, present: &[Outcome], future: &[Outcome]) -> Story {
    let mut story = Story::new(spec);
    let named = |make: fn(&str, Outcome) -> _, outcomes: &[Outcome]| {
        outcomes
            .iter()
            .enumerate()
            .map(|(place, outcome)| make(&format!("test {place}"), *outcome))
            .collect()
    };
    story.until_started(Stage::Present);
    story.report(
        Stage::Present,
        named(now, present),
        Some(AttemptEndReason::Completed),
    );
    story.until_started(Stage::Future);
    story.report(
        Stage::Future,
        named(later, future),
        Some(AttemptEndReason::Completed),
    );
    story.step();
    story
}

#[test]
fn a_run_goes_from_nothing_to_its_verdict() {
    let mut story = Story::new(quick());
    assert_eq!(story.step().step, Step::AddFinalizer);
    assert_eq!(story.condition(conditions::SUCCEEDED), pair("Unknown", "Pending"));
    assert_eq!(story.step().step, Step::Nothing);
    assert!(story.observed.run.status.as_ref().unwrap().start_time.is_some());
    assert!(matches!(story.step().step, Step::StartAttempt(start) if start.stage == Stage::Present));
    assert_eq!(story.step().step, Step::Nothing, "waits while the Job runs");

    story.report(Stage::Present, vec![now("a", Outcome::Passed)], None);
    story.step();
    let progress = story
        .observed
        .run
        .status
        .as_ref()
        .unwrap()
        .progress
        .clone()
        .unwrap();
    assert_eq!((progress.completed, progress.total), (1, 1));

    story.report(
        Stage::Present,
        vec![now("a", Outcome::Passed)],
        Some(AttemptEndReason::Completed),
    );
    assert!(matches!(story.step().step, Step::StartAttempt(start) if start.stage == Stage::Future));
    story.report(
        Stage::Future,
        vec![later("b", Outcome::Passed)],
        Some(AttemptEndReason::Completed),
    );
    let last = story.step();
    assert_eq!(
        last.step,
        Step::CleanUp {
            stuck_job: None,
            e2e_runs: vec!["uuid-1".into(), "uuid-1".into()]
        }
    );
    assert_eq!(
        story.condition(conditions::SUCCEEDED),
        pair("True", "TestsPassed")
    );
    assert_eq!(
        story.condition(conditions::PRESENT_CONFORMANT),
        pair("True", "AllPassed")
    );
    assert_eq!(
        story.condition(conditions::FUTURE_CONFORMANT),
        pair("True", "AllPassed")
    );
    assert_eq!(
        story.condition(conditions::RECONCILING),
        pair("", ""),
        "kstatus: absent unless True"
    );
    assert_eq!(story.step().step, Step::Nothing, "the end is the end");
}

#[test]
fn deciding_twice_is_deciding_once() {
    let mut story = Story::new(quick());
    for _ in 0..4 {
        assert_eq!(decide(&story.observed), decide(&story.observed));
        story.step();
    }
}

#[test]
fn a_killed_operator_starts_no_second_job() {
    let mut story = Story::new(quick());
    story.step();
    story.step();
    let before = story.observed.run.status.clone();
    assert!(matches!(story.step().step, Step::StartAttempt(_)));
    // Killed after the Job was made and before the status was written.
    story.observed.run.status = before;
    assert_eq!(story.step().step, Step::Nothing);
}

#[test]
fn a_present_failure_is_not_conformant() {
    let story = told(quick(), &[Outcome::Passed, Outcome::Failed], &[Outcome::Passed]);
    assert_eq!(
        story.condition(conditions::SUCCEEDED),
        pair("False", "PresentTestsFailed")
    );
    assert_eq!(
        story.condition(conditions::PRESENT_CONFORMANT),
        pair("False", "TestsFailed")
    );
    assert_eq!(story.observed.run.status.unwrap().failures.len(), 1);
}

#[test]
fn a_future_failure_changes_neither_present_nor_success() {
    let story = told(quick(), &[Outcome::Passed], &[Outcome::Failed]);
    assert_eq!(
        story.condition(conditions::SUCCEEDED),
        pair("True", "TestsPassed")
    );
    assert_eq!(
        story.condition(conditions::PRESENT_CONFORMANT),
        pair("True", "AllPassed")
    );
    assert_eq!(
        story.condition(conditions::FUTURE_CONFORMANT),
        pair("False", "TestsFailed")
    );
}

#[test]
fn a_future_failure_fails_the_run_only_if_it_is_to() {
    let spec = ConformanceRunSpec {
        future_failures: FutureFailures::Fail,
        ..quick()
    };
    let story = told(spec, &[Outcome::Passed], &[Outcome::Failed]);
    assert_eq!(
        story.condition(conditions::SUCCEEDED),
        pair("False", "FutureTestsFailed")
    );
    assert_eq!(
        story.condition(conditions::PRESENT_CONFORMANT),
        pair("True", "AllPassed")
    );
}

#[test]
fn what_was_not_selected_is_not_a_pass() {
    let mut story = Story::new(quick());
    story.until_started(Stage::Present);
    let mut left_out = now("left out", Outcome::NotRun);
    left_out.selected = false;
    story.report(
        Stage::Present,
        vec![now("a", Outcome::Passed), left_out],
        Some(AttemptEndReason::Completed),
    );
    story.until_started(Stage::Future);
    story.report(Stage::Future, Vec::new(), Some(AttemptEndReason::NothingToRun));
    story.step();
    assert_eq!(
        story.condition(conditions::PRESENT_CONFORMANT),
        pair("Unknown", "NotAllMeasured")
    );
    assert_eq!(
        story.condition(conditions::SUCCEEDED),
        pair("True", "TestsPassed")
    );
    assert_eq!(
        story.condition(conditions::FUTURE_CONFORMANT),
        pair("Unknown", "NoneDefined")
    );
    assert_eq!(
        story.condition(conditions::CERTIFIABLE),
        pair("False", "NotSubmittable")
    );
}

#[test]
fn a_selected_test_without_an_outcome_is_incomplete() {
    for outcome in [Outcome::NotRun, Outcome::Skipped, Outcome::Interrupted] {
        let story = told(quick(), &[Outcome::Passed, outcome], &[Outcome::Passed]);
        assert_eq!(
            story.condition(conditions::SUCCEEDED),
            pair("False", "Incomplete"),
            "{outcome:?}"
        );
        assert_eq!(
            story.condition(conditions::PRESENT_CONFORMANT),
            pair("Unknown", "NotAllMeasured")
        );
    }
}

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
        assert_eq!(story.condition(conditions::SUCCEEDED), pair("False", reason));
        assert_eq!(
            story.condition(conditions::PRESENT_CONFORMANT),
            pair("Unknown", reason)
        );
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
    assert_eq!(
        story.condition(conditions::SUCCEEDED),
        pair("False", "EmptySelection")
    );
}

#[test]
fn a_focus_on_a_future_test_alone_is_no_mistake() {
    let mut story = Story::new(ConformanceRunSpec {
        focus: Some("named".into()),
        ..quick()
    });
    story.until_started(Stage::Present);
    story.report(Stage::Present, Vec::new(), Some(AttemptEndReason::EmptySelection));
    story.until_started(Stage::Future);
    story.report(
        Stage::Future,
        vec![later("named", Outcome::Passed)],
        Some(AttemptEndReason::Completed),
    );
    story.step();
    assert_eq!(
        story.condition(conditions::SUCCEEDED),
        pair("True", "TestsPassed")
    );
    assert_eq!(
        story.condition(conditions::FUTURE_CONFORMANT),
        pair("True", "AllPassed")
    );
}

#[test]
fn a_pod_that_vanishes_is_lost_and_not_passed() {
    let mut story = Story::new(quick());
    story.until_started(Stage::Present);
    story.report(
        Stage::Present,
        vec![now("a", Outcome::Passed), now("b", Outcome::NotRun)],
        None,
    );
    story.end_job(Stage::Present);
    story.step();
    assert_eq!(story.condition(conditions::SUCCEEDED), pair("False", "PodLost"));
    assert_eq!(
        story.observed.run.status.unwrap().present.unwrap().passed,
        1,
        "what was measured is kept"
    );
}

#[test]
fn a_future_pod_that_vanishes_leaves_the_present_verdict() {
    let mut story = Story::new(quick());
    story.until_started(Stage::Present);
    story.report(
        Stage::Present,
        vec![now("a", Outcome::Passed)],
        Some(AttemptEndReason::Completed),
    );
    story.until_started(Stage::Future);
    story
        .observed
        .jobs
        .retain(|job| job.metadata.name.as_deref() != Some("demo-future-1"));
    story.step();
    assert_eq!(
        story.condition(conditions::SUCCEEDED),
        pair("True", "TestsPassed")
    );
    assert_eq!(
        story.condition(conditions::PRESENT_CONFORMANT),
        pair("True", "AllPassed")
    );
    assert_eq!(
        story.condition(conditions::FUTURE_CONFORMANT),
        pair("Unknown", "PodLost")
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
            job: "demo-present-1".into()
        }
    );
    assert_eq!(story.step().step, Step::Nothing, "waits for the pod to write");
    assert_eq!(
        story.condition(conditions::SUCCEEDED),
        pair("Unknown", "Stopping")
    );
    story.report(
        Stage::Present,
        vec![now("a", Outcome::Passed), now("b", Outcome::Interrupted)],
        Some(AttemptEndReason::Interrupted),
    );
    story.observed.jobs.clear();
    assert!(matches!(story.step().step, Step::CleanUp { .. }));
    assert_eq!(story.condition(conditions::SUCCEEDED), pair("False", "Cancelled"));
    assert_eq!(
        story.condition(conditions::PRESENT_CONFORMANT),
        pair("Unknown", "Cancelled")
    );
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
    assert_eq!(
        story.condition(conditions::SUCCEEDED),
        pair("False", "DeadlineExceeded")
    );
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
    assert_eq!(
        story.condition(conditions::SUCCEEDED),
        pair("False", "ImagePullFailed")
    );
}

#[test]
fn a_job_that_gets_no_pod_ends_the_run() {
    let mut story = Story::new(quick());
    story.until_started(Stage::Present);
    story.pass(301);
    story.step();
    assert_eq!(
        story.condition(conditions::SUCCEEDED),
        pair("False", "PodNotStarted")
    );
}

#[test]
fn an_unknown_profile_ends_the_run_before_it_starts() {
    let mut story = Story::new(ConformanceRunSpec {
        profiles: vec!["nonsense".into()],
        ..quick()
    });
    story.step();
    assert_eq!(story.step().step, Step::Nothing);
    assert_eq!(
        story.condition(conditions::SUCCEEDED),
        pair("False", "UnknownProfile")
    );
}

#[test]
fn an_unfit_cluster_ends_the_run_before_it_starts() {
    let mut story = Story::new(quick());
    story.observed.cluster.as_mut().unwrap().nodes.clear();
    story.step();
    story.step();
    assert_eq!(
        story.condition(conditions::SUCCEEDED),
        pair("False", "PreflightFailed")
    );
    assert_eq!(
        story.condition(conditions::PRESENT_CONFORMANT),
        pair("Unknown", "PreflightFailed")
    );
}

#[test]
fn one_run_at_a_time() {
    let mut story = Story::new(quick());
    story.observed.ahead = Some("other".into());
    story.step();
    let waits = story.step();
    assert_eq!(waits.step, Step::Nothing);
    assert!(waits.look_again.is_some());
    assert_eq!(story.condition(conditions::SUCCEEDED), pair("Unknown", "Queued"));
}

#[test]
fn a_suspended_run_waits_and_a_cancelled_one_never_starts() {
    let mut story = Story::new(ConformanceRunSpec {
        suspend: true,
        ..quick()
    });
    story.step();
    story.step();
    assert_eq!(
        story.condition(conditions::SUCCEEDED),
        pair("Unknown", "Suspended")
    );
    story.observed.run.spec.cancel = true;
    story.step();
    assert_eq!(story.condition(conditions::SUCCEEDED), pair("False", "Cancelled"));
}

#[test]
fn a_stage_that_was_not_asked_for_is_not_judged() {
    let mut story = Story::new(ConformanceRunSpec {
        stages: Stages::Future,
        ..quick()
    });
    story.until_started(Stage::Future);
    story.report(
        Stage::Future,
        vec![later("b", Outcome::Failed)],
        Some(AttemptEndReason::Completed),
    );
    story.step();
    assert_eq!(
        story.condition(conditions::PRESENT_CONFORMANT),
        pair("Unknown", "NotRequested")
    );
    assert_eq!(
        story.condition(conditions::SUCCEEDED),
        pair("False", "FutureTestsFailed")
    );
}

#[test]
fn a_refused_call_ends_the_run_with_forbidden() {
    let mut story = Story::new(quick());
    story.step();
    let decision = refused(
        &story.observed,
        "cannot create Job demo-present-1: jobs is forbidden",
    );
    story.observed.run.status = Some(decision.status);
    assert_eq!(story.condition(conditions::SUCCEEDED), pair("False", "Forbidden"));
}

#[test]
fn deletion_stops_cleans_and_lets_go_and_is_never_stuck() {
    let mut story = Story::new(quick());
    story.until_started(Stage::Present);
    story.report(Stage::Present, vec![now("a", Outcome::NotRun)], None);
    story.observed.run.metadata.deletion_timestamp = Some(Time(story.observed.now));
    assert_eq!(
        story.step().step,
        Step::StopAttempt {
            job: "demo-present-1".into()
        }
    );
    assert_eq!(story.step().step, Step::Nothing, "waits for the suite's pod");
    story.pass(301);
    assert_eq!(
        story.step().step,
        Step::CleanUpAndRelease {
            e2e_runs: vec!["uuid-1".into()]
        }
    );
}

#[test]
fn a_finished_run_goes_when_its_time_to_live_is_over() {
    let spec = ConformanceRunSpec {
        ttl_seconds_after_finished: Some(60),
        ..quick()
    };
    let mut story = told(spec, &[Outcome::Passed], &[Outcome::Passed]);
    assert_eq!(story.step().look_again, Some(std::time::Duration::from_secs(60)));
    story.observed.now += SignedDuration::from_secs(60);
    assert_eq!(story.step().step, Step::DeleteRun);
}

#[test]
fn the_newest_generation_is_answered_for_at_every_point() {
    let mut story = Story::new(quick());
    for generation in 1..6 {
        story.observed.run.metadata.generation = Some(generation);
        story.step();
        let status = story.observed.run.status.as_ref().unwrap();
        assert_eq!(status.observed_generation, Some(generation));
        assert!(!names::FINALIZER.is_empty());
    }
}
