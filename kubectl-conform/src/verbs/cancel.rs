//! `cancel`: stop a run and keep what it measured.

use conform_crds::ConformanceRun;
use kube::api::{Patch, PatchParams};
use serde_json::json;

use crate::{cluster::Cluster, condition, error::Error, output, printer::Printer};

/// Options of `cancel`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Name of the run
    name: String,
}

/// Asks the operator to stop the run.
pub async fn run(args: &Args, cluster: &Cluster, printer: &Printer) -> Result<(), Error> {
    let run = cluster.run(&args.name).await?;
    let spoken = output::spoken::<ConformanceRun>(&args.name);
    if condition::is_finished(&run) {
        return printer.out(&format!("{spoken} unchanged (it has ended already)"));
    }
    let patch = Patch::Merge(json!({ "spec": { "cancel": true } }));
    let parameters = PatchParams {
        field_manager: Some(crate::install::FIELD_MANAGER.to_owned()),
        ..PatchParams::default()
    };
    cluster
        .runs()
        .patch(&args.name, &parameters, &patch)
        .await
        .map_err(|error| cluster.explain(error))?;
    printer.out(&format!("{spoken} cancelled"))
}
