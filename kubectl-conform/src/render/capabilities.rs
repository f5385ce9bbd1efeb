//! What the cluster's network can do.

use conform_network::probe::{Report, Status};

use super::{Column, DEFAULT_WIDTH, Table};
use crate::text::hang;

/// One row for each feature, then why those are not supported that are not, and remarks.
pub fn capabilities(report: &Report, width: Option<u16>, wide: bool) -> String {
    let mut columns = ["FEATURE", "SOURCE", "STATUS", "CELLS"]
        .map(Column::left)
        .to_vec();
    if wide {
        columns.push(Column::left("TELLING"));
        columns.push(Column::left("WHAT"));
    }
    columns.push(Column::wrapping("COMPONENT"));
    let mut table = Table::new(columns);
    for row in &report.rows {
        let mut cells = vec![
            row.feature.clone(),
            row.source.clone(),
            format!("{:?}", row.status),
            if row.cells == 0 {
                "-".to_owned()
            } else {
                format!("{}/{}", row.same, row.cells)
            },
        ];
        if wide {
            cells.push(row.telling.to_string());
            cells.push(row.title.to_owned());
        }
        cells.push(row.component.clone());
        table.row(cells);
    }
    let page = usize::from(width.unwrap_or(DEFAULT_WIDTH));
    let mut parts = vec![table.render(width.filter(|_| !wide))];
    for row in report.rows.iter().filter(|row| !row.because.is_empty()) {
        let word = match row.status {
            Status::Supported => "supported",
            Status::Unsupported => "not supported",
            Status::Unevaluated => "not evaluated",
            Status::NotApplicable => "not applicable",
        };
        let mut lines = vec![format!("{} is {word}:", row.feature)];
        lines.extend(row.because.iter().map(|why| hang("  - ", why, page)));
        parts.push(lines.join("\n"));
    }
    let remains = report.remains.iter().chain(&report.strangers);
    parts.extend(remains.map(|remain| hang("", &format!("Left behind: {remain}"), page)));
    parts.extend(report.remarks.iter().map(|remark| hang("", remark, page)));
    parts.join("\n\n")
}
