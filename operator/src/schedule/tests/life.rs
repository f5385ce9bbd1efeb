//! When runs are made, what keeps them back, and which go.

use std::time::Duration;

use conform_crds::{
    ClusterChange, ClusterState, ConcurrencyPolicy, MaintenanceWindow, Retention, Triggers, conditions, names,
};
use conform_suite::Outcome;
use jiff::SignedDuration;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use rstest::rstest;

use super::{
    super::{decide, history},
    story::{Story, at, spec},
};
use crate::condition::Truth;

const PASSED: &[(&str, Outcome)] = &[("a", Outcome::Passed)];
const FAILED: &[(&str, Outcome)] = &[("a", Outcome::Failed)];

fn daily(created: &str) -> Story {
    Story::new(created, spec("0 3 * * *"))
}

#[test]
fn a_run_is_named_by_its_slot_and_carries_the_template() {
    let mut story = daily("2026-11-22T00:00:00Z");
    story.spec().time_zone = Some("Europe/Berlin".to_owned());
    let template = &mut story.spec().run_template;
    template.spec.profiles = vec!["quick".to_owned()];
    template.metadata.labels = Some([("team".to_owned(), "net".to_owned())].into());
    template.metadata.annotations =
        Some([("conform.dev/scheduled-timestamp".to_owned(), "forged".to_owned())].into());
    let decision = story.step_at("2026-11-22T02:00:01Z");
    insta::assert_yaml_snapshot!(decision.creation.unwrap());
    assert_eq!(
        story.status().last_schedule_time,
        Some(Time(at("2026-11-22T02:00:00Z")))
    );
}

#[test]
fn only_the_latest_of_missed_slots_runs() {
    let mut story = daily("2026-11-01T00:00:00Z");
    let (made, _) = story.settle_at("2026-11-22T12:00:00Z");
    assert_eq!(
        made,
        [format!("nightly-{}", at("2026-11-22T03:00:00Z").as_second() / 60)]
    );
}

#[rstest]
fn an_operator_that_was_killed_after_the_creation_makes_the_run_once(
    #[values(
        ConcurrencyPolicy::Allow,
        ConcurrencyPolicy::Forbid,
        ConcurrencyPolicy::Replace
    )]
    policy: ConcurrencyPolicy,
    // Soon, and when the slot's deadline is over.
    #[values("2026-11-22T03:00:09Z", "2026-11-22T09:00:00Z")] back: &str,
) {
    let mut story = daily("2026-11-22T00:00:00Z");
    story.spec().concurrency_policy = policy;
    story.spec().starting_deadline_seconds = Some(3600);
    let before = story.observed.schedule.clone();
    let first = story.step_at("2026-11-22T03:00:01Z").creation.unwrap();
    // The status was never written, and the run is there.
    story.observed.schedule = before;
    let (made, gone) = story.settle_at(back);
    assert_eq!((made, gone), (Vec::<String>::new(), Vec::new()));
    let status = story.status();
    assert_eq!(status.active[0].name, first.metadata.name.unwrap());
    assert_eq!(
        (status.last_schedule_time, status.last_missed_time),
        (Some(Time(at("2026-11-22T03:00:00Z"))), None)
    );
}

#[rstest]
fn the_run_for_a_change_does_not_make_room_for_itself(
    #[values(
        ConcurrencyPolicy::Allow,
        ConcurrencyPolicy::Forbid,
        ConcurrencyPolicy::Replace
    )]
    policy: ConcurrencyPolicy,
) {
    let mut story = daily("2026-11-22T04:00:00Z");
    story.spec().concurrency_policy = policy;
    story.spec().triggers = Some(Triggers::of(vec![ClusterChange::ServerVersion]));
    story.observed.cluster = Some(server("v1.36.3"));
    story.settle_at("2026-11-22T05:00:00Z");
    story.observed.cluster = Some(server("v1.37.0"));
    story.settle_at("2026-11-22T06:00:00Z");
    let before = story.observed.schedule.clone();
    story.step_at("2026-11-22T06:05:00Z").creation.unwrap();
    story.observed.schedule = before;
    let (made, gone) = story.settle_at("2026-11-22T06:05:09Z");
    assert_eq!((made, gone), (Vec::<String>::new(), Vec::new()));
    let cluster = story.status().cluster.unwrap();
    assert_eq!((cluster.known, cluster.changed), (server("v1.37.0"), None));
    assert_eq!(story.status().active.len(), 1);
}

