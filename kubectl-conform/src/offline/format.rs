//! The `-o` formats of reports.

use clap::ValueEnum;
use conform_suite::evaluation::Evaluation;
use serde::Serialize;

use crate::{
    error::Error,
    output,
    printer::Printer,
    render::{self, Dialect},
};

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

/// Formats of reports that are a page for a browser too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PageFormat {
    /// A table, fitted to the terminal
    #[default]
    Table,
    /// A table with nothing shortened
    Wide,
    /// JSON
    Json,
    /// YAML
    Yaml,
    /// A page for a browser, whole in one file
    Html,
}

impl PageFormat {
    /// Writes a report: as data, as the table that `table` makes of it, by whether it is wide, or as the page of `html`.
    pub fn write<T: Serialize>(
        self,
        printer: &Printer,
        report: &T,
        table: impl FnOnce(bool) -> String,
        html: impl FnOnce() -> Result<String, Error>,
    ) -> Result<(), Error> {
        let format = match self {
            Self::Table => ReportFormat::Table,
            Self::Wide => ReportFormat::Wide,
            Self::Json => ReportFormat::Json,
            Self::Yaml => ReportFormat::Yaml,
            Self::Html => return printer.data(html()?.as_bytes()),
        };
        format.write(printer, report, table)
    }
}

/// What an evaluation is made into besides tables and data, whether it is of files or of a run in the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rendering {
    /// A test case for each requirement.
    Junit,
    /// A page for a pull request.
    Markdown,
    /// A page for a browser.
    Html,
    /// A small picture of the verdict.
    Badge,
    /// An object for tools that show policies.
    Policy(Dialect),
}

impl Rendering {
    /// Writes it.
    pub fn write(self, printer: &Printer, evaluation: &Evaluation) -> Result<(), Error> {
        match self {
            Self::Junit => printer.data(render::evaluation_junit(evaluation).as_bytes()),
            Self::Markdown => printer.out(&render::evaluation_markdown(evaluation)),
            Self::Html => printer.data(render::evaluation_html(evaluation)?.as_bytes()),
            Self::Policy(dialect) => {
                printer.data(render::evaluation_policy_report(evaluation, dialect)?.as_bytes())
            }
            Self::Badge => printer.data(render::evaluation_badge(evaluation).as_bytes()),
        }
    }
}
