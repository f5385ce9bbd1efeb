//! `report windows`: what KEP-2578 asks of clusters with Windows nodes.

use std::path::Path;

use conform_crds::nodes::schedulable_systems;
use conform_suite::{Release, evaluation::Measured, windows_report};
use k8s_openapi::api::core::v1::Node;
use kube::{Api, api::ListParams};

use crate::{
    cli::Global,
    cluster::Cluster,
    error::Error,
    exit::ExitStatus,
    offline::{self, ReportFormat},
    printer::Printer,
    render, source,
};

/// Most nodes that are asked for at once. One Windows node is enough, and pools of nodes have names of their own.
const NODES: u32 = 500;

/// Options of `report windows`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Exit codes: 0 the core is met, 1 it is not, 2 it is not decided, or the cluster has no Windows node."
)]
pub struct Args {
    /// A JUnit file, a folder with junit_*.xml and e2e.log, a tarball of sonobuoy's, or the name of a run in the cluster
    #[arg(value_name = "FILE|DIR|TARBALL|RUN")]
    from: String,
    /// Release of the cluster; without it e2e.log says, or the tests that the file names
    #[arg(long, value_name = "1.N")]
    release: Option<Release>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: ReportFormat,
}

/// Judges list by list. A cluster is asked only if there is no file of the name; it says whether it has Windows nodes.
pub async fn run(args: &Args, global: &Global, printer: &Printer) -> Result<ExitStatus, Error> {
    let (measured, systems) = read(args, global, printer).await?;
    let report = windows_report(&measured, systems.as_deref())
        .map_err(|error| Error::Usage(offline::unknown_release(&error)))?;
    args.output.write(printer, &report, |wide| {
        render::windows(&report, wide, printer.width())
    })?;
    Ok(if report.not_applicable.is_some() {
        ExitStatus::Undecided
    } else {
        offline::exit_status(report.verdict)
    })
}

async fn read(
    args: &Args,
    global: &Global,
    printer: &Printer,
) -> Result<(Measured, Option<Vec<String>>), Error> {
    if Path::new(&args.from).exists() || args.from.contains(['/', '.']) {
        let measured = source::measured(&args.from, args.release, global, printer).await?;
        return Ok((measured, None));
    }
    let cluster = Cluster::connect(global).await?;
    let measured = source::of_run(&args.from, &cluster, args.release).await?;
    let nodes: Api<Node> = Api::all(cluster.client.clone());
    let nodes = nodes.list(&ListParams::default().limit(NODES)).await;
    let nodes = nodes.map_err(|error| cluster.explain(error))?;
    let systems = schedulable_systems(&nodes.items).map(str::to_owned).collect();
    Ok((measured, Some(systems)))
}
