//! One behaviour of the catalogue.

use super::{LeadTime, Needs};
use crate::{
    Area, Authority, Release, TestName,
    catalogue::{Life, upstream},
};

/// One behaviour that every cluster should show, or that was discussed as such.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Where it is discussed: a KEP or an issue.
    pub reference: &'static str,
    /// What it is, in a line.
    pub title: &'static str,
    /// The parts of a cluster that it asks something of.
    pub areas: &'static [Area],
    /// The release since which it is generally available; none if it is no feature of its own.
    pub available: Option<Release>,
    /// A cluster need not have it: no test of it will be required.
    pub optional: bool,
    /// The release that took its tests out of what is required.
    pub demoted: Option<Release>,
    /// The rule that gives its earliest release.
    pub lead_time: LeadTime,
    /// What a cluster must have before its tests can measure it.
    pub needs: Needs,
    /// Upstream's tests of it; none if there is none.
    pub tests: &'static [FeatureTest],
    /// What else is to be known; empty if nothing.
    pub remark: &'static str,
}

/// A test of a feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeatureTest {
    /// Its name, without stage tags.
    pub name: &'static str,
    /// The part of a cluster that it looks at.
    pub area: Area,
    /// The first release whose suite has it; none if that is v1.29 or before, the oldest suite that was looked at.
    pub first_suite: Option<Release>,
    /// Whether it could be required.
    pub fitness: Fitness,
}

/// Whether a test could be required as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fitness {
    /// It could.
    Fit,
    /// Upstream takes no test with such a tag in its name.
    Tagged,
    /// Its source makes it skip always.
    AlwaysSkips,
    /// It would disturb others on a cluster that is in use.
    Unsafe,
}

/// The oldest suite that was looked at.
const OLDEST_SUITE: Release = Release::new(1, 29);

impl Feature {
    /// The earliest release that may require a test; without one, or without any, of a test that the next suite brings.
    pub fn earliest(&self, test: Option<&FeatureTest>) -> Release {
        let merged = match test {
            Some(test) => test.first_suite.unwrap_or(OLDEST_SUITE),
            None => upstream().newest().unwrap_or(OLDEST_SUITE).plus(1),
        };
        self.lead_time.earliest(merged, self.available)
    }

    /// True if this test of the feature is expected to be required.
    pub fn expects(&self, test: &FeatureTest) -> bool {
        let listed = TestName::new(test.name).is_ok_and(|name| upstream().find(&name).is_some());
        !self.optional && self.demoted.is_none() && test.fitness == Fitness::Fit && !listed
    }

    /// What one of its tests is for a release, if upstream's lists do not say.
    pub fn standing_of(&self, test: &FeatureTest, release: Release) -> Life {
        match self.demoted {
            Some(since) => Life::Demoted { since },
            None if self.expects(test) => future(self.earliest(Some(test)), release),
            None => Life::Optional,
        }
    }

    /// What the feature as a whole is for a release.
    pub fn standing(&self, release: Release) -> Life {
        if let Some(since) = self.demoted {
            return Life::Demoted { since };
        }
        if self.optional {
            return Life::Optional;
        }
        let expected: Vec<&FeatureTest> = self.tests.iter().filter(|test| self.expects(test)).collect();
        let required = self.required(release);
        match expected.first() {
            Some(test) => future(self.earliest(Some(test)), release),
            None if !required.is_empty() => Life::Absorbed { by: required },
            None => future(self.earliest(None), release),
        }
    }

    /// Those of its tests that a release requires, by their newest names.
    pub fn required(&self, release: Release) -> Vec<String> {
        let names = self.tests.iter().filter_map(|test| TestName::new(test.name).ok());
        let known = names.filter_map(|name| upstream().find(&name));
        let required = known
            .filter(|known| known.is_in(upstream().newest().map_or(release, |newest| newest.min(release))));
        required.map(|known| known.id().to_owned()).collect()
    }

    /// What happened when, the oldest first.
    pub fn history(&self) -> Vec<(Release, String)> {
        let available = self
            .available
            .map(|release| (release, "generally available".to_owned()));
        let mut events: Vec<_> = available.into_iter().collect();
        for test in self.tests {
            if let Some(suite) = test.first_suite {
                events.push((suite, format!("first suite with {}", test.name)));
            }
            if let Some(known) = TestName::new(test.name)
                .ok()
                .and_then(|name| upstream().find(&name))
            {
                events.push((known.first(), format!("requires {}", known.id())));
            }
        }
        if let Some(since) = self.demoted {
            events.push((since, "no longer required".to_owned()));
        }
        events.sort();
        events
    }
}

const fn future(from: Release, release: Release) -> Life {
    Life::Future {
        from,
        releases: release.releases_until(from),
        authority: Authority::Advisory,
    }
}

impl Fitness {
    /// Why the test could not be required; nothing if it could.
    pub const fn obstacle(self) -> Option<&'static str> {
        match self {
            Self::Fit => None,
            Self::Tagged => Some("its name carries a feature tag, which no required test may"),
            Self::AlwaysSkips => Some("its source makes it skip always"),
            Self::Unsafe => Some("it would disturb others on a cluster that is in use"),
        }
    }
}
