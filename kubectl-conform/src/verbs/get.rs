//! `get`: list runs.

use conform_crds::ConformanceRun;
use conform_suite::evaluation::{Evaluation, Unreadable};
use jiff::Timestamp;
use kube::{ResourceExt, api::ListParams};

use crate::{
    cli::Global,
    cluster::Cluster,
    error::Error,
    exit::ExitStatus,
    fleet,
    offline::{self, Rendering},
    output::{self, PagedFormat as Format},
    printer::Printer,
    render, run_report,
};

/// Options of `get`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Name of one run
    #[arg(conflicts_with_all = ["contexts", "all_contexts"])]
    name: Option<String>,
    /// Show a row for each of these clusters instead, the worst first; contexts of the kubeconfig, separated by commas
    #[arg(
        long,
        value_name = "CONTEXT",
        value_delimiter = ',',
        conflicts_with = "all_contexts"
    )]
    contexts: Vec<String>,
    /// The same for every context of the kubeconfig
    #[arg(long)]
    all_contexts: bool,
    /// Output format
    #[arg(short, long, value_enum)]
    output: Option<Format>,
}

/// Lists all runs, or one; or clusters. The exit code of clusters is that of the worst.
pub async fn run(args: &Args, global: &Global, printer: &Printer) -> Result<ExitStatus, Error> {
    if args.all_contexts || !args.contexts.is_empty() {
        return clusters(args, global, printer).await;
    }
    runs(args, &Cluster::connect(global).await?, printer).await?;
    Ok(ExitStatus::Done)
}

async fn clusters(args: &Args, global: &Global, printer: &Printer) -> Result<ExitStatus, Error> {
    let contexts = fleet::contexts(&args.contexts, global)?;
    let fleet = fleet::ask(&contexts, global).await;
    match args.output {
        Some(Format::Html) => {
            let hint = "-o html is for runs; `kubectl conform report fleet DIR... -o html` makes a page of several clusters";
            return Err(Error::Usage(hint.to_owned()));
        }
        Some(Format::Json) => output::json(printer, &fleet)?,
        Some(Format::Yaml) => output::yaml(printer, &fleet)?,
        Some(Format::Name) => fleet
            .clusters
            .iter()
            .try_for_each(|row| printer.out(&row.cluster))?,
        wide => printer.out(&render::fleet(
            &fleet,
            Timestamp::now(),
            wide.is_some(),
            printer.width(),
        ))?,
    }
    Ok(offline::exit_status(fleet.verdict))
}

async fn runs(args: &Args, cluster: &Cluster, printer: &Printer) -> Result<(), Error> {
    let runs = match &args.name {
        Some(name) => vec![cluster.run(name).await?],
        None => list(cluster).await?,
    };
    match args.output {
        Some(format @ (Format::Json | Format::Yaml)) => {
            let value = match (&args.name, runs.first()) {
                (Some(_), Some(run)) => {
                    serde_json::to_value(run).map_err(|error| Error::Serialize(error.to_string()))?
                }
                _ => output::list(&runs)?,
            };
            if format == Format::Json {
                output::json(printer, &value)
            } else {
                output::yaml(printer, &value)
            }
        }
        Some(Format::Html) => page(&runs, cluster, printer).await,
        Some(Format::Name) => runs
            .iter()
            .try_for_each(|run| printer.out(&output::spoken::<ConformanceRun>(&run.name_any()))),
        wide if runs.is_empty() => {
            let _ = wide;
            printer.note("No resources found");
            Ok(())
        }
        wide => printer.out(&render::runs(&runs, Timestamp::now(), wide.is_some())),
    }
}

/// A page with a section for each run that has measured anything.
async fn page(runs: &[ConformanceRun], cluster: &Cluster, printer: &Printer) -> Result<(), Error> {
    let (mut reports, mut without) = (Vec::new(), Vec::new());
    for run in runs {
        let result = cluster.result_of(run).await?;
        match run_report::evaluation(run, result.as_ref()) {
            Ok(evaluation) => reports.extend(evaluation.inputs),
            Err(nothing) => without.push(Unreadable {
                source: run.name_any(),
                error: nothing.to_string(),
            }),
        }
    }
    Rendering::Html.write(printer, &Evaluation::new(reports, without))
}

async fn list(cluster: &Cluster) -> Result<Vec<ConformanceRun>, Error> {
    let listed = cluster
        .runs()
        .list(&ListParams::default())
        .await
        .map_err(|error| cluster.explain(error))?;
    let mut runs = listed.items;
    // The newest is what people look for; it stands next to the prompt.
    runs.sort_by_key(|run| (run.creation_timestamp(), run.name_any()));
    Ok(runs)
}
