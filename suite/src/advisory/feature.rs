//! One behaviour of the catalogue.

use super::{LeadTime, Needs};
use crate::{
    Area, Authority, Release, TestName,
    catalogue::{Known, Life, of_known, upstream},
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
    /// Required tests of other things that show it, by their newest names without marks; none if its own tests have to.
    pub shown_by: &'static [&'static str],
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
    /// The first release whose suite has it, under whatever name; none if that is v1.29 or before, the oldest suite that was
    /// looked at.
    pub first_suite: Option<Release>,
    /// What earlier suites call it, without stage tags, the newest first.
    pub earlier: &'static [&'static str],
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
        !self.optional && self.demoted.is_none() && test.fitness == Fitness::Fit && test.known().is_none()
    }

    /// What one of its tests is for a release, if upstream's lists do not say.
    pub fn standing_of(&self, test: &FeatureTest, release: Release) -> Life {
        match self.demoted {
            Some(since) => demoted(since),
            None if self.expects(test) => future(self.earliest(Some(test)), release, Authority::Advisory),
            None => Life::Optional,
        }
    }

    /// What the feature as a whole is for a release.
    pub fn standing(&self, release: Release) -> Life {
        if let Some(since) = self.demoted {
            return demoted(since);
        }
        if self.optional {
            return Life::Optional;
        }
        if !self.shown_by.is_empty() {
            let by = self.shown_by.iter().map(|name| (*name).to_owned());
            return Life::Absorbed { by: by.collect() };
        }
        // What upstream's lists say of those of its tests that they have or will have.
        let (mut since, mut coming) = (None, None);
        for known in self.tests.iter().filter_map(FeatureTest::known) {
            match of_known(known, upstream(), release) {
                Life::Present { since: one } => since = since.max(Some(one)),
                Life::Future { from, .. } => {
                    coming = Some(coming.map_or(from, |first: Release| first.min(from)));
                }
                _ => {}
            }
        }
        if let Some(from) = coming {
            return future(from, release, Authority::Upstream);
        }
        let mut others = self.tests.iter().filter(|test| test.known().is_none()).peekable();
        let rest_is_all = others.peek().is_none();
        let expected = others.clone().find(|test| self.expects(test));
        match (expected, since) {
            (Some(test), _) => future(self.earliest(Some(test)), release, Authority::Advisory),
            (None, Some(since)) if rest_is_all => Life::Present { since },
            // What its required tests do not show, no test may show on a cluster in use.
            (None, Some(_)) => Life::Optional,
            (None, None) if others.any(|test| test.fitness == Fitness::Unsafe) => Life::Optional,
            (None, None) => future(self.earliest(None), release, Authority::Advisory),
        }
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
            if let Some(known) = test.known() {
                events.push((upstream().since(known), format!("requires {}", known.id())));
            }
        }
        if let Some(since) = self.demoted {
            events.push((since, "no longer required".to_owned()));
        }
        events.sort();
        events
    }
}

const fn demoted(since: Release) -> Life {
    Life::Demoted {
        since,
        earlier: Vec::new(),
    }
}

const fn future(from: Release, release: Release, authority: Authority) -> Life {
    Life::Future {
        from,
        releases: release.releases_until(from),
        authority,
    }
}

impl FeatureTest {
    /// What upstream's lists have of it.
    fn known(&self) -> Option<&'static Known<'static>> {
        upstream().find(&TestName::new(self.name).ok()?)
    }

    /// Every name that it has or had, the newest first.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.earlier.iter().copied())
    }

    /// What a suite calls it, if its release's API has what the test asks for without being told to: `has` says which tests
    /// the suite has.
    pub fn name_in(&self, has: impl Fn(&TestName) -> bool) -> Option<TestName> {
        let is_on = |name: &&str| !name.contains("[Alpha]") && !name.contains("[Feature:");
        let names = self.names().filter(is_on);
        names
            .filter_map(|name| TestName::new(name).ok())
            .find(|name| has(name))
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
