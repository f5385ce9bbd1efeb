//! `delete`: runs, with everything that they made.

use std::time::Duration;

use conform_crds::ConformanceRun;
use kube::{
    ResourceExt,
    api::{DeleteParams, ListParams},
    runtime::{WatchStreamExt, wait::conditions, watcher::watch_object},
};
use tokio::time::{Instant, timeout_at};

use crate::{cluster::Cluster, error::Error, install::until, output, printer::Printer, time::parse_duration};

/// Options of `delete`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Names of the runs
    #[arg(required_unless_present = "all")]
    names: Vec<String>,
    /// Delete every run
    #[arg(long, conflicts_with = "names")]
    all: bool,
    /// Wait until the runs and what they made are gone
    #[arg(
        long,
        value_name = "BOOL",
        default_value_t = true,
        default_missing_value = "true",
        num_args = 0..=1,
        require_equals = true,
        action = clap::ArgAction::Set
    )]
    wait: bool,
    /// How long to wait
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = parse_duration)]
    timeout: Duration,
}

/// Deletes runs. The operator removes what their tests left behind before they go.
pub async fn run(args: &Args, cluster: &Cluster, printer: &Printer) -> Result<(), Error> {
    let api = cluster.runs();
    let mut runs = Vec::new();
    if args.all {
        runs = api
            .list(&ListParams::default())
            .await
            .map_err(|error| cluster.explain(error))?
            .items;
    }
    for name in &args.names {
        runs.push(cluster.run(name).await?);
    }
    if runs.is_empty() {
        printer.note("No resources found");
    }
    for run in &runs {
        let name = run.name_any();
        api.delete(&name, &DeleteParams::default())
            .await
            .map_err(|error| cluster.explain(error))?;
        printer.out(&format!("{} deleted", output::spoken::<ConformanceRun>(&name)))?;
    }
    if args.wait {
        gone(args, cluster, &runs).await?;
    }
    Ok(())
}

async fn gone(args: &Args, cluster: &Cluster, runs: &[ConformanceRun]) -> Result<(), Error> {
    let deadline = Instant::now() + args.timeout;
    for run in runs {
        let (name, uid) = (run.name_any(), run.uid().unwrap_or_default());
        let states = watch_object(cluster.watched_runs(), &name).default_backoff();
        timeout_at(deadline, until(cluster, states, conditions::is_deleted(&uid))).await.map_err(|_| {
            Error::TimedOut(format!(
                "run {name:?} is not gone yet: the operator cleans up behind it. Is it available? `kubectl conform version` says"
            ))
        })??;
    }
    Ok(())
}
