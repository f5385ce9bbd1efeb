//! `profiles`: the built-in choices of requirements.

use crate::{
    error::Error,
    printer::Printer,
    render::{Column, Table},
};

/// Lists the built-in profiles.
pub fn run(printer: &Printer) -> Result<(), Error> {
    let mut table = Table::new([
        Column::left("NAME"),
        Column::left("NODES"),
        Column::wrapping("SUMMARY"),
    ]);
    for profile in conform_suite::profiles() {
        table.row([
            profile.name.to_owned(),
            profile
                .nodes
                .map_or_else(|| "any".to_owned(), |os| os.to_string()),
            profile.summary.to_owned(),
        ]);
    }
    printer.out(&table.render(printer.terminal_width()))
}
