//! What is said in the same words wherever it is shown.

use conform_crds::{ConformanceRun, conditions};
use conform_suite::{
    Authority, Row, Verdict,
    evaluation::{InputReport, ReleaseSource, RequirementsSource},
};

use crate::{condition, text::clean_line};

/// A verdict in words.
pub const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Conformant => "Conformant",
        Verdict::NotConformant => "Not conformant",
        Verdict::Undecided => "Undecided",
    }
}

/// What only an advisory says is never shown as if the suite said it.
pub fn row_verdict(row: &Row) -> String {
    let advisory = Authority::Advisory.word();
    if row.authority == Some(Authority::Advisory) && !row.verdict.contains(advisory) {
        format!("{} ({advisory})", row.verdict)
    } else {
        row.verdict.clone()
    }
}

/// Where the run is, in plain words.
pub fn state(run: &ConformanceRun) -> String {
    let Some(succeeded) = condition::find(run, conditions::SUCCEEDED) else {
        return "waiting for the operator (is it running? `kubectl conform version` says)".to_owned();
    };
    let said = clean_line(&succeeded.message);
    let word = match succeeded.status.as_str() {
        "True" => "done".to_owned(),
        "False" => format!("failed, {}", succeeded.reason),
        _ => succeeded.reason.to_lowercase(),
    };
    if said.is_empty() {
        word
    } else {
        format!("{word}: {said}")
    }
}

/// The release, and how it is known if nobody said it.
pub fn release(report: &InputReport) -> String {
    let how = match report.release_source {
        ReleaseSource::Given | ReleaseSource::Run => "",
        ReleaseSource::Archive => ", as the archive says",
        ReleaseSource::Log => ", as e2e.log says",
        ReleaseSource::Inferred => ", inferred from the tests that the file names",
    };
    let by = match report.requirements_source {
        RequirementsSource::Catalogue | RequirementsSource::Suite => "",
        RequirementsSource::List => ", judged by the list that was given",
    };
    format!("release {}{how}{by}", report.release)
}
