//! What a schedule says of its runs.

use conform_crds::conditions;
use conform_suite::Outcome::{self, Failed, Passed};

use super::story::{Story, spec};
use crate::condition::{self, Said, Truth};

/// A schedule whose runs of the first days of November had these outcomes, one a day.
fn after(days: &[&[(&str, Outcome)]]) -> Story {
    let mut story = Story::new("2026-11-01T00:00:00Z", spec("0 3 * * *"));
    for (day, outcomes) in (1..).zip(days) {
        next_day(&mut story, day, outcomes);
    }
    story
}

fn next_day(story: &mut Story, day: usize, outcomes: &[(&str, Outcome)]) {
    let (made, _) = story.settle_at(&format!("2026-11-{day:02}T03:00:01Z"));
    story.finish(&made[0], outcomes);
    story.settle_at(&format!("2026-11-{day:02}T05:00:00Z"));
}

fn regressed(story: &Story) -> (Truth, String) {
    let said = story.condition(conditions::REGRESSED);
    (said.truth, said.reason)
}

fn names(story: &Story) -> Vec<String> {
    let regressions = story.status().regressions;
    regressions
        .iter()
        .map(|regression| regression.name.to_string())
        .collect()
}

const GOOD: &[(&str, Outcome)] = &[("a", Passed), ("b", Passed), ("later c", Passed)];

#[test]
fn before_the_first_run_nothing_is_said() {
    let mut story = after(&[]);
    story.step_at("2026-11-01T01:00:00Z");
    for kind in [
        conditions::CONFORMANT,
        conditions::FUTURE_AT_RISK,
        conditions::REGRESSED,
    ] {
        let said = story.condition(kind);
        assert_eq!(
            (said.truth, said.reason.as_str()),
            (Truth::Unknown, "NoFinishedRun"),
            "{kind}"
        );
    }
    assert_eq!(story.condition(conditions::READY).truth, Truth::True);
}

#[test]
fn the_first_good_run_has_nothing_to_be_compared_with() {
    let story = after(&[GOOD]);
    assert_eq!(story.condition(conditions::CONFORMANT).truth, Truth::True);
    assert_eq!(story.condition(conditions::FUTURE_AT_RISK).truth, Truth::False);
    assert_eq!(regressed(&story), (Truth::Unknown, "NoGoodRun".into()));
}

#[test]
fn what_passed_and_fails_is_a_regression_with_its_name() {
    let mut story = after(&[GOOD, &[("a", Failed), ("b", Passed), ("later c", Passed)]]);
    assert_eq!(regressed(&story), (Truth::True, "TestsRegressed".into()));
    assert_eq!(names(&story), ["a"]);
    assert_eq!(story.condition(conditions::CONFORMANT).truth, Truth::False);
    let message = story.condition(conditions::REGRESSED).message;
    assert!(
        message.contains("1 test that passed before (good run: nightly-"),
        "{message}"
    );
    next_day(&mut story, 3, GOOD);
    assert_eq!(regressed(&story), (Truth::False, "NoRegression".into()));
    assert!(names(&story).is_empty());
}

#[test]
fn regression_and_recovery_are_told_once() {
    let mut story = after(&[GOOD]);
    let mut told = Vec::new();
    for (day, outcomes) in [
        (2, &[("a", Failed), ("b", Passed)][..]),
        (3, &[("a", Failed), ("b", Passed)]),
        (4, GOOD),
    ] {
        let (made, _) = story.settle_at(&format!("2026-11-{day:02}T03:00:01Z"));
        story.finish(&made[0], outcomes);
        let decision = story.step_at(&format!("2026-11-{day:02}T05:00:00Z"));
        told.extend(
            decision
                .announcements
                .iter()
                .map(|told| told.reason)
                .filter(|told| *told != "RunFinished"),
        );
        story.settle_at(&format!("2026-11-{day:02}T06:00:00Z"));
    }
    assert_eq!(told, ["Regressed", "Recovered"]);
}

