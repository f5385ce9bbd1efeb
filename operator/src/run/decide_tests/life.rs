//! From a run's first sight to its last.

use conform_crds::{
    ConformanceRunSpec,
    conditions::{self, reasons},
    names,
};
use conform_suite::{Outcome, Stage};
use jiff::SignedDuration;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::{
    super::{
        decide::{decide, refused},
        decision::Step,
        fixtures::{Story, later, now},
    },
    quick, told,
};

#[test]
fn a_run_goes_from_nothing_to_its_verdict() {
    let mut story = Story::new(quick());
    assert_eq!(story.step().step, Step::AddFinalizer);
    story.says(conditions::SUCCEEDED, "Unknown", "Pending");
    assert_eq!(story.step().step, Step::Nothing);
    assert!(story.observed.run.status.as_ref().unwrap().start_time.is_some());
    assert!(matches!(story.step().step, Step::StartAttempt(start) if start.summary.stage == Stage::Present));
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

    story.completes(Stage::Present, vec![now("a", Outcome::Passed)]);
    assert!(matches!(story.step().step, Step::StartAttempt(start) if start.summary.stage == Stage::Future));
    story.completes(Stage::Future, vec![later("b", Outcome::Passed)]);
    let last = story.step();
    assert_eq!(last.step, Step::CleanUp { stuck_job: None });
    story.says(conditions::SUCCEEDED, "True", "TestsPassed");
    story.says(conditions::PRESENT_CONFORMANT, "True", "AllPassed");
    story.says(conditions::FUTURE_CONFORMANT, "True", "AllPassed");
    // Kstatus: absent unless True.
    story.says(conditions::RECONCILING, "", "");
    assert_eq!(
        story.step().step,
        Step::DropFinalizer,
        "nobody has to be there when it is deleted"
    );
    assert_eq!(story.step().step, Step::Nothing, "the end is the end");
}

#[test]
fn a_finished_run_whose_files_go_into_storage_is_let_go_by_the_operator_and_not_cleaned_up_again() {
    let mut story = Story::new(quick());
    story.observed.settings.has_storage = true;
    story.until_started(Stage::Present);
    story.observed.run.spec.cancel = true;
    story.completes(Stage::Present, vec![now("a", Outcome::Passed)]);
    while !matches!(story.step().step, Step::CleanUp { .. }) {}
    assert_eq!(story.step().step, Step::Nothing);
    assert!(story.observed.is_protected());
    story.observed.jobs.clear();
    story.observed.run.metadata.deletion_timestamp = Some(Time(story.observed.now));
    assert_eq!(story.step().step, Step::Release);
}

#[test]
fn a_run_that_could_not_be_cleaned_up_keeps_its_finalizer_until_it_is() {
    let mut story = Story::new(quick());
    story.until_started(Stage::Present);
    let refused = refused(&story.observed, reasons::FORBIDDEN, "no right");
    story.observed.run.status = Some(refused.status);
    assert_eq!(story.step().step, Step::Nothing);
    story.observed.jobs.clear();
    story.observed.run.metadata.deletion_timestamp = Some(Time(story.observed.now));
    assert_eq!(story.step().step, Step::CleanUpAndRelease);
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
fn one_run_at_a_time() {
    let mut story = Story::new(quick());
    story.observed.ahead = Some("other".into());
    story.step();
    let waits = story.step();
    assert_eq!(waits.step, Step::Nothing);
    assert!(waits.look_again.is_some());
    story.says(conditions::SUCCEEDED, "Unknown", "Queued");
}

#[test]
fn a_suspended_run_waits_and_a_cancelled_one_never_starts() {
    let mut story = Story::new(ConformanceRunSpec {
        suspend: true,
        ..quick()
    });
    story.step();
    story.step();
    story.says(conditions::SUCCEEDED, "Unknown", "Suspended");
    story.says(conditions::RECONCILING, "", "");
    story.observed.run.spec.cancel = true;
    story.step();
    story.says(conditions::SUCCEEDED, "False", "Cancelled");
}

#[test]
fn a_suspended_run_that_is_let_go_is_in_progress() {
    let mut story = Story::new(ConformanceRunSpec {
        suspend: true,
        ..quick()
    });
    story.step();
    story.step();
    story.says(conditions::RECONCILING, "", "");
    story.observed.run.spec.suspend = false;
    story.step();
    story.says(conditions::RECONCILING, "True", "Running");
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
            job: "demo-present-1".into(),
            force: false
        }
    );
    assert_eq!(story.step().step, Step::Nothing, "waits for the suite's pod");
    story.pass(301);
    assert_eq!(story.step().step, Step::CleanUpAndRelease);
}

#[test]
fn a_finished_run_goes_when_its_time_to_live_is_over() {
    let spec = ConformanceRunSpec {
        ttl_seconds_after_finished: Some(60),
        ..quick()
    };
    let mut story = told(spec, &[Outcome::Passed], &[Outcome::Passed]);
    assert_eq!(story.step().look_again, Some(std::time::Duration::from_mins(1)));
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
    }
}

#[test]
fn a_suite_is_told_of_the_mirror_and_without_one_of_none() {
    let told = |mirror: Option<&str>| {
        let mut story = Story::new(quick());
        story.observed.settings.image_mirror = mirror.map(str::to_owned);
        story.until_started(Stage::Present);
        let pod = story.job().spec.clone().unwrap().template.spec.unwrap();
        let variables = pod.containers[0].env.clone().unwrap();
        let value = |name: &str| variables.iter().find(|one| one.name == name)?.value.clone();
        (value(names::ENV_REPO_LIST), value(names::ENV_SUITE_REPO_LIST))
    };
    assert_eq!(told(None), (None, None));
    let (list, file) = told(Some("mirror.example/k8s"));
    let list = list.unwrap();
    assert!(
        list.contains(r#""promoterE2eRegistry":"mirror.example/k8s/e2e-test-images""#),
        "{list}"
    );
    assert_eq!(file.as_deref(), Some("/tmp/conform-repo-list.json"));
}
