//! How runs went over time, as tables.

use conform_report::verdict as words;
use conform_suite::{Outcome, Standing, Trend};

use super::{Column, Table};
use crate::text::count;

/// Most requirements that are shown unless the page is to be wide.
const MOST: usize = 20;

/// A row for each run, then a row for each requirement that was not always met.
pub fn trend(trend: &Trend, wide: bool, width: u16) -> String {
    let mut columns = vec![Column::wrapping("RUN"), Column::left("RELEASE")];
    columns.extend(["PASSED", "FAILED", "NOT EVALUATED", "FAILING LATER"].map(Column::right));
    columns.push(Column::left("VERDICT"));
    if wide {
        columns.push(Column::left("ENDED"));
    }
    let mut runs = Table::new(columns);
    for point in &trend.points {
        let mut cells = vec![
            point.run.clone(),
            point.release.to_string(),
            format!("{}/{}", point.present.passed, point.present.required),
            point.present.failed.to_string(),
            point.present.unevaluated.to_string(),
            point.future_failed.to_string(),
            words(point.verdict).to_owned(),
        ];
        if wide {
            cells.push(point.time.clone());
        }
        runs.row(cells);
    }
    let page = (!wide).then_some(width);
    let mut parts = vec![runs.render(page)];
    if trend.unsteady.is_empty() {
        parts.push("Nothing failed in any of them.".to_owned());
        return parts.join("\n\n");
    }
    let most = if wide { trend.unsteady.len() } else { MOST };
    let mut tests = Table::new([
        Column::right("CHANGES"),
        Column::left("RUNS"),
        Column::wrapping("NOT ALWAYS MET"),
    ]);
    for one in trend.unsteady.iter().take(most) {
        tests.row([
            one.changes.to_string(),
            one.outcomes.iter().map(|outcome| mark(*outcome)).collect(),
            one.name.clone(),
        ]);
    }
    parts.push(tests.render(page));
    if let Some(more) = trend.unsteady.len().checked_sub(most).filter(|more| *more > 0) {
        let more = count(i64::try_from(more).unwrap_or(i64::MAX), "further requirement");
        parts.push(format!("{more} not shown: -o wide shows all"));
    }
    parts.push(". met, F missed, ~ flaky, - not evaluated; the oldest run first.".to_owned());
    parts.join("\n\n")
}

fn mark(outcome: Outcome) -> char {
    match (outcome, outcome.standing()) {
        (Outcome::Flaky, _) => '~',
        (_, Standing::Met) => '.',
        (_, Standing::Missed) => 'F',
        (_, Standing::Unevaluated) => '-',
    }
}