#[test]
fn a_future_test_that_failed_stays_a_regression_although_the_run_succeeded() {
    let worse: &[(&str, Outcome)] = &[("a", Passed), ("b", Passed), ("later c", Failed)];
    let mut story = after(&[GOOD, worse]);
    assert_eq!(names(&story), ["later c"]);
    assert_eq!(story.condition(conditions::FUTURE_AT_RISK).truth, Truth::True);
    assert_eq!(story.condition(conditions::CONFORMANT).truth, Truth::True);
    next_day(&mut story, 3, worse);
    assert_eq!(names(&story), ["later c"], "the run before it is no excuse");
    next_day(&mut story, 4, GOOD);
    assert_eq!(regressed(&story), (Truth::False, "NoRegression".into()));
}

#[test]
fn a_run_that_lost_its_future_tests_is_no_measure_for_the_next() {
    let mut story = after(&[GOOD]);
    let (made, _) = story.settle_at("2026-11-02T03:00:01Z");
    story.finish(
        &made[0],
        &[("a", Passed), ("b", Passed), ("later c", Outcome::NotRun)],
    );
    story.change_run(&made[0], |status| {
        let ended = status.completion_time.clone().unwrap().0;
        let said = Said::new(Truth::True, "FutureNotMeasured", "Said.");
        condition::set(
            &mut status.conditions,
            Some(1),
            ended,
            conditions::SUCCEEDED,
            &said,
        );
    });
    story.settle_at("2026-11-02T05:00:00Z");
    assert_eq!(regressed(&story), (Truth::Unknown, "NotAllMeasured".into()));
    next_day(
        &mut story,
        3,
        &[("a", Passed), ("b", Passed), ("later c", Failed)],
    );
    assert_eq!(names(&story), ["later c"]);
}

#[test]
fn what_was_not_measured_has_not_stayed_well() {
    let story = after(&[
        GOOD,
        &[("a", Outcome::NotRun), ("b", Passed), ("later c", Passed)],
    ]);
    assert_eq!(regressed(&story), (Truth::Unknown, "NotAllMeasured".into()));
    let message = story.condition(conditions::REGRESSED).message;
    assert!(
        message.starts_with("1 of the tests that passed in run nightly-"),
        "{message}"
    );
}

#[test]
fn a_recovery_is_told_although_the_good_run_is_gone() {
    let mut story = after(&[GOOD]);
    let good = story.names()[0].clone();
    next_day(
        &mut story,
        2,
        &[("a", Failed), ("b", Passed), ("later c", Passed)],
    );
    story.forget(&good);
    let (made, _) = story.settle_at("2026-11-03T03:00:01Z");
    story.finish(&made[0], GOOD);
    let decision = story.step_at("2026-11-03T05:00:00Z");
    assert_eq!(regressed(&story), (Truth::Unknown, "GoodRunGone".into()));
    assert!(
        decision
            .announcements
            .iter()
            .any(|told| told.reason == "Recovered")
    );
}

#[test]
fn a_run_that_measured_nothing_ends_no_regression() {
    let mut story = after(&[GOOD, &[("a", Failed), ("b", Passed)], &[]]);
    assert_eq!(regressed(&story), (Truth::True, "TestsRegressed".into()));
    assert_eq!(story.condition(conditions::CONFORMANT).truth, Truth::Unknown);
    next_day(&mut story, 4, &[("a", Outcome::NotRun), ("b", Passed)]);
    assert_eq!(names(&story), ["a"], "not run is not passed");
}

#[test]
fn a_run_that_ended_before_its_future_attempt_ends_no_regression_of_it() {
    let worse: &[(&str, Outcome)] = &[("a", Passed), ("b", Passed), ("later c", Failed)];
    let mut story = after(&[GOOD, worse]);
    let (made, _) = story.settle_at("2026-11-03T03:00:01Z");
    story.finish_early(&made[0], &[("a", Passed), ("b", Passed)]);
    let decision = story.step_at("2026-11-03T05:00:00Z");
    let told = |reason| decision.announcements.iter().any(|told| told.reason == reason);
    assert!(!told("Recovered"), "{:?}", decision.announcements);
    assert_eq!(names(&story), ["later c"]);
    assert_eq!(regressed(&story), (Truth::True, "TestsRegressed".into()));
    story.settle_at("2026-11-03T06:00:00Z");
    next_day(&mut story, 4, GOOD);
    assert_eq!(regressed(&story), (Truth::False, "NoRegression".into()));
}

