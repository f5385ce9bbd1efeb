//! `report`: reports of Gateway API's suite (GEP-1709), checklists of AI conformance, Windows nodes (KEP-2578), and several
//! clusters side by side.

mod features;
mod fleet;
mod generate;
mod index;
mod trend;
mod validate;
mod windows;

use clap::Subcommand;

use crate::{cli::Global, error::Error, exit::ExitStatus, printer::Printer};

/// Verbs about reports.
#[derive(Debug, Subcommand)]
pub enum Report {
    /// Look whether reports are as they have to be
    Validate(validate::Args),
    /// Make a report of what a Gateway API suite said of its tests
    Generate(Box<generate::Args>),
    /// Show what a Gateway API suite would measure of what an implementation claims
    Features(features::Args),
    /// Write the tables and badges of a tree of reports
    Index(index::Args),
    /// Show several clusters by their files, the worst first
    Fleet(fleet::Args),
    /// Show how runs went, one after the other, by their files or their names in the cluster
    Trend(trend::Args),
    /// Show what KEP-2578 asks of clusters with Windows nodes, list by list
    Windows(windows::Args),
}

/// Does what was asked for.
pub async fn run(verb: &Report, global: &Global, printer: &Printer) -> Result<ExitStatus, Error> {
    match verb {
        Report::Validate(args) => validate::run(args, printer),
        Report::Generate(args) => generate::run(args, global, printer).await,
        Report::Features(args) => features::run(args, global, printer).await,
        Report::Index(args) => index::run(args, printer),
        Report::Fleet(args) => fleet::run(args, printer),
        Report::Trend(args) => trend::run(args, global, printer).await,
        Report::Windows(args) => windows::run(args, global, printer).await,
    }
}
