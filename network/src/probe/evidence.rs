//! What upstream's own tests of a feature say, beside what packets say. Pure.
//!
//! A row's status is what packets said, whatever the tests came to: a disagreement is shown and decides nothing.

use std::collections::BTreeMap;

use conform_crds::{Attempt, Capability, MAX_CAPABILITY_TEXT, UpstreamTests, merged};
use conform_suite::{Area, FeatureTest, Outcome, Release, Standing, TestName, catalogue::identity, merge};

use super::{
    feature::Feature,
    features::every,
    verdict::{Row, Status},
};
use crate::text::bounded;

/// Outcomes of upstream tests, by what stays the same of their names from release to release.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    outcomes: BTreeMap<String, Outcome>,
}

impl Evidence {
    /// Of tests and what happened to them, in order of time.
    pub fn new(told: impl IntoIterator<Item = (TestName, Outcome)>) -> Self {
        let merged = merge(told).into_iter();
        let outcomes = merged.map(|(name, (outcome, _))| (identity(&name).to_owned(), outcome));
        Self {
            outcomes: outcomes.collect(),
        }
    }

    /// Of what the pods of a run wrote. `server` is its cluster's release.
    pub fn of_run(attempts: &[Attempt], server: Option<Release>) -> Self {
        let rows = merged(attempts, server).into_iter();
        Self::new(rows.map(|row| (row.test.name.clone(), row.outcome)))
    }

    /// What happened to a test of the catalogue.
    fn standing(&self, test: &FeatureTest) -> Standing {
        let name = TestName::new(test.name).ok();
        let outcome = name.and_then(|name| self.outcomes.get(identity(&name)));
        outcome.map_or(Standing::Unevaluated, |outcome| outcome.standing())
    }

    /// Says it of each row.
    pub fn beside_rows(&self, rows: &mut [Row]) {
        for row in rows {
            row.upstream = self.of(&row.feature, row.status);
        }
    }

    /// Says it of each capability.
    pub fn beside(&self, capabilities: &mut [Capability]) {
        for capability in capabilities {
            capability.upstream = self.of(&capability.feature, capability.status);
        }
    }

    /// What upstream's tests of the feature of this word came to, and whether they contradict its status; none if upstream
    /// has none.
    fn of(&self, word: &str, status: Status) -> Option<UpstreamTests> {
        let feature = every().find(|feature| feature.id == word)?;
        let tests = tests(feature);
        if tests.is_empty() {
            return None;
        }
        let with = |standing| -> Vec<&FeatureTest> {
            let tests = tests.iter();
            tests.filter(|test| self.standing(test) == standing).collect()
        };
        let [passed, failed, not_run] = [Standing::Met, Standing::Missed, Standing::Unevaluated].map(with);
        let count = |tests: &[&FeatureTest]| i32::try_from(tests.len()).unwrap_or(i32::MAX);
        Some(UpstreamTests {
            passed: count(&passed),
            failed: count(&failed),
            not_run: count(&not_run),
            disagreement: disagreement(feature, status, &passed, &failed),
        })
    }
}

/// The catalogue's tests of what the feature's source asks for.
fn tests(feature: &Feature) -> &'static [FeatureTest] {
    let reference = feature.source.replace("k/k#", "kubernetes/kubernetes#");
    let mut known = conform_suite::features();
    let found = known.find(|known| known.reference == reference);
    found.map_or(&[], |known| known.tests)
}