fn server(version: &str) -> ClusterState {
    ClusterState {
        server_version: Some(version.to_owned()),
        ..ClusterState::default()
    }
}

#[test]
fn a_name_that_is_somebody_elses_is_told_and_the_slot_is_missed() {
    let mut story = daily("2026-11-22T00:00:00Z");
    let taken = decide::name_taken(story.step_at("2026-11-22T03:00:01Z"));
    assert_eq!(taken.creation, None);
    assert!(taken.status.active.is_empty());
    assert_eq!(taken.status.last_missed_time, taken.status.last_schedule_time);
    assert_eq!(taken.announcements[0].reason, "NameTaken");
}

#[test]
fn a_name_that_is_taken_silences_nothing_else() {
    let mut story = daily("2026-11-22T00:00:00Z");
    let (made, _) = story.settle_at("2026-11-22T03:00:01Z");
    story.finish(&made[0], PASSED);
    let taken = decide::name_taken(story.step_at("2026-11-23T03:00:01Z"));
    let told: Vec<_> = taken.announcements.iter().map(|told| told.reason).collect();
    assert_eq!(told, ["RunFinished", "NameTaken"]);
}

#[test]
fn a_slot_that_finds_too_many_runs_is_missed_aloud() {
    let mut story = daily("2026-11-01T00:00:00Z");
    for day in 1..=16 {
        assert_eq!(story.settle_at(&format!("2026-11-{day:02}T03:00:01Z")).0.len(), 1);
    }
    let full = story.step_at("2026-11-17T03:00:01Z");
    assert_eq!(full.creation, None);
    assert_eq!(full.announcements[0].reason, "TooManyActiveRuns");
    assert_eq!(
        full.status.last_missed_time,
        Some(Time(at("2026-11-17T03:00:00Z")))
    );
}

#[test]
fn the_clock_is_looked_at_again_however_far_the_next_slot_is() {
    let mut story = daily("2026-11-22T04:00:00Z");
    let asleep = story.step_at("2026-11-22T04:00:01Z").look_again.unwrap();
    assert!(asleep < Duration::from_mins(6), "{asleep:?}");
}

#[test]
fn forbid_starts_the_slot_once_the_earlier_run_is_done() {
    let mut story = daily("2026-11-22T00:00:00Z");
    story.spec().concurrency_policy = ConcurrencyPolicy::Forbid;
    let (first, _) = story.settle_at("2026-11-22T03:00:01Z");
    let (second, _) = story.settle_at("2026-11-23T03:00:01Z");
    assert_eq!(second, Vec::<String>::new());
    assert_eq!(
        story.status().last_missed_time,
        Some(Time(at("2026-11-23T03:00:00Z")))
    );
    story.finish(&first[0], PASSED);
    let (third, _) = story.settle_at("2026-11-23T04:00:00Z");
    assert_eq!(third.len(), 1, "as with a CronJob that has no deadline");
    assert_eq!(story.status().last_missed_time, None, "late is not missed");
}

#[test]
fn runs_that_queue_are_bounded() {
    let mut story = Story::new("2026-11-22T00:00:00Z", spec("* * * * *"));
    for minute in 1..40 {
        story.settle_at(&format!("2026-11-22T00:{minute:02}:01Z"));
    }
    assert_eq!(story.status().active.len(), 16);
}

