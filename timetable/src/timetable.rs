//! The slots of a schedule, forwards and backwards.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

use crate::{
    TimetableError,
    cron::{Cron, Part},
    every,
    zone::zone,
};

/// How far ahead a slot is looked for: a schedule of 29 February comes, one of 30 February does not.
const YEARS_AHEAD: i16 = 5;

/// When a schedule falls due.
#[derive(Clone, Debug)]
pub struct Timetable {
    form: Form,
    zone: TimeZone,
}

#[derive(Clone, Debug)]
enum Form {
    /// Minutes of the civil calendar.
    Cron(Box<Cron>),
    /// A fixed time apart, counted from what was before.
    Every(SignedDuration),
}

impl Timetable {
    /// Reads a schedule: five fields, `@daily` and its like, or `@every 1h30m`. The zone is a name of the IANA database,
    /// UTC if none is given.
    pub fn parse(schedule: &str, time_zone: Option<&str>) -> Result<Self, TimetableError> {
        let zone = zone(time_zone)?;
        if schedule.contains("TZ") {
            return Err(TimetableError::ZoneInSchedule(schedule.to_owned()));
        }
        let form = match every::parse(schedule) {
            Some(every) => Form::Every(every?),
            None => Form::Cron(Box::new(Cron::parse(schedule)?)),
        };
        Ok(Self { form, zone })
    }

    /// As [`parse`](Self::parse), and refuses a schedule that has no slot within five years of `now`.
    pub fn coming(schedule: &str, time_zone: Option<&str>, now: Timestamp) -> Result<Self, TimetableError> {
        let timetable = Self::parse(schedule, time_zone)?;
        match timetable.next(now) {
            Some(_) => Ok(timetable),
            None => Err(TimetableError::Never(schedule.to_owned())),
        }
    }

    /// The zone that the schedule's clock shows.
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The first slot after `after`; none if none comes within five years.
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        match &self.form {
            Form::Every(every) => second(after).checked_add(*every).ok(),
            Form::Cron(cron) => self.next_minute(cron, after),
        }
    }

    /// The last slot after `after` that is not later than `until`.
    pub fn latest(&self, after: Timestamp, until: Timestamp) -> Option<Timestamp> {
        match &self.form {
            Form::Every(every) => {
                let passed = until.duration_since(second(after)).as_secs();
                let slots = passed.checked_div(every.as_secs()).filter(|slots| *slots > 0)?;
                second(after)
                    .checked_add(every.checked_mul(i32::try_from(slots).ok()?)?)
                    .ok()
            }
            Form::Cron(cron) => self.last_minute(cron, after, until),
        }
    }

    /// How many slots there are after `after` that are not later than `until`, counted to at most `limit`.
    pub fn count(&self, after: Timestamp, until: Timestamp, limit: usize) -> usize {
        std::iter::successors(self.next(after), |slot| self.next(*slot))
            .take_while(|slot| *slot <= until)
            .take(limit)
            .count()
    }

    fn next_minute(&self, cron: &Cron, after: Timestamp) -> Option<Timestamp> {
        let mut at = minute(after).checked_add(MINUTE).ok()?;
        let last_year = self.zone.to_datetime(at).year().checked_add(YEARS_AHEAD)?;
        loop {
            let local = self.zone.to_datetime(at);
            if local.year() > last_year {
                return None;
            }
            let ahead = match cron.mismatch(local) {
                None => return Some(at),
                Some(Part::Month) => self.start_of(local.date().last_of_month().tomorrow().ok()?)?,
                Some(Part::Day) => self.start_of(local.date().tomorrow().ok()?)?,
                Some(Part::Hour) => at.checked_add(minutes(60 - local.minute())).ok()?,
                Some(Part::Minute) => at.checked_add(MINUTE).ok()?,
            };
            at = ahead;
        }
    }

    fn last_minute(&self, cron: &Cron, after: Timestamp, until: Timestamp) -> Option<Timestamp> {
        let mut at = minute(until);
        while at > after {
            let local = self.zone.to_datetime(at);
            let before = match cron.mismatch(local) {
                None => return Some(at),
                Some(Part::Month) => self.before(local.date().first_of_month())?,
                Some(Part::Day) => self.before(local.date())?,
                Some(Part::Hour) => at.checked_sub(minutes(local.minute().checked_add(1)?)).ok()?,
                Some(Part::Minute) => at.checked_sub(MINUTE).ok()?,
            };
            at = before;
        }
        None
    }

    /// The first moment of a day. Where a change of the clock leaves out midnight, the one after it.
    fn start_of(&self, date: Date) -> Option<Timestamp> {
        date.to_zoned(self.zone.clone())
            .ok()
            .map(|start| start.timestamp())
    }

    /// The minute before a day.
    fn before(&self, date: Date) -> Option<Timestamp> {
        self.start_of(date)?.checked_sub(MINUTE).ok()
    }
}

const MINUTE: SignedDuration = SignedDuration::from_secs(60);

fn minutes(count: i8) -> SignedDuration {
    SignedDuration::from_secs(i64::from(count) * 60)
}

/// The minute that a moment lies in.
fn minute(at: Timestamp) -> Timestamp {
    let second = at.as_second();
    Timestamp::from_second(second - second.rem_euclid(60)).unwrap_or(Timestamp::MIN)
}

/// The second that a moment lies in.
fn second(at: Timestamp) -> Timestamp {
    let whole = at.as_second();
    // Moments before 1970 count towards zero.
    let whole = if at.subsec_nanosecond() < 0 {
        whole - 1
    } else {
        whole
    };
    Timestamp::from_second(whole).unwrap_or(Timestamp::MIN)
}
