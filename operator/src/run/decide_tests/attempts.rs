//! Nothing that was measured is lost: further attempts run exactly what is left.

use conform_crds::{AttemptEndReason, ConformanceRunSpec, Execution, Mode, Order, Pick, Scope, conditions};
use conform_suite::{Outcome, Stage};
use k8s_openapi::{
    api::core::v1::{Pod, PodCondition, PodStatus},
    apimachinery::pkg::apis::meta::v1::Time,
};

use super::{
    super::{
        decision::Step,
        fixtures::{Story, later, now},
    },
    quick,
};

fn present_only() -> ConformanceRunSpec {
    ConformanceRunSpec {
        stages: conform_crds::Stages::Present,
        ..quick()
    }
}

fn with(execution: Execution) -> ConformanceRunSpec {
    ConformanceRunSpec {
        execution,
        ..present_only()
    }
}

fn lose(story: &mut Story, measured: &[(&str, Outcome)]) {
    let tests = measured
        .iter()
        .map(|(name, outcome)| now(name, *outcome))
        .collect();
    story.report(Stage::Present, tests, None);
    story.end_job(Stage::Present);
}

#[test]
fn a_lost_pod_costs_the_tests_that_it_was_running_and_no_more() {
    let mut story = Story::new(present_only());
    story.next_attempt();
    lose(&mut story, &[("a", Outcome::Passed), ("b", Outcome::NotRun)]);
    let second = story.next_attempt();
    assert_eq!(second.summary.name, "present-2");
    assert_eq!(second.plan.pick, Pick::Unfinished);
    assert_eq!(second.plan.after, ["present-1"]);
    story.completes(Stage::Present, vec![now("b", Outcome::Passed)]);
    story.step();
    story.says(conditions::PRESENT_CONFORMANT, "True", "AllPassed");
    // Merged outcomes cannot be submitted.
    story.says(conditions::CERTIFIABLE, "False", "NotSubmittable");
    let status = story.observed.run.status.as_ref().unwrap();
    let ends: Vec<_> = status
        .attempts
        .iter()
        .map(|attempt| attempt.end.unwrap())
        .collect();
    assert_eq!(ends, [AttemptEndReason::Lost, AttemptEndReason::Completed]);
}

#[test]
fn attempts_go_on_while_they_get_further_and_not_beyond() {
    let mut story = Story::new(with(Execution {
        backoff_limit: 1,
        ..Execution::default()
    }));
    story.next_attempt();
    lose(&mut story, &[("a", Outcome::Passed), ("b", Outcome::NotRun)]);
    for _ in 0..2 {
        story.next_attempt();
        lose(&mut story, &[("b", Outcome::Interrupted)]);
    }
    story.step();
    story.says(conditions::SUCCEEDED, "False", "PodLost");
    story.says(conditions::PRESENT_CONFORMANT, "Unknown", "PodLost");
    let status = story.observed.run.status.as_ref().unwrap();
    assert_eq!(status.attempts.len(), 3);
    assert_eq!(status.present.as_ref().unwrap().passed, 1);
}

#[test]
fn a_pod_that_is_lost_before_its_first_word_is_tried_again() {
    let mut story = Story::new(present_only());
    story.next_attempt();
    story.end_job(Stage::Present);
    assert_eq!(story.next_attempt().plan.pick, Pick::Unfinished);
}

#[test]
fn a_suite_that_dies_half_way_is_resumed_and_one_that_never_lives_is_not() {
    for (end, reason) in [
        (AttemptEndReason::SuiteError, "SuiteError"),
        (AttemptEndReason::JUnitMissing, "JUnitMissing"),
    ] {
        let mut story = Story::new(present_only());
        story.next_attempt();
        story.report(
            Stage::Present,
            vec![now("a", Outcome::Passed), now("b", Outcome::NotRun)],
            Some(end),
        );
        assert_eq!(story.next_attempt().plan.pick, Pick::Unfinished);
        story.report(Stage::Present, vec![now("b", Outcome::NotRun)], Some(end));
        story.step();
        story.says(conditions::SUCCEEDED, "False", reason);
    }
}

