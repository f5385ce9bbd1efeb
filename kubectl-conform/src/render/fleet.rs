//! Several clusters side by side.

use conform_suite::{Fleet, FleetRow, FleetState, Tally};
use jiff::Timestamp;

use super::{Column, Table};
use crate::{
    text::{clean_line, hang},
    time,
};

/// A row for each cluster, as of `now`; then why nothing is known of those of which nothing is.
pub fn fleet(fleet: &Fleet, now: Timestamp, wide: bool, width: u16) -> String {
    let mut columns = vec![
        Column::wrapping("CLUSTER"),
        Column::left("VERDICT"),
        Column::left("RELEASE"),
    ];
    columns.extend(["PASSED", "FAILED", "NOT EVALUATED", "FAILING LATER"].map(Column::right));
    if wide {
        columns.extend(["FROM", "MEASURED"].map(Column::left));
    }
    columns.push(Column::left("AGE"));
    let mut table = Table::new(columns);
    for row in &fleet.clusters {
        let dash = || "-".to_owned();
        let known = |tally: Option<Tally>, cell: fn(Tally) -> String| tally.map_or_else(dash, cell);
        let mut cells = vec![
            row.cluster.clone(),
            words(row.state).to_owned(),
            row.release.map_or_else(dash, |release| release.to_string()),
            known(row.present, |tally| {
                format!("{}/{}", tally.passed, tally.required)
            }),
            known(row.present, |tally| tally.failed.to_string()),
            known(row.present, |tally| tally.unevaluated.to_string()),
            known(row.future, |tally| tally.failed.to_string()),
        ];
        if wide {
            cells.extend([&row.source, &row.measured].map(|text| text.clone().unwrap_or_else(dash)));
        }
        let age = row.measured.as_deref().and_then(time::moment);
        cells.push(age.map_or_else(dash, |then| time::age(Some(then), now)));
        table.row(cells);
    }
    let mut parts = vec![table.render((!wide).then_some(width))];
    let problems: Vec<String> = fleet
        .clusters
        .iter()
        .filter_map(|row| problem(row, width))
        .collect();
    if !problems.is_empty() {
        parts.push(problems.join("\n"));
    }
    parts.join("\n\n")
}

fn problem(row: &FleetRow, width: u16) -> Option<String> {
    let problem = row.problem.as_deref()?;
    let cluster = clean_line(&row.cluster);
    Some(hang(
        "  - ",
        &format!("{cluster}: {}", clean_line(problem)),
        width.into(),
    ))
}

const fn words(state: FleetState) -> &'static str {
    match state {
        FleetState::NotConformant => "Not conformant",
        FleetState::Unreachable => "Unreachable",
        FleetState::Undecided => "Undecided",
        FleetState::Conformant => "Conformant",
    }
}
