//! What conform itself expects to be required later.
//!
//! No suite marks a future requirement yet (KEP-5922, not implemented in v1.36). Until one does, this catalogue names
//! what the KEP's survey found untested, and never as if upstream had said so.

mod feature;
mod features;
mod lead_time;
mod needs;

pub use feature::{Feature, FeatureTest, Fitness};
pub use lead_time::LeadTime;
pub use needs::Needs;

use std::{collections::HashMap, sync::LazyLock};

use crate::{Authority, Requirement, TestName};

/// A requirement that upstream has not announced, and why conform expects it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advisory {
    /// The requirement; its authority is always advisory.
    pub requirement: Requirement,
    /// Where the behaviour is discussed: a KEP or an issue.
    pub reference: &'static str,
    /// The rule that gives the release.
    pub lead_time: LeadTime,
    /// Its test.
    pub test: &'static FeatureTest,
}

/// The tests that conform expects to be required, sorted by name: those of [`features`] that could be promoted as they
/// are and that may be run on anybody's cluster.
pub fn advisory() -> &'static [Advisory] {
    static CATALOGUE: LazyLock<Vec<Advisory>> = LazyLock::new(|| {
        let mut all: Vec<Advisory> = features().flat_map(Advisory::of).collect();
        all.sort_by(|a, b| a.requirement.name.cmp(&b.requirement.name));
        all
    });
    &CATALOGUE
}

/// Every behaviour of the catalogue, those included that have no test or none that could be required.
pub fn features() -> impl Iterator<Item = &'static Feature> {
    features::ALL.iter().copied()
}

/// The feature that a test is of, and the catalogue's entry of the test.
pub(crate) fn feature_of(name: &TestName) -> Option<(&'static Feature, &'static FeatureTest)> {
    features().find_map(|feature| {
        let is_it = |test: &&FeatureTest| test.names().any(|one| one == name.without_stage());
        Some((feature, feature.tests.iter().find(is_it)?))
    })
}

/// The newest name of a test of a feature, given an earlier one without stage tags.
pub(crate) fn newest_name(earlier: &str) -> Option<&'static str> {
    static EARLIER: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
        let tests = features().flat_map(|feature| feature.tests);
        tests
            .flat_map(|test| test.earlier.iter().map(|earlier| (*earlier, test.name)))
            .collect()
    });
    EARLIER.get(earlier).copied()
}

impl Advisory {
    fn of(feature: &'static Feature) -> impl Iterator<Item = Self> {
        let expected = feature.tests.iter().filter(|test| feature.expects(test));
        // A name that is none is left out, which a test rules out.
        expected.filter_map(|test| {
            Some(Self {
                requirement: Requirement {
                    name: TestName::new(test.name).ok()?,
                    required_in: feature.earliest(Some(test)),
                    authority: Authority::Advisory,
                    area: test.area,
                },
                reference: feature.reference,
                lead_time: feature.lead_time,
                test,
            })
        })
    }
}

#[cfg(test)]
mod tests;
