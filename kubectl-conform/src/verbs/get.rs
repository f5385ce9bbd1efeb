//! `get`: list runs.

use conform_crds::ConformanceRun;
use jiff::Timestamp;
use kube::{ResourceExt, api::ListParams};

use crate::{
    cluster::Cluster,
    error::Error,
    output::{self, Format},
    printer::Printer,
    render,
};

/// Options of `get`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Name of one run
    name: Option<String>,
    /// Output format
    #[arg(short, long, value_enum)]
    output: Option<Format>,
}

/// Lists all runs, or one.
pub async fn run(args: &Args, cluster: &Cluster, printer: &Printer) -> Result<(), Error> {
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