#[test]
fn many_requests_do_not_outgrow_the_status() {
    let mut story = daily("2026-11-22T00:00:00Z");
    for number in 0..70 {
        let annotation = (names::ANNOTATION_RUN_NOW.to_owned(), number.to_string());
        story.observed.schedule.metadata.annotations = Some([annotation].into());
        story.settle_at("2026-11-22T01:00:00Z");
    }
    assert_eq!((story.names().len(), story.status().active.len()), (70, 64));
}

#[test]
fn suspension_keeps_everything_back_but_a_request() {
    let mut story = daily("2026-11-22T00:00:00Z");
    story.spec().suspend = true;
    assert!(story.settle_at("2026-11-22T03:00:01Z").0.is_empty());
    let ready = story.condition(conditions::READY);
    assert_eq!((ready.truth, ready.reason.as_str()), (Truth::True, "Suspended"));
    assert_eq!(story.status().next_schedule_time, None);
    story.observed.schedule.metadata.annotations =
        Some([(names::ANNOTATION_RUN_NOW.to_owned(), " please ".to_owned())].into());
    let (made, _) = story.settle_at("2026-11-22T03:10:00Z");
    assert_eq!(made.len(), 1, "one request is one run: {made:?}");
    assert_eq!(story.status().last_requested.as_deref(), Some("please"));
    story.spec().suspend = false;
    let (made, _) = story.settle_at("2026-11-22T03:20:00Z");
    assert_eq!(
        made.len(),
        1,
        "the slot that passed meanwhile, as with a CronJob: {made:?}"
    );
}

#[test]
fn a_request_of_any_length_is_one_run() {
    let mut story = daily("2026-11-22T00:00:00Z");
    let long = "é".repeat(500);
    story.observed.schedule.metadata.annotations =
        Some([(names::ANNOTATION_RUN_NOW.to_owned(), long)].into());
    assert_eq!(story.settle_at("2026-11-22T01:00:00Z").0.len(), 1);
    assert!(story.status().last_requested.unwrap().len() <= 253);
}

#[test]
fn a_slot_waits_for_its_window() {
    let mut story = daily("2026-11-22T00:00:00Z");
    story.spec().maintenance_windows = vec![MaintenanceWindow {
        name: "noon".to_owned(),
        opens: "0 12 * * *".to_owned(),
        duration_seconds: 3600,
    }];
    assert!(story.settle_at("2026-11-22T03:00:01Z").0.is_empty());
    assert_eq!(
        story.status().next_schedule_time,
        Some(Time(at("2026-11-22T12:00:00Z")))
    );
    assert_eq!(story.settle_at("2026-11-22T12:00:01Z").0.len(), 1);
    assert_eq!(
        story.status().next_schedule_time,
        Some(Time(at("2026-11-23T12:00:00Z")))
    );
}

#[test]
fn a_window_does_not_lengthen_a_deadline() {
    let mut story = daily("2026-11-22T00:00:00Z");
    story.spec().starting_deadline_seconds = Some(3600);
    story.spec().maintenance_windows = vec![MaintenanceWindow {
        name: "noon".to_owned(),
        opens: "0 12 * * *".to_owned(),
        duration_seconds: 3600,
    }];
    assert!(story.settle_at("2026-11-22T12:00:01Z").0.is_empty());
    assert_eq!(
        story.status().last_missed_time,
        Some(Time(at("2026-11-22T03:00:00Z")))
    );
}

#[test]
fn jitter_moves_the_start_and_neither_the_slot_nor_the_name() {
    let mut story = daily("2026-11-22T00:00:00Z");
    story.spec().jitter_seconds = 3600;
    story.step_at("2026-11-22T02:00:00Z");
    let start = story.status().next_schedule_time.unwrap().0;
    let offset = start.duration_since(at("2026-11-22T03:00:00Z"));
    assert!(
        !offset.is_negative() && offset <= SignedDuration::from_hours(1),
        "{offset}"
    );
    assert!(!offset.is_zero(), "this uid has one");
    story.observed.now = start - SignedDuration::from_secs(1);
    assert_eq!(story.step().creation, None);
    story.observed.now = start;
    let run = story.step().creation.unwrap();
    assert_eq!(
        run.metadata.name.unwrap(),
        format!("nightly-{}", at("2026-11-22T03:00:00Z").as_second() / 60)
    );
    // Another cluster's schedule has another number.
    story.observed.schedule.metadata.uid = Some("another".to_owned());
    story.observed.runs.clear();
    story.step_at("2026-11-22T04:00:00Z");
    let other = story.status().next_schedule_time.unwrap().0;
    assert_ne!(other.duration_since(at("2026-11-23T03:00:00Z")), offset);
}

