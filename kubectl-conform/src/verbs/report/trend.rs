//! `report trend`: how runs went, one after the other, by their files or by their names in the cluster.

use std::path::Path;

use conform_suite::{
    evaluation::{Criteria, InputReport, evaluate},
    trend,
};

use crate::{
    cli::Global,
    cluster::Cluster,
    error::Error,
    exit::ExitStatus,
    offline::{self, Lists, PageFormat},
    printer::Printer,
    render, run_report,
};

/// Options of `report trend`.
#[derive(clap::Args, Debug)]
#[command(after_help = "Exit codes: 0 shown, 2 an input could not be read or judged.")]
pub struct Args {
    /// What runs of one cluster left, each a folder, a JUnit file or a tarball of sonobuoy's, or names of runs in the
    /// cluster. They are put in the order of time; those that do not say when they ran stay in the order given
    #[arg(required = true, value_name = "DIR|FILE|TARBALL|RUN")]
    inputs: Vec<String>,
    /// What the runs have in common, as a title
    #[arg(long, default_value = "runs")]
    name: String,
    #[command(flatten)]
    lists: Lists,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: PageFormat,
}

/// Judges each input by the requirements of its own release. A cluster is asked only if there is no file of the name.
pub async fn run(args: &Args, global: &Global, printer: &Printer) -> Result<ExitStatus, Error> {
    let criteria = Criteria::default().with_lists(args.lists.load()?);
    let mut cluster = None;
    let mut reports = Vec::with_capacity(args.inputs.len());
    for input in &args.inputs {
        let path = Path::new(input);
        reports.push(if path.exists() {
            of_files(path, &criteria, printer)?
        } else if input.contains(['/', '.']) {
            return Err(Error::Missing(format!("there is no file {input:?}")));
        } else {
            let connected = match cluster.take() {
                Some(connected) => connected,
                None => Cluster::connect(global).await?,
            };
            let report = of_run(input, &connected).await?;
            cluster = Some(connected);
            report
        });
    }
    let trend = trend(&args.name, reports);
    args.output.write(
        printer,
        &trend,
        |wide| render::trend(&trend, wide, printer.width()),
        || render::trend_html(&trend),
    )?;
    Ok(ExitStatus::Done)
}

/// When a run was, and what it says with all its tests.
type Timed = (String, InputReport);

fn of_files(path: &Path, criteria: &Criteria, printer: &Printer) -> Result<Timed, Error> {
    let measured = offline::load(path, None, printer)?;
    let report = evaluate(&measured, criteria, true).map_err(|error| Error::Input {
        path: path.to_path_buf(),
        problem: offline::unknown_release(&error),
    })?;
    let time = measured.started_at.map(|time| time.to_string());
    Ok((time.unwrap_or_default(), report))
}

async fn of_run(name: &str, cluster: &Cluster) -> Result<Timed, Error> {
    let run = cluster.run(name).await?;
    let result = cluster.result_of(&run).await?;
    let evaluation = run_report::evaluation(&run, result.as_ref())?;
    let report = evaluation.inputs.into_iter().next();
    let report = report.ok_or_else(|| Error::Missing(format!("run {name:?} has measured nothing yet")))?;
    let time = run_report::ended(&run).map(|time| time.to_string());
    Ok((time.unwrap_or_default(), report))
}
