//! The evaluation as JUnit: a test case for each requirement, for tools that show such files.

use std::fmt::Write;

use conform_suite::{
    Stage, Standing,
    evaluation::{Evaluation, InputReport, TestReport},
};

use crate::text::clean;

/// One suite for each input and stage. What is missed of the future is no failure: it is skipped, with its reason.
pub fn evaluation_junit(evaluation: &Evaluation) -> String {
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n".to_owned();
    for report in &evaluation.inputs {
        for stage in [Stage::Present, Stage::Future] {
            suite(&mut text, report, stage);
        }
    }
    for report in &evaluation.inputs {
        // Without it a tool would show a part that passed as the whole.
        if let Some(cut) = report.cut() {
            broken(&mut text, &report.source, &cut.to_string());
        }
    }
    for unreadable in &evaluation.unreadable {
        broken(&mut text, &unreadable.source, &unreadable.error);
    }
    text.push_str("</testsuites>\n");
    text
}

/// A suite with one error: of an input of which not all, or nothing, could be judged.
fn broken(text: &mut String, source: &str, error: &str) {
    let (source, error) = (escaped(source), escaped(error));
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "  <testsuite name=\"{source}\" tests=\"1\" errors=\"1\">\n    <testcase name=\"{source}\" classname=\"conform\">\
         <error message=\"{error}\"/></testcase>\n  </testsuite>"
    );
}

fn suite(text: &mut String, report: &InputReport, stage: Stage) {
    let counted = report.listed(stage);
    let (failures, skipped) = match stage {
        Stage::Present => (counted.failed, counted.unevaluated),
        // Whatever is not met of the future is shown as skipped.
        Stage::Future => (0, counted.required.saturating_sub(counted.passed)),
    };
    let _ = writeln!(
        text,
        "  <testsuite name=\"{} {}\" tests=\"{}\" failures=\"{failures}\" skipped=\"{skipped}\">",
        escaped(&report.source),
        stage.word(),
        counted.required,
    );
    for test in report.tests.iter().flatten().filter(|test| test.stage == stage) {
        case(text, test);
    }
    text.push_str("  </testsuite>\n");
}

fn case(page: &mut String, test: &TestReport) {
    let seconds = test.duration_milliseconds.unwrap_or_default();
    let _ = write!(
        page,
        "    <testcase name=\"{}\" classname=\"{}\" time=\"{}.{:03}\"",
        escaped(test.name.as_str()),
        test.area.word(),
        seconds / 1000,
        seconds % 1000
    );
    let said = escaped(test.message.as_deref().unwrap_or_default());
    let (outcome, release) = (test.outcome, test.required_in);
    let child = match (test.outcome.standing(), test.stage) {
        (Standing::Met, _) => None,
        (Standing::Missed, Stage::Present) => Some(format!("<failure type=\"{outcome:?}\">{said}</failure>")),
        (Standing::Missed, Stage::Future) => Some(format!(
            "<skipped message=\"{outcome:?}, required in {release} ({}): {said}\"/>",
            test.authority.word()
        )),
        (Standing::Unevaluated, _) => Some(format!("<skipped message=\"{outcome:?}\"/>")),
    };
    let _ = match child {
        None => writeln!(page, "/>"),
        Some(child) => writeln!(page, ">{child}</testcase>"),
    };
}

/// Text of an XML file.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            // XML has no way to write these, and readers refuse a file that has them.
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{super::offline_tests::small, *};

    #[test]
    fn every_character_is_one_that_xml_has() {
        let mut evaluation = small();
        let mut tests = evaluation.inputs[0].tests.as_mut().unwrap().iter_mut();
        let test = tests
            .find(|test| test.outcome.standing() == Standing::Missed)
            .unwrap();
        test.message = Some("a\u{fffe}b\u{ffff}c\u{0}d\u{85}e\u{10ffff}".to_owned());
        let page = evaluation_junit(&evaluation);
        let is_char = |c| matches!(c, '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        assert!(page.chars().all(is_char));
        assert!(
            page.contains("a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e\u{10ffff}"),
            "{page}"
        );
    }
}
