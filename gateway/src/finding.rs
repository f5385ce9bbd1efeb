//! What is wrong with a file, and where.

use serde::Serialize;

use crate::yaml::Place;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Severity {
    /// The file is not what it says it is, or contradicts itself: no suite writes it like this.
    Error,
    /// It can be read, and breaks a rule or a custom.
    Warning,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// Line, from 1; 0 if it is about the file as a whole.
    pub line: u32,
    /// Column, from 1; 0 if it is about the file as a whole.
    pub column: u32,
    /// How bad it is.
    pub severity: Severity,
    /// The rule that is broken, by its name in the documentation.
    pub rule: &'static str,
    /// The field, such as `profiles[0].core.statistics.Passed`; empty if it is about the file as a whole.
    pub path: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// What was found so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings(Vec<Finding>);

/// Longest message that is kept, in characters.
const MOST_CHARACTERS: usize = 500;
/// Most findings that are kept of a file: whoever has more has another problem.
const MOST: usize = 1000;

impl Findings {
    /// Notes an error.
    pub fn error(&mut self, rule: &'static str, path: &str, place: Place, message: impl Into<String>) {
        self.add(Severity::Error, rule, path, place, &message.into());
    }

    /// Notes a warning.
    pub fn warn(&mut self, rule: &'static str, path: &str, place: Place, message: impl Into<String>) {
        self.add(Severity::Warning, rule, path, place, &message.into());
    }

    fn add(&mut self, severity: Severity, rule: &'static str, path: &str, place: Place, message: &str) {
        if self.0.len() >= MOST {
            return;
        }
        self.0.push(Finding {
            line: place.line,
            column: place.column,
            severity,
            rule,
            path: path.chars().take(MOST_CHARACTERS).collect(),
            message: message.chars().take(MOST_CHARACTERS).collect(),
        });
    }

    /// Takes in others.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// All of them, by their places.
    pub fn into_sorted(mut self) -> Vec<Finding> {
        self.0.sort();
        self.0.dedup();
        self.0
    }

    /// True if one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|finding| finding.severity == Severity::Error)
    }
}
