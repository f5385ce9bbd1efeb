//! What the JUnit files of a user's own suite say of its tests. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Area, Authority, Case, InvalidTestName, Outcome, OwnProfile, OwnProfileError, OwnRequirement, Release,
    Requirement, Standing, TestName,
    profile::own::{MAX_OWN_TESTS, Means},
    profile::own_test_name,
};

/// Longest name of a user's own test, in bytes, without what is put in front of it.
const MAX_NAME: usize = 400;

/// From which release on which tests of one suite are required.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnDemands {
    /// The profile.
    pub profile: String,
    /// Its suite.
    pub suite: String,
    /// From which release on all of its tests are, unless a requirement says another.
    pub required_in: Release,
    /// What the profile requires of tests of the suite.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<OwnRequirement>,
}

/// A test of a user's own suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRow {
    /// What is required, with the name that the test has in results.
    pub requirement: Requirement,
    /// What the files say of it; none if a requirement names it and no file does.
    pub case: Option<Case>,
}

/// What the files say cannot be a result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OwnResultsError {
    /// There is no test in them.
    #[error("its JUnit files hold no test")]
    Empty,
    /// There are more than an object has room for.
    #[error("its JUnit files hold {tests} tests, and a run's own suites may have {MAX_OWN_TESTS} together")]
    TooMany {
        /// How many tests.
        tests: usize,
    },
    /// A name is longer than an object has room for.
    #[error("a test's name has {bytes} bytes, and may have {MAX_NAME}: {start}…")]
    LongName {
        /// Its length.
        bytes: usize,
        /// Its first characters.
        start: String,
    },
    /// A name cannot be one.
    #[error(transparent)]
    Name(#[from] InvalidTestName),
    /// A requirement is wrong, or takes none of the tests.
    #[error("{0}")]
    Requirement(String),
}

impl OwnDemands {
    /// Those of the suite `suite` of `profile`; none if it has no such suite.
    pub fn of(profile: &OwnProfile, suite: &str) -> Option<Self> {
        let found = profile.suites.iter().find(|found| found.name == suite)?;
        let of_it = |requirement: &&OwnRequirement| requirement.suite.as_deref() == Some(suite);
        Some(Self {
            profile: profile.name.clone(),
            suite: suite.to_owned(),
            required_in: found.required_in,
            requirements: profile.requirements.iter().filter(of_it).cloned().collect(),
        })
    }

    /// One row for each test of the files, and for each test that a requirement names and no file has: it is not evaluated.
    /// `taken` is how many tests other suites of the run have.
    ///
    /// What a requirement says of a test goes before what the suite says of all; of two requirements the earlier release
    /// counts.
    pub fn rows(&self, cases: &[Case], taken: usize) -> Result<Vec<OwnRow>, OwnResultsError> {
        if cases.is_empty() {
            return Err(OwnResultsError::Empty);
        }
        let tests = cases.len().saturating_add(taken);
        if tests > MAX_OWN_TESTS {
            return Err(OwnResultsError::TooMany { tests });
        }
        if let Some(case) = cases.iter().find(|case| case.name.as_str().len() > MAX_NAME) {
            let name = case.name.as_str();
            return Err(OwnResultsError::LongName {
                bytes: name.len(),
                start: name.chars().take(40).collect(),
            });
        }
        let mut demanded: BTreeMap<&TestName, Release> = BTreeMap::new();
        let mut absent: BTreeMap<TestName, Release> = BTreeMap::new();
        for wanted in &self.requirements {
            let means = wanted
                .means()
                .map_err(|error: OwnProfileError| OwnResultsError::Requirement(error.to_string()))?;
            let mut found = cases.iter().filter(|case| means.takes(&case.name)).peekable();
            if found.peek().is_none() {
                let Means::Test(name) = means else {
                    return Err(OwnResultsError::Requirement(format!(
                        "requirement {} takes none of its tests: {}",
                        wanted.name,
                        means.words()
                    )));
                };
                let release = absent.entry(name).or_insert(wanted.required_in);
                *release = wanted.required_in.min(*release);
                continue;
            }
            for case in found {
                let release = demanded.entry(&case.name).or_insert(wanted.required_in);
                *release = wanted.required_in.min(*release);
            }
        }
        let measured = cases.iter().map(|case| {
            let release = demanded.get(&case.name).copied().unwrap_or(self.required_in);
            self.row(&case.name, release, Some(case.clone()))
        });
        let absent = absent
            .iter()
            .map(|(name, release)| self.row(name, *release, None));
        measured.chain(absent).collect()
    }