#[test]
fn a_suite_that_dies_after_its_last_test_has_measured_everything() {
    let mut story = Story::new(present_only());
    story.next_attempt();
    story.report(
        Stage::Present,
        vec![now("a", Outcome::Passed)],
        Some(AttemptEndReason::JUnitMissing),
    );
    story.step();
    story.says(conditions::PRESENT_CONFORMANT, "True", "AllPassed");
    story.says(conditions::CERTIFIABLE, "False", "NotSubmittable");
}

#[test]
fn tests_that_an_absent_api_server_cut_off_run_again() {
    let mut story = Story::new(present_only());
    story.next_attempt();
    story.completes(
        Stage::Present,
        vec![now("a", Outcome::Passed), now("b", Outcome::Interrupted)],
    );
    assert_eq!(story.next_attempt().plan.pick, Pick::Unfinished);
}

#[test]
fn rows_that_no_pod_ever_listed_have_not_passed() {
    let mut story = Story::new(present_only());
    story.next_attempt();
    story.completes(Stage::Present, vec![now("a", Outcome::Passed)]);
    story.entry("present-1").selection.as_mut().unwrap().required = 446;
    story.step();
    story.says(conditions::PRESENT_CONFORMANT, "Unknown", "NotAllMeasured");
}

#[test]
fn failed_tests_are_tried_again_and_told_apart() {
    let mut story = Story::new(with(Execution {
        retry_failed: 2,
        ..Execution::default()
    }));
    story.next_attempt();
    story.completes(
        Stage::Present,
        vec![now("a", Outcome::Failed), now("b", Outcome::Failed)],
    );
    let retry = story.next_attempt();
    assert_eq!((retry.plan.pick, retry.plan.scope), (Pick::Failed, Scope::All));
    story.completes(
        Stage::Present,
        vec![now("a", Outcome::Passed), now("b", Outcome::Failed)],
    );
    assert_eq!(story.next_attempt().summary.name, "present-3");
    story.completes(Stage::Present, vec![now("b", Outcome::Failed)]);
    story.step();
    let status = story.observed.run.status.as_ref().unwrap();
    let failures: Vec<_> = status
        .failures
        .iter()
        .map(|failure| failure.name.as_str())
        .collect();
    assert_eq!(failures, ["b"]);
    assert_eq!(status.present.as_ref().unwrap().passed, 1, "a is flaky");
}

#[test]
fn nothing_is_tried_again_if_nothing_failed() {
    let mut story = Story::new(with(Execution {
        retry_failed: 2,
        ..Execution::default()
    }));
    story.next_attempt();
    story.completes(Stage::Present, vec![now("a", Outcome::Passed)]);
    assert!(matches!(story.step().step, Step::CleanUp { .. }));
}

#[test]
fn a_killed_operator_finds_the_further_attempt_that_it_had_made() {
    let mut story = Story::new(present_only());
    story.next_attempt();
    lose(&mut story, &[("a", Outcome::Passed), ("b", Outcome::NotRun)]);
    let before = story.observed.run.status.clone();
    story.next_attempt();
    story.observed.run.status = before;
    assert_eq!(story.step().step, Step::Nothing);
    assert_eq!(story.newest(Stage::Present), "present-2");
}

#[test]
fn a_node_that_goes_quiet_gives_its_pod_up() {
    let mut story = Story::new(present_only());
    story.next_attempt();
    story.report(
        Stage::Present,
        vec![now("a", Outcome::Passed), now("b", Outcome::NotRun)],
        None,
    );
    let mut pod = Pod::default();
    pod.metadata.labels = story.job().metadata.labels.clone();
    pod.status = Some(PodStatus {
        phase: Some("Running".into()),
        conditions: Some(vec![PodCondition {
            type_: "Ready".into(),
            status: "False".into(),
            last_transition_time: Some(Time(story.observed.now)),
            ..PodCondition::default()
        }]),
        ..PodStatus::default()
    });
    story.observed.pods.push(pod);
    assert_eq!(story.step().step, Step::Nothing, "a node may have a hiccup");
    story.pass(45);
    assert_eq!(
        story.step().step,
        Step::StopAttempt {
            job: "demo-present-1".into(),
            force: true
        }
    );
    story.observed.pods.clear();
    story.observed.jobs.clear();
    assert_eq!(story.next_attempt().plan.pick, Pick::Unfinished);
}

