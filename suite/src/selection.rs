//! From what is asked to an exact list of tests.

use serde::{Deserialize, Serialize};

use crate::{Inventory, Narrowing, Release, Requirement, Stage};

/// What one suite run is asked to measure. The operator hands it to the runner as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Request {
    /// Names of built-in profiles; a requirement is in if any of them takes it.
    pub profiles: Vec<String>,
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

/// The requirements of one stage, and which of them are to be measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Selection {
    /// The stage.
    pub stage: Stage,
    /// Every requirement of the stage for this server, sorted by name: of the present stage every one, of the future
    /// stage those that the profiles take and that bind through the last release asked for.
    pub requirements: Vec<Candidate>,
    /// Why fewer than all are selected.
    pub narrowings: Vec<Narrowing>,
    /// `sha256:` and the digest of the selected names, sorted, each with a line feed.
    pub digest: String,
}

/// A requirement, and whether it is to be measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// The requirement.
    pub requirement: Requirement,
    /// True if its test is to run.
    pub selected: bool,
}

/// Nothing sensible can be selected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// No profile has this name.
    #[error("there is no profile {name:?}: the built-in ones are {}", known.join(", "))]
    UnknownProfile {
        /// The name asked for.
        name: String,
        /// The names that there are.
        known: Vec<&'static str>,
    },
    /// No profile is named.
    #[error("no profile is named")]
    NoProfile,
    /// A pattern is no regular expression, or too large a one.
    #[error("the {which} pattern is not valid: {message}")]
    InvalidPattern {
        /// `focus` or `skip`.
        which: &'static str,
        /// What the pattern's reader says.
        message: String,
    },
    /// Not one test is left.
    #[error("no {} test is left: {}", stage.word(), reasons(narrowings))]
    Empty {
        /// The stage.
        stage: Stage,
        /// What narrowed to nothing; empty if the suite requires nothing.
        narrowings: Vec<Narrowing>,
    },
}

fn reasons(narrowings: &[Narrowing]) -> String {
    if narrowings.is_empty() {
        return "the suite requires nothing of this release".to_owned();
    }
    narrowings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// The tests that `request` asks for, of those that the suite and the catalogue know.
pub fn select(inventory: &Inventory, request: &Request) -> Result<Selection, SelectionError> {
    let _ = inventory;
    Ok(Selection { stage: request.stage, requirements: Vec::new(), narrowings: Vec::new(), digest: String::new() })
}

impl Selection {
    /// The requirements whose tests are to run.
    pub fn selected(&self) -> impl Iterator<Item = &Requirement> {
        self.requirements.iter().filter(|candidate| candidate.selected).map(|candidate| &candidate.requirement)
    }

    /// True if every requirement of the stage is to be measured.
    pub fn is_whole(&self) -> bool {
        self.requirements.iter().all(|candidate| candidate.selected)
    }

    /// The arguments that make ginkgo run exactly the selected tests.
    pub fn ginkgo_args(&self) -> Vec<String> {
        Vec::new()
    }
}
