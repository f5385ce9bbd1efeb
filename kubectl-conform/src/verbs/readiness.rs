//! `readiness`: what a later release will ask, and what of that the cluster already does.

use std::time::Duration;

use conform_crds::{ConformanceRun, ConformanceRunSpec, Stages, conditions};
use conform_suite::{Release, evaluation::Measured, readiness};

use kube::ResourceExt;

use super::{create, watch};
use crate::{
    cli::Global,
    cluster::Cluster,
    condition,
    error::Error,
    exit::ExitStatus,
    follow::Followed,
    offline::{self, Lists, ReportFormat},
    printer::Printer,
    render, source,
    time::parse_duration,
};

/// Options of `readiness`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Exit codes: 0 ready, 1 not, 2 not decided: something was not measured. What is advisory does not count. With --from what is \
                  required today and goes on counts too; without it only what becomes required on the way is run, and counts."
)]
pub struct Args {
    /// A file, folder or tarball as for evaluate, or the name of a run in the cluster; without it the cluster runs what
    /// becomes required on the way, and only that is judged
    #[arg(long, value_name = "FILE|DIR|TARBALL|RUN")]
    from: Option<String>,
    /// Suite that the cluster runs, such as v1.37.2; that of the release to look ahead to if not given
    #[arg(long, value_name = "RELEASE", conflicts_with = "from")]
    suite: Option<String>,
    /// How long to wait for the cluster's run
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, conflicts_with = "from")]
    timeout: Option<Duration>,
    /// Release to look ahead to
    #[arg(long, value_name = "1.M")]
    to: Release,
    /// Release of the cluster; without it the archive or e2e.log says, or the tests that the file names
    #[arg(long, value_name = "1.N")]
    release: Option<Release>,
    #[command(flatten)]
    lists: Lists,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: ReportFormat,
}

/// Looks ahead. A cluster is asked only if there is no file of the name.
pub async fn run(args: &Args, global: &Global, printer: &Printer) -> Result<ExitStatus, Error> {
    let lists = args.lists.load()?;
    let measured = match &args.from {
        None => Box::pin(measure(args, global, printer)).await?,
        Some(from) => source::measured(from, args.release, global, printer).await?,
    };
    let ready = readiness(&measured, args.to, lists)
        .map_err(|error| Error::Usage(offline::unknown_release(&error)))?;
    // Such a run asks only about what comes on the way.
    let ready = if args.from.is_none() {
        ready.of_steps()
    } else {
        ready
    };
    args.output.write(printer, &ready, |wide| {
        render::readiness(&ready, wide, printer.width())
    })?;
    Ok(offline::exit_status(ready.verdict))
}

/// Has the cluster run exactly the tests that become required on the way, with the suite that has them all.
async fn measure(args: &Args, global: &Global, printer: &Printer) -> Result<Measured, Error> {
    let cluster = Cluster::connect(global).await?;
    let spec = ConformanceRunSpec {
        stages: Stages::Future,
        through_release: Some(args.to),
        future_suite_release: Some(args.suite.clone().unwrap_or_else(|| args.to.to_string())),
        ..ConformanceRunSpec::default()
    };
    let mut run = ConformanceRun::new("", spec);
    run.metadata.name = None;
    run.metadata.generate_name = Some("readiness-".to_owned());
    let name = create::send(&cluster, &run, false).await?.name_any();
    printer.note(&format!(
        "Run {name} runs what becomes required up to {}.",
        args.to
    ));
    match watch::followed(&cluster, &name, args.timeout, printer).await? {
        Followed::Finished(run) if nothing_was_run(&run) => {
            let why = condition::find(&run, conditions::SUCCEEDED).map(|found| found.message.clone());
            Err(Error::Missing(format!(
                "run {name:?} has measured nothing: {}",
                why.unwrap_or_default()
            )))
        }
        Followed::Finished(_) => source::of_run(&name, &cluster, args.release).await,
        Followed::Interrupted => Err(Error::Missing(format!(
            "run {name:?} goes on: `kubectl conform readiness --from {name} --to {}` shows what it found",
            args.to
        ))),
    }
}

/// True if a fault kept the run from running anything. That there was nothing to run is an answer.
fn nothing_was_run(run: &ConformanceRun) -> bool {
    let Some(status) = &run.status else { return true };
    let future = condition::find(run, conditions::FUTURE_CONFORMANT);
    let none = future.is_some_and(|found| found.reason == conditions::reasons::NONE_DEFINED);
    status.future.is_empty() && !none
}
