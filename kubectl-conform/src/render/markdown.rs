//! The evaluation as a page for a pull request.

use conform_report::verdict as words;
use conform_suite::evaluation::{Evaluation, InputReport};

use crate::text::clean_line;

/// One section for each input.
pub fn evaluation_markdown(evaluation: &Evaluation) -> String {
    let mut sections: Vec<String> = evaluation.inputs.iter().map(input).collect();
    for unreadable in &evaluation.unreadable {
        sections.push(format!(
            "## {}\n\nCould not be judged: {}",
            escaped(&unreadable.source),
            escaped(&unreadable.error)
        ));
    }
    sections.join("\n\n")
}

fn input(report: &InputReport) -> String {
    let mut lines = vec![
        format!("## {}", escaped(&report.source)),
        String::new(),
        format!("Kubernetes {}: **{}**", report.release, words(report.verdict)),
        String::new(),
        "| Stage | Required in | Passed | Failed | Not evaluated | Verdict |".to_owned(),
        "|---|---|--:|--:|--:|---|".to_owned(),
    ];
    for row in &report.rows {
        lines.push(format!(
            "| {} | {} | {}/{} | {} | {} | {} |",
            row.stage.word(),
            row.required_in,
            row.passed,
            row.total,
            row.failed,
            row.unevaluated,
            escaped(&row.verdict)
        ));
    }
    if !report.missed.is_empty() {
        lines.extend([
            String::new(),
            "| Failed test | Stage | Area | Outcome |".to_owned(),
            "|---|---|---|---|".to_owned(),
        ]);
    }
    for test in &report.missed {
        lines.push(format!(
            "| {} | {} | {} | {:?} |",
            escaped(test.name.as_str()),
            test.stage.word(),
            test.area.word(),
            test.outcome
        ));
    }
    if !report.certifiable.value {
        lines.extend([
            String::new(),
            "The files cannot be submitted:".to_owned(),
            String::new(),
        ]);
        lines.extend(
            report
                .certifiable
                .brief
                .iter()
                .map(|reason| format!("- {}", escaped(reason))),
        );
    }
    lines.join("\n")
}

/// Text that a page shows as it is: names come from files, and a page may show HTML.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in clean_line(text).chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '@' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}
