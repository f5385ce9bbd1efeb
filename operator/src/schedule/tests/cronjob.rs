//! The CronJob controller's own tests (`pkg/controller/cronjob` of Kubernetes v1.36), case by case. Names and inputs are
//! theirs; `docs/schedules-and-cronjobs.md` lists each with what is the same and what is not.

use conform_crds::ConcurrencyPolicy::{self, Allow, Forbid, Replace};
use conform_suite::Outcome;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::story::{Story, at, spec};

const SHORT: Option<i64> = Some(10);
const MEDIUM: Option<i64> = Some(7200);
const LONG: Option<i64> = Some(1_000_000);

const BEFORE_PRIOR: &str = "2016-05-19T08:59:00Z";
const AFTER_PRIOR: &str = "2016-05-19T09:01:00Z";
const BEFORE: &str = "2016-05-19T09:59:00Z";
const TOP: &str = "2016-05-19T10:00:00Z";
const AFTER: &str = "2016-05-19T10:01:00Z";
const WEEK: &str = "2016-05-26T10:00:00Z";

/// What became of the run that was made before.
#[derive(Clone, Copy, PartialEq)]
enum Earlier {
    None,
    Done,
    Active,
    /// It is the run of the slot that is due, and the status does not say so.
    Unrecorded,
    /// The same, but the status lists it as active.
    Listed,
}
use Earlier::{Active, Done, Listed, None as Never, Unrecorded};

struct Case {
    name: &'static str,
    policy: ConcurrencyPolicy,
    schedule: &'static str,
    deadline: Option<i64>,
    earlier: Earlier,
    created: &'static str,
    last: &'static str,
    now: &'static str,
    /// Runs made, runs deleted, runs active afterwards.
    expect: (usize, usize, usize),
    /// Seconds until the next run.
    next: i64,
    warns: bool,
}

#[rustfmt::skip]
#[expect(clippy::too_many_arguments, reason = "a row of a table")]
const fn case(
    name: &'static str, policy: ConcurrencyPolicy, deadline: Option<i64>, earlier: Earlier, now: &'static str,
    expect: (usize, usize, usize), next: i64, warns: bool,
) -> Case {
    let created = match earlier { Never => BEFORE, _ => BEFORE_PRIOR };
    Case { name, policy, schedule: "0 * * * ?", deadline, earlier, created, last: AFTER_PRIOR, now, expect, next, warns }
}

#[rustfmt::skip]
#[expect(clippy::too_many_arguments, reason = "a row of a table")]
const fn every(
    name: &'static str, deadline: Option<i64>, earlier: Earlier, created: &'static str, last: &'static str,
    now: &'static str, expect: (usize, usize, usize), next: i64, warns: bool,
) -> Case {
    Case { name, policy: Allow, schedule: "@every 1h", deadline, earlier, created, last, now, expect, next, warns }
}

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const NEARLY: i64 = HOUR - MINUTE;
const NONE: (usize, usize, usize) = (0, 0, 0);
const ONE: (usize, usize, usize) = (1, 0, 1);

