//! `report features`: what a Gateway API suite would measure of what an implementation claims.

use conform_gateway::claim::{ClaimantKind, preview};
use conform_network::gateway::{claimant, definitions};

use crate::{
    cli::Global, cluster::Cluster, error::Error, exit::ExitStatus, offline::ReportFormat, printer::Printer,
    render,
};

/// Options of `report features`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Exit codes: 0 a suite can start, 1 it should not, and why is said, 2 the cluster could not be asked."
)]
pub struct Args {
    /// GatewayClass whose implementation is to be measured
    #[arg(
        long,
        value_name = "NAME",
        required_unless_present = "mesh",
        conflicts_with = "mesh"
    )]
    gateway_class: Option<String>,
    /// XMesh whose implementation is to be measured
    #[arg(long, value_name = "NAME")]
    mesh: Option<String>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: ReportFormat,
}

/// Asks the cluster, in two requests or a few more, and says what a suite would measure.
pub async fn run(args: &Args, global: &Global, printer: &Printer) -> Result<ExitStatus, Error> {
    let (kind, name) = match (&args.gateway_class, &args.mesh) {
        (Some(class), _) => (ClaimantKind::GatewayClass, class),
        (None, Some(mesh)) => (ClaimantKind::XMesh, mesh),
        (None, None) => return Err(Error::Usage("name a --gateway-class or a --mesh".to_owned())),
    };
    let cluster = Cluster::connect(global).await?;
    let told = |error: conform_network::gateway::GatewayError| Error::Missing(error.to_string());
    let claimant = claimant(&cluster.client, kind, name).await.map_err(told)?;
    let definitions = definitions(&cluster.client).await.map_err(told)?;
    let features = preview(claimant, &definitions);
    args.output.write(printer, &features, |wide| {
        render::gateway_features(&features, wide, printer.width())
    })?;
    Ok(if features.obstacles.is_empty() {
        ExitStatus::Done
    } else {
        ExitStatus::NotConformant
    })
}
