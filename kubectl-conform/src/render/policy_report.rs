//! The evaluation as objects that policy tools show: OpenReports, and the older policy reports. Both have the same content
//! in other wrappings.

use std::collections::{BTreeMap, BTreeSet};

use conform_suite::{
    Outcome, Stage, Standing,
    evaluation::{Evaluation, InputReport, ReleaseSource, TestReport, Unreadable},
};
use serde::Serialize;

use crate::{
    error::Error,
    text::{clean, clean_line, shorten},
};

/// Most results of an object, so that an API server takes it; what was missed comes first.
const MOST_RESULTS: usize = 1500;

/// Longest message of a result, in characters.
const MESSAGE: usize = 1024;

/// Longest name of an object without what stands before it.
const NAME: usize = 200;

/// Which wrapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `openreports.io/v1alpha1`.
    OpenReports,
    /// `wgpolicyk8s.io/v1alpha2`.
    PolicyReport,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<Scope>,
    summary: Summary,
    results: Vec<One>,
}

#[derive(Serialize)]
struct Metadata {
    name: String,
    labels: BTreeMap<&'static str, &'static str>,
    annotations: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Scope {
    api_version: &'static str,
    kind: &'static str,
    name: String,
}

#[derive(Default, Serialize)]
struct Summary {
    pass: i32,
    fail: i32,
    warn: i32,
    error: i32,
    skip: i32,
}

#[derive(Serialize)]
struct One {
    source: &'static str,
    policy: String,
    rule: String,
    category: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
    result: &'static str,
    scored: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    properties: BTreeMap<&'static str, String>,
}

/// One cluster-scoped object for each input, as documents of one YAML file.
pub fn evaluation_policy_report(evaluation: &Evaluation, dialect: Dialect) -> Result<String, Error> {
    let read = evaluation.inputs.iter().map(|report| of_input(report, dialect));
    let unread = evaluation
        .unreadable
        .iter()
        .map(|input| of_unreadable(input, dialect));
    let mut objects: Vec<Object> = read.chain(unread).collect();
    name_apart(&mut objects);
    let documents: Result<Vec<String>, Error> = objects
        .iter()
        .map(|object| Ok(conform_crds::to_yaml(object)?))
        .collect();
    Ok(documents?.join("---\n"))
}

impl Dialect {
    fn object(self, source: &str, summary: Summary, results: Vec<One>) -> Object {
        let (api_version, kind) = match self {
            Self::OpenReports => ("openreports.io/v1alpha1", "ClusterReport"),
            Self::PolicyReport => ("wgpolicyk8s.io/v1alpha2", "ClusterPolicyReport"),
        };
        Object {
            api_version,
            kind,
            metadata: Metadata {
                name: name(source),
                labels: [conform_crds::names::MANAGED_BY].into(),
                annotations: [("conform.dev/source", clean_line(source))].into(),
            },
            source: (self == Self::OpenReports).then_some("conform"),
            scope: None,
            summary,
            results,
        }
    }
}

/// Gives objects whose sources come to one name a number each, so that none overwrites another.
fn name_apart(objects: &mut [Object]) {
    let mut taken: BTreeSet<String> = objects
        .iter()
        .map(|object| object.metadata.name.clone())
        .collect();
    let mut said = BTreeSet::new();
    for object in objects {
        let name = &mut object.metadata.name;
        if !said.insert(name.clone()) {
            let mut numbered = (2_u32..).map(|number| format!("{name}-{number}"));
            if let Some(free) = numbered.find(|free| !taken.contains(free)) {
                taken.insert(free.clone());
                *name = free;
            }
        }
    }
}

fn of_input(report: &InputReport, dialect: Dialect) -> Object {
    let sorted = report.telling_first();
    let results: Vec<One> = sorted
        .iter()
        .take(MOST_RESULTS)
        .map(|test| one(report, test))
        .collect();
    let (now, later) = (report.present, report.later());
    let both = now.plus(later);
    let summary = Summary {
        pass: both.passed,
        fail: now.failed,
        warn: later.failed,
        error: 0,
        skip: both.unevaluated,
    };
    let cut = report.cut();
    let omitted = sorted.len().saturating_sub(results.len());
    let mut object = dialect.object(&report.source, summary, results);
    if let Some(cut) = cut {
        object.summary.error = 1;
        object.results.insert(0, broken("whole", &cut.to_string()));
    }
    if omitted > 0 {
        let annotations = &mut object.metadata.annotations;
        annotations.insert("conform.dev/results-omitted", omitted.to_string());
    }
    if report.release_source == ReleaseSource::Run {
        object.scope = Some(Scope {
            api_version: "conform.dev/v1alpha1",
            kind: "ConformanceRun",
            name: report.source.clone(),
        });
    }
    object
}

/// An input that could not be judged is an error, and not an object without failures.
fn of_unreadable(input: &Unreadable, dialect: Dialect) -> Object {
    let result = broken("readable", &input.error);
    let summary = Summary {
        error: 1,
        ..Summary::default()
    };
    dialect.object(&input.source, summary, vec![result])
}

/// That an input is not as it has to be.
fn broken(rule: &str, message: &str) -> One {
    One {
        source: "conform",
        policy: "kubernetes-conformance".to_owned(),
        rule: rule.to_owned(),
        category: "conformance",
        severity: None,
        result: "error",
        scored: true,
        message: Some(shorten(&clean(message), MESSAGE)),
        properties: BTreeMap::new(),
    }
}

fn one(report: &InputReport, test: &TestReport) -> One {
    // What is missed of the future is no failure: it is not scored.
    let (result, severity) = match (test.outcome.standing(), test.stage) {
        (Standing::Met, _) => ("pass", None),
        (Standing::Missed, Stage::Present) => ("fail", Some("high")),
        (Standing::Missed, Stage::Future) => ("warn", Some("medium")),
        (Standing::Unevaluated, _) => ("skip", None),
    };
    let mut properties: BTreeMap<&str, String> = [
        ("stage", test.stage.word().to_owned()),
        ("requiredIn", test.required_in.to_string()),
        ("authority", test.authority.word().to_owned()),
    ]
    .into();
    if test.outcome != Outcome::Passed {
        properties.insert("outcome", format!("{:?}", test.outcome));
    }
    if let Some(component) = &test.component {
        properties.insert("component", clean_line(component));
    }
    One {
        source: "conform",
        policy: format!("kubernetes-conformance-{}", report.release),
        rule: clean_line(test.name.as_str()),
        category: test.area.word(),
        severity,
        result,
        scored: test.stage == Stage::Present,
        message: test
            .message
            .as_deref()
            .map(|message| shorten(&clean(message), MESSAGE)),
        properties,
    }
}

/// A name that an object can have: what is no letter and no digit becomes a dash.
fn name(source: &str) -> String {
    let plain: String = source
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    let name: String = std::iter::once("conform")
        .chain(words)
        .collect::<Vec<_>>()
        .join("-");
    let cut: String = name.chars().take(NAME).collect();
    cut.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{
        super::offline_tests::{failing, report, run, small},
        *,
    };

    #[test]
    fn open_reports() {
        insta::assert_snapshot!(evaluation_policy_report(&small(), Dialect::OpenReports).unwrap());
    }

    #[test]
    fn policy_reports() {
        insta::assert_snapshot!(evaluation_policy_report(&small(), Dialect::PolicyReport).unwrap());
    }

    #[test]
    fn an_object_is_bounded_and_keeps_what_was_missed() {
        let mut input = report(&failing());
        let tests = input.tests.as_mut().unwrap();
        let met = tests
            .iter()
            .find(|test| test.outcome == Outcome::Passed)
            .cloned()
            .unwrap();
        tests.splice(0..0, vec![met; 2000]);
        let object = of_input(&input, Dialect::OpenReports);
        assert_eq!(object.results.len(), MOST_RESULTS);
        assert_eq!(
            object.results.iter().filter(|one| one.result == "fail").count(),
            1
        );
        assert!(
            object
                .metadata
                .annotations
                .contains_key("conform.dev/results-omitted")
        );
    }

    #[test]
    fn each_object_has_a_name_of_its_own() {
        let inputs = ["sl/a/b", "sl/a-b", "sl/a-b-2", "sl/a b"].map(|source| InputReport {
            source: source.to_owned(),
            tests: None,
            ..report(&failing())
        });
        let page = evaluation_policy_report(
            &Evaluation::new(inputs.to_vec(), Vec::new()),
            Dialect::OpenReports,
        )
        .unwrap();
        let names: Vec<&str> = page
            .lines()
            .filter_map(|line| line.strip_prefix("  name: "))
            .collect();
        assert_eq!(
            names,
            [
                "conform-sl-a-b",
                "conform-sl-a-b-3",
                "conform-sl-a-b-2",
                "conform-sl-a-b-4"
            ]
        );
    }

    #[test]
    fn an_input_that_ends_early_is_an_error_and_no_pass() {
        let evaluation = Evaluation::new(vec![report(&run("x", &[]).of_cut_archive())], Vec::new());
        let page = evaluation_policy_report(&evaluation, Dialect::OpenReports).unwrap();
        assert!(
            page.contains("error: 1\n") && page.contains("message: the archive ends early"),
            "{page}"
        );
        let junit = super::super::evaluation_junit(&evaluation);
        assert!(
            junit.contains("<error message=\"the archive ends early\"/>"),
            "{junit}"
        );
        assert!(super::super::evaluation_badge(&evaluation).contains("undecided"));
    }

    #[test]
    fn names_are_names() {
        assert_eq!(
            name("runs/\u{1b}Nightly_1/junit.xml"),
            "conform-runs-nightly-1-junit-xml"
        );
        assert_eq!(name("///"), "conform");
        assert!(name(&"é-".repeat(900)).len() <= NAME);
    }
}