#[rustfmt::skip]
const CASES: &[Case] = &[
    case("never ran, not time, A", Allow, None, Never, BEFORE, NONE, MINUTE, false),
    case("never ran, not time, F", Forbid, None, Never, BEFORE, NONE, MINUTE, false),
    case("never ran, not time, R", Replace, None, Never, BEFORE, NONE, MINUTE, false),
    case("never ran, is time, A", Allow, None, Never, AFTER, ONE, NEARLY, false),
    case("never ran, is time, F", Forbid, None, Never, AFTER, ONE, NEARLY, false),
    case("never ran, is time, R", Replace, None, Never, AFTER, ONE, NEARLY, false),
    // Theirs is eleven minutes after AFTER.
    case("never ran, is time, past deadline", Allow, SHORT, Never, "2016-05-19T10:12:00Z", NONE, 48 * MINUTE, true),
    case("never ran, is time, not past deadline", Allow, LONG, Never, AFTER, ONE, NEARLY, false),
    case("prev ran but done, not time, A", Allow, None, Done, BEFORE, NONE, MINUTE, false),
    case("prev ran but done, not time, F", Forbid, None, Done, BEFORE, NONE, MINUTE, false),
    case("prev ran but done, not time, R", Replace, None, Done, BEFORE, NONE, MINUTE, false),
    case("prev ran but done, is time, A", Allow, None, Done, AFTER, ONE, NEARLY, false),
    case("prev ran but done, is time, F", Forbid, None, Done, AFTER, ONE, NEARLY, false),
    case("prev ran but done, is time, R", Replace, None, Done, AFTER, ONE, NEARLY, false),
    case("prev ran but done, is time, past deadline", Allow, SHORT, Done, AFTER, NONE, NEARLY, true),
    case("prev ran but done, is time, not past deadline", Allow, LONG, Done, AFTER, ONE, NEARLY, false),
    case("still active, not time, A", Allow, None, Active, BEFORE, (0, 0, 1), MINUTE, false),
    case("still active, not time, F", Forbid, None, Active, BEFORE, (0, 0, 1), MINUTE, false),
    case("still active, not time, R", Replace, None, Active, BEFORE, (0, 0, 1), MINUTE, false),
    case("still active, is time, A", Allow, None, Active, AFTER, (1, 0, 2), NEARLY, false),
    case("still active, is time, F", Forbid, None, Active, AFTER, (0, 0, 1), NEARLY, true),
    case("still active, is time, R", Replace, None, Active, AFTER, (1, 1, 1), NEARLY, false),
    case("still active, is time, past deadline", Allow, SHORT, Active, AFTER, (0, 0, 1), NEARLY, true),
    case("still active, is time, not past deadline", Allow, LONG, Active, AFTER, (1, 0, 2), NEARLY, false),
    case("prev ran but done, long overdue, not past deadline, A", Allow, LONG, Done, WEEK, ONE, HOUR, true),
    case("prev ran but done, long overdue, not past deadline, R", Replace, LONG, Done, WEEK, ONE, HOUR, true),
    case("prev ran but done, long overdue, not past deadline, F", Forbid, LONG, Done, WEEK, ONE, HOUR, true),
    case("prev ran but done, long overdue, no deadline, A", Allow, None, Done, WEEK, ONE, HOUR, true),
    case("prev ran but done, long overdue, no deadline, R", Replace, None, Done, WEEK, ONE, HOUR, true),
    case("prev ran but done, long overdue, no deadline, F", Forbid, None, Done, WEEK, ONE, HOUR, true),
    case("prev ran but done, long overdue, past medium deadline, A", Allow, MEDIUM, Done, WEEK, ONE, HOUR, false),
    case("prev ran but done, long overdue, past short deadline, A", Allow, SHORT, Done, WEEK, ONE, HOUR, false),
    case("prev ran but done, long overdue, past medium deadline, R", Replace, MEDIUM, Done, WEEK, ONE, HOUR, false),
    case("prev ran but done, long overdue, past short deadline, R", Replace, SHORT, Done, WEEK, ONE, HOUR, false),
    case("prev ran but done, long overdue, past medium deadline, F", Forbid, MEDIUM, Done, WEEK, ONE, HOUR, false),
    case("prev ran but done, long overdue, past short deadline, F", Forbid, SHORT, Done, WEEK, ONE, HOUR, false),
    case("this ran but done, time drifted back, F", Forbid, None, Done, BEFORE, NONE, MINUTE, false),
    case("this started but went missing, not past deadline, A", Allow, LONG, Listed, AFTER, (0, 0, 1), NEARLY, false),
    case("this started but went missing, not past deadline, f", Forbid, LONG, Listed, AFTER, (0, 0, 1), NEARLY, false),
    case("this started but went missing, not past deadline, R", Replace, LONG, Listed, AFTER, (0, 0, 1), NEARLY, false),
    case("this started but is not present in cronjob active list, not past deadline, A", Allow, LONG, Unrecorded, AFTER, (0, 0, 1), NEARLY, false),
    case("this started but is not present in cronjob active list, not past deadline, f", Forbid, LONG, Unrecorded, AFTER, (0, 0, 1), NEARLY, false),
    case("this started but is not present in cronjob active list, not past deadline, R", Replace, LONG, Unrecorded, AFTER, (0, 0, 1), NEARLY, false),
    every("with @every schedule, never ran, not time", None, Never, BEFORE, "", TOP, NONE, NEARLY, false),
    every("with @every schedule, never ran, is time", None, Never, BEFORE_PRIOR, "", BEFORE, ONE, HOUR, false),
    every("with @every schedule, never ran, is time, past deadline", SHORT, Never, BEFORE_PRIOR, "", "2016-05-19T09:59:11Z", NONE, HOUR - 11, true),
    every("with @every schedule, never ran, is time, not past deadline", LONG, Never, BEFORE_PRIOR, "", "2016-05-19T09:59:09Z", ONE, HOUR - 9, false),
    every("with @every schedule, prev ran but done, not time", None, Done, BEFORE_PRIOR, BEFORE, TOP, NONE, NEARLY, false),
    every("with @every schedule, prev ran but done, is time", None, Done, BEFORE_PRIOR, BEFORE, "2016-05-19T11:00:00Z", ONE, NEARLY, false),
    every("with @every schedule, prev ran but done, is time, past deadline", SHORT, Done, BEFORE_PRIOR, BEFORE, "2016-05-19T10:59:11Z", NONE, HOUR - 11, true),
    every("with @every schedule, still active, not time", None, Active, BEFORE_PRIOR, BEFORE, TOP, (0, 0, 1), NEARLY, false),
    every("with @every schedule, still active, is time", None, Active, BEFORE_PRIOR, BEFORE_PRIOR, AFTER, (1, 0, 2), HOUR - 2 * MINUTE, false),
    every("with @every schedule, still active, is time, past deadline", SHORT, Active, BEFORE_PRIOR, BEFORE, "2016-05-19T10:59:11Z", (0, 0, 1), HOUR - 11, true),
    every("with @every schedule, still active, is time, not past deadline", LONG, Active, BEFORE_PRIOR, BEFORE, "2016-05-19T10:59:09Z", (1, 0, 2), HOUR - 9, false),
    every("with @every schedule, prev ran but done, long overdue, no deadline", None, Done, AFTER_PRIOR, AFTER, WEEK, ONE, MINUTE, true),
    every("with @every schedule, prev ran but done, long overdue, past deadline", SHORT, Done, AFTER_PRIOR, AFTER, "2016-05-26T10:01:11Z", NONE, HOUR - 11, true),
];

