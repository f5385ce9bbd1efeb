//! `uninstall`: runs first, as their clean-up needs the operator, then everything else.

use std::time::Duration;

use tokio::time::Instant;

use super::install::custom_resources;
use crate::{
    cluster::Cluster,
    error::Error,
    install::{Remover, Wanted, foreign_namespace, manifests},
    printer::Printer,
    time::parse_duration,
};

/// Options of `uninstall`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Keep the custom resource definitions
    #[arg(long)]
    keep_crds: bool,
    /// How long to wait for runs to be cleaned up and for the namespace to go
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = parse_duration)]
    timeout: Duration,
}

/// Uninstalls. What is gone already is passed over, so that it can be repeated.
pub async fn run(args: &Args, cluster: &Cluster, printer: &Printer) -> Result<(), Error> {
    let deadline = Instant::now() + args.timeout;
    let remover = Remover::new(cluster, printer, deadline);
    // A schedule would go on making runs.
    remover.schedules().await?;
    remover.runs().await?;
    remover.files().await?;
    remover.leftover_bindings().await?;
    // Only names and kinds matter for deleting.
    let nothing = Wanted {
        replicas: 1,
        operator: String::new(),
        runner: String::new(),
        suite_repository: String::new(),
        mirror: None,
    };
    let foreign = foreign_namespace(cluster).await?;
    for object in manifests(&cluster.namespace, &nothing)?.iter().rev() {
        let namespace = object.kind() == "Namespace";
        if namespace && foreign {
            printer.note(&format!(
                "Namespace {} was not made by conform: it stays.",
                object.name()
            ));
            continue;
        }
        remover.object(object, namespace).await?;
    }
    if args.keep_crds {
        printer.note("The custom resource definitions stay.");
    } else {
        for object in custom_resources()?.iter().rev() {
            remover.object(object, true).await?;
        }
    }
    printer.note("conform is not installed any more.");
    Ok(())
}
