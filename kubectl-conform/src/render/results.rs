//! The list of tests.

use conform_suite::{Area, Authority, Outcome, Release, Stage, TestName};
use serde::Serialize;

use super::{Column, Table};
use crate::time;

/// One test of a run, over all its attempts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultRow {
    /// The test.
    pub name: TestName,
    /// Whether it binds now or later.
    pub stage: Stage,
    /// What happened.
    pub outcome: Outcome,
    /// The release from which it binds.
    pub required_in: Release,
    /// Who says so.
    pub authority: Authority,
    /// The part of a cluster that it looks at.
    pub area: Area,
    /// What implements that part in this cluster, of a test that was not met; not known if the run did not look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// How long it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_milliseconds: Option<i64>,
    /// What it said, if it did not pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// One row for each test. The name comes last: it is long, and names hold spaces.
pub fn results(rows: &[ResultRow], wide: bool, width: Option<u16>) -> String {
    let mut columns = ["STAGE", "OUTCOME"].map(Column::left).to_vec();
    if wide {
        columns.extend(["REQUIRED IN", "AUTHORITY", "AREA", "COMPONENT"].map(Column::left));
    }
    columns.push(Column::right("TIME"));
    columns.push(Column::wrapping("NAME"));
    let mut table = Table::new(columns);
    for row in rows {
        let mut cells = vec![row.stage.word().to_owned(), format!("{:?}", row.outcome)];
        if wide {
            cells.push(row.required_in.to_string());
            cells.extend([row.authority.word(), row.area.word()].map(str::to_owned));
            cells.push(row.component.clone().unwrap_or_else(|| "-".to_owned()));
        }
        cells.push(
            row.duration_milliseconds
                .map_or_else(|| "-".to_owned(), time::milliseconds),
        );
        cells.push(row.name.to_string());
        table.row(cells);
    }
    table.render(width.filter(|_| !wide))
}