#[test]
fn nothing_evicts_the_suite_and_nothing_sends_it_to_a_node_that_is_gone() {
    let mut story = Story::new(present_only());
    story.next_attempt();
    let pod = story.job().spec.clone().unwrap().template.spec.unwrap();
    let tolerations = pod.tolerations.unwrap();
    let tolerates = |key: &str, effect: &str| {
        let fits = |one: &Option<String>, wanted: &str| one.as_deref().is_none_or(|one| one == wanted);
        tolerations
            .iter()
            .any(|one| fits(&one.key, key) && fits(&one.effect, effect))
    };
    assert!(tolerates("e2e-evict", "NoExecute"));
    assert!(tolerates("node.kubernetes.io/unreachable", "NoExecute"));
    assert!(!tolerates("node.kubernetes.io/unreachable", "NoSchedule"));
    assert!(tolerates("node-role.kubernetes.io/control-plane", "NoSchedule"));
}

#[test]
fn a_job_that_its_queue_holds_back_is_not_stuck() {
    let mut story = Story::new(with(Execution {
        queue_name: Some("tests".into()),
        ..Execution::default()
    }));
    let facts = story.observed.cluster.as_mut().unwrap();
    facts.groups.as_mut().unwrap().push("kueue.x-k8s.io".into());
    story.next_attempt();
    let labels = story.job().metadata.labels.clone().unwrap();
    assert_eq!(labels["kueue.x-k8s.io/queue-name"], "tests");
    story.job().spec.as_mut().unwrap().suspend = Some(true);
    story.pass(3600);
    assert_eq!(story.step().step, Step::Nothing);
    story.says(conditions::SUCCEEDED, "Unknown", "Queued");
}

#[test]
fn several_pods_share_a_fast_run_and_serial_tests_come_after_them() {
    let mut story = Story::new(with(Execution {
        mode: Mode::Fast,
        processes: Some(6),
        shards: Some(2),
        ..Execution::default()
    }));
    let first = story.next_attempt();
    assert_eq!(
        (first.plan.scope, first.plan.shards, first.plan.processes),
        (Scope::Parallel, 2, 3)
    );
    let spec = story.job().spec.clone().unwrap();
    assert_eq!(spec.completion_mode.as_deref(), Some("Indexed"));
    assert_eq!(
        (spec.completions, spec.backoff_limit_per_index),
        (Some(2), Some(0))
    );

    let mut serial = now("c [Serial]", Outcome::NotRun);
    serial.selected = false;
    story.report_entry(
        "present-1-0",
        Stage::Present,
        vec![now("a", Outcome::Passed), serial],
        Some(AttemptEndReason::Completed),
    );
    story.report_entry(
        "present-1-1",
        Stage::Present,
        vec![now("b", Outcome::Passed)],
        Some(AttemptEndReason::Completed),
    );
    for entry in ["present-1-0", "present-1-1"] {
        let selection = story.entry(entry).selection.as_mut().unwrap();
        (selection.required, selection.selected, selection.due) = (3, 3, 2);
    }
    story.end_job(Stage::Present);
    let second = story.next_attempt();
    assert_eq!(
        (second.plan.scope, second.plan.pick, second.plan.processes),
        (Scope::Serial, Pick::Everything, 1)
    );
    story.completes(Stage::Present, vec![now("c [Serial]", Outcome::Passed)]);
    story.step();
    story.says(conditions::PRESENT_CONFORMANT, "True", "AllPassed");
    let condition = story.observed.run.status.unwrap().conditions;
    let certifiable = condition
        .iter()
        .find(|one| one.type_ == conditions::CERTIFIABLE)
        .unwrap();
    assert!(
        certifiable.message.contains("6 processes"),
        "{}",
        certifiable.message
    );
}

#[test]
fn one_lost_pod_of_several_leaves_its_share_to_the_next_attempt() {
    let mut story = Story::new(with(Execution {
        mode: Mode::Fast,
        processes: Some(2),
        shards: Some(2),
        ..Execution::default()
    }));
    story.next_attempt();
    story.report_entry(
        "present-1-1",
        Stage::Present,
        vec![now("b", Outcome::Passed)],
        Some(AttemptEndReason::Completed),
    );
    let selection = story.entry("present-1-1").selection.as_mut().unwrap();
    (selection.required, selection.selected, selection.due) = (2, 2, 2);
    story.end_job(Stage::Present);
    let rest = story.next_attempt();
    assert_eq!(
        (rest.plan.scope, rest.plan.pick),
        (Scope::Parallel, Pick::Unfinished)
    );
}

