//! `schedule history`: how the runs of a schedule went, one after the other.

use conform_crds::names;
use conform_suite::{Trend, trend};
use kube::{ResourceExt, api::ListParams};

use crate::{
    cluster::Cluster, condition, error::Error, offline::PageFormat, printer::Printer, render, run_report,
};

/// Options of `schedule history`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Name of the schedule
    name: String,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: PageFormat,
}

/// Shows the finished runs of a schedule that are still there.
pub async fn run(args: &Args, cluster: &Cluster, printer: &Printer) -> Result<(), Error> {
    let trend = history(&args.name, cluster).await?;
    args.output.write(
        printer,
        &trend,
        |wide| render::trend(&trend, wide, printer.width()),
        || render::trend_html(&trend),
    )
}

/// The finished runs of this schedule with what each measured. A run that measured nothing is left out.
pub async fn history(name: &str, cluster: &Cluster) -> Result<Trend, Error> {
    let mine = ListParams::default().labels(&format!("{}={name}", names::LABEL_SCHEDULE));
    let listed = cluster
        .runs()
        .list(&mine)
        .await
        .map_err(|error| cluster.explain(error))?;
    let mut reports = Vec::new();
    for run in listed.items.iter().filter(|run| condition::is_finished(run)) {
        let result = cluster.result_of(run).await?;
        if let Ok(evaluation) = run_report::evaluation(run, result.as_ref()) {
            let time = run_report::ended(run).map(|time| time.to_string());
            let time = time.unwrap_or_default();
            reports.extend(evaluation.inputs.into_iter().map(|report| (time.clone(), report)));
        }
    }
    if reports.is_empty() {
        // A schedule that does not exist is told apart from one without runs.
        let found = cluster
            .schedules()
            .get(name)
            .await
            .map_err(|error| cluster.explain(error))?;
        return Err(Error::Missing(format!(
            "schedule {:?} has no finished run yet that measured anything",
            found.name_any()
        )));
    }
    Ok(trend(name, reports))
}
