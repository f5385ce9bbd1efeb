//! What is to be done next with a schedule.

use std::time::Duration;

use conform_crds::{ConformanceRun, ConformanceScheduleStatus};

use crate::announce::Announcement;

/// At most one new run, the status that holds once it is made, and deletions.
///
/// A run's name tells what it is for, so that making it twice is one; the status is written after that. An operator that is
/// killed in between comes to the same decision again. History goes last: who does not let it go stops nothing else.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// Runs to delete before the new one is made: it takes their place.
    pub replaced: Vec<Deletion>,
    /// The run to make.
    pub creation: Option<Box<ConformanceRun>>,
    /// The status that holds when that is done.
    pub status: ConformanceScheduleStatus,
    /// Finished runs to delete when all else is done.
    pub deletions: Vec<Deletion>,
    /// When to look again even if nothing that is watched changes.
    pub look_again: Option<Duration>,
    /// What to tell people.
    pub announcements: Vec<Announcement>,
}

/// A run that goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// Its name.
    pub name: String,
    /// Its uid: another run of that name stays.
    pub uid: String,
}
