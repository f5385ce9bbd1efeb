//! What a report says.

use std::{collections::BTreeMap, fmt};

use crate::yaml::{Entry, Place};

/// `apiVersion` of reports since the suite of v1.1.
pub const API_V1: &str = "gateway.networking.k8s.io/v1";
/// `apiVersion` of reports of earlier suites.
pub const API_V1ALPHA1: &str = "gateway.networking.k8s.io/v1alpha1";
/// `kind` of every report.
pub const KIND: &str = "ConformanceReport";

/// A report. Texts are as they are written; what is not there is none and is never made up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConformanceReport {
    /// `apiVersion`.
    pub api_version: Option<String>,
    /// `kind`.
    pub kind: Option<String>,
    /// When the report was made.
    pub date: Option<String>,
    /// The release of Gateway API, such as `v1.6.1`, or `UNDEFINED`.
    pub gateway_api_version: Option<String>,
    /// `standard`, `experimental` or `UNDEFINED`. Reports of v1.0 and earlier have none.
    pub gateway_api_channel: Option<String>,
    /// How the implementation was set up; `default` if nobody said. Reports of v1.0 and earlier have none.
    pub mode: Option<String>,
    /// Who was tested.
    pub implementation: Implementation,
    /// What came of each profile.
    pub profiles: Vec<ProfileReport>,
    /// Tests that may still change and that passed, of all profiles.
    pub succeeded_provisional_tests: Vec<String>,
    /// Fields that no report has, as they are.
    pub others: Vec<Entry>,
}

/// Who was tested.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Implementation {
    /// Who makes it.
    pub organization: Option<String>,
    /// Its name.
    pub project: Option<String>,
    /// Its page.
    pub url: Option<String>,
    /// Its version: a release, a tag or a commit.
    pub version: Option<String>,
    /// Users (`@name`), teams (`@team/name`), addresses or pages of people who answer.
    pub contact: Vec<String>,
    /// Fields that no report has, as they are.
    pub others: Vec<Entry>,
}

/// What came of one profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileReport {
    /// Its name, such as `GATEWAY-HTTP`.
    pub name: Option<String>,
    /// A sentence.
    pub summary: Option<String>,
    /// What everybody must have.
    pub core: Level,
    /// What an implementation may have; none if no test of it was counted.
    pub extended: Option<Level>,
    /// Fields that no report has, as they are.
    pub others: Vec<Entry>,
}

/// What came of the tests of one level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// What it comes to.
    pub result: Option<LevelResult>,
    /// How many tests ended how.
    pub statistics: Statistics,
    /// A sentence; only reports of v1.0 and earlier have one here.
    pub summary: Option<String>,
    /// Tests that were not run, though their features were asked for.
    pub skipped_tests: Vec<String>,
    /// Tests that failed.
    pub failed_tests: Vec<String>,
    /// Features that the implementation says it has.
    pub supported_features: Vec<String>,
    /// Features of the profile that it does not say it has.
    pub unsupported_features: Vec<String>,
    /// Fields that no report has, as they are.
    pub others: Vec<Entry>,
}

/// How many tests ended how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Tests that passed.
    pub passed: Option<u32>,
    /// Tests that were not run, though their features were asked for.
    pub skipped: Option<u32>,
    /// Tests that failed.
    pub failed: Option<u32>,
    /// Fields that no report has, as they are.
    pub others: Vec<Entry>,
}

/// What a level comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LevelResult {
    /// Every test that was counted passed.
    Success,
    /// None failed, and some were not run.
    Partial,
    /// One failed.
    Failure,
    /// A word that no suite writes.
    Other(String),
}

/// Where the fields of a report stand, by their paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places(BTreeMap<String, Place>);

impl Places {
    /// Notes where a field stands.
    pub(crate) fn add(&mut self, path: String, place: Place) {
        self.0.insert(path, place);
    }

    /// Where a field stands, or else the nearest one that it is in.
    pub fn of(&self, path: &str) -> Place {
        let mut path = path;
        loop {
            if let Some(place) = self.0.get(path) {
                return *place;
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = path.get(..end).unwrap_or_default(),
                None => return self.0.get("").copied().unwrap_or_default(),
            }
        }
    }
}

impl LevelResult {
    /// Reads the word.
    pub fn of(word: &str) -> Self {
        match word {
            "success" => Self::Success,
            "partial" => Self::Partial,
            "failure" => Self::Failure,
            other => Self::Other(other.to_owned()),
        }
    }

    /// What the suite makes of counts: a failure counts more than a skip, and a level of which nothing was counted is a
    /// success.
    pub const fn of_counts(skipped: u32, failed: u32) -> Self {
        if failed > 0 {
            Self::Failure
        } else if skipped > 0 {
            Self::Partial
        } else {
            Self::Success
        }
    }

    /// The word.
    pub fn word(&self) -> &str {
        match self {
            Self::Success => "success",
            Self::Partial => "partial",
            Self::Failure => "failure",
            Self::Other(word) => word,
        }
    }
}

impl fmt::Display for LevelResult {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

impl ProfileReport {
    /// Both levels with the names of their fields.
    pub fn levels(&self) -> impl Iterator<Item = (&'static str, &Level)> {
        let extended = self.extended.as_ref().map(|level| ("extended", level));
        [("core", &self.core)].into_iter().chain(extended)
    }
}

impl ConformanceReport {
    /// True for the form of v1.0 and earlier, which has neither channel nor mode.
    pub fn is_alpha(&self) -> bool {
        self.api_version.as_deref() == Some(API_V1ALPHA1)
    }
}
