//! When a CronJob's schedule falls due.
//!
//! The form of a schedule and its meaning are those of the CronJob controller: five fields or a descriptor, minutes as the
//! smallest unit, names of months and weekdays, a day that fits either day field if both are restricted. What its parser
//! answers is committed in `tests/data` and held against this crate.
//!
//! A schedule means the minutes that a clock on the wall shows. A minute that a change of the clock leaves out does not
//! come; one that is shown twice comes twice. Time zones are those of the IANA database in this program, so that a
//! container image needs none and every host gives the same answer.

mod cron;
mod error;
mod every;
mod field;
mod timetable;
mod zone;

pub use error::TimetableError;
pub use timetable::Timetable;
