//! What Gateway API's suites call their features, tests and profiles, release by release.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use conform_suite::{GatewayProfile, gateway_profiles};

/// The list that `cargo xtask generate gateway` writes.
const LIST: &str = include_str!("../data/suite.txt");

static KNOWN: LazyLock<Known> = LazyLock::new(|| Known::parse(LIST));

/// Every feature and test that is known.
#[derive(Debug, Default)]
pub struct Known {
    features: BTreeMap<&'static str, Minors>,
    tests: BTreeMap<&'static str, Vec<Test>>,
    versions: Vec<&'static str>,
}

/// Minor releases of Gateway API: 7 of v1.7.
type Minors = Vec<u16>;

/// A test, as some releases have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// Its short name, as reports have it.
    pub name: &'static str,
    /// The minor releases that have it so: 7 of v1.7.
    pub minors: Minors,
    /// True if the test may still change.
    pub provisional: bool,
    /// The features that it needs, by their names.
    pub features: Vec<&'static str>,
}

/// The level of a feature or test in a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LevelOf {
    /// What everybody must have.
    Core,
    /// What an implementation may have.
    Extended,
}

/// Everything that is known.
pub fn known() -> &'static Known {
    &KNOWN
}

/// The profile of this name.
pub fn profile(name: &str) -> Option<&'static GatewayProfile> {
    gateway_profiles().iter().find(|profile| profile.name == name)
}

/// What the first reports called profiles.
pub fn is_old_profile(name: &str) -> bool {
    matches!(name, "HTTP" | "TLS" | "MESH" | "TLSPassthrough" | "Layer7")
}

impl Known {
    /// Reads the list. A line that is not understood is passed over: a test holds the committed list against that.
    fn parse(list: &'static str) -> Self {
        let mut known = Self::default();
        for line in list.lines() {
            let mut words = line.split('\t');
            let kind = words.next().unwrap_or_default();
            let second = words.next().unwrap_or_default();
            let minors = || second.split(',').filter_map(|minor| minor.parse().ok()).collect();
            match (kind, words.next(), words.next(), words.next()) {
                ("versions", ..) => known.versions = second.split(' ').collect(),
                ("feature", Some(name), ..) => {
                    known.features.insert(name, minors());
                }
                ("test", Some(name), Some(flag), Some(features)) => {
                    known.tests.entry(name).or_default().push(Test {
                        name,
                        minors: minors(),
                        provisional: flag == "p",
                        features: features.split(',').filter(|name| !name.is_empty()).collect(),
                    });
                }
                _ => {}
            }
        }
        known
    }

    /// The releases of Gateway API that the list was made of, the oldest first.
    pub fn versions(&self) -> &[&'static str] {
        &self.versions
    }

    /// The minor releases that have a feature of this name; none if no release has.
    pub fn feature(&self, name: &str) -> Option<&[u16]> {
        self.features.get(name).map(Vec::as_slice)
    }

    /// The tests of this name, as releases have them; none if no release has one.
    pub fn test(&self, name: &str) -> Option<&[Test]> {
        self.tests.get(name).map(Vec::as_slice)
    }

    /// The test of this name as a minor release has it; as the newest has it if that release is not known.
    pub fn test_of(&self, name: &str, minor: Option<u16>) -> Option<&Test> {
        let tests = self.tests.get(name)?;
        let exact = minor.and_then(|minor| tests.iter().find(|test| test.minors.contains(&minor)));
        exact.or_else(|| tests.iter().max_by_key(|test| test.minors.last()))
    }

    /// Every test of a minor release, or of the newest one.
    pub fn tests_of(&self, minor: Option<u16>) -> impl Iterator<Item = &Test> {
        let minor = minor.filter(|minor| self.newest() >= *minor);
        let minor = minor.unwrap_or_else(|| self.newest());
        let all = self.tests.values().flatten();
        all.filter(move |test| test.minors.contains(&minor))
    }

    /// How many tests there are in all releases together: no suite has more.
    pub fn most(&self) -> u64 {
        u64::try_from(self.tests.len()).unwrap_or(u64::MAX)
    }

    /// The newest minor release that is known: 7 of v1.7.
    pub fn newest(&self) -> u16 {
        let minors = self.features.values().flatten();
        minors.copied().max().unwrap_or_default()
    }

