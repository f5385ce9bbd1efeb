//! The `-o` formats of reports.

use clap::ValueEnum;
use serde::Serialize;

use crate::{error::Error, output, printer::Printer};

/// Formats of reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// A table, fitted to the terminal
    #[default]
    Table,
    /// A table with more columns and nothing shortened
    Wide,
    /// JSON
    Json,
    /// YAML
    Yaml,
}

impl ReportFormat {
    /// Writes a report: as data, or as the page that `page` makes of it, by whether it is wide.
    pub fn write<T: Serialize>(
        self,
        printer: &Printer,
        report: &T,
        page: impl FnOnce(bool) -> String,
    ) -> Result<(), Error> {
        match self {
            Self::Json => output::json(printer, report),
            Self::Yaml => output::yaml(printer, report),
            Self::Table | Self::Wide => printer.out(&page(self == Self::Wide)),
        }
    }
}
