//! `explain`: the story of a test or a feature.

use conform_suite::{Release, explanation};

use crate::{error::Error, offline::ReportFormat, printer::Printer, render};

/// Options of `explain`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A test's name or a part of it, a KEP such as KEP-2086, or an issue such as #132954
    #[arg(value_name = "TEST|FEATURE")]
    what: String,
    /// Release to tell it for; by default the newest that is known
    #[arg(long, value_name = "1.N")]
    release: Option<Release>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: ReportFormat,
}

/// Tells it.
pub fn run(args: &Args, printer: &Printer) -> Result<(), Error> {
    let release = super::release_or_newest(args.release);
    let story =
        explanation::explain(&args.what, release).map_err(|error| Error::Missing(error.to_string()))?;
    args.output
        .write(printer, &story, |_| render::explanation(&story, printer.width()))
}
