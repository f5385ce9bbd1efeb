//! What conform itself expects to be required later.

use crate::Requirement;

/// A requirement that upstream has not announced, and why conform expects it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advisory {
    /// The requirement; its authority is always advisory.
    pub requirement: Requirement,
    /// Where the behaviour is discussed: a KEP or an issue.
    pub reference: &'static str,
    /// The rule that gives the release.
    pub lead_time: LeadTime,
}

/// The rule that gives the earliest release of a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadTime {
    /// KEP-5922: a year's notice before a test binds, and no test before a year after the KEP itself is implemented.
    YearOfNotice,
}

/// The catalogue, sorted by name.
pub fn advisory() -> &'static [Advisory] {
    &[]
}
