//! Which slot of a schedule a run is due for, by the rules of the CronJob controller.

use conform_timetable::Timetable;
use jiff::{SignedDuration, Timestamp};

/// The CronJob controller warns if more slots than these were missed.
pub const MANY: usize = 100;

/// What of the schedule is to be looked at.
#[derive(Clone, Copy, Debug)]
pub struct Past {
    /// When the schedule was made.
    pub created: Timestamp,
    /// The slot that a run was last made for.
    pub last: Option<Timestamp>,
    /// For how long a slot may still be started.
    pub deadline: Option<SignedDuration>,
}

/// What the clock says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// No slot has come since the last one.
    No,
    /// A run is due for this slot. So many earlier ones were missed; at most [`MANY`] and one more are counted.
    Slot(Timestamp, usize),
    /// The last slot came too long ago.
    TooLate(Timestamp),
}

/// What is due at `now`. Only the latest slot ever is: what was missed before it is not made up for.
pub fn due(timetable: &Timetable, past: &Past, now: Timestamp) -> Due {
    let since = past.since();
    let Some(slot) = timetable.latest(since, now) else {
        return Due::No;
    };
    let open = past.deadline.and_then(|deadline| now.checked_sub(deadline).ok());
    match open {
        // On the edge is too late.
        Some(open) if slot <= open => Due::TooLate(slot),
        _ => {
            let start = open.map_or(since, |open| since.max(open));
            let all = timetable.count(start, slot, MANY.saturating_add(1));
            Due::Slot(slot, all.saturating_sub(1))
        }
    }
}

/// The slot that follows `now`. One of `@every` is counted from the last.
pub fn next(timetable: &Timetable, past: &Past, now: Timestamp) -> Option<Timestamp> {
    let since = past.since();
    timetable.next(timetable.latest(since, now).unwrap_or(since))
}

impl Past {
    /// The time from which slots count.
    fn since(&self) -> Timestamp {
        self.last.unwrap_or(self.created)
    }
}

/// What is past may lie ahead by this much: clocks of two operators differ a little.
pub const TOLERANCE: SignedDuration = SignedDuration::from_mins(10);

/// True if what the schedule remembers lies ahead: the clock was set back. Nothing would fall due until it is there again.
pub fn is_ahead(past: &Past, now: Timestamp) -> bool {
    past.since().duration_since(now) > TOLERANCE
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const TOP: &str = "2016-05-19T10:00:00Z";

    fn after(minutes: i64, seconds: i64) -> Timestamp {
        let top: Timestamp = TOP.parse().unwrap();
        top + SignedDuration::from_secs(minutes * 60 + seconds)
    }

    /// Minutes since the top of the hour at which the schedule was last made for or made, now, and the slot that is due;
    /// and whether more than a hundred were missed. By the CronJob controller's TestMostRecentScheduleTime.
    #[rstest]
    #[case::now_before_next_schedule("0 * * * *", (0, 0), (0, 30), None, false)]
    #[case::now_just_after_next_schedule("0 * * * *", (0, 0), (61, 0), Some(60), false)]
    #[case::missed_5_schedules("0 * * * *", (0, 10), (301, 0), Some(300), false)]
    #[case::complex_schedule("30 6-16/4 * * 1-5", (30, 0), (1471, 0), Some(1470), false)]
    // Theirs finds nothing here, since it estimates; the latest slot is 12:30 of the second day.
    #[case::another_complex_schedule("30 10,11,12 * * 1-5", (30, 0), (1830, 0), Some(1590), false)]
    #[case::with_longer_diff("30 6-16/4 * * 1-5", (30, 0), (5791, 0), Some(5790), false)]
    #[case::with_shorter_diff("30 6-16/4 * * 1-5", (0, 0), (1471, 0), Some(1470), false)]
    #[case::every_schedule("@every 1h", (1, 0), (7 * 1440, 0), Some(6 * 1440 + 23 * 60 + 1), true)]
    #[case::being_last_schedule_time("*/5 * * * *", (30, 0), (31, 0), None, false)]
    fn most_recent_schedule_time(
        #[case] schedule: &str,
        #[case] since: (i64, i64),
        #[case] now: (i64, i64),
        #[case] slot: Option<i64>,
        #[case] many: bool,
    ) {
        let timetable = Timetable::parse(schedule, None).unwrap();
        let past = Past {
            created: after(-1000, 0),
            last: Some(after(since.0, since.1)),
            deadline: None,
        };
        let due = due(&timetable, &past, after(now.0, now.1));
        match slot {
            None => assert_eq!(due, Due::No),
            Some(slot) => {
                let Due::Slot(found, missed) = due else {
                    panic!("{due:?}")
                };
                assert_eq!(found, after(slot, 0));
                assert_eq!(missed >= MANY, many, "{missed}");
            }
        }
    }

    /// By TestNextScheduleTimeDuration: minutes until the next slot.
    #[rstest]
    #[case::complex_schedule_skipping_weekend("30 6-16/4 * * 1-5", Some(30), 1471, 239)]
    #[case::another_complex_schedule_skipping_weekend("30 10,11,12 * * 1-5", Some(30), 1830, 66 * 60)]
    #[case::once_a_week_missed_two_runs("0 12 * * 4", Some(120), 19 * 1440 + 90, 48 * 60 + 30)]
    #[case::no_previous_run("0 12 * * 5", None, 360, 20 * 60)]
    fn next_schedule_time_duration(
        #[case] schedule: &str,
        #[case] last: Option<i64>,
        #[case] now: i64,
        #[case] minutes: i64,
    ) {
        let timetable = Timetable::parse(schedule, None).unwrap();
        let past = Past {
            created: after(0, 0),
            last: last.map(|last| after(last, 0)),
            deadline: None,
        };
        let next = next(&timetable, &past, after(now, 0)).unwrap();
        assert_eq!(
            next.duration_since(after(now, 0)),
            SignedDuration::from_mins(minutes)
        );
    }

    #[test]
    fn every_with_a_short_deadline_runs_on_time() {
        let timetable = Timetable::parse("@every 1h", None).unwrap();
        let past = Past {
            created: after(0, 0),
            last: None,
            deadline: Some(SignedDuration::from_secs(10)),
        };
        assert_eq!(due(&timetable, &past, after(180, 1)), Due::Slot(after(180, 0), 0));
        assert_eq!(
            due(&timetable, &past, after(180, 10)),
            Due::TooLate(after(180, 0))
        );
    }
}
