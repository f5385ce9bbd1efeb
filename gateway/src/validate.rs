//! One file: what it is, and what is wrong with it.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    checklist::{Checklist, Folder},
    finding::Findings,
    report::{self, ConformanceReport, KIND, Places},
    rules,
    yaml::{self, Node, Place},
};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum FileKind {
    /// A report of Gateway API's suite.
    ConformanceReport,
    /// A checklist of AI conformance.
    AiChecklist,
    /// The README.md beside reports.
    Readme,
    /// Something else, or nothing that can be read.
    Unknown,
}

/// What was read of a file, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Validated {
    /// Its path, as its user named it.
    pub file: String,
    /// What it is.
    pub kind: FileKind,
    /// What it is about, in a few words.
    pub subject: String,
    /// What is wrong with it.
    pub findings: Findings,
    /// The reports in it.
    pub reports: Vec<(ConformanceReport, Places)>,
}

/// Reads and checks the bytes of a file. Its path tells where it lies in a tree of reports. Files that a checklist names as
/// evidence are not looked at.
pub fn validate(file: &str, bytes: &[u8]) -> Validated {
    validate_in(&Folder::of(file), file, bytes)
}

fn validate_in(folder: &Folder<'_>, file: &str, bytes: &[u8]) -> Validated {
    let mut validated = Validated {
        file: file.to_owned(),
        kind: FileKind::Unknown,
        subject: String::new(),
        findings: Findings::default(),
        reports: Vec::new(),
    };
    let documents = match yaml::read(bytes) {
        Ok(documents) => documents,
        Err(error) => {
            let place = error.place().unwrap_or_default();
            validated.findings.error("yaml", "", place, error.to_string());
            return validated;
        }
    };
    if documents.is_empty() {
        let message = "it is empty";
        validated.findings.error("yaml", "", Place::default(), message);
    }
    for document in documents {
        one(document, folder, &mut validated);
    }
    validated
}

/// Reads and checks the bytes of a file as [`validate`] does. The time tells what cannot have been measured yet, and the folder
/// what a checklist has beside it.
pub fn validate_at(file: &str, bytes: &[u8], folder: &Folder<'_>, now: Timestamp) -> Validated {
    let mut validated = validate_in(folder, file, bytes);
    for (report, places) in &validated.reports {
        rules::check_time(report, places, now, &mut validated.findings);
    }
    validated
}

fn one(document: Node, folder: &Folder<'_>, validated: &mut Validated) {
    let findings = &mut validated.findings;
    let kind = document.get("kind").and_then(Node::as_text);
    let looks_like_one = ["profiles", "profileReports", "gatewayAPIVersion"];
    let is_report = kind == Some(KIND) || looks_like_one.iter().any(|key| document.get(key).is_some());
    if is_report {
        let (report, places) = report::read(document, findings);
        rules::check(&report, &places, findings);
        if let Some(location) = rules::location(&validated.file) {
            rules::check_place(&report, &places, &location, findings);
        }
        validated.kind = FileKind::ConformanceReport;
        validated.subject = about(&report);
        validated.reports.push((report, places));
    } else if Checklist::is_one(&document) {
        let checklist = Checklist::read(document, folder, findings);
        validated.kind = FileKind::AiChecklist;
        let field = |name| checklist.field(name).unwrap_or("?");
        validated.subject = format!("{} {}", field("platformName"), field("kubernetesVersion"));
    } else {
        let is_product = ["vendor", "name", "type"]
            .iter()
            .all(|key| document.get(key).is_some());
        let what = format!("it is neither a {KIND} nor a checklist of AI conformance");
        let message = if is_product {
            format!("{what}, but a product for certification: `kubectl conform verify` looks at its folder")
        } else {
            what
        };
        findings.error("kind", "", document.place, message);
    }
}

/// Implementation, version and release of Gateway API.
fn about(report: &ConformanceReport) -> String {
    let word = |word: &Option<String>| word.clone().unwrap_or_else(|| "?".to_owned());
    let of = &report.implementation;
    let api = word(&report.gateway_api_version);
    format!(
        "{}/{} {}, Gateway API {api}",
        word(&of.organization),
        word(&of.project),
        word(&of.version)
    )
}
