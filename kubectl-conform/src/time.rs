//! Durations as people write and read them.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};

/// Reads `6h`, `1h30m`, `90s`, or a plain number of seconds.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    if let Ok(seconds) = text.parse::<u64>() {
        return Ok(Duration::from_secs(seconds));
    }
    let duration: SignedDuration = text
        .parse()
        .map_err(|_| "write it like 90s, 30m, 6h or 1h30m".to_owned())?;
    Duration::try_from(duration).map_err(|_| "it must not be negative".to_owned())
}

/// A span in kubectl's short form: `45s`, `12m`, `3h5m`, `6d`.
pub fn short(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match () {
        () if seconds < 120 => format!("{seconds}s"),
        () if minutes < 10 && seconds % 60 != 0 => format!("{minutes}m{}s", seconds % 60),
        () if minutes < 180 => format!("{minutes}m"),
        () if hours < 8 && minutes % 60 != 0 => format!("{hours}h{}m", minutes % 60),
        () if hours < 48 => format!("{hours}h"),
        () => format!("{days}d"),
    }
}

/// How long ago `then` was, in kubectl's short form.
pub fn age(then: Option<Timestamp>, now: Timestamp) -> String {
    then.map_or_else(
        || "<unknown>".to_owned(),
        |then| short(now.duration_since(then).as_secs()),
    )
}

/// The moment that a text says; what says no zone is taken for UTC, in which suites run.
pub fn moment(text: &str) -> Option<Timestamp> {
    let without_zone = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok();
    let moment = text.parse().ok();
    moment.or_else(|| without_zone().map(|zoned| zoned.timestamp()))
}

/// Milliseconds as `0.4s`, `12.0s` or, from two minutes on, as [`short`] has it.
pub fn milliseconds(count: i64) -> String {
    let count = count.max(0);
    if count < 120_000 {
        format!("{}.{}s", count / 1000, count % 1000 / 100)
    } else {
        short(count / 1000)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("6h", 21_600)]
    #[case("1h30m", 5400)]
    #[case("90", 90)]
    #[case("0", 0)]
    fn reads_durations(#[case] text: &str, #[case] seconds: u64) {
        assert_eq!(parse_duration(text), Ok(Duration::from_secs(seconds)));
    }

    #[rstest]
    #[case("soon")]
    #[case("-5s")]
    fn refuses_what_is_no_duration(#[case] text: &str) {
        assert!(parse_duration(text).is_err());
    }

    #[rstest]
    #[case(-3, "0s")]
    #[case(119, "119s")]
    #[case(185, "3m5s")]
    #[case(3600, "60m")]
    #[case(11_100, "3h5m")]
    #[case(100_000, "27h")]
    #[case(600_000, "6d")]
    fn writes_ages_like_kubectl(#[case] seconds: i64, #[case] text: &str) {
        assert_eq!(short(seconds), text);
    }

    #[rstest]
    #[case("2026-11-22T10:00:00Z", Some(1_795_341_600))]
    #[case("2026-11-22T11:00:00+01:00", Some(1_795_341_600))]
    #[case("2026-11-22T10:00:00", Some(1_795_341_600))]
    #[case("yesterday", None)]
    fn reads_moments(#[case] text: &str, #[case] seconds: Option<i64>) {
        assert_eq!(moment(text).map(Timestamp::as_second), seconds);
    }

    #[test]
    fn writes_the_time_of_a_test() {
        assert_eq!(
            [milliseconds(0), milliseconds(432), milliseconds(183_000)],
            ["0.0s", "0.4s", "3m3s"]
        );
    }
}
