//! What a later release will ask.

use conform_report::verdict as words;
use conform_suite::{Readiness, Step};

use super::{Column, Table};
use crate::text::{clean_line, hang};

/// A row for what goes on and for each step, then what is open.
pub fn readiness(ready: &Readiness, wide: bool, width: u16) -> String {
    let head = format!(
        "{}: from release {} to {}: {}",
        clean_line(&ready.source),
        ready.release,
        ready.to,
        words(ready.verdict)
    );
    let mut parts = vec![hang("", &head, width.into())];
    if ready.kept.is_none() {
        let scope = format!(
            "Only what comes after {} was asked about: what is required today was not run.",
            ready.release
        );
        parts.push(hang("", &scope, width.into()));
    }
    if ready.kept.is_some() || !ready.steps.is_empty() {
        parts.push(steps(ready, width));
    } else {
        parts.push(format!("Nothing becomes required up to {}.", ready.to));
    }
    for step in ready.kept.iter().chain(&ready.steps) {
        parts.extend(open(step, step.release == ready.release, wide, width));
    }
    if !ready.demoted.is_empty() {
        let mut lines = vec![format!("No longer required in {}:", ready.to)];
        lines.extend(
            ready
                .demoted
                .iter()
                .map(|name| hang("  - ", &clean_line(name), width.into())),
        );
        parts.push(lines.join("\n"));
    }
    parts.join("\n\n")
}

fn steps(ready: &Readiness, width: u16) -> String {
    let mut table = Table::new([
        Column::left("REQUIRED IN"),
        Column::left("AUTHORITY"),
        Column::right("PASSED"),
        Column::right("FAILED"),
        Column::right("NOT EVALUATED"),
        Column::wrapping("READY"),
    ]);
    for step in ready.kept.iter().chain(&ready.steps) {
        let tally = step.tally;
        table.row([
            step.release.to_string(),
            step.authority.word().to_owned(),
            format!("{}/{}", tally.passed, tally.required),
            tally.failed.to_string(),
            tally.unevaluated.to_string(),
            words(tally.verdict()).to_owned(),
        ]);
    }
    table.render(Some(width))
}

fn open(step: &Step, is_today: bool, wide: bool, width: u16) -> Option<String> {
    let heading = if is_today {
        format!("Open today, in {}", step.release)
    } else {
        format!("Open for {} ({})", step.release, step.authority.word())
    };
    let tests = step.open.iter().map(|test| {
        let note = format!("{}, {:?}", test.area.word(), test.outcome);
        (test.name.as_str(), note)
    });
    super::open::open(&heading, tests, wide, width)
}