#[test]
fn a_clock_that_was_set_back_does_not_silence_a_schedule() {
    let mut story = daily("2026-11-22T00:00:00Z");
    // For a moment the operator's clock was a year ahead.
    assert_eq!(story.settle_at("2027-11-22T04:00:00Z").0.len(), 1);
    let decision = story.step_at("2026-11-22T04:00:00Z");
    assert_eq!(
        (decision.creation, decision.announcements[0].reason),
        (None, "ClockWentBack")
    );
    assert!(story.settle_at("2026-11-22T05:00:00Z").0.is_empty());
    assert_eq!(story.settle_at("2026-11-23T03:00:01Z").0.len(), 1);
}

#[rstest]
#[case::the_run_is_there(false)]
#[case::the_run_is_gone(true)]
fn a_clock_that_was_ahead_when_a_run_ended_does_not_freeze_the_verdict(#[case] gone: bool) {
    let mut story = daily("2026-11-22T00:00:00Z");
    let (first, _) = story.settle_at("2026-11-22T03:00:01Z");
    story.finish(&first[0], PASSED);
    // For a moment the operator's clock was a year ahead.
    story.change_run(&first[0], |status| {
        status.completion_time = Some(Time(at("2027-11-22T04:00:00Z")));
    });
    story.settle_at("2026-11-22T04:00:00Z");
    if gone {
        story.observed.runs.clear();
    }
    let (second, _) = story.settle_at("2026-11-23T03:00:01Z");
    story.finish(&second[0], FAILED);
    story.settle_at("2026-11-23T04:00:00Z");
    let status = story.status();
    assert_eq!(status.last_run.unwrap().name, second[0]);
    assert_eq!(story.condition(conditions::CONFORMANT).truth, Truth::False);
    assert_eq!(story.condition(conditions::REGRESSED).truth, Truth::True);
    let (third, _) = story.settle_at("2026-11-24T03:00:01Z");
    story.finish(&third[0], PASSED);
    story.settle_at("2026-11-24T04:00:00Z");
    assert_eq!(story.status().last_successful_run.unwrap().name, third[0]);
}

#[test]
fn a_clock_that_is_a_little_behind_runs_nothing_twice() {
    let mut story = daily("2026-11-22T00:00:00Z");
    assert_eq!(story.settle_at("2026-11-22T03:00:00Z").0.len(), 1);
    assert!(story.settle_at("2026-11-22T02:59:58Z").0.is_empty());
    assert!(story.settle_at("2026-11-22T03:00:01Z").0.is_empty());
}

#[rstest]
#[case("not a schedule", None, "InvalidSchedule")]
#[case("0 3 30 2 *", None, "InvalidSchedule")]
#[case("0 3 * * *", Some("Europe/Atlantis"), "UnknownTimeZone")]
#[case("0 3 * * *", Some("europe/berlin"), "UnknownTimeZone")]
fn a_spec_that_cannot_be_used_is_stalled_and_said_once(
    #[case] schedule: &str,
    #[case] zone: Option<&str>,
    #[case] reason: &str,
) {
    let mut spec = spec(schedule);
    spec.time_zone = zone.map(str::to_owned);
    let mut story = Story::new("2026-11-22T00:00:00Z", spec);
    let decision = story.step_at("2026-11-23T00:00:00Z");
    assert_eq!(decision.announcements[0].reason, reason);
    for kind in [conditions::READY, conditions::STALLED] {
        let said = story.condition(kind);
        assert_eq!(said.reason, reason);
        assert_eq!(said.truth == Truth::True, kind == conditions::STALLED);
    }
    assert_eq!(story.step().announcements, Vec::new());
    // Mended, it goes on.
    story.spec().schedule = "0 3 * * *".to_owned();
    story.spec().time_zone = None;
    assert_eq!(story.settle_at("2026-11-23T04:00:00Z").0.len(), 1);
    assert_eq!(story.condition(conditions::STALLED).reason, "Absent");
}

