//! What the page says of one input.

use conform_suite::{
    Row, Stage, Verdict,
    evaluation::{Fact, InputReport, Look, Part},
};

use super::{
    failures::Failures,
    features::{self, FeatureLine},
    id, summary,
    tests_list::{self, Group},
    tone,
};
use crate::{
    text::{clean, clean_line, count},
    words::{self, verdict},
};

/// Width of a whole bar, in its own units.
const BAR: i64 = 1000;

/// The least width of a part that is not empty: one failure in hundreds is to be seen.
const LEAST: i64 = 12;

pub(super) struct Section {
    pub(super) id: String,
    pub(super) source: String,
    pub(super) verdict: &'static str,
    pub(super) tone: &'static str,
    pub(super) summary: String,
    pub(super) release: String,
    pub(super) remarks: Vec<String>,
    /// The end of a part's id and its name, of those parts that the section has.
    pub(super) links: Vec<(&'static str, String)>,
    pub(super) rows: Vec<Line>,
    pub(super) note: Option<&'static str>,
    pub(super) failures: Vec<Failures>,
    pub(super) submittable: bool,
    pub(super) reasons: Vec<String>,
    pub(super) components: Vec<Component>,
    pub(super) features: Vec<FeatureLine>,
    pub(super) looks: Vec<Finding>,
    pub(super) evidence: Vec<(String, String)>,
    pub(super) tests: Vec<Group>,
    /// The search of the whole page stands here.
    pub(super) searches: bool,
}

/// One release and authority.
pub(super) struct Line {
    pub(super) stage: &'static str,
    pub(super) says: String,
    pub(super) tone: &'static str,
    pub(super) required_in: String,
    pub(super) passed: String,
    pub(super) failed: i32,
    pub(super) unevaluated: i32,
    pub(super) verdict: String,
    /// How far the passed ones and, behind them, the failed ones reach.
    pub(super) bar: (i64, i64),
}

pub(super) struct Component {
    pub(super) area: &'static str,
    pub(super) name: String,
    pub(super) mode: String,
    pub(super) version: String,
    pub(super) nodes: String,
    pub(super) basis: String,
}

pub(super) struct Finding {
    pub(super) topic: String,
    pub(super) state: String,
    pub(super) component: String,
    pub(super) message: String,
}

impl Section {
    pub(super) fn of((at, report): (usize, &InputReport)) -> Self {
        let context = &report.context;
        let failures: Vec<Failures> = [Stage::Present, Stage::Future]
            .into_iter()
            .filter_map(|stage| Failures::of(report, stage))
            .collect();
        let tests = tests_list::groups(report);
        let has = [
            ("components", "Components", !context.components.is_empty()),
            ("network", "Network features", !context.capabilities.is_empty()),
            ("ranges", "Service addresses", !context.service_ranges.is_empty()),
            ("evidence", "Evidence", !context.evidence.is_empty()),
            ("tests", "Every requirement", !tests.is_empty()),
        ];
        let mut links: Vec<(&str, String)> = failures
            .iter()
            .map(|group| (group.id, group.title.clone()))
            .collect();
        links.push(("submit", "Certification".to_owned()));
        links.extend(
            has.into_iter()
                .filter(|part| part.2)
                .map(|part| (part.0, part.1.to_owned())),
        );
        Self {
            id: id(at),
            source: clean_line(&report.source),
            verdict: verdict(report.verdict),
            tone: tone(report.verdict),
            summary: summary(report),
            release: format!("Kubernetes {}.", words::release(report)),
            remarks: context.remarks.iter().map(|remark| clean(remark)).collect(),
            links,
            rows: report.rows.iter().map(|row| line(report, row)).collect(),
            note: report.note,
            failures,
            submittable: report.certifiable.value,
            reasons: report
                .certifiable
                .brief
                .iter()
                .map(|reason| clean_line(reason))
                .collect(),
            components: context.components.iter().map(component).collect(),
            features: context.capabilities.iter().map(features::line).collect(),
            looks: context.service_ranges.iter().map(finding).collect(),
            evidence: context.evidence.iter().map(fact).collect(),
            tests,
            searches: false,
        }
    }
}

fn line(report: &InputReport, row: &Row) -> Line {
    let verdict = match (row.stage, row.authority) {
        // Counts do not say that the input ends early.
        (Stage::Present, None) => report.verdict,
        _ => row.judged(),
    };
    Line {
        stage: row.stage.word(),
        says: match (row.stage, row.authority) {
            (Stage::Present, _) | (Stage::Future, None) => "now".to_owned(),
            (Stage::Future, Some(authority)) => {
                let left = match report.release.releases_until(row.required_in) {
                    0 => "later".to_owned(),
                    left => format!("in {}", count(left.into(), "release")),
                };
                format!("{left}, {}", authority.word())
            }
        },
        // What is missed of the future is a warning.
        tone: match (row.stage, verdict) {
            (Stage::Future, Verdict::NotConformant) => "open",
            (Stage::Future, Verdict::Undecided) => "calm",
            _ => tone(verdict),
        },
        required_in: row.required_in.to_string(),
        passed: format!("{}/{}", row.passed, row.total),
        failed: row.failed,
        unevaluated: row.unevaluated,
        verdict: words::row_verdict(row),
        bar: bar(row),
    }
}

fn bar(row: &Row) -> (i64, i64) {
    let part = |count: i32| {
        let share = BAR * i64::from(count.max(0)) / i64::from(row.total.max(1));
        if count > 0 { share.max(LEAST) } else { 0 }
    };
    let (failed, open) = (part(row.failed), part(row.unevaluated));
    let ends = (BAR - open).max(0);
    (
        part(row.passed).min((ends - failed).max(0)),
        ends.min(part(row.passed) + failed),
    )
}

fn component(part: &Part) -> Component {
    let known = |text: &Option<String>| text.as_deref().map_or_else(|| "-".to_owned(), clean_line);
    Component {
        area: part.area.word(),
        name: clean_line(&part.name),
        mode: known(&part.mode),
        version: known(&part.version),
        nodes: if part.nodes > 0 {
            part.nodes.to_string()
        } else {
            "-".to_owned()
        },
        basis: format!("{}: {}", clean_line(&part.basis), clean_line(&part.evidence)),
    }
}

fn finding(look: &Look) -> Finding {
    Finding {
        topic: clean_line(&look.topic),
        state: clean_line(&look.state),
        component: look
            .component
            .as_deref()
            .map_or_else(|| "-".to_owned(), clean_line),
        message: clean_line(&look.message),
    }
}

fn fact(fact: &Fact) -> (String, String) {
    (clean_line(&fact.name), clean_line(&fact.value))
}
