//! `servicecidr`: whether the cluster can live with a further range of Service addresses.

use conform_crds::{Readiness, ServiceCidrReport};
use conform_network::{
    components::{self, Way},
    servicecidr,
};

use super::capabilities::Probing;
use crate::{
    cli::Global, cluster::Cluster, error::Error, exit::ExitStatus, offline::ReportFormat, printer::Printer,
    render,
};

/// What can be asked.
#[derive(Debug, clap::Subcommand)]
pub enum ServiceCidr {
    /// Read the cluster, and ask the API server what it would say; changes nothing unless --probe is given
    Check(Args),
}

/// Options of `servicecidr check`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Add a small range, measure Services in it from every node, and remove it again
    #[arg(long)]
    probe: bool,
    #[command(flatten)]
    probing: Probing,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: ReportFormat,
}

/// Does what was asked.
pub async fn run(verb: &ServiceCidr, global: &Global, printer: &Printer) -> Result<ExitStatus, Error> {
    let ServiceCidr::Check(args) = verb;
    let cluster = Cluster::connect(global).await?;
    // One request first, whose error tells what is wrong with the way to the cluster.
    let version = cluster.client.apiserver_version().await;
    version.map_err(|error| cluster.explain(error))?;
    let found = components::gather(&cluster.client, Way::ThroughApiServer).await;
    for unseen in &found.unseen {
        printer.note(&format!("Cannot read {unseen}"));
    }
    let observe = async || servicecidr::judge(&Box::pin(servicecidr::gather(&cluster.client, &found)).await);
    let mut report = observe().await;
    if args.probe && servicecidr::may_probe(&report) {
        let features = servicecidr::PROBED_FEATURES.map(str::to_owned).to_vec();
        let measured = args.probing.probe(&cluster, &found, features, printer).await;
        report = match measured {
            Ok(measured) if servicecidr::was_measured(&measured) => servicecidr::probed(report, &measured),
            incomplete => {
                // A policy may have come into force since the dry run: then it is the answer, and no error.
                let now = observe().await;
                match (servicecidr::may_probe(&now), incomplete) {
                    (true, Ok(measured)) => servicecidr::probed(report, &measured),
                    (true, Err(error)) => return Err(error),
                    (false, Ok(measured)) => {
                        measured.remains.iter().for_each(|remains| printer.note(remains));
                        now
                    }
                    (false, Err(error)) => {
                        printer.note(&error.to_string());
                        now
                    }
                }
            }
        };
    }
    args.output.write(printer, &report, |wide| {
        render::service_cidr(&report, printer.terminal_width().filter(|_| !wide), wide)
    })?;
    Ok(exit_status(&report))
}

/// 0 if it was measured to work, 1 if something is in the way, 2 if neither is known.
const fn exit_status(report: &ServiceCidrReport) -> ExitStatus {
    match report.readiness {
        Readiness::Ready => ExitStatus::Done,
        Readiness::NotReady => ExitStatus::NotConformant,
        Readiness::Unknown => ExitStatus::Undecided,
    }
}