#[test]
fn a_template_of_an_unknown_profile_is_stalled_and_names_those_that_there_are() {
    let mut story = daily("2026-11-22T00:00:00Z");
    story.spec().run_template.spec.profiles = vec!["quik".to_owned()];
    assert!(story.settle_at("2026-11-22T03:00:01Z").0.is_empty());
    let said = story.condition(conditions::STALLED);
    assert_eq!(said.reason, "UnknownProfile");
    assert!(said.message.contains("quick"), "{}", said.message);
    // Somebody writes the profile.
    story.observed.profiles = vec!["quik".to_owned()];
    assert_eq!(story.settle_at("2026-11-22T04:00:00Z").0.len(), 1);
    assert_eq!(story.condition(conditions::STALLED).reason, "Absent");
}

#[test]
fn a_window_that_cannot_be_read_is_named() {
    let mut story = daily("2026-11-22T00:00:00Z");
    story.spec().maintenance_windows = vec![MaintenanceWindow {
        name: "nights".to_owned(),
        opens: "99 * * * *".to_owned(),
        duration_seconds: 60,
    }];
    story.step_at("2026-11-22T03:00:01Z");
    let message = story.condition(conditions::READY).message;
    assert_eq!(
        message,
        "Maintenance window nights: minute \"99\" of the schedule: it goes from 0 to 59."
    );
}

#[test]
fn a_schedule_that_is_being_deleted_makes_no_run() {
    let mut story = daily("2026-11-22T00:00:00Z");
    story.observed.schedule.metadata.deletion_timestamp = Some(Time(at("2026-11-22T01:00:00Z")));
    let decision = story.step_at("2026-11-22T03:00:01Z");
    assert_eq!(
        (decision.creation, decision.replaced, decision.deletions),
        (None, Vec::new(), Vec::new())
    );
}

#[test]
fn the_cluster_changing_makes_one_run() {
    let mut story = daily("2026-11-22T04:00:00Z");
    story.spec().triggers = Some(Triggers::of(vec![ClusterChange::ServerVersion]));
    story.observed.cluster = Some(server("v1.36.3"));
    assert!(story.settle_at("2026-11-22T05:00:00Z").0.is_empty());
    story.observed.cluster = Some(server("v1.37.0"));
    assert!(
        story.settle_at("2026-11-22T06:00:00Z").0.is_empty(),
        "it has to settle"
    );
    let (made, _) = story.settle_at("2026-11-22T06:05:00Z");
    assert_eq!(made.len(), 1);
    let why = story.observed.runs[0].metadata.annotations.clone().unwrap();
    assert_eq!(
        why[names::ANNOTATION_TRIGGER],
        "the API server's version changed from v1.36.3 to v1.37.0."
    );
    assert!(story.settle_at("2026-11-22T07:00:00Z").0.is_empty());
}

#[test]
fn history_keeps_three_good_runs_and_one_bad_one() {
    let mut story = daily("2026-11-01T00:00:00Z");
    for day in 1..=8 {
        let (made, _) = story.settle_at(&format!("2026-11-{day:02}T03:00:01Z"));
        let outcomes = if day % 4 == 0 { FAILED } else { PASSED };
        story.finish(&made[0], outcomes);
    }
    story.settle_at("2026-11-08T04:00:00Z");
    let days: Vec<String> = [5, 6, 7, 8]
        .map(|day| {
            format!(
                "nightly-{}",
                at(&format!("2026-11-{day:02}T03:00:00Z")).as_second() / 60
            )
        })
        .to_vec();
    assert_eq!(story.names(), days);
}

