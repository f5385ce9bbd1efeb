//! Before the first test: the lock, the checks of both halves, and runs that ask for nothing else.

use conform_crds::{AttemptEndReason, Check, CheckState, ConformanceRunSpec, Preflight, conditions};
use conform_suite::{Outcome, Stage};
use rstest::rstest;

use super::{
    super::{
        decision::Step,
        fixtures::{Story, now},
        lock::Lock,
        observed::ClusterFacts,
    },
    pair, quick,
};
use crate::preflight::node_for_test;

fn only() -> ConformanceRunSpec {
    ConformanceRunSpec {
        preflight: Preflight {
            only: true,
            skip: Vec::new(),
        },
        ..quick()
    }
}

/// The runner of the first attempt tells what its half found, and ends.
fn tells(story: &mut Story, found: &[(Check, CheckState)], end: Option<AttemptEndReason>) {
    story.report(Stage::Present, vec![now("a", Outcome::NotRun)], end);
    let status = story.observed.result.as_mut().unwrap().status.as_mut().unwrap();
    status.attempts[0].preflight = found
        .iter()
        .map(|(check, state)| check.found(*state, format!("{check} was looked at.")))
        .collect();
}

#[test]
fn a_run_starts_only_once_it_holds_the_lock() {
    let mut story = Story::new(quick());
    let facts = story.observed.cluster.take();
    story.observed.lock = Lock::HeldBy("other".into());
    story.step();
    assert_eq!(story.step().step, Step::Nothing);
    story.says(conditions::SUCCEEDED, "Unknown", "Queued");
    story.observed.lock = Lock::Free(Some("7".into()));
    let take = Step::TakeLock {
        version: Some("7".into()),
    };
    assert_eq!(story.step().step, take);
    story.observed.cluster = facts;
    story.step();
    assert!(story.observed.run.status.as_ref().unwrap().start_time.is_some());
}

/// A story whose cluster has a node of this system besides its two.
fn with_node(profiles: &[&str], os: &str, cordoned: bool) -> Story {
    let mut story = Story::new(ConformanceRunSpec {
        profiles: profiles.iter().map(|name| (*name).to_owned()).collect(),
        ..quick()
    });
    let mut node = node_for_test("w");
    node.metadata
        .labels
        .get_or_insert_default()
        .insert("kubernetes.io/os".to_owned(), os.to_owned());
    node.spec.get_or_insert_default().unschedulable = Some(cordoned);
    story.observed.cluster.as_mut().unwrap().nodes.push(node);
    story
}

#[rstest]
#[case::no_such_node("linux", false)]
#[case::none_that_takes_pods("windows", true)]
fn a_run_about_nodes_that_there_are_not_measures_nothing(#[case] os: &str, #[case] cordoned: bool) {
    let mut story = with_node(&["windows", "windows-host-process"], os, cordoned);
    story.step();
    assert_eq!(story.step().step, Step::Nothing);
    for kind in [conditions::PRESENT_CONFORMANT, conditions::FUTURE_CONFORMANT] {
        story.says(kind, "Unknown", "NotApplicable");
    }
    story.says(conditions::SUCCEEDED, "False", "NotApplicable");
    let status = story.observed.run.status.as_ref().unwrap();
    let said = status
        .conditions
        .iter()
        .find(|one| one.type_ == conditions::SUCCEEDED);
    assert_eq!(
        said.unwrap().message,
        "Profile windows is about Windows nodes, and this cluster has none that is schedulable; profile \
         windows-host-process is about Windows nodes, and this cluster has none that is schedulable."
    );
    assert!(status.start_time.is_none() && status.preflight.is_empty());
}

#[test]
fn what_only_looks_at_the_cluster_says_so_too() {
    let mut story = with_node(&["windows"], "linux", false);
    story.observed.run.spec.preflight.only = true;
    story.step();
    story.step();
    story.says(conditions::SUCCEEDED, "False", "NotApplicable");
}

#[rstest]
#[case(&["windows"], "windows", &["windows"], 0)]
#[case(&["windows", "quick"], "linux", &["quick"], 1)]
fn the_profiles_that_apply_are_run(
    #[case] profiles: &[&str],
    #[case] os: &str,
    #[case] left: &[&str],
    #[case] told: usize,
) {
    let mut story = with_node(profiles, os, false);
    let start = loop {
        if let Step::StartAttempt(start) = story.step().step {
            break start;
        }
    };
    assert_eq!(start.plan.requests[0].profiles, left);
    // What was so at the start goes on to be so.
    story.observed.cluster.as_mut().unwrap().nodes.clear();
    let status = story.observed.run.status.as_ref().unwrap();
    assert_eq!(status.not_applicable.len(), told);
}

