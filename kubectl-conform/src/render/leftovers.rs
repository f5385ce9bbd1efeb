//! The list of what runs left behind.

use conform_leftovers::Leftover;
use jiff::Timestamp;

use super::{Column, Table};
use crate::time::age;

/// One row for each object.
pub fn leftovers(left: &[Leftover], now: Timestamp, width: Option<u16>) -> String {
    let mut table = Table::new([
        Column::left("KIND"),
        Column::left("NAMESPACE"),
        Column::wrapping("NAME"),
        Column::left("RUN"),
        Column::left("AGE"),
    ]);
    for leftover in left {
        table.row([
            leftover.resource.kind.clone(),
            leftover.namespace.clone().unwrap_or_default(),
            leftover.name.clone(),
            leftover.run.clone(),
            age(leftover.created, now),
        ]);
    }
    table.render(width)
}
