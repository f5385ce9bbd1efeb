//! What one suite run is asked to measure.

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

use crate::{OwnProfile, Profile, Release, SelectionError, Stage, profile};

/// What one suite run is asked to measure. The operator hands it to the runner as JSON.
///
/// Patterns are those of the regex crate, whose syntax is Go's for all that names need. They are matched anywhere in a
/// test's full name, as [`TestName`](crate::TestName) has it: `^\[sig-network\]` works here, though not with ginkgo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Request {
    /// Names of profiles; a requirement is in if any of them takes it.
    pub profiles: Vec<String>,
    /// Those of them that users wrote. The others are built in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own: Vec<OwnProfile>,
    /// The stage to measure.
    pub stage: Stage,
    /// Only tests whose name matches this pattern, besides what the profiles say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focus: Option<String>,
    /// No tests whose name matches this pattern.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip: Option<String>,
    /// No future requirements that bind after this release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through_release: Option<Release>,
    /// The release of the cluster.
    pub server: Release,
}

/// Largest compiled pattern, in bytes. A pattern that names every conformance test stays below it.
const PATTERN_BYTES: usize = 8 << 20;

impl Request {
    /// The built-in profiles that are named, or extended by those that are.
    pub(super) fn profiles(&self) -> Result<Vec<&'static Profile>, SelectionError> {
        if self.profiles.is_empty() {
            return Err(SelectionError::NoProfile);
        }
        let mut profiles = Vec::new();
        for name in &self.profiles {
            match self.own.iter().find(|own| own.name == *name) {
                Some(own) => {
                    for name in &own.extends {
                        profiles.push(profile(name)?);
                    }
                }
                None => profiles.push(profile(name)?),
            }
        }
        Ok(profiles)
    }

    pub(super) fn focus(&self) -> Result<Option<Regex>, SelectionError> {
        pattern("focus", self.focus.as_deref())
    }

    pub(super) fn skip(&self) -> Result<Option<Regex>, SelectionError> {
        pattern("skip", self.skip.as_deref())
    }
}

/// An empty pattern is none, as in the suite's own environment variables; taken literally it would skip everything.
fn pattern(which: &'static str, text: Option<&str>) -> Result<Option<Regex>, SelectionError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let compiled = RegexBuilder::new(text).size_limit(PATTERN_BYTES).build();
    compiled
        .map(Some)
        .map_err(|error| SelectionError::InvalidPattern {
            which,
            message: error.to_string(),
        })
}
