//! The evaluation as a page for a pull request.

use conform_report::verdict as words;
use conform_suite::evaluation::{Evaluation, InputReport, TestReport, Unreadable};

use crate::text::{clean_line, count, first_line, shorten};

/// Most characters of a page: GitHub takes a comment of 65,536.
pub(super) const MOST: usize = 60_000;
/// What is left free of that for the last line.
pub(super) const REST: usize = 200;
/// Most rows of what failed in a section.
const ROWS: usize = 40;
/// Longest source, name, component and message, and other text that others wrote, in characters.
pub(super) const NAME: usize = 250;
const COMPONENT: usize = 60;
const SAID: usize = 160;
const OTHER: usize = 400;
/// Most reasons that are listed.
const REASONS: usize = 20;

/// One section for each input, as many as a comment holds. What did not fit is counted.
pub fn evaluation_markdown(evaluation: &Evaluation) -> String {
    let inputs = evaluation.inputs.iter();
    // Each at most: what stands before it is not known yet.
    let judged = inputs.map(|report| input(report, MOST - REST));
    let mut sections = judged.chain(evaluation.unreadable.iter().map(unreadable));
    let mut page = sections.next().unwrap_or_default();
    let mut left_out = 0;
    for section in sections {
        let fits = length(&page) + length(&section) + 2 <= MOST - REST;
        if fits && left_out == 0 {
            page.push_str("\n\n");
            page.push_str(&section);
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        page.push_str("\n\n");
        page.push_str(&count(left_out, "further input"));
        page.push_str(" not shown.");
    }
    page
}

fn unreadable(unreadable: &Unreadable) -> String {
    format!(
        "## {}\n\nCould not be judged: {}",
        escaped(&unreadable.source, NAME),
        escaped(&unreadable.error, OTHER)
    )
}

/// A section of at most `room` characters.
fn input(report: &InputReport, room: usize) -> String {
    let mut lines = vec![
        format!("## {}", escaped(&report.source, NAME)),
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
            escaped(&row.verdict, SAID)
        ));
    }
    let mut end = Vec::new();
    if !report.certifiable.value {
        end.extend([
            String::new(),
            "The files cannot be submitted:".to_owned(),
            String::new(),
        ]);
        let reasons = &report.certifiable.brief;
        let shown = reasons.iter().take(REASONS);
        end.extend(shown.map(|reason| format!("- {}", escaped(reason, OTHER))));
        end.extend(further(reasons.len(), REASONS, "further reason").map(|more| format!("- {more}")));
    }
    let used: usize = lines.iter().chain(&end).map(|line| length(line) + 1).sum();
    lines.extend(failures(&report.missed, room.saturating_sub(used + REST)));
    lines.extend(end);
    lines.join("\n")
}

/// The first of those that were missed, in at most about `room` characters.
fn failures(missed: &[TestReport], room: usize) -> Vec<String> {
    if missed.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![
        String::new(),
        "| Failed test | Stage | Area | Component | Outcome | Message |".to_owned(),
        "|---|---|---|---|---|---|".to_owned(),
    ];
    let (mut used, mut shown) = (0, 0);
    for test in missed.iter().take(ROWS) {
        let line = failure(test);
        used += length(&line) + 1;
        if used > room {
            break;
        }
        lines.push(line);
        shown += 1;
    }
    if let Some(more) = further(missed.len(), shown, "further failure") {
        lines.extend([String::new(), format!("{more}.")]);
    }
    lines
}

fn failure(test: &TestReport) -> String {
    let component = test.component.as_deref().unwrap_or("-");
    let said = test.message.as_deref().and_then(first_line).unwrap_or_default();
    format!(
        "| {} | {} | {} | {} | {:?} | {} |",
        escaped(test.name.as_str(), NAME),
        test.stage.word(),
        test.area.word(),
        escaped(component, COMPONENT),
        test.outcome,
        escaped(said, SAID)
    )
}

/// How many more there are than are shown, if there are.
fn further(all: usize, shown: usize, noun: &str) -> Option<String> {
    let more = all.saturating_sub(shown);
    (more > 0).then(|| count(i64::try_from(more).unwrap_or(i64::MAX), noun))
}

pub(super) fn length(text: &str) -> usize {
    text.chars().count()
}

/// Text that a page shows as it is, of at most `most` characters: names come from files, and a page may show HTML.
pub(super) fn escaped(text: &str, most: usize) -> String {
    let mut escaped = String::new();
    for c in shorten(&clean_line(text), most).chars() {
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

#[cfg(test)]
mod tests {
    use conform_suite::{Outcome, TestName};

    use super::{
        super::offline_tests::{failing, report, run, small},
        *,
    };

    /// One input of which this many tests failed, whose names and messages are as long as they can be.
    fn failed(count: usize, name: &str, message: &str) -> InputReport {
        let mut report = report(&failing());
        let test = report.missed[0].clone();
        report.missed = (0..count)
            .map(|at| TestReport {
                name: TestName::new(&format!("[sig-x] {at} {name}")).unwrap(),
                outcome: Outcome::Failed,
                component: Some("kube-proxy nftables".to_owned()),
                message: Some(message.to_owned()),
                ..test.clone()
            })
            .collect();
        report
    }

    fn page(inputs: Vec<InputReport>) -> String {
        evaluation_markdown(&Evaluation::new(inputs, Vec::new()))
    }

    #[test]
    fn a_comment_holds_forty_of_446_failures() {
        let page = page(vec![failed(446, "should work", "\n\nexpected this\ngot that")]);
        assert_eq!(page.matches("| Failed | expected").count(), ROWS);
        assert!(
            page.contains("| kube-proxy nftables | Failed | expected this |"),
            "{page}"
        );
        assert!(page.contains("\n\n406 further failures.\n"), "{page}");
        assert!(page.contains("The files cannot be submitted"), "{page}");
        assert!(page.len() < MOST);
    }

    #[test]
    fn a_comment_is_bounded_whatever_files_say() {
        let hostile = "<&|>".repeat(3000);
        let input = || failed(446, &"&<".repeat(200), &hostile);
        for many in [1, 30] {
            let mut inputs: Vec<InputReport> = (0..many).map(|_| input()).collect();
            inputs[0].source.clone_from(&hostile);
            inputs[0].certifiable.brief = vec![hostile.clone(); 500];
            let page = page(inputs);
            assert!(page.chars().count() <= MOST, "{}", page.chars().count());
            assert!(page.contains("further failures"), "{page}");
            assert_eq!(page.contains("29 further inputs not shown."), many > 1);
        }
        let page = page((0..200).map(|_| report(&run("good", &[]))).collect());
        assert!(page.chars().count() <= MOST && page.ends_with(" further inputs not shown."));
    }

    #[test]
    fn a_page_of_few_tests() {
        let mut evaluation = small();
        evaluation.inputs[0].missed[0].component = Some("kube-proxy nftables".to_owned());
        insta::assert_snapshot!(evaluation_markdown(&evaluation));
    }
}
