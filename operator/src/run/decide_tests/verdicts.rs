//! Each rule of the verdict that the operator has a part in is one test.

use conform_crds::{AttemptEndReason, ConformanceRunSpec, FutureFailures, Stages, conditions};
use conform_suite::{Outcome, Stage};

use super::{
    super::fixtures::{Story, later, now},
    pair, quick, told,
};

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
    for outcome in [Outcome::NotRun, Outcome::Skipped] {
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
fn a_future_pod_that_vanishes_leaves_the_present_verdict() {
    let mut story = Story::new(quick());
    story.observed.run.spec.execution.backoff_limit = 0;
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
