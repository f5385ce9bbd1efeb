//! `evaluate`: what files of a run say of the cluster that they come from.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use conform_suite::{
    Release,
    evaluation::{Criteria, Evaluation, InputReport, Unreadable, evaluate},
};

use crate::{
    error::Error,
    exit::ExitStatus,
    offline::{self, Lists, Rendering, ReportFormat},
    printer::Printer,
    render::{self, Dialect},
};

/// Options of `evaluate`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Exit codes: 0 every cluster conforms, 1 one does not, 2 one is not decided or could not be read."
)]
pub struct Args {
    /// JUnit files and reports of Ginkgo's (JSON), gzipped or not, folders with junit_*.xml and e2e.log, or tarballs of
    /// sonobuoy's
    #[arg(required = true, value_name = "FILE|DIR|TARBALL")]
    inputs: Vec<PathBuf>,
    /// Release of the cluster; without it the archive or e2e.log says, or the tests that the file names
    #[arg(long, value_name = "1.N")]
    release: Option<Release>,
    /// Leave out what binds after this release
    #[arg(long, value_name = "1.M")]
    to: Option<Release>,
    #[command(flatten)]
    lists: Lists,
    /// With -o json or yaml: every requirement with its outcome
    #[arg(long)]
    tests: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
}

/// The forms of an evaluation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table, fitted to the terminal
    #[default]
    Table,
    /// A table with more columns and nothing shortened
    Wide,
    /// JSON
    Json,
    /// YAML
    Yaml,
    /// JUnit: a test case for each requirement
    Junit,
    /// A page for a pull request
    Markdown,
    /// A page for a browser, whole in one file
    Html,
    /// A small picture of the verdict (SVG)
    Badge,
    /// A ClusterReport of openreports.io, for tools that show policies
    Openreports,
    /// The same as a ClusterPolicyReport of wgpolicyk8s.io
    Policyreport,
}

/// Judges every input that can be read.
pub fn run(args: &Args, printer: &Printer) -> Result<ExitStatus, Error> {
    let criteria = Criteria::new(args.to).with_lists(args.lists.load()?);
    let (mut inputs, mut unreadable) = (Vec::new(), Vec::new());
    let judged = offline::in_parallel(&args.inputs, |path| judge(args, &criteria, path, printer));
    for (path, judged) in args.inputs.iter().zip(judged) {
        match judged {
            Ok(report) => inputs.push(report),
            Err(error) => {
                printer.error(&error);
                unreadable.push(Unreadable {
                    source: path.display().to_string(),
                    error: error.to_string(),
                });
            }
        }
    }
    let evaluation = Evaluation::new(inputs, unreadable);
    let status = offline::exit_status(evaluation.total.verdict);
    // What went wrong with an only input has been said.
    if evaluation.inputs.is_empty() && evaluation.total.inputs == 1 && !args.is_data() {
        return Ok(status);
    }
    write(args.output, &evaluation, printer)?;
    Ok(status)
}

/// Writes an evaluation in one of the forms.
pub fn write(format: Format, evaluation: &Evaluation, printer: &Printer) -> Result<(), Error> {
    let page = |wide| render::evaluation(evaluation, wide, printer.width());
    match format {
        Format::Table => ReportFormat::Table.write(printer, evaluation, page),
        Format::Wide => ReportFormat::Wide.write(printer, evaluation, page),
        Format::Json => ReportFormat::Json.write(printer, evaluation, page),
        Format::Yaml => ReportFormat::Yaml.write(printer, evaluation, page),
        Format::Junit => Rendering::Junit.write(printer, evaluation),
        Format::Markdown => Rendering::Markdown.write(printer, evaluation),
        Format::Html => Rendering::Html.write(printer, evaluation),
        Format::Badge => Rendering::Badge.write(printer, evaluation),
        Format::Openreports => Rendering::Policy(Dialect::OpenReports).write(printer, evaluation),
        Format::Policyreport => Rendering::Policy(Dialect::PolicyReport).write(printer, evaluation),
    }
}

fn judge(args: &Args, criteria: &Criteria, path: &Path, printer: &Printer) -> Result<InputReport, Error> {
    let measured = offline::load(path, args.release, printer)?;
    let tests = args.tests
        || !matches!(
            args.output,
            Format::Table | Format::Wide | Format::Json | Format::Yaml | Format::Markdown | Format::Badge
        );
    evaluate(&measured, criteria, tests).map_err(|error| Error::Input {
        path: path.to_path_buf(),
        problem: offline::unknown_release(&error),
    })
}

impl Args {
    const fn is_data(&self) -> bool {
        !matches!(self.output, Format::Table | Format::Wide | Format::Markdown)
    }
}
