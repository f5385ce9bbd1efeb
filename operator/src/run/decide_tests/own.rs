//! Runs with profiles that users wrote.

use conform_crds::{
    AttemptEndReason, ConformanceProfile, ConformanceProfileSpec, ConformanceRunSpec, FutureFailures, Stages,
    TestRecord, conditions,
};
use conform_suite::{Authority, Outcome, OwnRequirement, Release, Stage};
use rstest::rstest;

use super::super::{
    decision::Step,
    fixtures::{Story, later, now, test},
};

fn profile(extends: &[&str], tags: &[&str]) -> ConformanceProfile {
    let requirement = |tag: &&str| OwnRequirement {
        suite: None,
        name: (*tag).to_owned(),
        test: None,
        tag: Some((*tag).to_owned()),
        name_contains: None,
        required_in: Release::new(1, 36),
        because: None,
    };
    let spec = ConformanceProfileSpec {
        extends: extends.iter().map(|name| (*name).to_owned()).collect(),
        requirements: tags.iter().map(requirement).collect(),
        ..ConformanceProfileSpec::default()
    };
    ConformanceProfile::new("platform", spec)
}

fn spec() -> ConformanceRunSpec {
    ConformanceRunSpec {
        profiles: vec!["platform".into()],
        ..ConformanceRunSpec::default()
    }
}

fn story(spec: ConformanceRunSpec, profile: ConformanceProfile) -> Story {
    let mut story = Story::new(spec);
    story.observed.profiles = vec![profile];
    story
}

fn own(name: &str, minor: u16, outcome: Outcome) -> TestRecord {
    TestRecord {
        authority: Authority::User,
        ..test(name, Release::new(1, minor), outcome)
    }
}

/// Everything present passed; the future stage found this.
fn found(spec: ConformanceRunSpec, future: Vec<TestRecord>) -> Story {
    let mut story = story(spec, profile(&["quick"], &["Slow"]));
    story.until_started(Stage::Present);
    story.completes(Stage::Present, vec![now("a", Outcome::Passed)]);
    story.until_started(Stage::Future);
    story.completes(Stage::Future, future);
    story.step();
    story
}

#[test]
fn the_run_goes_by_the_profile_as_it_was_at_the_start() {
    let mut story = story(spec(), profile(&["quick"], &["Slow"]));
    story.until_started(Stage::Present);
    let before = story.observed.run.status.clone().unwrap().own_profiles;
    assert_eq!((before.len(), before[0].name.as_str()), (1, "platform"));
    story.observed.profiles.clear();
    story.completes(Stage::Present, vec![now("a", Outcome::Passed)]);
    let future = story.next_attempt().plan.requests;
    assert_eq!(future[0].own, before);
    assert_eq!(future[0].profiles, ["platform"]);
}

#[rstest]
#[case::due_and_failed(36, Outcome::Failed, "False", "OwnTestsFailed")]
#[case::due_and_passed(36, Outcome::Passed, "True", "TestsPassed")]
#[case::due_and_skipped(36, Outcome::Skipped, "False", "Incomplete")]
#[case::due_and_never_run(36, Outcome::NotRun, "False", "Incomplete")]
#[case::to_come_and_failed(37, Outcome::Failed, "True", "TestsPassed")]
fn what_users_require_by_now_counts(
    #[case] minor: u16,
    #[case] outcome: Outcome,
    #[case] succeeded: &str,
    #[case] reason: &str,
) {
    let story = found(spec(), vec![own("lb", minor, outcome)]);
    story.says(conditions::SUCCEEDED, succeeded, reason);
    // Upstream's verdict is upstream's alone.
    story.says(conditions::PRESENT_CONFORMANT, "True", "AllPassed");
}

#[test]
fn what_conform_expects_still_only_warns() {
    let story = found(
        spec(),
        vec![own("lb", 36, Outcome::Passed), later("x", Outcome::Failed)],
    );
    story.says(conditions::SUCCEEDED, "True", "TestsPassed");
    let strict = ConformanceRunSpec {
        future_failures: FutureFailures::Fail,
        ..spec()
    };
    let story = found(strict, vec![own("lb", 37, Outcome::Failed)]);
    story.says(conditions::SUCCEEDED, "False", "FutureTestsFailed");
}

#[test]
fn what_the_suite_has_no_test_for_is_not_met() {
    let mut gone = own("gone", 36, Outcome::NotRun);
    gone.selected = false;
    let story = found(spec(), vec![own("lb", 36, Outcome::Passed), gone]);
    story.says(conditions::SUCCEEDED, "False", "Incomplete");
}

#[test]
fn a_run_of_a_part_is_not_asked_for_the_rest() {
    let mut left_out = own("left out", 36, Outcome::NotRun);
    left_out.selected = false;
    let part = ConformanceRunSpec {
        focus: Some("lb".into()),
        ..spec()
    };
    let story = found(part, vec![own("lb", 36, Outcome::Passed), left_out]);
    story.says(conditions::SUCCEEDED, "True", "TestsPassed");
}

#[test]
fn a_profile_that_takes_nothing_of_this_suite_ends_the_run_with_its_reason() {
    let mut story = story(spec(), profile(&["quick"], &["Typo"]));
    story.until_started(Stage::Present);
    story.completes(Stage::Present, vec![now("a", Outcome::Passed)]);
    story.until_started(Stage::Future);
    story.report(Stage::Future, Vec::new(), Some(AttemptEndReason::InvalidProfile));
    story.step();
    story.says(conditions::SUCCEEDED, "False", "InvalidProfile");
    story.says(conditions::PRESENT_CONFORMANT, "True", "AllPassed");
}

#[rstest]
#[case::not_there(None, Stages::PresentAndFuture, "UnknownProfile")]
#[case::unknown_base(Some(profile(&["quik"], &[])), Stages::PresentAndFuture, "InvalidProfile")]
#[case::empty(Some(profile(&[], &[])), Stages::PresentAndFuture, "InvalidProfile")]
#[case::nothing_present(Some(profile(&[], &["Slow"])), Stages::PresentAndFuture, "EmptySelection")]
fn a_run_that_cannot_go_by_its_profile_never_starts(
    #[case] profile: Option<ConformanceProfile>,
    #[case] stages: Stages,
    #[case] reason: &str,
) {
    let mut story = Story::new(ConformanceRunSpec { stages, ..spec() });
    story.observed.profiles = profile.into_iter().collect();
    story.step();
    let last = story.step();
    assert!(matches!(last.step, Step::Nothing), "nothing was made");
    story.says(conditions::SUCCEEDED, "False", reason);
    story.says(conditions::PRESENT_CONFORMANT, "Unknown", reason);
}

#[test]
fn profiles_that_are_too_large_together_are_refused() {
    let long = "x".repeat(200);
    let tags: Vec<String> = (0..100).map(|one| format!("{long}{one}")).collect();
    let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
    let mut story = story(spec(), profile(&["quick"], &tags));
    story.step();
    story.step();
    story.says(conditions::SUCCEEDED, "False", "InvalidProfile");
}

#[test]
fn without_present_requirements_the_future_ones_can_be_run() {
    let future = ConformanceRunSpec {
        stages: Stages::Future,
        ..spec()
    };
    let mut story = story(future, profile(&[], &["Slow"]));
    story.until_started(Stage::Future);
    story.completes(Stage::Future, vec![own("lb", 36, Outcome::Passed)]);
    story.step();
    story.says(conditions::SUCCEEDED, "True", "TestsPassed");
    story.says(conditions::FUTURE_CONFORMANT, "True", "AllPassed");
}
