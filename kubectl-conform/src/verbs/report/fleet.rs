//! `report fleet`: several clusters by the files that their runs left.

use std::path::{Path, PathBuf};

use conform_suite::{
    Fleet, FleetRow, FleetState,
    evaluation::{Criteria, Evaluation, InputReport, Unreadable, evaluate},
};

use crate::{
    error::Error,
    exit::ExitStatus,
    offline::{self, Lists, PageFormat},
    printer::Printer,
    render,
};

/// Options of `report fleet`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Exit codes: 0 every cluster conforms, 1 one does not, 2 one is not decided or could not be read."
)]
pub struct Args {
    /// What the run of one cluster left: a folder, a JUnit file or a tarball of sonobuoy's. The cluster is called like it
    #[arg(required = true, value_name = "DIR|FILE|TARBALL")]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    lists: Lists,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: PageFormat,
}

/// Judges each input by the requirements of its own release.
pub fn run(args: &Args, printer: &Printer) -> Result<ExitStatus, Error> {
    let criteria = Criteria::default().with_lists(args.lists.load()?);
    let judged = offline::in_parallel(&args.inputs, |path| judge(path, &criteria, printer));
    let rows = args
        .inputs
        .iter()
        .zip(&judged)
        .map(|(path, judged)| match judged {
            Ok(report) => FleetRow::of(&called(path), report, None),
            Err(error) => FleetRow::unknown(&called(path), FleetState::Unreachable, &error.to_string()),
        });
    let fleet = Fleet::new(rows.collect());
    args.output.write(
        printer,
        &fleet,
        |wide| render::fleet(&fleet, wide, printer.width()),
        || render::evaluation_html(&in_order(&fleet, &args.inputs, judged)),
    )?;
    Ok(offline::exit_status(fleet.verdict))
}

fn judge(path: &Path, criteria: &Criteria, printer: &Printer) -> Result<InputReport, Error> {
    let measured = offline::load(path, None, printer)?;
    evaluate(&measured, criteria, false).map_err(|error| Error::Input {
        path: path.to_path_buf(),
        problem: offline::unknown_release(&error),
    })
}

/// The reports in the order of the fleet, each under its cluster's name.
fn in_order(fleet: &Fleet, inputs: &[PathBuf], judged: Vec<Result<InputReport, Error>>) -> Evaluation {
    let (mut reports, mut unreadable) = (Vec::new(), Vec::new());
    for (path, judged) in inputs.iter().zip(judged) {
        let source = called(path);
        match judged {
            Ok(report) => reports.push(InputReport { source, ..report }),
            Err(error) => unreadable.push(Unreadable {
                source,
                error: error.to_string(),
            }),
        }
    }
    let place = |report: &InputReport| fleet.clusters.iter().position(|row| row.cluster == report.source);
    reports.sort_by_key(place);
    Evaluation::new(reports, unreadable)
}

/// What a cluster is called: its folder, or the file without what stands behind the first dot.
fn called(path: &Path) -> String {
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned();
    if path.is_dir() {
        return name;
    }
    let stem = name.split('.').next().unwrap_or_default();
    if stem.is_empty() { name } else { stem.to_owned() }
}
