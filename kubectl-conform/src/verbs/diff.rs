//! `diff`: what changed between two runs.

use clap::ValueEnum;
use conform_suite::{Diff, Release, diff};

use crate::{
    cli::Global,
    error::Error,
    exit::ExitStatus,
    offline::{self, Lists, ReportFormat},
    printer::Printer,
    render, source,
};

/// Options of `diff`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Exit codes: 0 nothing got worse, 1 something fails that passed or is newly required, 2 an input could not be read. What was not \
                  measured got no worse, and is listed. What binds only later does not count."
)]
pub struct Args {
    /// The run before: a file, folder or tarball as for evaluate, or the name of a run in the cluster
    #[arg(value_name = "FILE|DIR|TARBALL|RUN")]
    before: String,
    /// The run after
    #[arg(value_name = "FILE|DIR|TARBALL|RUN")]
    after: String,
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
    output: Format,
}

/// The forms of a comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table, fitted to the terminal
    #[default]
    Table,
    /// A table with nothing shortened
    Wide,
    /// JSON
    Json,
    /// YAML
    Yaml,
    /// A page for a pull request
    Markdown,
}

/// Compares them. A cluster is asked only if there is no file of the name.
pub async fn run(args: &Args, global: &Global, printer: &Printer) -> Result<ExitStatus, Error> {
    let lists = args.lists.load()?;
    let before = source::measured(&args.before, args.before_release, global, printer).await?;
    let after = source::measured(&args.after, args.after_release, global, printer).await?;
    let diff =
        diff(&before, &after, lists).map_err(|error| Error::Usage(offline::unknown_release(&error)))?;
    write(args.output, &diff, printer)?;
    Ok(if diff.is_worse() {
        ExitStatus::NotConformant
    } else {
        ExitStatus::Done
    })
}

fn write(format: Format, diff: &Diff, printer: &Printer) -> Result<(), Error> {
    let format = match format {
        Format::Table => ReportFormat::Table,
        Format::Wide => ReportFormat::Wide,
        Format::Json => ReportFormat::Json,
        Format::Yaml => ReportFormat::Yaml,
        Format::Markdown => return printer.out(&render::diff_markdown(diff)),
    };
    format.write(printer, diff, |wide| render::diff(diff, wide, printer.width()))
}
