//! What a report tells of a run besides the outcomes of its tests.

use serde::Serialize;

use super::{Measured, RequirementsSource};
use crate::{Area, Outcome, TruthTable};

/// What a report tells of a run besides the outcomes of its tests. All of it is text for people: nothing is decided by it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Context {
    /// Sentences that a reader has to know before the numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// Where the outcomes come from and why they may be believed, in the order in which people read it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Fact>,
    /// What implements each area of the cluster.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Part>,
    /// What the cluster's network was measured to do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<Feature>,
    /// What was found about further ranges of Service addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub service_ranges: Vec<Look>,
}

/// One thing that is known of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// What is known of it.
    pub value: String,
}

/// What implements one area of the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Part {
    /// The area.
    pub area: Area,
    /// Its name, such as `kube-proxy`.
    pub name: String,
    /// How it works here, if it tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Its version, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// On how many nodes; 0 if it is not a matter of nodes.
    pub nodes: i32,
    /// How this is known: `measured`, `declared` or `inferred`.
    pub basis: String,
    /// What was seen, in words.
    pub evidence: String,
}

/// What one feature of the network came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Feature {
    /// The feature, such as `internal-traffic-policy`.
    pub name: String,
    /// Who asks for it, such as `KEP-2086`.
    pub source: String,
    /// What it came to: `Supported`, `Unsupported`, `Unevaluated` or `NotApplicable`.
    pub status: String,
    /// What implements it here.
    pub component: String,
    /// Ways through the network that were as expected.
    pub same: i32,
    /// All ways that were looked at; 0 if it was not probed.
    pub cells: i32,
    /// Why it is not Supported; empty if it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
    /// Each way, if they were kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<TruthTable>,
}

/// What one look at the cluster found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Look {
    /// What was looked at.
    pub topic: String,
    /// What came of it: `Passed`, `Warned`, `Failed` or `Skipped`.
    pub state: String,
    /// The component that it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// What was seen, in words.
    pub message: String,
}

impl Fact {
    /// A fact of this name.
    pub fn new(name: &str, value: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            value: value.into(),
        }
    }
}

impl Context {
    /// True if there is nothing to tell.
    pub const fn is_empty(&self) -> bool {
        self.remarks.is_empty()
            && self.evidence.is_empty()
            && self.components.is_empty()
            && self.capabilities.is_empty()
            && self.service_ranges.is_empty()
    }

    /// What files say of how they came about.
    pub(super) fn of_files(measured: &Measured, requirements: RequirementsSource) -> Self {
        let told = &measured.circumstances;
        let ran = measured
            .seen
            .values()
            .filter(|seen| seen.outcome != Outcome::NotRun);
        let mut evidence = vec![
            Fact::new("Tests that ran", ran.count().to_string()),
            Fact::new("JUnit files", told.junit_files.to_string()),
            Fact::new("e2e.log", if told.e2e_log { "there" } else { "missing" }),
            Fact::new(
                "Requirements",
                match requirements {
                    RequirementsSource::Suite => "the suite that ran",
                    RequirementsSource::Catalogue => "upstream's list of the release",
                    RequirementsSource::List => "the list that was given",
                },
            ),
        ];
        if told.suite != told.server {
            evidence.insert(0, Fact::new("Release of the suite", told.suite.to_string()));
        }
        if told.processes > 1 {
            evidence.push(Fact::new("Processes", told.processes.to_string()));
        }
        if told.flake_attempts > 1 {
            evidence.push(Fact::new(
                "Tries of a failing test",
                told.flake_attempts.to_string(),
            ));
        }
        let cut = |what| {
            format!("{what} ends early: what failed in it counts, and what is missing may have failed too.")
        };
        let cut = match (told.archive_truncated, told.truncated) {
            (true, _) => Some(cut("The archive")),
            (false, true) => Some(cut("The JUnit file")),
            (false, false) => None,
        };
        Self {
            remarks: cut.into_iter().collect(),
            evidence,
            ..Self::default()
        }
    }
}