    /// The level of a feature in a profile; none if the profile does not have it.
    ///
    /// Profiles are those of the newest suite. A feature that only earlier suites have belongs where the others of its
    /// kind do.
    pub fn level(&self, profile: &GatewayProfile, feature: &str) -> Option<LevelOf> {
        if profile.core.contains(&feature) {
            return Some(LevelOf::Core);
        }
        let extended = profile.extended_features();
        let is_old = || {
            let gone = self
                .feature(feature)
                .is_some_and(|minors| !minors.contains(&self.newest()));
            let group = group(feature);
            gone && group.is_some() && extended.iter().any(|other| self::group(other) == group)
        };
        (extended.contains(feature) || is_old()).then_some(LevelOf::Extended)
    }

    /// The features that a profile has besides its core, in a minor release or in the newest.
    pub fn extended(&self, profile: &GatewayProfile, minor: Option<u16>) -> BTreeSet<&'static str> {
        let minor = minor.unwrap_or_else(|| self.newest());
        let features = self.features.iter();
        let features = features.filter(|(_, minors)| minors.contains(&minor));
        features
            .map(|(name, _)| *name)
            .filter(|name| self.level(profile, name) == Some(LevelOf::Extended))
            .collect()
    }
}

impl Test {
    /// The level of the test in a profile: extended if one of its features is; none if the profile lacks one of them.
    pub fn level(&self, profile: &GatewayProfile) -> Option<LevelOf> {
        let levels = self
            .features
            .iter()
            .map(|feature| known().level(profile, feature));
        levels.collect::<Option<Vec<_>>>()?.into_iter().max()
    }
}

/// What features of a kind start with.
fn group(feature: &str) -> Option<&'static str> {
    const KINDS: [(&str, &str); 7] = [
        ("HTTPRoute", "HTTPRoute"),
        ("HTTPResponse", "HTTPRoute"),
        ("TLSRoute", "TLSRoute"),
        ("Mesh", "Mesh"),
        ("BackendTLSPolicy", "BackendTLSPolicy"),
        ("ListenerSet", "Gateway"),
        ("Gateway", "Gateway"),
    ];
    let kind = KINDS.iter().find(|(start, _)| feature.starts_with(start));
    kind.map(|(_, kind)| *kind)
}

/// The minor release of a version such as `v1.6.1` or `v1.5`: 6 and 5; none for anything else.
pub fn minor(version: &str) -> Option<u16> {
    let rest = version.strip_prefix("v1.")?;
    let digits = rest.split(['.', '-', '+']).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn the_list_holds_every_feature_of_the_profiles() {
        let known = known();
        assert_eq!(known.newest(), 7);
        for profile in gateway_profiles() {
            for feature in profile.core.iter().copied().chain(profile.extended_features()) {
                let minors = known.feature(feature);
                assert!(minors.is_some_and(|minors| minors.contains(&7)), "{feature}");
            }
            let extended = known.extended(profile, None);
            assert_eq!(extended, profile.extended_features(), "{}", profile.name);
        }
        assert_eq!(known.tests_of(None).count(), 170);
        let with_features = known
            .tests
            .values()
            .flatten()
            .filter(|test| !test.features.is_empty());
        assert_eq!(with_features.count(), known.tests.values().flatten().count());
    }

    #[rstest]
    #[case("GatewayInfrastructurePropagation", Some(LevelOf::Extended))]
    #[case("HTTPRouteRetry", Some(LevelOf::Extended))]
    #[case("HTTPRoute", Some(LevelOf::Core))]
    #[case("GRPCRouteNamedRouteRule", None)]
    #[case("TLSRouteModeMixed", None)]
    #[case("nothing", None)]
    fn levels_in_the_profile_of_http(#[case] feature: &str, #[case] level: Option<LevelOf>) {
        assert_eq!(known().level(profile("GATEWAY-HTTP").unwrap(), feature), level);
    }

    #[test]
    fn a_test_is_extended_if_one_of_its_features_is() {
        let http = profile("GATEWAY-HTTP").unwrap();
        let level = |name| known().test_of(name, None).unwrap().level(http);
        assert_eq!(level("HTTPRouteCORS"), Some(LevelOf::Extended));
        assert_eq!(level("HTTPRouteHeaderMatching"), Some(LevelOf::Core));
        assert_eq!(level("GRPCRouteHeaderMatching"), None);
        assert!(
            known()
                .test_of("GRPCRouteNamedRule", Some(5))
                .unwrap()
                .provisional
        );
        assert!(
            !known()
                .test_of("GRPCRouteNamedRule", Some(7))
                .unwrap()
                .provisional
        );
    }

    #[rstest]
    #[case("v1.6.1", Some(6))]
    #[case("v1.5", Some(5))]
    #[case("v1.7.0-rc.1", Some(7))]
    #[case("1.6", None)]
    #[case("v0.8.1", None)]
    fn minors(#[case] version: &str, #[case] expected: Option<u16>) {
        assert_eq!(minor(version), expected);
    }
}