fn combined() -> ConformanceRunSpec {
    ConformanceRunSpec {
        order: Order::CombinedThenPresent,
        ..quick()
    }
}

#[test]
fn what_passes_together_need_not_run_apart() {
    let mut story = Story::new(combined());
    let start = story.next_attempt();
    assert_eq!(start.summary.name, "combined-1");
    let stages: Vec<_> = start.plan.requests.iter().map(|request| request.stage).collect();
    assert_eq!(stages, [Stage::Present, Stage::Future]);
    story.completes(
        Stage::Present,
        vec![now("a", Outcome::Passed), later("b", Outcome::Passed)],
    );
    assert!(matches!(story.step().step, Step::CleanUp { .. }));
    story.says(conditions::PRESENT_CONFORMANT, "True", "AllPassed");
    story.says(conditions::FUTURE_CONFORMANT, "True", "AllPassed");
    story.says(conditions::CERTIFIABLE, "False", "NotSubmittable");
}

#[test]
fn what_fails_together_has_its_present_tests_run_alone_and_those_decide() {
    let mut story = Story::new(combined());
    story.next_attempt();
    story.completes(
        Stage::Present,
        vec![now("a", Outcome::Failed), later("b", Outcome::Failed)],
    );
    let alone = story.next_attempt();
    assert_eq!(
        (alone.summary.name.as_str(), alone.plan.pick),
        ("present-1", Pick::Everything)
    );
    story.completes(Stage::Present, vec![now("a", Outcome::Passed)]);
    story.step();
    story.says(conditions::PRESENT_CONFORMANT, "True", "AllPassed");
    story.says(conditions::FUTURE_CONFORMANT, "False", "TestsFailed");
}

#[test]
fn the_future_may_have_a_suite_of_its_own() {
    let mut story = Story::new(ConformanceRunSpec {
        future_suite_release: Some("1.37".into()),
        ..quick()
    });
    assert_eq!(story.next_attempt().image, "registry.k8s.io/conformance:v1.36.3");
    story.completes(Stage::Present, vec![now("a", Outcome::Passed)]);
    assert_eq!(story.next_attempt().image, "registry.k8s.io/conformance:v1.37.0");
    let upstream = super::super::fixtures::test("b", conform_suite::Release::new(1, 37), Outcome::Failed);
    story.completes(Stage::Future, vec![upstream]);
    story.entry("future-1").suite.as_mut().unwrap().version = "v1.37.0".into();
    story.step();
    let status = story.observed.run.status.as_ref().unwrap();
    assert_eq!(status.future[0].authority, conform_suite::Authority::Advisory);
    assert_eq!(
        status.future_suite.as_ref().unwrap().version.as_deref(),
        Some("v1.37.0")
    );
    assert_eq!(status.suite.as_ref().unwrap().version.as_deref(), Some("v1.36.3"));
    let future = status
        .conditions
        .iter()
        .find(|one| one.type_ == conditions::FUTURE_CONFORMANT)
        .unwrap();
    assert!(
        future.message.contains("newer than the server"),
        "{}",
        future.message
    );
}

#[test]
fn a_stage_has_a_deadline_of_its_own_and_what_hangs_is_named() {
    let mut story = Story::new(with(Execution {
        stage_deadline_seconds: Some(600),
        ..Execution::default()
    }));
    story.next_attempt();
    story.report(
        Stage::Present,
        vec![now("a", Outcome::Passed), now("b", Outcome::NotRun)],
        None,
    );
    story.entry("present-1").running = vec![conform_suite::TestName::new("b").unwrap()];
    story.pass(600);
    assert!(matches!(story.step().step, Step::StopAttempt { .. }));
    let status = story.observed.run.status.as_ref().unwrap();
    let message = &status.conditions[0].message;
    assert!(message.contains("Still running: b."), "{message}");
    story.report(
        Stage::Present,
        vec![now("a", Outcome::Passed), now("b", Outcome::Interrupted)],
        Some(AttemptEndReason::Interrupted),
    );
    story.observed.jobs.clear();
    story.step();
    story.says(conditions::SUCCEEDED, "False", "DeadlineExceeded");
}