/// How tests contradict what packets said. Only a measurement can be contradicted. A pass of a test that asks the API alone says
/// nothing of packets.
fn disagreement(
    feature: &Feature,
    status: Status,
    passed: &[&FeatureTest],
    failed: &[&FeatureTest],
) -> Option<String> {
    let asks_alike =
        |test: &&&FeatureTest| test.area != Area::ControlPlane || feature.area == Area::ControlPlane;
    let (against, word): (Vec<&FeatureTest>, &str) = match status {
        Status::Supported => (failed.to_vec(), "failed"),
        Status::Unsupported if failed.is_empty() => {
            (passed.iter().filter(asks_alike).copied().collect(), "passed")
        }
        Status::Unsupported | Status::Unevaluated | Status::NotApplicable => return None,
    };
    let first = against.first()?;
    let more = match against.len() {
        1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    let message = format!(
        "the probe says {status:?}, but upstream {word}: {}{more}",
        first.name
    );
    Some(bounded(&message, MAX_CAPABILITY_TEXT))
}

#[cfg(test)]
mod unit {
    use rstest::rstest;

    use super::*;

    /// The first tests of a feature with these outcomes.
    fn evidence(word: &str, outcomes: &[Outcome]) -> Evidence {
        let feature = every().find(|feature| feature.id == word).unwrap();
        let names = tests(feature)
            .iter()
            .map(|test| TestName::new(test.name).unwrap());
        Evidence::new(names.zip(outcomes.iter().copied()))
    }

    #[rstest]
    #[case::both_say_so(Status::Supported, &[Outcome::Passed, Outcome::Flaky, Outcome::Passed], (3, 0, 0), "")]
    #[case::a_test_failed(Status::Supported, &[Outcome::Passed, Outcome::Failed], (1, 1, 1), "but upstream failed")]
    #[case::all_failed(Status::Supported, &[Outcome::TimedOut, Outcome::Panicked, Outcome::Failed], (0, 3, 0), "and 2 more")]
    #[case::nothing_ran(Status::Supported, &[], (0, 0, 3), "")]
    #[case::skipped(Status::Supported, &[Outcome::Skipped, Outcome::NotRun, Outcome::Interrupted], (0, 0, 3), "")]
    #[case::tests_say_otherwise(Status::Unsupported, &[Outcome::Passed], (1, 0, 2), "but upstream passed")]
    #[case::both_say_no(Status::Unsupported, &[Outcome::Failed], (0, 1, 2), "")]
    #[case::some_fail_with_it(Status::Unsupported, &[Outcome::Passed, Outcome::Failed], (1, 1, 1), "")]
    #[case::unsupported_alone(Status::Unsupported, &[], (0, 0, 3), "")]
    #[case::not_measured(Status::Unevaluated, &[Outcome::Failed, Outcome::Passed], (1, 1, 1), "")]
    #[case::without_meaning(Status::NotApplicable, &[Outcome::Failed, Outcome::Passed], (1, 1, 1), "")]
    fn counts_and_contradicts(
        #[case] status: Status,
        #[case] outcomes: &[Outcome],
        #[case] counts: (i32, i32, i32),
        #[case] says: &str,
    ) {
        let word = "internal-traffic-policy";
        let found = evidence(word, outcomes).of(word, status).unwrap();
        assert_eq!((found.passed, found.failed, found.not_run), counts);
        let told = found.disagreement.unwrap_or_default();
        assert!(
            told.contains(says) && told.is_empty() == says.is_empty(),
            "{told}"
        );
    }

    #[test]
    fn a_pass_of_the_api_alone_does_not_contradict_packets() {
        let word = "service-cidr";
        let outcomes = [Outcome::NotRun, Outcome::Passed, Outcome::Passed];
        let found = evidence(word, &outcomes).of(word, Status::Unsupported).unwrap();
        assert_eq!((found.passed, found.disagreement), (2, None));
        let all = evidence(word, &[Outcome::Passed; 3]);
        assert!(all.of(word, Status::Unsupported).unwrap().disagreement.is_some());
    }

    #[test]
    fn tests_are_known_by_whatever_name_a_release_gives_them() {
        let name = "[sig-network] ServiceCIDR and IPAddress API should support IPAddress API operations [Conformance]";
        let told = Evidence::new([(TestName::new(name).unwrap(), Outcome::Passed)]);
        assert_eq!(told.of("service-cidr", Status::Supported).unwrap().passed, 1);
    }

    #[test]
    fn features_without_upstream_tests_have_none_and_the_others_do() {
        let told = Evidence::default();
        let with: Vec<&str> = every()
            .filter(|feature| told.of(feature.id, Status::Supported).is_some())
            .map(|feature| feature.id)
            .collect();
        insta::assert_snapshot!(with.join(" "));
        assert!(told.of("unheard-of", Status::Supported).is_none());
    }
}
