//! Since when a schedule that is well has had a success.

use conform_crds::ConformanceSchedule;
use conform_timetable::Timetable;
use jiff::{SignedDuration, Timestamp};

use super::{plan::offset, window::Windows};

/// When the run before the last one was to start: if all is well, one has succeeded since. The schedule's own pace is in
/// it, be it every hour or on the first Monday of a month. None if the schedule cannot be read, or has not come to two
/// starts since it was made.
pub fn success_due(schedule: &ConformanceSchedule, now: Timestamp) -> Option<Timestamp> {
    let spec = &schedule.spec;
    let made = schedule.metadata.creation_timestamp.as_ref()?.0;
    let timetable = Timetable::parse(&spec.schedule, spec.time_zone.as_deref()).ok()?;
    let offset = offset(schedule.metadata.uid.as_deref().unwrap_or_default(), spec);
    let slot = before_last(&timetable, made, now.checked_sub(offset).ok()?)?;
    let start = slot.checked_add(offset).ok()?;
    let windows = Windows::of(spec, now).ok()?;
    if windows.are_always_open() {
        return Some(start);
    }
    // Slots outside wait for a window, so no two runs start closer to each other than windows open.
    let opening = windows
        .openings()
        .filter_map(|opens| before_last(opens, made, now));
    opening.max().map(|opening| start.min(opening))
}

/// The slot before the last one that is not later than `until`, if both are after `after`.
fn before_last(timetable: &Timetable, after: Timestamp, until: Timestamp) -> Option<Timestamp> {
    let last = timetable.latest(after, until)?;
    timetable.latest(after, last.checked_sub(SignedDuration::from_secs(1)).ok()?)
}

#[cfg(test)]
mod tests {
    use conform_crds::{ConformanceRunSpec, ConformanceScheduleSpec, MaintenanceWindow};
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use rstest::rstest;

    use super::*;

    /// Made on a Saturday; looked at on the Wednesday three weeks later.
    #[rstest]
    #[case::daily("0 3 * * *", None, Some("2026-11-24T03:00:00Z"))]
    #[case::on_weekdays("0 9 * * 1-5", None, Some("2026-11-24T09:00:00Z"))]
    #[case::weekly("0 3 * * 1", None, Some("2026-11-16T03:00:00Z"))]
    #[case::every("@every 12h", None, Some("2026-11-24T12:00:00Z"))]
    #[case::monthly_has_come_once("0 3 20 * *", None, None)]
    #[case::daily_in_a_weekly_window("0 3 * * *", Some("0 2 * * 6"), Some("2026-11-14T02:00:00Z"))]
    #[case::weekly_in_a_daily_window("0 3 * * 1", Some("0 22 * * *"), Some("2026-11-16T03:00:00Z"))]
    #[case::a_window_that_has_opened_once("0 3 * * *", Some("0 2 20 * *"), None)]
    #[case::unreadable("99 * * * *", None, None)]
    fn the_run_before_the_last_one(
        #[case] slots: &str,
        #[case] window: Option<&str>,
        #[case] due: Option<&str>,
    ) {
        let mut spec = ConformanceScheduleSpec::of(slots, ConformanceRunSpec::default());
        spec.maintenance_windows
            .extend(window.map(|opens| MaintenanceWindow {
                name: "window".to_owned(),
                opens: opens.to_owned(),
                duration_seconds: 3600,
            }));
        let mut schedule = ConformanceSchedule::new("x", spec);
        schedule.metadata.creation_timestamp = Some(Time("2026-11-07T00:00:00Z".parse().unwrap()));
        let now = "2026-11-25T10:00:00Z".parse().unwrap();
        assert_eq!(success_due(&schedule, now), due.map(|due| due.parse().unwrap()));
    }
}
