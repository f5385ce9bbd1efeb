//! Why something is no schedule.

/// Why a schedule or a time zone cannot be used. Each says which part, and what would do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimetableError {
    /// Not five fields.
    #[error(
        "schedule {schedule:?} has {found} fields, and it takes five: minute, hour, day of month, month, day of week"
    )]
    Fields {
        /// The schedule.
        schedule: String,
        /// How many fields it has.
        found: usize,
    },
    /// A field that cannot be read.
    #[error("{field} {text:?} of the schedule: {problem}")]
    Field {
        /// Which field.
        field: &'static str,
        /// The part of the field that is wrong.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A word with `@` that is none of those that there are.
    #[error(
        "schedule {0:?} is none of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly and @every DURATION"
    )]
    Descriptor(String),
    /// What follows `@every` is no duration, or too short.
    #[error(
        "schedule {0:?}: after @every comes a duration of at least a minute in hours, minutes and seconds, such as 1h30m"
    )]
    Every(String),
    /// The time zone within the schedule.
    #[error("schedule {0:?}: the time zone is a field of its own, timeZone")]
    ZoneInSchedule(String),
    /// A schedule of a day that no month has.
    #[error("schedule {0:?} names no day that comes within five years")]
    Never(String),
    /// Not the name of a time zone.
    #[error("time zone {0:?} is not in the IANA database; write it like Europe/Berlin or Etc/UTC")]
    UnknownZone(String),
    /// The name of a time zone but for capitals.
    #[error("time zone {given:?} is written {known:?}")]
    ZoneSpelling {
        /// What was given.
        given: String,
        /// How it is written.
        known: String,
    },
}
