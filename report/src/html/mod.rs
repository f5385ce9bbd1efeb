//! The evaluation as a page of its own: no other file and no request is needed to read it, and no script either.

mod failures;
mod features;
mod frame;
mod runs;
mod section;
mod tests_list;
mod trend;

pub use runs::runs_html;
pub use trend::trend_html;

use askama::Template;
use conform_suite::{
    Verdict,
    evaluation::{Evaluation, InputAt, InputReport, Unreadable},
};

use crate::{
    text::{clean, clean_line, count},
    words::verdict,
};
use frame::Frame;
use section::Section;

/// A page could not be made: a fault of this program.
#[derive(Debug, thiserror::Error)]
#[error("cannot make the page: {0}. This is a fault of this program: please report it")]
pub struct PageError(#[from] askama::Error);

/// What a browser may do with the pages: nothing but show them with their own style and script. It stands in each page too;
/// whoever serves them says it in a header.
pub fn security_policy() -> String {
    Frame::new().policy()
}

/// Everything of the page, in words. The template only places it, and escapes whatever comes from elsewhere.
#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    title: String,
    total: Option<String>,
    overview: Vec<Overview>,
    inputs: Vec<Section>,
    unreadable: Vec<Unread>,
    frame: Frame,
}

/// One input's row in the table of all inputs.
struct Overview {
    id: String,
    source: String,
    release: String,
    passed: String,
    failed: String,
    unevaluated: String,
    verdict: &'static str,
    tone: &'static str,
}

/// An input that could not be judged.
struct Unread {
    id: String,
    source: String,
    error: String,
}

/// One section for each input; of several inputs a table of all before them.
pub fn evaluation_html(evaluation: &Evaluation) -> Result<String, PageError> {
    let only = match evaluation.inputs.as_slice() {
        [only] if evaluation.unreadable.is_empty() => Some(only),
        _ => None,
    };
    let total = evaluation.total;
    let many = only.is_none().then(|| {
        format!(
            "{}: {} conformant, {} not, {} undecided, {} unreadable.",
            count(i64::try_from(total.inputs).unwrap_or(i64::MAX), "input"),
            total.conformant,
            total.not_conformant,
            total.undecided,
            total.unreadable
        )
    });
    let mut inputs: Vec<Section> = evaluation.inputs.iter().enumerate().map(Section::of).collect();
    // One search looks through the tests of all inputs; it stands where the first of them are.
    if let Some(first) = inputs.iter_mut().find(|input| !input.tests.is_empty()) {
        first.searches = true;
    }
    let page = Page {
        title: match only {
            Some(only) => format!(
                "Kubernetes {}: {}",
                only.release,
                verdict(only.verdict).to_lowercase()
            ),
            None => format!(
                "Kubernetes conformance: {}",
                verdict(total.verdict).to_lowercase()
            ),
        },
        total: many,
        overview: only.map_or_else(|| overview(evaluation), |_| Vec::new()),
        inputs,
        unreadable: evaluation.unreadable.iter().enumerate().map(unread).collect(),
        frame: Frame::new(),
    };
    Ok(page.render()?)
}

fn overview(evaluation: &Evaluation) -> Vec<Overview> {
    let dash = || "-".to_owned();
    let row = |at: InputAt| match at {
        InputAt::Judged(at) => evaluation.inputs.get(at).map(|report| Overview {
            id: id(at),
            source: clean_line(&report.source),
            release: report.release.to_string(),
            passed: format!("{}/{}", report.present.passed, report.present.required),
            failed: report.present.failed.to_string(),
            unevaluated: report.present.unevaluated.to_string(),
            verdict: verdict(report.verdict),
            tone: tone(report.verdict),
        }),
        InputAt::Unreadable(at) => evaluation.unreadable.get(at).map(|input| Overview {
            id: unread_id(at),
            source: clean_line(&input.source),
            release: dash(),
            passed: dash(),
            failed: dash(),
            unevaluated: dash(),
            verdict: "Unreadable",
            tone: "open",
        }),
    };
    evaluation.worst_first().into_iter().filter_map(row).collect()
}

fn unread((at, input): (usize, &Unreadable)) -> Unread {
    Unread {
        id: unread_id(at),
        source: clean_line(&input.source),
        error: clean(&input.error),
    }
}

/// Where an input's section is in the page.
fn id(at: usize) -> String {
    format!("input-{}", at + 1)
}

fn unread_id(at: usize) -> String {
    format!("unreadable-{}", at + 1)
}

/// The class that gives a verdict its colour.
const fn tone(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Conformant => "good",
        Verdict::NotConformant => "bad",
        Verdict::Undecided => "open",
    }
}

/// What the verdict was made from, in a sentence.
fn summary(report: &InputReport) -> String {
    let present = report.present;
    if present.required == 0 {
        return "No requirement of the cluster's release was looked at.".to_owned();
    }
    format!(
        "{} of {} requirements passed, {} failed, {} not evaluated.",
        present.passed, present.required, present.failed, present.unevaluated
    )
}
