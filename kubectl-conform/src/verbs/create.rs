//! How a run is made and, if asked, followed: the same for every verb that makes one.

use std::time::Duration;

use clap::ValueEnum;
use conform_crds::ConformanceRun;
use kube::{ResourceExt, api::PostParams};

use super::watch;
use crate::{
    cli::Global,
    cluster::Cluster,
    error::Error,
    exit::ExitStatus,
    output::{self, ObjectFormat},
    printer::Printer,
    time::parse_duration,
};

/// Options of every verb that makes a run.
#[derive(clap::Args, Debug)]
pub struct Creation {
    /// Follow the run to its end; the exit code is its verdict
    #[arg(long)]
    wait: bool,
    /// How long to follow the run
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, requires = "wait")]
    timeout: Option<Duration>,
    /// Format of the run that is printed
    #[arg(short, long, value_enum)]
    output: Option<ObjectFormat>,
    /// Only show the run (client), or have the API server check it (server)
    #[arg(long, value_enum, default_value_t)]
    dry_run: DryRun,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum DryRun {
    #[default]
    None,
    Client,
    Server,
}

/// Creates the run and, with `--wait`, follows it.
pub async fn run(
    run: &ConformanceRun,
    args: &Creation,
    global: &Global,
    printer: &Printer,
) -> Result<ExitStatus, Error> {
    if args.dry_run == DryRun::Client {
        show(printer, run, args.output, " (dry run)")?;
        return Ok(ExitStatus::Done);
    }
    let cluster = Cluster::connect(global).await?;
    let created = send(&cluster, run, args.dry_run == DryRun::Server).await?;
    if args.dry_run == DryRun::Server {
        show(printer, &created, args.output, " (server dry run)")?;
        return Ok(ExitStatus::Done);
    }
    match args.output {
        // The object as it is at the end says more.
        Some(_) if args.wait => {}
        output => show(printer, &created, output, "")?,
    }
    if args.wait {
        return watch::to_the_end(&cluster, &created.name_any(), args.timeout, args.output, printer).await;
    }
    Ok(ExitStatus::Done)
}

/// Has the API server make the run, or only check it.
pub async fn send(cluster: &Cluster, run: &ConformanceRun, dry_run: bool) -> Result<ConformanceRun, Error> {
    let parameters = PostParams {
        dry_run,
        field_manager: Some(crate::install::FIELD_MANAGER.to_owned()),
    };
    cluster
        .runs()
        .create(&parameters, run)
        .await
        .map_err(|error| cluster.explain(error))
}

fn show(
    printer: &Printer,
    run: &ConformanceRun,
    output: Option<ObjectFormat>,
    remark: &str,
) -> Result<(), Error> {
    if let Some(format) = output {
        return output::object(printer, run, format);
    }
    let name = run
        .metadata
        .name
        .clone()
        .or_else(|| run.metadata.generate_name.clone())
        .unwrap_or_default();
    printer.out(&format!(
        "{} created{remark}",
        output::spoken::<ConformanceRun>(&name)
    ))
}
