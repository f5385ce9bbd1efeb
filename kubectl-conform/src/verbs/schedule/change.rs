//! `schedule suspend`, `resume` and `trigger`.

use conform_crds::{ConformanceSchedule, names};
use jiff::Timestamp;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use crate::{cluster::Cluster, error::Error, output, printer::Printer};

/// Options of a verb that changes one schedule.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Name of the schedule
    name: String,
}

/// Suspends or resumes the schedule.
pub async fn suspend(
    args: &Args,
    suspended: bool,
    cluster: &Cluster,
    printer: &Printer,
) -> Result<(), Error> {
    patch(&args.name, cluster, json!({ "spec": { "suspend": suspended } })).await?;
    let done = if suspended { "suspended" } else { "resumed" };
    printer.out(&format!(
        "{} {done}",
        output::spoken::<ConformanceSchedule>(&args.name)
    ))
}

/// Asks the operator for one run, by an annotation of a value that was not there before.
pub async fn trigger(args: &Args, cluster: &Cluster, printer: &Printer) -> Result<(), Error> {
    let now = Timestamp::now().to_string();
    let annotation = json!({ "metadata": { "annotations": { names::ANNOTATION_RUN_NOW: now } } });
    patch(&args.name, cluster, annotation).await?;
    printer.out(&format!(
        "{} triggered",
        output::spoken::<ConformanceSchedule>(&args.name)
    ))
}

async fn patch(name: &str, cluster: &Cluster, patch: Value) -> Result<(), Error> {
    let parameters = PatchParams {
        field_manager: Some(crate::install::FIELD_MANAGER.to_owned()),
        ..PatchParams::default()
    };
    let patched = cluster
        .schedules()
        .patch(name, &parameters, &Patch::Merge(patch))
        .await;
    patched.map(drop).map_err(|error| cluster.explain(error))
}
