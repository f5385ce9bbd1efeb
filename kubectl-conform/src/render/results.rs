//! The list of tests.

use conform_report::ResultRow;

use super::{Column, Table};
use crate::time;

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
