//! `report`: documents about results.

mod fleet;

use clap::Subcommand;

use crate::{error::Error, exit::ExitStatus, printer::Printer};

/// What can be reported.
#[derive(Debug, Subcommand)]
pub enum Report {
    /// Several clusters by their files, the worst first
    Fleet(fleet::Args),
}

/// Does what was asked for.
pub fn run(verb: &Report, printer: &Printer) -> Result<ExitStatus, Error> {
    match verb {
        Report::Fleet(args) => fleet::run(args, printer),
    }
}
