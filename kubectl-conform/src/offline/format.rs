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
