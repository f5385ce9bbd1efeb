//! Five fields, and which minutes of a civil calendar they mean.

use jiff::civil::{Date, DateTime};

use crate::{
    TimetableError,
    field::{Bounds, Field},
};

const MINUTE: Bounds = plain("minute", 0, 59);
const HOUR: Bounds = plain("hour", 0, 23);
const DAY: Bounds = plain("day of month", 1, 31);
const MONTH: Bounds = Bounds {
    words: &[
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ],
    ..plain("month", 1, 12)
};
const WEEKDAY: Bounds = Bounds {
    words: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    ..plain("day of week", 0, 6)
};

/// The five fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cron {
    minute: Field,
    hour: Field,
    day: Field,
    month: Field,
    weekday: Field,
}

impl Cron {
    /// Reads five fields, or a word such as `@daily`.
    pub fn parse(schedule: &str) -> Result<Self, TimetableError> {
        if schedule.starts_with('@') {
            return Self::descriptor(schedule);
        }
        let fields: Vec<&str> = schedule.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields.as_slice() else {
            return Err(TimetableError::Fields {
                schedule: schedule.to_owned(),
                found: fields.len(),
            });
        };
        Ok(Self {
            minute: Field::parse(minute, MINUTE)?,
            hour: Field::parse(hour, HOUR)?,
            day: Field::parse(day, DAY)?,
            month: Field::parse(month, MONTH)?,
            weekday: Field::parse(weekday, WEEKDAY)?,
        })
    }

    fn descriptor(word: &str) -> Result<Self, TimetableError> {
        let hourly = Self {
            minute: Field::only(0),
            hour: Field::ALL,
            day: Field::ALL,
            month: Field::ALL,
            weekday: Field::ALL,
        };
        let daily = Self {
            hour: Field::only(0),
            ..hourly
        };
        let monthly = Self {
            day: Field::only(1),
            ..daily
        };
        match word {
            "@hourly" => Ok(hourly),
            "@daily" | "@midnight" => Ok(daily),
            "@weekly" => Ok(Self {
                weekday: Field::only(0),
                ..daily
            }),
            "@monthly" => Ok(monthly),
            "@yearly" | "@annually" => Ok(Self {
                month: Field::only(1),
                ..monthly
            }),
            other => Err(TimetableError::Descriptor(other.to_owned())),
        }
    }

    /// The first part of this minute that the fields do not allow; none if they allow it.
    pub fn mismatch(&self, minute: DateTime) -> Option<Part> {
        if !self.month.allows(minute.month()) {
            Some(Part::Month)
        } else if !self.allows_day(minute.date()) {
            Some(Part::Day)
        } else if !self.hour.allows(minute.hour()) {
            Some(Part::Hour)
        } else if !self.minute.allows(minute.minute()) {
            Some(Part::Minute)
        } else {
            None
        }
    }

    /// A day that fits both day fields; if both are restricted, one that fits either.
    fn allows_day(&self, date: Date) -> bool {
        let day = self.day.allows(date.day());
        let weekday = self.weekday.allows(date.weekday().to_sunday_zero_offset());
        if self.day.open || self.weekday.open {
            day && weekday
        } else {
            day || weekday
        }
    }
}

/// A part of a date and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The month.
    Month,
    /// The day.
    Day,
    /// The hour.
    Hour,
    /// The minute.
    Minute,
}

const fn plain(name: &'static str, low: u32, high: u32) -> Bounds {
    Bounds {
        name,
        low,
        high,
        words: &[],
    }
}