#[test]
fn a_history_of_nothing_keeps_what_the_run_said() {
    let mut story = daily("2026-11-22T00:00:00Z");
    story.spec().successful_runs_history_limit = Some(0);
    let (made, _) = story.settle_at("2026-11-22T03:00:01Z");
    story.finish(&made[0], PASSED);
    let first = story.step_at("2026-11-22T04:00:00Z");
    assert!(first.deletions.is_empty(), "first it is written down");
    let (_, gone) = story.settle_at("2026-11-22T04:00:01Z");
    assert_eq!(gone, made);
    let status = story.status();
    assert_eq!(status.last_successful_run.unwrap().name, made[0]);
    assert_eq!(story.condition(conditions::CONFORMANT).truth, Truth::True);
}

#[test]
fn retention_bounds_number_and_age_and_keeps_what_is_asked_for() {
    let mut story = daily("2026-11-01T00:00:00Z");
    story.spec().retention = Some(Retention {
        max_runs: Some(3),
        max_age_seconds: Some(5 * 86_400),
        keep_last_failed: true,
        keep_last_certifiable: true,
    });
    for day in 1..=8 {
        let (made, _) = story.settle_at(&format!("2026-11-{day:02}T03:00:01Z"));
        story.finish(&made[0], if day == 2 { FAILED } else { PASSED });
    }
    story.settle_at("2026-11-08T04:00:00Z");
    let day = |day: i64| {
        format!(
            "nightly-{}",
            at("2026-11-01T03:00:00Z").as_second() / 60 + (day - 1) * 1440
        )
    };
    assert_eq!(
        story.names(),
        [day(2), day(6), day(7), day(8)],
        "the last failure stays"
    );
    story.spec().suspend = true;
    story.settle_at("2026-11-30T00:00:00Z");
    assert_eq!(
        story.names(),
        [day(2), day(8)],
        "the newest that can be submitted stays"
    );
}

#[test]
fn the_last_good_run_stays_to_be_compared_with() {
    let mut story = daily("2026-11-01T00:00:00Z");
    story.spec().retention = Some(Retention {
        max_runs: Some(2),
        max_age_seconds: Some(3 * 86_400),
        ..Retention::default()
    });
    let mut all = Vec::new();
    for day in 1..=6 {
        let (made, _) = story.settle_at(&format!("2026-11-{day:02}T03:00:01Z"));
        story.finish(&made[0], if day == 1 { PASSED } else { FAILED });
        all.extend(made);
    }
    story.settle_at("2026-11-06T04:00:00Z");
    assert_eq!(story.names(), [&*all[0], &*all[4], &*all[5]]);
    assert_eq!(story.condition(conditions::REGRESSED).truth, Truth::True);
    story.spec().successful_runs_history_limit = Some(0);
    story.settle_at("2026-11-06T04:00:01Z");
    assert_eq!(story.names(), all[4..], "who asks for none keeps none");
}

#[test]
fn a_run_goes_when_it_is_old_enough() {
    let mut story = daily("2026-11-01T00:00:00Z");
    story.spec().retention = Some(Retention {
        max_age_seconds: Some(3600),
        ..Retention::default()
    });
    let (made, _) = story.settle_at("2026-11-01T03:00:01Z");
    story.finish(&made[0], FAILED);
    let kept = history::kept(
        &story.observed.schedule.spec,
        &story.observed.runs,
        story.observed.now,
    );
    assert_eq!(
        kept.next,
        Some(at("2026-11-01T04:00:01Z")),
        "the operator wakes for it"
    );
    story.settle_at("2026-11-01T04:00:00Z");
    assert_eq!(story.names(), made);
    assert_eq!(story.settle_at("2026-11-01T04:00:01Z").1, made);
}
