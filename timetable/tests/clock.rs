//! Changes of the clock, days that do not come, and that slots found backwards are those found forwards.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use conform_timetable::{Timetable, TimetableError};
use jiff::Timestamp;
use proptest::prelude::*;
use rstest::rstest;

/// The slots of one span, as the clock on the wall shows them.
fn shown(schedule: &str, zone: &str, from: &str, to: &str) -> Vec<String> {
    let timetable = Timetable::parse(schedule, Some(zone)).unwrap();
    let (from, to): (Timestamp, Timestamp) = (from.parse().unwrap(), to.parse().unwrap());
    std::iter::successors(timetable.next(from), |slot| timetable.next(*slot))
        .take_while(|slot| *slot <= to)
        .map(|slot| {
            slot.to_zoned(timetable.zone().clone())
                .strftime("%d %H:%M%z")
                .to_string()
        })
        .collect()
}

#[test]
fn a_minute_that_the_clock_leaves_out_does_not_come() {
    let slots = shown(
        "30 2 * * *",
        "Europe/Berlin",
        "2026-03-28T00:00:00Z",
        "2026-03-30T12:00:00Z",
    );
    assert_eq!(slots, ["28 02:30+0100", "30 02:30+0200"]);
}

#[test]
fn a_minute_that_is_shown_twice_comes_twice() {
    let slots = shown(
        "30 2 * * *",
        "Europe/Berlin",
        "2026-10-24T12:00:00Z",
        "2026-10-25T12:00:00Z",
    );
    assert_eq!(slots, ["25 02:30+0200", "25 02:30+0100"]);
}

#[test]
fn every_hour_is_every_hour_whatever_the_clock_shows() {
    let slots = shown(
        "0 * * * *",
        "America/New_York",
        "2026-11-01T04:30:00Z",
        "2026-11-01T08:00:00Z",
    );
    assert_eq!(
        slots,
        ["01 01:00-0400", "01 01:00-0500", "01 02:00-0500", "01 03:00-0500"]
    );
}

#[test]
fn a_change_of_half_an_hour_leaves_out_no_day() {
    let slots = shown(
        "@daily",
        "Australia/Lord_Howe",
        "2026-10-02T23:00:00Z",
        "2026-10-06T00:00:00Z",
    );
    assert_eq!(slots, ["04 00:00+1030", "05 00:00+1100", "06 00:00+1100"]);
}

#[test]
fn a_midnight_that_is_left_out_moves_no_day() {
    let slots = shown(
        "0 3 * * 6",
        "America/Havana",
        "2026-03-01T12:00:00Z",
        "2026-03-15T12:00:00Z",
    );
    assert_eq!(slots, ["07 03:00-0500", "14 03:00-0400"]);
    let slots = shown(
        "0 0 * * *",
        "America/Havana",
        "2026-03-07T12:00:00Z",
        "2026-03-09T12:00:00Z",
    );
    assert_eq!(slots, ["09 00:00-0400"]);
}

#[test]
fn a_day_that_a_zone_left_out_is_no_trap() {
    let slots = shown(
        "@daily",
        "Pacific/Apia",
        "2011-12-28T12:00:00Z",
        "2012-01-01T00:00:00Z",
    );
    assert_eq!(slots, ["29 00:00-1000", "31 00:00+1400", "01 00:00+1400"]);
}

#[rstest]
#[case("0 0 30 2 *")]
#[case("59 23 31 4,6,9,11 *")]
fn a_day_that_never_comes_is_refused(#[case] schedule: &str) {
    let now: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
    let error = Timetable::coming(schedule, None, now).unwrap_err();
    assert_eq!(error, TimetableError::Never(schedule.to_owned()));
}

#[test]
fn a_leap_day_comes() {
    let now: Timestamp = "2024-03-01T00:00:00Z".parse().unwrap();
    let next = Timetable::coming("0 0 29 2 *", None, now)
        .unwrap()
        .next(now)
        .unwrap();
    assert_eq!(next.to_string(), "2028-02-29T00:00:00Z");
}

#[test]
fn slots_are_counted_to_a_limit() {
    let timetable = Timetable::parse("* * * * *", None).unwrap();
    let (from, to) = (Timestamp::UNIX_EPOCH, Timestamp::from_second(6000).unwrap());
    assert_eq!(timetable.count(from, to, 1000), 100);
    assert_eq!(timetable.count(from, to, 7), 7);
    assert_eq!(timetable.count(to, from, 7), 0);
}

#[rstest]
#[case(Timestamp::MAX)]
#[case(Timestamp::MIN)]
fn the_ends_of_time_are_no_trap(#[case] at: Timestamp) {
    for schedule in ["* * * * *", "@yearly", "@every 1h"] {
        let timetable = Timetable::parse(schedule, Some("Europe/Berlin")).unwrap();
        let _ = timetable.next(at);
        let _ = timetable.latest(Timestamp::MIN, at);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn backwards_finds_what_forwards_finds(
        schedule in "(\\*|\\*/[1-9]|[0-9]|[1-4]-[5-9]) (\\*|\\*/[2-9]|[0-9]|1?[0-9]-2[0-3]) (\\*|1[0-9]|[1-9]/5) (\\*|[1-9]) (\\*|[0-6])",
        zone in proptest::sample::select(vec!["Etc/UTC", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Tehran", "America/Sao_Paulo"]),
        from in 0_i64..2_000_000_000,
        span in 0_i64..90_000_000,
    ) {
        let timetable = Timetable::parse(&schedule, Some(zone)).unwrap();
        let (from, until) = (Timestamp::from_second(from).unwrap(), Timestamp::from_second(from + span).unwrap());
        let latest = timetable.latest(from, until);
        match latest {
            Some(slot) => {
                prop_assert!(slot > from && slot <= until);
                prop_assert!(timetable.next(slot).is_none_or(|next| next > until));
                let before = Timestamp::from_second(slot.as_second() - 1).unwrap();
                prop_assert_eq!(timetable.next(before), Some(slot));
            }
            None => prop_assert!(timetable.next(from).is_none_or(|next| next > until)),
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "[-*/,?@0-9a-zA-Z. \u{0}-\u{7f}]{0,40}") {
        let _ = Timetable::parse(&text, Some(&text));
        let _ = Timetable::coming(&text, None, Timestamp::UNIX_EPOCH);
    }
}