#[test]
fn a_suspended_run_is_in_nobodys_way() {
    let mut story = Story::new(ConformanceRunSpec {
        suspend: true,
        ..quick()
    });
    story.step();
    assert_eq!(story.step().step, Step::ReleaseLock);
}

#[test]
fn a_check_of_the_operator_that_fails_ends_the_run_before_anything_is_made() {
    let mut story = Story::new(quick());
    story.observed.cluster.as_mut().unwrap().groups = Ok(Vec::new());
    story.step();
    assert_eq!(story.step().step, Step::Nothing);
    story.says(conditions::SUCCEEDED, "False", "PreflightFailed");
    story.says(conditions::PREFLIGHT_PASSED, "False", "Apis");
    story.says(conditions::PRESENT_CONFORMANT, "Unknown", "PreflightFailed");
}

#[test]
fn a_check_that_is_left_out_cannot_fail_and_is_told() {
    let mut spec = quick();
    spec.preflight.skip = vec![Check::Apis];
    let mut story = Story::new(spec);
    story.observed.cluster.as_mut().unwrap().groups = Ok(Vec::new());
    story.until_started(Stage::Present);
    let status = story.observed.run.status.as_ref().unwrap();
    let skipped = status.preflight.iter().find(|result| result.check == Check::Apis);
    assert_eq!(skipped.unwrap().state, CheckState::Skipped);
}

#[test]
fn what_the_runner_finds_is_told_while_the_suite_runs() {
    let mut story = Story::new(quick());
    story.until_started(Stage::Present);
    story.says(conditions::PREFLIGHT_PASSED, "Unknown", "Preflight");
    tells(&mut story, &[(Check::Dns, CheckState::Passed)], None);
    story.step();
    story.says(conditions::PREFLIGHT_PASSED, "True", "AllPassed");
    tells(&mut story, &[(Check::Clocks, CheckState::Warned)], None);
    story.step();
    story.says(conditions::PREFLIGHT_PASSED, "True", "Warnings");
}

#[test]
fn a_check_of_the_runner_that_fails_ends_the_run_without_a_verdict() {
    let mut story = Story::new(quick());
    story.until_started(Stage::Present);
    let found = [
        (Check::Images, CheckState::Failed),
        (Check::Dns, CheckState::Failed),
    ];
    tells(&mut story, &found, Some(AttemptEndReason::PreflightFailed));
    assert!(matches!(story.step().step, Step::CleanUp { .. }));
    story.says(conditions::SUCCEEDED, "False", "PreflightFailed");
    story.says(conditions::PREFLIGHT_PASSED, "False", "Images");
    assert_eq!(story.condition(conditions::PRESENT_CONFORMANT).0, "Unknown");
}

#[test]
fn a_run_that_only_looks_ends_after_the_checks() {
    for (end, succeeded) in [
        (AttemptEndReason::PreflightPassed, pair("True", "PreflightPassed")),
        (
            AttemptEndReason::PreflightFailed,
            pair("False", "PreflightFailed"),
        ),
    ] {
        let mut story = Story::new(only());
        story.until_started(Stage::Present);
        tells(&mut story, &[(Check::Dns, CheckState::Passed)], Some(end));
        assert!(matches!(story.step().step, Step::CleanUp { .. }));
        assert_eq!(story.condition(conditions::SUCCEEDED), succeeded);
        for kind in [
            conditions::PRESENT_CONFORMANT,
            conditions::FUTURE_CONFORMANT,
            conditions::CERTIFIABLE,
        ] {
            story.says(kind, "Unknown", "NotRequested");
        }
    }
}

#[test]
fn a_run_that_only_looks_fails_if_the_operator_sees_enough() {
    let mut story = Story::new(only());
    story.observed.cluster = Some(ClusterFacts {
        nodes: Vec::new(),
        ..ClusterFacts::well()
    });
    story.step();
    story.step();
    story.says(conditions::SUCCEEDED, "False", "PreflightFailed");
    story.says(conditions::PREFLIGHT_PASSED, "False", "Nodes");
}

#[test]
fn files_of_a_run_that_left_checks_out_cannot_be_submitted() {
    let mut story = Story::new(quick());
    story.until_started(Stage::Present);
    tells(
        &mut story,
        &[(Check::Dns, CheckState::Skipped)],
        Some(AttemptEndReason::Completed),
    );
    for _ in 0..3 {
        story.step();
    }
    story.report(Stage::Future, Vec::new(), Some(AttemptEndReason::NothingToRun));
    story.step();
    let status = story.observed.run.status.as_ref().unwrap();
    let mut conditions = status.conditions.iter();
    let certifiable = conditions.find(|condition| condition.type_ == conditions::CERTIFIABLE);
    let message = &certifiable.unwrap().message;
    assert!(message.contains("preflight left out Dns"), "{message}");
}
