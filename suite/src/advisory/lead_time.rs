//! How early a requirement may bind.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Release;

/// The rule that gives the earliest release of a requirement, as KEP-5922 has it at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum LeadTime {
    /// A behaviour that is no feature of its own: a year after its test was marked or merged.
    YearOfNotice,
    /// A feature with a KEP: two years after its test was merged, and a year after the feature was done.
    TwoYearsOfTests,
}

/// Releases in a year.
const YEAR: u16 = 3;

/// KEP-5922 lets no test bind before a year after the KEP itself is done, which is planned for 1.38.
const FIRST: Release = Release::new(1, 38).plus(YEAR);

impl LeadTime {
    /// The earliest release that the rule allows for a test whose first suite is that of `merged`, of a feature that is
    /// generally available since `available`.
    pub fn earliest(self, merged: Release, available: Option<Release>) -> Release {
        let own = match self {
            Self::YearOfNotice => merged.plus(YEAR),
            Self::TwoYearsOfTests => available
                .map_or(merged, |available| available.plus(YEAR))
                .max(merged.plus(2 * YEAR)),
        };
        own.max(FIRST)
    }

    /// What the first draft of the KEP asked for instead: releases between the mark and the requirement.
    pub const fn first_draft(self) -> u16 {
        match self {
            Self::YearOfNotice => 2,
            Self::TwoYearsOfTests => 4,
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(LeadTime::YearOfNotice, 35, 20, 41)]
    #[case(LeadTime::YearOfNotice, 40, 20, 43)]
    #[case(LeadTime::TwoYearsOfTests, 29, 26, 41)]
    #[case(LeadTime::TwoYearsOfTests, 37, 31, 43)]
    #[case(LeadTime::TwoYearsOfTests, 33, 39, 42)]
    fn the_longest_wait_counts(
        #[case] rule: LeadTime,
        #[case] merged: u16,
        #[case] available: u16,
        #[case] earliest: u16,
    ) {
        let release = |minor| Release::new(1, minor);
        assert_eq!(
            rule.earliest(release(merged), Some(release(available))),
            release(earliest)
        );
    }
}
