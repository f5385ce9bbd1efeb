//! What KEP-2578 asks of clusters with Windows nodes.

use conform_report::verdict as words;
use conform_suite::{Standing, WindowsList, WindowsReport};

use super::{Column, Table, open::open};
use crate::text::{clean_line, hang};

/// A row for each list, then what is open.
pub fn windows(report: &WindowsReport, wide: bool, width: u16) -> String {
    let source = clean_line(&report.source);
    let of = format!("{source}: Windows nodes (KEP-2578), release {}", report.release);
    if let Some(because) = &report.not_applicable {
        let lists: Vec<String> = report
            .lists
            .iter()
            .map(|list| format!("  {}: not applicable", title(list)))
            .collect();
        let head = format!("{of}: not applicable, since {because}");
        return format!("{}\n\n{}", hang("", &head, width.into()), lists.join("\n"));
    }
    let head = format!("{of}: core {}", words(report.verdict).to_lowercase());
    let mut parts = vec![hang("", &head, width.into()), lists(report, width)];
    for list in &report.lists {
        let tests = list.open.iter();
        let shown = tests.filter(|test| wide || test.outcome.standing() == Standing::Missed);
        let shown: Vec<_> = shown
            .map(|test| (test.name.as_str(), format!("{:?}", test.outcome)))
            .collect();
        parts.extend(open(&title(list), shown.into_iter(), wide, width));
    }
    if !wide && report.lists.iter().any(|list| list.tally.unevaluated > 0) {
        parts.push("Open tests were not measured: -o wide names them.".to_owned());
    }
    let untested: Vec<String> = report
        .lists
        .iter()
        .flat_map(|list| list.untested.iter().map(move |behaviour| (list, behaviour)))
        .map(|(list, behaviour)| hang("  - ", &format!("{behaviour} ({})", list.list), width.into()))
        .collect();
    if !untested.is_empty() {
        parts.push(format!("No test of the suite shows:\n{}", untested.join("\n")));
    }
    parts.join("\n\n")
}

fn title(list: &WindowsList) -> String {
    format!("{}, {}", list.profile, list.list)
}

fn lists(report: &WindowsReport, width: u16) -> String {
    let mut table = Table::new([
        Column::left("PROFILE"),
        Column::wrapping("LIST"),
        Column::right("PASSED"),
        Column::right("FAILED"),
        Column::right("OPEN"),
        Column::left("VERDICT"),
    ]);
    for list in &report.lists {
        let tally = list.tally;
        table.row([
            list.profile.to_owned(),
            list.list.to_owned(),
            format!("{}/{}", tally.passed, tally.required),
            tally.failed.to_string(),
            tally.unevaluated.to_string(),
            words(list.verdict).to_owned(),
        ]);
    }
    table.render(Some(width))
}
