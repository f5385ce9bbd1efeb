//! Maintenance windows: when runs may start.

use conform_crds::ConformanceScheduleSpec;
use conform_timetable::{Timetable, TimetableError};
use jiff::{SignedDuration, Timestamp};

/// The windows of one schedule; without one, it is always open.
#[derive(Clone, Debug, Default)]
pub struct Windows(Vec<Window>);

#[derive(Clone, Debug)]
struct Window {
    opens: Timetable,
    length: SignedDuration,
}

impl Windows {
    /// Reads the windows of a spec. The error names the window.
    pub fn of(spec: &ConformanceScheduleSpec, now: Timestamp) -> Result<Self, (String, TimetableError)> {
        let mut windows = Vec::new();
        for window in &spec.maintenance_windows {
            let opens = Timetable::coming(&window.opens, spec.time_zone.as_deref(), now)
                .map_err(|error| (window.name.clone(), error))?;
            windows.push(Window {
                opens,
                length: SignedDuration::from_secs(i64::from(window.duration_seconds)),
            });
        }
        Ok(Self(windows))
    }

    /// True if there is no window, so that runs may start at any time.
    pub const fn are_always_open(&self) -> bool {
        self.0.is_empty()
    }

    /// When each of them opens.
    pub fn openings(&self) -> impl Iterator<Item = &Timetable> {
        self.0.iter().map(|window| &window.opens)
    }

    /// True if a run may start at this time.
    pub fn are_open(&self, at: Timestamp) -> bool {
        self.0.is_empty() || self.0.iter().any(|window| window.is_open(at))
    }

    /// The first moment at or after `at` at which a run may start; none if no window opens within five years.
    pub fn opening(&self, at: Timestamp) -> Option<Timestamp> {
        if self.are_open(at) {
            return Some(at);
        }
        self.0.iter().filter_map(|window| window.opens.next(at)).min()
    }
}

impl Window {
    /// From its opening, and so long; at its end it is closed.
    fn is_open(&self, at: Timestamp) -> bool {
        let earliest = at.checked_sub(self.length).unwrap_or(Timestamp::MIN);
        self.opens.latest(earliest, at).is_some()
    }
}

#[cfg(test)]
mod tests {
    use conform_crds::{ConformanceRunSpec, MaintenanceWindow};
    use rstest::rstest;

    use super::*;

    /// Nights from 22:00 for eight hours in Berlin, and Sunday noon for an hour.
    fn windows() -> Windows {
        let window = |name: &str, opens: &str, duration_seconds| MaintenanceWindow {
            name: name.to_owned(),
            opens: opens.to_owned(),
            duration_seconds,
        };
        let spec = ConformanceScheduleSpec {
            time_zone: Some("Europe/Berlin".to_owned()),
            maintenance_windows: vec![
                window("nights", "0 22 * * *", 28_800),
                window("noon", "0 12 * * SUN", 3600),
            ],
            ..ConformanceScheduleSpec::of("@hourly", ConformanceRunSpec::default())
        };
        Windows::of(&spec, at("2026-11-22T00:00:00Z")).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[rstest]
    #[case("2026-11-20T20:59:59Z", false)]
    #[case("2026-11-20T21:00:00Z", true)]
    #[case("2026-11-21T04:59:59Z", true)]
    #[case("2026-11-21T05:00:00Z", false)]
    #[case("2026-11-21T11:30:00Z", false)]
    #[case("2026-11-22T11:30:00Z", true)]
    #[case("2026-07-01T20:00:00Z", true)]
    fn is_open(#[case] time: &str, #[case] open: bool) {
        assert_eq!(windows().are_open(at(time)), open);
    }

    #[test]
    fn the_next_opening_is_that_of_the_first_window() {
        assert_eq!(
            windows().opening(at("2026-11-22T06:00:00Z")),
            Some(at("2026-11-22T11:00:00Z"))
        );
        let inside = at("2026-11-22T11:10:00Z");
        assert_eq!(windows().opening(inside), Some(inside));
        assert_eq!(Windows::default().opening(inside), Some(inside));
    }

    #[test]
    fn a_window_that_cannot_be_read_is_named() {
        let spec = ConformanceScheduleSpec {
            maintenance_windows: vec![MaintenanceWindow {
                name: "never".to_owned(),
                opens: "0 0 30 2 *".to_owned(),
                duration_seconds: 60,
            }],
            ..ConformanceScheduleSpec::of("@hourly", ConformanceRunSpec::default())
        };
        let (name, error) = Windows::of(&spec, Timestamp::UNIX_EPOCH).unwrap_err();
        assert_eq!(
            (name.as_str(), error),
            ("never", TimetableError::Never("0 0 30 2 *".to_owned()))
        );
    }
}
