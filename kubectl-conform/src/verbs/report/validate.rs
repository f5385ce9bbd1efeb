//! `report validate`: whether reports are as they have to be.

use std::path::PathBuf;

use clap::ValueEnum;
use conform_gateway::Validation;

use crate::{error::Error, exit::ExitStatus, offline, output, printer::Printer, render};

/// Options of `report validate`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Exit codes: 0 no error was found, 1 a file has an error, 2 a file could not be read. With --strict a warning counts as an error."
)]
pub struct Args {
    /// Reports, checklists of AI conformance (PRODUCT.yaml), or folders of them; links in a folder are not followed
    #[arg(required = true, value_name = "FILE|DIR")]
    inputs: Vec<PathBuf>,
    /// Let a warning count as an error
    #[arg(long)]
    strict: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for each file with findings, fitted to the terminal
    #[default]
    Table,
    /// JSON
    Json,
}

/// Reads and checks every file.
pub fn run(args: &Args, printer: &Printer) -> Result<ExitStatus, Error> {
    let found = offline::report_files(&args.inputs, printer);
    let validation = offline::validate_reports(found, printer);
    match args.output {
        Format::Table => printer.out(&render::validation(&validation, printer.width()))?,
        Format::Json => output::json(printer, &validation)?,
    }
    Ok(status(&validation, args.strict))
}

fn status(validation: &Validation, strict: bool) -> ExitStatus {
    if !validation.unreadable.is_empty() || validation.files.is_empty() {
        ExitStatus::Undecided
    } else if validation.errors > 0 || (strict && validation.warnings > 0) {
        ExitStatus::NotConformant
    } else {
        ExitStatus::Done
    }
}
