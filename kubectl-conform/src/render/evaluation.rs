//! What files of a run say.

use conform_report::{release, verdict as words};
use conform_suite::{
    Stage,
    evaluation::{Evaluation, InputReport, TestReport},
};

use super::{Column, Table, status::stages};
use crate::text::{clean_line, count, hang, shorten};

/// Longest message of a failed test that is shown; JSON has the rest.
const MESSAGE_WIDTH: usize = 220;

/// Most failed tests of a stage that are shown unless the page is to be wide.
const MOST_FAILURES: usize = 20;

/// One input in full; of several, one row each and a total.
pub fn evaluation(evaluation: &Evaluation, wide: bool, width: u16) -> String {
    match evaluation.inputs.as_slice() {
        [only] if evaluation.unreadable.is_empty() => input(only, wide, width),
        _ => summary(evaluation, if wide { None } else { Some(width) }),
    }
}

fn input(report: &InputReport, wide: bool, width: u16) -> String {
    let mut parts = vec![
        hang(
            "",
            &format!("{}: {}", clean_line(&report.source), release(report)),
            width.into(),
        ),
        stages(&report.rows, width),
    ];
    for (stage, title) in [
        (Stage::Present, "Failing now"),
        (Stage::Future, "Failing today and required later"),
    ] {
        let of_stage: Vec<&TestReport> = report.missed.iter().filter(|test| test.stage == stage).collect();
        parts.extend(failures(&of_stage, title, wide, width));
    }
    parts.push(if report.certifiable.value {
        "The files can be submitted.".to_owned()
    } else {
        let reasons = if wide {
            &report.certifiable.reasons
        } else {
            &report.certifiable.brief
        };
        let reasons = reasons.join("; ");
        hang(
            "",
            &format!("The files cannot be submitted: {}", clean_line(&reasons)),
            width.into(),
        )
    });
    parts.join("\n\n")
}

fn failures(tests: &[&TestReport], title: &str, wide: bool, width: u16) -> Option<String> {
    if tests.is_empty() {
        return None;
    }
    let most = if wide { tests.len() } else { MOST_FAILURES };
    let mut lines = vec![format!("{title}:")];
    for test in tests.iter().take(most) {
        lines.push(hang("  - ", &clean_line(test.name.as_str()), width.into()));
        let mut facts = format!("{}, {:?}", test.area.word(), test.outcome);
        if test.stage == Stage::Future {
            facts = format!(
                "{facts}, required in {} ({})",
                test.required_in,
                test.authority.word()
            );
        }
        if let Some(message) = &test.message {
            facts = format!("{facts}: {}", shorten(&clean_line(message), MESSAGE_WIDTH));
        }
        lines.push(hang("      ", &facts, width.into()));
    }
    if let Some(more) = tests.len().checked_sub(most).filter(|more| *more > 0) {
        let more = count(i64::try_from(more).unwrap_or(i64::MAX), "further failure");
        lines.push(format!("  {more} not shown: -o wide shows all"));
    }
    Some(lines.join("\n"))
}

fn summary(evaluation: &Evaluation, width: Option<u16>) -> String {
    let mut columns = vec![Column::left("RELEASE")];
    columns.extend(["PASSED", "FAILED", "NOT EVALUATED"].map(Column::right));
    columns.extend([
        Column::left("VERDICT"),
        Column::left("SUBMIT"),
        Column::wrapping("SOURCE"),
    ]);
    let mut table = Table::new(columns);
    for report in &evaluation.inputs {
        let present = report.present;
        table.row([
            report.release.to_string(),
            format!("{}/{}", present.passed, present.required),
            present.failed.to_string(),
            present.unevaluated.to_string(),
            words(report.verdict).to_owned(),
            if report.certifiable.value { "yes" } else { "no" }.to_owned(),
            report.source.clone(),
        ]);
    }
    for unreadable in &evaluation.unreadable {
        let dash = || "-".to_owned();
        table.row([
            dash(),
            dash(),
            dash(),
            dash(),
            "Unreadable".to_owned(),
            dash(),
            unreadable.source.clone(),
        ]);
    }
    let total = evaluation.total;
    let inputs = count(i64::try_from(total.inputs).unwrap_or(i64::MAX), "input");
    format!(
        "{}\n\nTotal: {inputs}, {} conformant, {} not, {} undecided, {} unreadable",
        table.render(width),
        total.conformant,
        total.not_conformant,
        total.undecided,
        total.unreadable,
    )
}