    fn row(
        &self,
        name: &TestName,
        required_in: Release,
        case: Option<Case>,
    ) -> Result<OwnRow, OwnResultsError> {
        Ok(OwnRow {
            requirement: Requirement {
                name: own_test_name(&self.profile, &self.suite, name)?,
                required_in,
                authority: Authority::User,
                area: Area::of(name),
            },
            case,
        })
    }
}

impl OwnRow {
    /// What happened to the test.
    pub fn outcome(&self) -> Outcome {
        self.case.as_ref().map_or(Outcome::NotRun, |case| case.outcome)
    }

    /// True if it failed, in whatever way.
    pub fn is_missed(&self) -> bool {
        self.outcome().standing() == Standing::Missed
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn case(name: &str, outcome: Outcome) -> Case {
        Case {
            name: TestName::new(name).unwrap(),
            outcome,
            duration: Duration::ZERO,
            message: None,
            filtered: false,
        }
    }

    fn demands(requirements: &serde_json::Value) -> OwnDemands {
        let profile = serde_json::json!({
            "name": "platform",
            "suites": [{ "name": "storage", "image": "busybox", "requiredIn": "1.36" }],
            "requirements": requirements,
        });
        OwnDemands::of(&serde_json::from_value(profile).unwrap(), "storage").unwrap()
    }

    fn told(rows: Result<Vec<OwnRow>, OwnResultsError>) -> Vec<String> {
        match rows {
            Ok(rows) => rows
                .iter()
                .map(|row| {
                    let requirement = &row.requirement;
                    format!(
                        "{} {} {:?}",
                        requirement.required_in,
                        requirement.name,
                        row.outcome()
                    )
                })
                .collect(),
            Err(error) => vec![error.to_string()],
        }
    }

    #[test]
    fn every_test_is_required_from_the_suites_release_unless_one_is_named() {
        let demands = demands(&serde_json::json!([
            { "name": "later", "suite": "storage", "test": "b", "requiredIn": "1.38" },
            { "name": "elsewhere", "test": "a", "requiredIn": "1.40" },
            { "name": "gone", "suite": "storage", "test": "c", "requiredIn": "1.37" },
        ]));
        let cases = [case("a", Outcome::Passed), case("b", Outcome::Failed)];
        assert_eq!(
            told(demands.rows(&cases, 0)),
            [
                "1.36 [Suite:platform/storage] a Passed",
                "1.38 [Suite:platform/storage] b Failed",
                "1.37 [Suite:platform/storage] c NotRun",
            ]
        );
    }

    #[test]
    fn nothing_too_much_and_nothing_meant_are_errors() {
        let plain = demands(&serde_json::json!([]));
        assert_eq!(told(plain.rows(&[], 0)), ["its JUnit files hold no test"]);
        let one = [case("a", Outcome::Passed)];
        assert_eq!(
            told(plain.rows(&one, MAX_OWN_TESTS)),
            ["its JUnit files hold 1001 tests, and a run's own suites may have 1000 together"]
        );
        let long = [case(&"x".repeat(401), Outcome::Passed)];
        assert!(told(plain.rows(&long, 0))[0].starts_with("a test's name has 401 bytes"));
        let typo = demands(&serde_json::json!([
            { "name": "typo", "suite": "storage", "nameContains": "nonesuch", "requiredIn": "1.36" },
        ]));
        assert_eq!(
            told(typo.rows(&one, 0)),
            ["requirement typo takes none of its tests: \"nonesuch\" in its name"]
        );
    }
}
