//! What conform itself expects to be required later.
//!
//! No suite marks a future requirement yet (KEP-5922, not implemented in v1.36). Until one does, this catalogue names
//! what the KEP's survey found untested, and never as if upstream had said so.

mod behaviours;
mod features;

use std::{fmt, sync::LazyLock};

use crate::{Area, Authority, Release, Requirement, TestName};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeadTime {
    /// A behaviour that is no feature of its own: a year after its test was marked or merged.
    YearOfNotice,
    /// A feature with a KEP: two years after its test was merged, and a year after the feature was done.
    TwoYearsOfTests,
}

impl LeadTime {
    /// The earliest release that the rule allows.
    ///
    /// KEP-5922 as it stands lets no test bind before a year after the KEP itself is done. That is planned for 1.38,
    /// and three releases make a year. Every test of the catalogue is old enough that nothing else delays it.
    pub const fn release(self) -> Release {
        match self {
            Self::YearOfNotice | Self::TwoYearsOfTests => Release::new(1, 38).plus(3),
        }
    }
}

impl fmt::Display for LeadTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::YearOfNotice => "KEP-5922: a year's notice",
            Self::TwoYearsOfTests => "KEP-5922: two years of tests, a year of the feature",
        })
    }
}

/// One line of the catalogue.
struct Entry {
    name: &'static str,
    area: Area,
    reference: &'static str,
    lead_time: LeadTime,
}

/// The catalogue, sorted by name.
pub fn advisory() -> &'static [Advisory] {
    static CATALOGUE: LazyLock<Vec<Advisory>> = LazyLock::new(|| {
        let mut all: Vec<Advisory> = entries().filter_map(Entry::advisory).collect();
        all.sort_by(|a, b| a.requirement.name.cmp(&b.requirement.name));
        all
    });
    &CATALOGUE
}

fn entries() -> impl Iterator<Item = &'static Entry> {
    behaviours::ENTRIES.iter().chain(features::ENTRIES)
}

impl Entry {
    /// None if the name is none, which a test rules out.
    fn advisory(&self) -> Option<Advisory> {
        let requirement = Requirement {
            name: TestName::new(self.name).ok()?,
            required_in: self.lead_time.release(),
            authority: Authority::Advisory,
            area: self.area,
        };
        Some(Advisory {
            requirement,
            reference: self.reference,
            lead_time: self.lead_time,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stage;

    #[test]
    fn every_entry_is_a_test_once() {
        let names: Vec<_> = advisory()
            .iter()
            .map(|advisory| &advisory.requirement.name)
            .collect();
        assert_eq!(names.len(), entries().count());
        assert!(names.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn no_entry_ever_binds() {
        for Advisory { requirement, .. } in advisory() {
            assert_eq!(requirement.authority, Authority::Advisory);
            assert_eq!(requirement.required_in, Release::new(1, 41));
            assert_eq!(requirement.stage(Release::new(1, 99)), Stage::Future);
        }
    }

    #[test]
    fn what_cannot_be_promoted_as_it_is_named_is_left_out() {
        // Upstream refuses a conformance test with one of these in its name.
        for Advisory { requirement, .. } in advisory() {
            let name = requirement.name.as_str();
            assert!(
                !["[Feature:", "[Alpha]", "[Flaky]", "Conformance]"]
                    .iter()
                    .any(|tag| name.contains(tag)),
                "{name}"
            );
        }
    }
}
