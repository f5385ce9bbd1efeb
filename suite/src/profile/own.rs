//! Profiles that users write: what they require of their clusters, and from which release on.

use serde::{Deserialize, Serialize};

use super::own_suite::{MAX_SUITES, OwnSuite, OwnSuiteFault};
use crate::{InvalidTestName, Release, SelectionError, TestName, catalogue::identity, profile};

/// How many tests all users' requirements of one run may take together: their outcomes go into one object.
pub const MAX_OWN_TESTS: usize = 1000;

/// A profile that a user wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OwnProfile {
    /// The name that a run gives.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 63)))]
    pub name: String,
    /// Built-in profiles whose tests come too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(length(max = 8), inner(length(max = 63))))]
    pub extends: Vec<String>,
    /// What it requires besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(length(max = 100)))]
    pub requirements: Vec<OwnRequirement>,
    /// Suites of its own, which run after the Kubernetes suite.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(length(max = MAX_SUITES)))]
    pub suites: Vec<OwnSuite>,
}

/// Tests of the suite that a user requires. Exactly one of `test`, `tag` and `nameContains` says which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OwnRequirement {
    /// What the requirement is called in its profile.
    #[cfg_attr(
        feature = "schema",
        schemars(
            length(min = 1, max = 63),
            regex(pattern = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")
        )
    )]
    pub name: String,
    /// The profile's own suite whose tests are meant; without it the Kubernetes suite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 40)))]
    pub suite: Option<String>,
    /// The whole name of one test; the mark `[Conformance]` at its end does not count. If the suite has no such test, the
    /// requirement is not evaluated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 512)))]
    pub test: Option<String>,
    /// Every test with this tag in its name, without brackets: `Feature:LoadBalancer`, `sig-storage`. It is an error if there
    /// is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(length(min = 1, max = 128), regex(pattern = r"^[^\[\]]+$"))
    )]
    pub tag: Option<String>,
    /// Every test whose name has this text. It is an error if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(min = 3, max = 256)))]
    pub name_contains: Option<String>,
    /// The first release whose clusters have to pass. Clusters of earlier ones are told how far away it is.
    pub required_in: Release,
    /// Why it is required: a link, or a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 200)))]
    pub because: Option<String>,
}

/// What is wrong with a user's profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OwnProfileError {
    /// It extends what is no built-in profile.
    #[error(transparent)]
    Unknown(#[from] SelectionError),
    /// It extends a profile that is about some nodes only.
    #[error("profile {name} is about {os} nodes only and cannot be extended: let the run name it")]
    OfSomeNodes {
        /// The profile.
        name: String,
        /// The system of the nodes.
        os: crate::NodeOs,
    },
    /// A requirement names a test by a text that is no test's name.
    #[error("requirement {requirement}: {error}")]
    NoTestName {
        /// The requirement.
        requirement: String,
        /// Why not.
        error: InvalidTestName,
    },
    /// A requirement says in no way, or in several, which tests it means.
    #[error("requirement {requirement} has to have exactly one of test, tag and nameContains")]
    NotOneWay {
        /// The requirement.
        requirement: String,
    },
    /// A suite of its own cannot be run.
    #[error("suite {suite}: {fault}")]
    Suite {
        /// The suite.
        suite: String,
        /// Why not.
        fault: OwnSuiteFault,
    },
    /// A requirement means tests of a suite that the profile does not have.
    #[error("requirement {requirement} means tests of suite {suite}, which the profile does not have")]
    NoSuite {
        /// The requirement.
        requirement: String,
        /// The suite.
        suite: String,
    },
    /// It neither extends nor requires anything.
    #[error("it neither extends a profile nor requires anything")]
    Empty,
}

/// How a requirement says which tests it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Means<'a> {
    /// This one test.
    Test(TestName),
    /// Those with the tag.
    Tag(&'a str),
    /// Those whose name has the text.
    Text(&'a str),
}

impl OwnProfile {
    /// Looks whether a run can go by the profile.
    pub fn check(&self) -> Result<(), OwnProfileError> {
        if self.extends.is_empty() && self.requirements.is_empty() && self.suites.is_empty() {
            return Err(OwnProfileError::Empty);
        }
        for name in &self.extends {
            if let Some(os) = profile(name)?.nodes {
                let name = name.clone();
                return Err(OwnProfileError::OfSomeNodes { name, os });
            }
        }
        for (place, suite) in self.suites.iter().enumerate() {
            let twice = self
                .suites
                .iter()
                .skip(place + 1)
                .any(|other| other.name == suite.name);
            let checked = if twice {
                Err(OwnSuiteFault::Twice)
            } else if place >= MAX_SUITES {
                Err(OwnSuiteFault::TooMany)
            } else {
                suite.check()
            };
            checked.map_err(|fault| OwnProfileError::Suite {
                suite: suite.name.clone(),
                fault,
            })?;
        }
        self.requirements.iter().try_for_each(|requirement| {
            requirement.means()?;
            match &requirement.suite {
                Some(name) if self.suites.iter().all(|suite| suite.name != *name) => {
                    Err(OwnProfileError::NoSuite {
                        requirement: requirement.name.clone(),
                        suite: name.clone(),
                    })
                }
                _ => Ok(()),
            }
        })
    }

    /// What it says of the Kubernetes suite.
    #[must_use]
    pub fn of_kubernetes(&self) -> Self {
        let of_kubernetes = |requirement: &&OwnRequirement| requirement.suite.is_none();
        Self {
            requirements: self.requirements.iter().filter(of_kubernetes).cloned().collect(),
            suites: Vec::new(),
            ..self.clone()
        }
    }
}

impl OwnRequirement {
    /// Which tests it means.
    pub(crate) fn means(&self) -> Result<Means<'_>, OwnProfileError> {
        match (&self.test, &self.tag, &self.name_contains) {
            (Some(test), None, None) => {
                let name = TestName::new(test).map_err(|error| OwnProfileError::NoTestName {
                    requirement: self.name.clone(),
                    error,
                })?;
                Ok(Means::Test(name))
            }
            (None, Some(tag), None) => Ok(Means::Tag(tag)),
            (None, None, Some(text)) => Ok(Means::Text(text)),
            _ => Err(OwnProfileError::NotOneWay {
                requirement: self.name.clone(),
            }),
        }
    }
}

