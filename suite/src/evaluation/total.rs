//! Several inputs together.

use serde::Serialize;

use super::{InputReport, REPORT_VERSION};
use crate::Verdict;

/// What several inputs say, each of its cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Evaluation {
    /// The version of this form: `conform.dev/report/v1alpha1`.
    pub api_version: &'static str,
    /// `Evaluation`.
    pub kind: &'static str,
    /// Each input that could be read, in the order given.
    pub inputs: Vec<InputReport>,
    /// Each input that could not.
    pub unreadable: Vec<Unreadable>,
    /// All together.
    pub total: Total,
}

/// An input that could not be read or judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unreadable {
    /// The input, as its user named it.
    pub source: String,
    /// Why not, with the place if there is one.
    pub error: String,
}

/// How many inputs say what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Total {
    /// How many there are.
    pub inputs: usize,
    /// How many say that their cluster conforms.
    pub conformant: usize,
    /// How many say that it does not.
    pub not_conformant: usize,
    /// How many decide nothing.
    pub undecided: usize,
    /// How many could not be read.
    pub unreadable: usize,
    /// NotConformant if one input says so; Conformant if all do and each could be read.
    pub verdict: Verdict,
}

impl Evaluation {
    /// Takes several inputs together.
    pub fn new(inputs: Vec<InputReport>, unreadable: Vec<Unreadable>) -> Self {
        let count = |verdict| inputs.iter().filter(|input| input.verdict == verdict).count();
        let [conformant, not_conformant, undecided] =
            [Verdict::Conformant, Verdict::NotConformant, Verdict::Undecided].map(count);
        let verdict = if not_conformant > 0 {
            Verdict::NotConformant
        } else if conformant > 0 && undecided == 0 && unreadable.is_empty() {
            Verdict::Conformant
        } else {
            Verdict::Undecided
        };
        let total = Total {
            inputs: inputs.len() + unreadable.len(),
            conformant,
            not_conformant,
            undecided,
            unreadable: unreadable.len(),
            verdict,
        };
        Self {
            api_version: REPORT_VERSION,
            kind: "Evaluation",
            inputs,
            unreadable,
            total,
        }
    }
}
