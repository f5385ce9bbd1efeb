//! `components`: what implements each area of the cluster.

use conform_crds::Component;
use conform_network::components::{Way, detect, gather};
use serde::Serialize;

use crate::{cluster::Cluster, error::Error, exit::ExitStatus, output, printer::Printer, render};

/// Options of `components`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Show what this run found when it began, instead of looking now
    run: Option<String>,
    /// Do not ask the nodes' service proxies for their health through the API server
    #[arg(long)]
    no_node_requests: bool,
    /// Output format
    #[arg(short, long, value_enum)]
    output: Option<OutputFormat>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum OutputFormat {
    /// A table with digests, nodes and evidence
    Wide,
    /// JSON
    Json,
    /// YAML
    Yaml,
}

/// What scripts are told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    components: Vec<Component>,
    /// What could not be read, and why.
    unseen: Vec<String>,
}

/// Looks, or reads what a run has seen. The exit code is 2 if something could not be read.
pub async fn run(args: &Args, cluster: &Cluster, printer: &Printer) -> Result<ExitStatus, Error> {
    let report = match &args.run {
        Some(name) => of_run(cluster, name).await?,
        None => look(args, cluster).await?,
    };
    for unseen in &report.unseen {
        printer.note(&format!("Cannot read {unseen}"));
    }
    match args.output {
        Some(OutputFormat::Json) => output::json(printer, &report)?,
        Some(OutputFormat::Yaml) => output::yaml(printer, &report)?,
        wide => printer.out(&render::components(
            &report.components,
            wide.is_some(),
            printer.terminal_width(),
        ))?,
    }
    Ok(if report.unseen.is_empty() {
        ExitStatus::Done
    } else {
        ExitStatus::Undecided
    })
}

async fn of_run(cluster: &Cluster, name: &str) -> Result<Report, Error> {
    let run = cluster.run(name).await?;
    let components = run.status.map(|status| status.components).unwrap_or_default();
    if components.is_empty() {
        return Err(Error::Missing(format!(
            "run {name:?} has not looked at the components: it has not begun, or spec.checks.components is false"
        )));
    }
    Ok(Report {
        components,
        unseen: Vec::new(),
    })
}

async fn look(args: &Args, cluster: &Cluster) -> Result<Report, Error> {
    // One request first, whose error tells what is wrong with the way to the cluster.
    let version = cluster.client.apiserver_version().await;
    version.map_err(|error| cluster.explain(error))?;
    let way = if args.no_node_requests {
        Way::Never
    } else {
        Way::ThroughApiServer
    };
    let facts = gather(&cluster.client, way).await;
    Ok(Report {
        components: detect(&facts),
        unseen: facts.unseen,
    })
}