#[test]
fn a_test_that_a_lost_pod_was_to_list_is_no_test_that_is_not_asked_for() {
    let mut story = after(&[GOOD, &[("a", Failed), ("b", Passed)]]);
    let (made, _) = story.settle_at("2026-11-03T03:00:01Z");
    story.finish(&made[0], &[("b", Passed)]);
    story.change_run(&made[0], |status| status.present.as_mut().unwrap().required = 2);
    story.settle_at("2026-11-03T05:00:00Z");
    assert_eq!(names(&story), ["a"]);
}

#[test]
fn a_run_that_measured_nothing_is_no_proof_of_health() {
    let story = after(&[GOOD, &[]]);
    assert_eq!(regressed(&story), (Truth::Unknown, "NothingMeasured".into()));
}

#[test]
fn a_test_that_is_not_asked_for_any_more_is_no_regression() {
    let story = after(&[GOOD, &[("a", Failed), ("b", Passed)], &[("b", Passed)]]);
    assert!(names(&story).is_empty());
}

#[test]
fn a_test_that_never_passed_is_no_regression() {
    let story = after(&[&[("a", Passed)], &[("a", Passed), ("new", Failed)]]);
    assert_eq!(regressed(&story), (Truth::False, "NoRegression".into()));
}

#[test]
fn without_the_good_runs_outcomes_nothing_is_claimed() {
    let mut story = after(&[GOOD]);
    let good = story.names()[0].clone();
    story.forget(&good);
    next_day(&mut story, 2, &[("a", Failed), ("b", Passed)]);
    assert_eq!(regressed(&story), (Truth::Unknown, "GoodRunGone".into()));
}

fn many(count: usize, outcome: Outcome) -> Vec<(&'static str, Outcome)> {
    let names = (0..count).map(|number| -> &'static str { format!("later {number:02}").leak() });
    let present = [("a", Passed), ("b", Passed)].into_iter();
    present.chain(names.map(|name| (name, outcome))).collect()
}

#[test]
fn many_regressions_are_counted_and_the_first_are_named() {
    let mut story = after(&[&many(70, Passed), &many(70, Failed)]);
    let counted = |story: &Story| {
        let status = story.status();
        (status.regressions.len(), status.regressions_omitted)
    };
    assert_eq!(counted(&story), (50, Some(20)));
    let message = story.condition(conditions::REGRESSED).message;
    assert!(
        message.ends_with("later 00; later 01; later 02; later 03; later 04; and 65 more."),
        "{message}"
    );
    // The good run is now the one that missed them all, so that only the status knows of them.
    let (made, _) = story.settle_at("2026-11-03T03:00:01Z");
    story.finish(&made[0], &many(70, Failed));
    let decision = story.step_at("2026-11-03T05:00:00Z");
    assert_eq!(
        counted(&story),
        (50, Some(20)),
        "what was not named is not forgotten"
    );
    let told = |told: &&str| *told == "Regressed";
    let mut reasons = decision.announcements.iter().map(|told| told.reason);
    assert!(!reasons.any(|reason| told(&reason)), "it is the same as before");
    story.settle_at("2026-11-03T06:00:00Z");
    // Those that are named pass again; of the others nobody knows which.
    let mut half = many(50, Passed);
    half.extend(many(70, Failed).split_off(52));
    next_day(&mut story, 4, &half);
    assert_eq!(counted(&story), (0, Some(20)));
    assert_eq!(regressed(&story), (Truth::True, "TestsRegressed".into()));
    next_day(&mut story, 5, &many(70, Passed));
    assert_eq!(counted(&story), (0, None));
    assert_eq!(regressed(&story), (Truth::False, "NoRegression".into()));
}
