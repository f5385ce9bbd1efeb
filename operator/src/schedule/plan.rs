//! A schedule's spec, read: what of it is wrong, or what it means.

use conform_crds::{ConformanceScheduleSpec, conditions::reasons};
use conform_timetable::{Timetable, TimetableError};
use jiff::{SignedDuration, Timestamp};

use super::{
    due::{Past, next},
    observed::Observed,
    window::Windows,
};
use crate::{
    condition::{Said, Truth},
    digest::number,
};

/// When runs of one schedule fall due and when they may start.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The slots.
    pub timetable: Timetable,
    /// When runs may start.
    pub windows: Windows,
    /// How much later than its slot a run starts.
    pub offset: SignedDuration,
}

/// Why a spec cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The reason for conditions.
    pub reason: &'static str,
    /// What is wrong, in a sentence.
    pub message: String,
}

impl Flaw {
    /// The same as a condition's words.
    pub fn said(self) -> Said {
        Said::new(Truth::False, self.reason, self.message)
    }
}

impl Plan {
    /// Reads the spec of a schedule.
    pub fn of(observed: &Observed) -> Result<Self, Flaw> {
        let spec = &observed.schedule.spec;
        let timetable = Timetable::coming(&spec.schedule, spec.time_zone.as_deref(), observed.now);
        let timetable = timetable.map_err(|error| flaw(&error, &error.to_string()))?;
        let windows = Windows::of(spec, observed.now)
            .map_err(|(name, error)| flaw(&error, &format!("maintenance window {name}: {error}")))?;
        let unknown = spec
            .run_template
            .spec
            .profiles
            .iter()
            .filter(|name| !observed.profiles.contains(name))
            .find_map(|name| conform_suite::profile(name).err());
        if let Some(error) = unknown {
            return Err(Flaw {
                reason: reasons::UNKNOWN_PROFILE,
                message: format!(
                    "The template's profiles: {error}; and the cluster has no ConformanceProfile of that name."
                ),
            });
        }
        let uid = observed.schedule.metadata.uid.as_deref().unwrap_or_default();
        Ok(Self {
            timetable,
            windows,
            offset: offset(uid, spec),
        })
    }

    /// When the run of the slot that follows `now` may start: its time, its jitter, and the window that is open then.
    pub fn next_start(&self, past: &Past, now: Timestamp) -> Option<Timestamp> {
        let shifted = now.checked_sub(self.offset).ok()?;
        let slot = next(&self.timetable, past, shifted)?;
        self.windows.opening(slot.checked_add(self.offset).ok()?)
    }
}

fn flaw(error: &TimetableError, message: &str) -> Flaw {
    let reason = match error {
        TimetableError::UnknownZone(_) | TimetableError::ZoneSpelling { .. } => reasons::UNKNOWN_TIME_ZONE,
        _ => reasons::INVALID_SCHEDULE,
    };
    let mut letters = message.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    Flaw {
        reason,
        message: format!("{capital}{}.", letters.as_str()),
    }
}

/// Where in its jitter a schedule starts: always the same for one object, spread evenly over many.
pub fn offset(uid: &str, spec: &ConformanceScheduleSpec) -> SignedDuration {
    let span = u64::try_from(spec.jitter_seconds).unwrap_or(0).saturating_add(1);
    SignedDuration::from_secs(i64::try_from(number(uid) % span).unwrap_or(0))
}