fn story(case: &Case) -> Story {
    let mut spec = spec(case.schedule);
    spec.concurrency_policy = case.policy;
    spec.starting_deadline_seconds = case.deadline;
    let mut story = Story::new(case.created, spec);
    if case.earlier != Never {
        story.observed.now = at(case.last);
        let slot = match case.earlier {
            Unrecorded | Listed => at(TOP),
            _ => at(case.last),
        };
        let name = story.add_for(slot);
        if case.earlier == Done {
            story.finish(&name, &[("a", Outcome::Passed)]);
        }
        story.set_status(|status| {
            status.last_schedule_time = Some(Time(at(case.last)));
        });
        // What became of the earlier run is told first; the case is what follows.
        if case.earlier != Unrecorded {
            story.step();
        }
    }
    story
}

#[test]
fn every_case_ends_as_with_a_cronjob() {
    for case in CASES {
        let mut story = story(case);
        let decision = story.step_at(case.now);
        let status = story.status();
        let made = usize::from(decision.creation.is_some());
        let name = case.name;
        assert_eq!(
            (made, decision.replaced.len(), status.active.len()),
            case.expect,
            "{name}: {decision:#?}"
        );
        let next = status.next_schedule_time.unwrap().0;
        assert_eq!(next.duration_since(at(case.now)).as_secs(), case.next, "{name}");
        let warned = decision
            .announcements
            .iter()
            .any(|announcement| announcement.warning);
        assert_eq!(warned, case.warns, "{name}");
        // Again is the same: nothing is made twice, nothing is announced twice.
        let again = story.step();
        assert_eq!(
            (again.creation, again.announcements),
            (None, Vec::new()),
            "{name}, again"
        );
    }
}

/// The table in the docs names every case.
#[test]
fn every_case_is_in_the_docs() {
    let docs = include_str!("../../../../docs/schedules-and-cronjobs.md");
    for case in CASES {
        assert!(docs.contains(&format!("| {} |", case.name)), "{}", case.name);
    }
}
