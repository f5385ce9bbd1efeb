//! Runs whose outcomes come from elsewhere.

use conform_crds::{AttemptEndReason, ConformanceRunSpec, Imported, conditions};
use conform_suite::{Outcome, Stage};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::super::{
    children,
    decision::Step,
    fixtures::{Story, later, now},
    lock::Lock,
};

fn imported() -> Story {
    let mut story = Story::new(ConformanceRunSpec {
        imported: Some(Imported {
            source: "sonobuoy.tar.gz".into(),
            server_version: "v1.36.3".into(),
        }),
        ..ConformanceRunSpec::default()
    });
    story.observed.lock = Lock::Unread;
    story.observed.cluster = None;
    story
}

fn with_result(present: Outcome, future: Outcome) -> Story {
    let mut story = imported();
    story.observed.result = Some(children::result(&story.observed.run));
    let end = Some(AttemptEndReason::Completed);
    story.report_entry("present-1", Stage::Present, vec![now("a", present)], end);
    story.report_entry("future-1", Stage::Future, vec![later("b", future)], end);
    story
}

#[test]
fn it_waits_for_its_outcomes_and_starts_nothing() {
    let mut story = imported();
    for _ in 0..3 {
        assert_eq!(story.step().step, Step::Nothing);
        story.says(conditions::SUCCEEDED, "Unknown", "Pending");
    }
    assert!(story.observed.run.status.as_ref().unwrap().start_time.is_none());
    story.observed.result = Some(children::result(&story.observed.run));
    story.report_entry("present-1", Stage::Present, vec![now("a", Outcome::Passed)], None);
    assert_eq!(story.step().step, Step::Nothing);
    story.says(conditions::SUCCEEDED, "Unknown", "Pending");
}

#[test]
fn its_outcomes_mean_what_they_mean_and_cannot_be_submitted() {
    let mut story = with_result(Outcome::Passed, Outcome::Failed);
    assert_eq!(story.step().step, Step::Nothing);
    story.says(conditions::SUCCEEDED, "True", "TestsPassed");
    story.says(conditions::PRESENT_CONFORMANT, "True", "AllPassed");
    story.says(conditions::FUTURE_CONFORMANT, "False", "TestsFailed");
    story.says(conditions::CERTIFIABLE, "False", "NotSubmittable");
    let status = story.observed.run.status.clone().unwrap();
    let certifiable = status
        .conditions
        .iter()
        .find(|found| found.type_ == conditions::CERTIFIABLE);
    assert!(
        certifiable
            .unwrap()
            .message
            .contains("imported from sonobuoy.tar.gz"),
        "{certifiable:?}"
    );
    assert!(status.completion_time.is_some());
    assert_eq!(status.server_version.as_deref(), Some("v1.36.3"));

    let mut failed = with_result(Outcome::Failed, Outcome::Passed);
    failed.step();
    failed.says(conditions::PRESENT_CONFORMANT, "False", "TestsFailed");
}

#[test]
fn nothing_measured_is_no_pass() {
    let mut story = with_result(Outcome::NotRun, Outcome::Skipped);
    story.step();
    story.says(conditions::PRESENT_CONFORMANT, "Unknown", "NotAllMeasured");
    story.says(conditions::CERTIFIABLE, "False", "NotSubmittable");
}

#[test]
fn it_can_be_cancelled() {
    let mut story = imported();
    story.observed.run.spec.cancel = true;
    story.step();
    story.says(conditions::SUCCEEDED, "False", "Cancelled");
}

#[test]
fn it_does_not_wait_for_ever() {
    let mut story = imported();
    story.observed.run.metadata.creation_timestamp = Some(Time(story.observed.now));
    story.step();
    story.pass(story.observed.run.spec.execution.active_deadline_seconds);
    story.step();
    story.says(conditions::SUCCEEDED, "False", "DeadlineExceeded");
    story.says(conditions::PRESENT_CONFORMANT, "Unknown", "DeadlineExceeded");
}
