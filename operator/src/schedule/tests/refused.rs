//! Runs that the API server refuses.

use conform_crds::{conditions, names};

use super::{
    super::decide,
    story::{Story, at, spec},
};
use crate::condition::Truth;

#[test]
fn a_run_that_is_refused_stays_due_and_is_said_once_until_it_is_accepted() {
    let mut story = Story::new("2026-11-22T00:00:00Z", spec("0 3 * * *"));
    story.spec().starting_deadline_seconds = Some(7200);
    story.step_at("2026-11-22T01:00:00Z");
    story.observed.now = at("2026-11-22T03:00:01Z");
    let refuse = |story: &mut Story| {
        assert!(decide::decide(&story.observed).creation.is_some(), "it stays due");
        let decision = decide::run_refused(&story.observed, "quota exceeded");
        story.observed.schedule.status = Some(decision.status.clone());
        decision
    };
    let first = refuse(&mut story);
    assert_eq!(
        (first.announcements[0].reason, first.announcements[0].warning),
        ("RunRefused", true)
    );
    assert_eq!((first.creation, first.status.active), (None, Vec::new()));
    let stalled = story.condition(conditions::STALLED);
    assert_eq!(
        (stalled.truth, stalled.message.as_str()),
        (
            Truth::True,
            "The API server refuses the run that is due: Quota exceeded."
        )
    );
    let before = story.status();
    story.observed.now = at("2026-11-22T03:01:01Z");
    assert_eq!(refuse(&mut story).announcements, Vec::new());
    assert_eq!(story.status(), before, "nothing is written again and again");
    // The slot is missed, and nobody has tried since.
    assert!(story.settle_at("2026-11-22T06:00:00Z").0.is_empty());
    assert_eq!(story.condition(conditions::READY).reason, "RunRefused");
    assert_eq!(story.settle_at("2026-11-23T03:00:01Z").0.len(), 1);
    assert_eq!(story.condition(conditions::READY).truth, Truth::True);
    assert_eq!(story.condition(conditions::STALLED).reason, "Absent");
}

#[test]
fn a_run_that_was_asked_for_and_is_refused_is_in_the_way_of_no_slot() {
    let mut story = Story::new("2026-11-22T00:00:00Z", spec("0 3 * * *"));
    let annotations = story
        .observed
        .schedule
        .metadata
        .annotations
        .get_or_insert_default();
    annotations.insert(names::ANNOTATION_RUN_NOW.to_owned(), "please".to_owned());
    story.observed.now = at("2026-11-22T03:00:01Z");
    let refused = decide::run_refused(&story.observed, "no");
    assert_eq!(refused.announcements[0].reason, "RunRefused");
    assert_eq!(refused.status.last_requested.as_deref(), Some("please"));
    story.observed.schedule.status = Some(refused.status);
    assert_eq!(
        story.settle_at("2026-11-22T03:00:02Z").0.len(),
        1,
        "the slot's run"
    );
    assert_eq!(story.condition(conditions::READY).truth, Truth::True);
}

#[test]
fn another_spec_is_not_blamed_for_what_was_refused() {
    let mut story = Story::new("2026-11-22T00:00:00Z", spec("0 3 * * *"));
    story.observed.now = at("2026-11-22T03:00:01Z");
    story.observed.schedule.status = Some(decide::run_refused(&story.observed, "no").status);
    story.observed.schedule.metadata.generation = Some(2);
    story.spec().schedule = "0 23 * * *".to_owned();
    story.step();
    assert_eq!(story.condition(conditions::READY).truth, Truth::True);
}
