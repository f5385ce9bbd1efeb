//! `cleanup`: what runs left behind that nobody looks after any more.

use clap::ValueEnum;
use conform_leftovers::{Leftover, Removed, Runs, find, find_own, remove};
use jiff::Timestamp;
use kube::api::ListParams;
use serde_json::{Value, json};

use crate::{
    cluster::Cluster,
    error::Error,
    output::{self, of_kind},
    printer::Printer,
    render,
    time::age,
};

/// Options of `cleanup`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Only what these runs left behind
    #[arg(value_name = "RUN")]
    runs: Vec<String>,
    /// Only show what would be removed; without a value, client
    #[arg(
        long,
        value_enum,
        value_name = "HOW",
        default_value_t,
        default_missing_value = "client",
        num_args = 0..=1,
        require_equals = true
    )]
    dry_run: DryRun,
    /// Output format; of what is removed, or with --dry-run of what would be
    #[arg(short, long, value_enum)]
    output: Option<Format>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum DryRun {
    #[default]
    None,
    Client,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table; the default of --dry-run
    Table,
    /// One JSON List
    Json,
    /// TYPE/NAME, one a line
    Name,
}

/// Shows or removes what is left of runs that have finished or are gone.
pub async fn run(args: &Args, cluster: &Cluster, printer: &Printer) -> Result<(), Error> {
    let (left, unseen) = left_behind(&args.runs, cluster).await?;
    if left.is_empty() && args.output != Some(Format::Json) {
        printer.note("No leftovers found");
    }
    let refused = if args.dry_run == DryRun::Client {
        show(args.output.unwrap_or(Format::Table), &left, printer)?;
        Vec::new()
    } else {
        remove_all(args.output, &left, cluster, printer).await?
    };
    for waiting in left.iter().filter(|leftover| leftover.deleted.is_some()) {
        printer.note(&waits(waiting, Timestamp::now()));
    }
    complete(&refused, &unseen)
}

/// What is left of the runs of these names, or of all, and what could not be looked at.
pub async fn left_behind(names: &[String], cluster: &Cluster) -> Result<(Vec<Leftover>, Vec<String>), Error> {
    let found = find(&cluster.client)
        .await
        .map_err(|error| cluster.explain(error))?;
    let own = find_own(&cluster.client, &cluster.namespace);
    let own = own.await.map_err(|error| cluster.explain(error))?;
    // Only now: a run that started meanwhile has nothing among what was found.
    let runs = runs(cluster).await?;
    let asked_for = |run: &String| names.is_empty() || names.contains(run);
    let left = own
        .into_iter()
        .chain(found.leftovers)
        .filter(|leftover| asked_for(&leftover.run) && runs.left_behind(leftover));
    Ok((left.collect(), found.unseen))
}

/// The runs that there are. Without conform in the cluster there are none.
async fn runs(cluster: &Cluster) -> Result<Runs, Error> {
    let listed = cluster.runs().list(&ListParams::default()).await;
    match listed.map_err(|error| cluster.explain(error)) {
        Ok(runs) => Ok(Runs::of(&runs.items)),
        Err(Error::NotInstalled) => Ok(Runs::default()),
        Err(error) => Err(error),
    }
}

/// Removes one after the other and says so; gives back what the API server refuses.
async fn remove_all(
    format: Option<Format>,
    left: &[Leftover],
    cluster: &Cluster,
    printer: &Printer,
) -> Result<Vec<String>, Error> {
    let mut removed = Vec::new();
    let mut refused = Vec::new();
    for leftover in left {
        match remove(&cluster.client, leftover).await {
            Ok(Removed::Deleted) => {
                if format.is_none() {
                    printer.out(&format!("{} deleted", spoken(leftover)))?;
                }
                removed.push(leftover.clone());
            }
            Ok(Removed::Gone | Removed::Waits) => {}
            Err(error) if conform_leftovers::is_passing(&error) => return Err(cluster.explain(error)),
            Err(error) => refused.push(format!("{}: {}", spoken(leftover), cluster.explain(error))),
        }
    }
    if let Some(format) = format {
        show(format, &removed, printer)?;
    }
    Ok(refused)
}

/// What could not be done is an error, so that a script does not take the rest for everything.
fn complete(refused: &[String], unseen: &[String]) -> Result<(), Error> {
    let mut faults: Vec<String> = refused.to_vec();
    if !unseen.is_empty() {
        faults.push(format!(
            "{} cannot be listed: what is left there is not known",
            unseen.join(", ")
        ));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::Incomplete(faults.join("\n")))
    }
}

fn show(format: Format, left: &[Leftover], printer: &Printer) -> Result<(), Error> {
    match format {
        Format::Table if left.is_empty() => Ok(()),
        Format::Table => printer.out(&render::leftovers(
            left,
            Timestamp::now(),
            printer.terminal_width(),
        )),
        Format::Json => {
            let items: Vec<Value> = left.iter().map(document).collect();
            output::json(printer, &output::list(&items)?)
        }
        Format::Name => left
            .iter()
            .try_for_each(|leftover| printer.out(&spoken(leftover))),
    }
}

fn document(leftover: &Leftover) -> Value {
    json!({
        "apiVersion": leftover.resource.api_version,
        "kind": leftover.resource.kind,
        "namespace": leftover.namespace,
        "name": leftover.name,
        "uid": leftover.uid,
        "run": leftover.run,
        "runUID": leftover.maker.as_ref().map(|maker| &maker.uid),
        "attempt": leftover.maker.as_ref().map(|maker| &maker.attempt),
        "creationTimestamp": leftover.created,
        "deletionTimestamp": leftover.deleted,
        "finalizers": leftover.finalizers,
    })
}

fn spoken(leftover: &Leftover) -> String {
    of_kind(&leftover.resource.kind, &leftover.resource.group, &leftover.name)
}

/// Why an object is still there that was deleted.
fn waits(leftover: &Leftover, now: Timestamp) -> String {
    let by = if leftover.finalizers.is_empty() {
        "for what is in it".to_owned()
    } else {
        format!("for {}", leftover.finalizers.join(", "))
    };
    format!(
        "{} has been going for {} and waits {by}",
        spoken(leftover),
        age(leftover.deleted, now)
    )
}