impl Means<'_> {
    /// True if this test is meant.
    pub(crate) fn takes(&self, name: &TestName) -> bool {
        match self {
            Self::Test(test) => identity(test) == identity(name),
            Self::Tag(tag) => name.has_tag(tag),
            Self::Text(text) => name.as_str().contains(text),
        }
    }

    /// How it takes its tests, in words.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Test(_) => "by name".to_owned(),
            Self::Tag(tag) => format!("tag [{tag}]"),
            Self::Text(text) => format!("{text:?} in its name"),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn requirement(test: Option<&str>, tag: Option<&str>) -> OwnRequirement {
        OwnRequirement {
            name: "ours".into(),
            suite: None,
            test: test.map(str::to_owned),
            tag: tag.map(str::to_owned),
            name_contains: None,
            required_in: Release::new(1, 36),
            because: None,
        }
    }

    fn checked(extends: &[&str], requirements: Vec<OwnRequirement>) -> String {
        let profile = OwnProfile {
            name: "platform".into(),
            extends: extends.iter().map(|name| (*name).to_owned()).collect(),
            requirements,
            suites: Vec::new(),
        };
        profile
            .check()
            .map_or_else(|error| error.to_string(), |()| "fine".to_owned())
    }

    #[rstest]
    #[case(&["quick"], vec![], "fine")]
    #[case(&[], vec![requirement(Some("[sig-x] A"), None)], "fine")]
    #[case(&[], vec![requirement(None, Some("Slow"))], "fine")]
    #[case(&[], vec![], "it neither extends a profile nor requires anything")]
    #[case(&["windows"], vec![], "profile windows is about Windows nodes only and cannot be extended: let the run name it")]
    #[case(&[], vec![requirement(None, None)], "requirement ours has to have exactly one of test, tag and nameContains")]
    #[case(&[], vec![requirement(Some("A"), Some("b"))], "requirement ours has to have exactly one of test, tag and nameContains")]
    #[case(&[], vec![requirement(Some("  "), None)], "requirement ours: a test name is empty")]
    fn what_is_wrong_is_said(
        #[case] extends: &[&str],
        #[case] requirements: Vec<OwnRequirement>,
        #[case] said: &str,
    ) {
        assert_eq!(checked(extends, requirements), said);
    }

    #[test]
    fn suites_are_looked_at_with_what_is_required_of_them() {
        let said = |profile: serde_json::Value| {
            let profile: OwnProfile = serde_json::from_value(profile).unwrap();
            profile
                .check()
                .map_or_else(|error| error.to_string(), |()| "fine".to_owned())
        };
        let suite = |image: &str| serde_json::json!({ "name": "s", "image": image, "requiredIn": "1.36" });
        let of = |suite: &str| serde_json::json!({ "name": "r", "suite": suite, "test": "t", "requiredIn": "1.36" });
        let profile = |suites: &[serde_json::Value], requirements: &[serde_json::Value]| serde_json::json!({ "name": "p", "suites": suites, "requirements": requirements });
        assert_eq!(said(profile(&[suite("a")], &[of("s")])), "fine");
        assert_eq!(
            said(profile(&[suite("a"), suite("b")], &[])),
            "suite s: the profile has two suites of this name"
        );
        assert!(said(profile(&[suite("A")], &[])).starts_with("suite s: image \"A\""));
        assert_eq!(
            said(profile(&[suite("a")], &[of("x")])),
            "requirement r means tests of suite x, which the profile does not have"
        );
    }

    #[test]
    fn an_unknown_profile_is_told_which_there_are() {
        assert!(
            checked(&["quik"], vec![]).starts_with("there is no profile \"quik\": the built-in ones are")
        );
    }

    #[test]
    fn tests_are_meant_by_name_tag_or_text() {
        let name = TestName::new("[sig-network] Services are served [Feature:X] [Conformance]").unwrap();
        let by_name = requirement(Some("[It] [sig-network] Services are served [Feature:X]"), None);
        assert!(by_name.means().unwrap().takes(&name));
        assert!(requirement(None, Some("Feature:X")).means().unwrap().takes(&name));
        assert!(!requirement(None, Some("Feature")).means().unwrap().takes(&name));
        assert!(Means::Text("are served").takes(&name));
    }
}
