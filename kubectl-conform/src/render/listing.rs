//! The list of what is required.

use conform_suite::listing::Listed;

use super::{Column, Table};

/// One row for each test. The name comes last: it is long, and names hold spaces.
pub fn listing(listed: &[Listed], wide: bool, width: Option<u16>) -> String {
    let mut columns = ["STAGE", "REQUIRED IN", "AREA"].map(Column::left).to_vec();
    if wide {
        columns.extend(["AUTHORITY", "SIG", "TAGS", "WHY"].map(Column::left));
    }
    columns.push(Column::wrapping("NAME"));
    let mut table = Table::new(columns);
    for one in listed {
        let mut cells = vec![
            one.stage.word().to_owned(),
            one.required_in.to_string(),
            one.area.word().to_owned(),
        ];
        if wide {
            let dash = |text: Option<String>| {
                text.filter(|text| !text.is_empty())
                    .unwrap_or_else(|| "-".to_owned())
            };
            cells.push(one.authority.word().to_owned());
            cells.push(dash(one.sig.clone()));
            cells.push(dash(Some(one.tags.join(","))));
            cells.push(dash(one.why.clone()));
        }
        cells.push(one.name.to_string());
        table.row(cells);
    }
    table.render(width.filter(|_| !wide))
}
