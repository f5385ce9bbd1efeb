//! `diff`: what changed between two runs.

use std::path::PathBuf;

use conform_suite::{Release, diff};

use crate::{
    error::Error,
    exit::ExitStatus,
    offline::{self, Lists, ReportFormat},
    printer::Printer,
    render,
};

/// Options of `diff`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Exit codes: 0 nothing got worse, 1 something fails that passed or is newly required, 2 not decided."
)]
pub struct Args {
    /// The run before: a JUnit file, or a folder with junit_*.xml and e2e.log
    before: PathBuf,
    /// The run after
    after: PathBuf,
    /// Release of the cluster before
    #[arg(long, value_name = "1.N")]
    before_release: Option<Release>,
    /// Release of the cluster after
    #[arg(long, value_name = "1.M")]
    after_release: Option<Release>,
    #[command(flatten)]
    lists: Lists,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: ReportFormat,
}

/// Compares them.
pub fn run(args: &Args, printer: &Printer) -> Result<ExitStatus, Error> {
    let lists = args.lists.load()?;
    let before = offline::load(&args.before, args.before_release, printer)?;
    let after = offline::load(&args.after, args.after_release, printer)?;
    let diff =
        diff(&before, &after, lists).map_err(|error| Error::Usage(offline::unknown_release(&error)))?;
    args.output
        .write(printer, &diff, |wide| render::diff(&diff, wide, printer.width()))?;
    Ok(if diff.is_worse() {
        ExitStatus::NotConformant
    } else {
        ExitStatus::Done
    })
}
