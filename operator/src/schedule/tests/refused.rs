//! Runs that the API server refuses.

use conform_crds::conditions;

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
fn another_spec_is_not_blamed_for_what_was_refused() {
    let mut story = Story::new("2026-11-22T00:00:00Z", spec("0 3 * * *"));
    story.observed.now = at("2026-11-22T03:00:01Z");
    story.observed.schedule.status = Some(decide::run_refused(&story.observed, "no").status);
    story.observed.schedule.metadata.generation = Some(2);
    story.spec().schedule = "0 23 * * *".to_owned();
    story.step();
    assert_eq!(story.condition(conditions::READY).truth, Truth::True);
}
