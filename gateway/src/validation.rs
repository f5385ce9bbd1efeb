//! All files together.

use conform_suite::evaluation::REPORT_VERSION;
use serde::Serialize;

use crate::{FileKind, Finding, Severity, Validated};

/// What is wrong with files of reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Validation {
    /// The version of this form.
    pub api_version: &'static str,
    /// `ReportValidation`.
    pub kind: &'static str,
    /// Every file that could be read, in the order of their paths.
    pub files: Vec<FileReport>,
    /// Files that could not be read.
    pub unreadable: Vec<Unreadable>,
    /// How many errors there are.
    pub errors: usize,
    /// How many warnings there are.
    pub warnings: usize,
}

/// What is wrong with one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FileReport {
    /// Its path, as its user named it.
    pub file: String,
    /// What it is.
    pub kind: FileKind,
    /// What it is about, such as `acme/operator v2.13, Gateway API v1.6.3`; empty if that could not be read.
    pub subject: String,
    /// What is wrong, by the places in the file.
    pub findings: Vec<Finding>,
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unreadable {
    /// Its path, as its user named it.
    pub file: String,
    /// Why not.
    pub error: String,
}

impl Validation {
    /// Puts files together.
    pub fn new(files: Vec<Validated>, unreadable: Vec<Unreadable>) -> Self {
        let mut files: Vec<FileReport> = files
            .into_iter()
            .map(|file| FileReport {
                file: file.file,
                kind: file.kind,
                subject: file.subject,
                findings: file.findings.into_sorted(),
            })
            .collect();
        files.sort_by(|a, b| a.file.cmp(&b.file));
        let count = |severity| {
            let findings = files.iter().flat_map(|file| &file.findings);
            findings.filter(|finding| finding.severity == severity).count()
        };
        Self {
            api_version: REPORT_VERSION,
            kind: "ReportValidation",
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            files,
            unreadable,
        }
    }
}
