//! `readiness`: what a later release will ask, and what of that the cluster already does.

use std::{collections::BTreeMap, path::Path};

use conform_suite::{
    Authority, Circumstances, Release, Stage, TestName,
    evaluation::{Measured, ReleaseSource, Seen},
    readiness,
};

use super::results;
use crate::{
    assess,
    cli::Global,
    cluster::Cluster,
    error::Error,
    exit::ExitStatus,
    offline::{self, ReportFormat},
    printer::Printer,
    render,
};

/// Options of `readiness`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Exit codes: 0 ready, 1 not, 2 not decided: something was not measured. What is advisory does not count."
)]
pub struct Args {
    /// A JUnit file, a folder with junit_*.xml and e2e.log, or the name of a run in the cluster
    #[arg(long, value_name = "FILE|DIR|RUN")]
    from: String,
    /// Release to look ahead to
    #[arg(long, value_name = "1.M")]
    to: Release,
    /// Release of the cluster; without it e2e.log says, or the tests that the file names
    #[arg(long, value_name = "1.N")]
    release: Option<Release>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: ReportFormat,
}

/// Looks ahead. A cluster is asked only if there is no file of the name.
pub async fn run(args: &Args, global: &Global, printer: &Printer) -> Result<ExitStatus, Error> {
    let path = Path::new(&args.from);
    let measured = if path.exists() {
        offline::load(path, args.release, printer)?
    } else if args.from.contains(['/', '.']) {
        return Err(Error::Missing(format!("there is no file {:?}", args.from)));
    } else {
        of_run(&args.from, &Cluster::connect(global).await?, args.release).await?
    };
    let ready = readiness(&measured, args.to).map_err(|error| Error::Usage(error.to_string()))?;
    args.output.write(printer, &ready, |wide| {
        render::readiness(&ready, wide, printer.width())
    })?;
    Ok(offline::exit_status(ready.verdict))
}

async fn of_run(name: &str, cluster: &Cluster, given: Option<Release>) -> Result<Measured, Error> {
    let run = cluster.run(name).await?;
    let nothing = || Error::Missing(format!("run {name:?} has measured nothing yet"));
    let result = cluster.result_of(&run).await?.ok_or_else(nothing)?;
    let server = run.status.as_ref().and_then(assess::server_release);
    let release = given.or(server).ok_or_else(nothing)?;
    let mut seen: BTreeMap<TestName, Seen> = BTreeMap::new();
    let mut marks: BTreeMap<TestName, Release> = BTreeMap::new();
    for row in results::rows(&result) {
        // What the suite itself said of what is to come.
        if row.stage == Stage::Future && row.authority == Authority::Upstream {
            marks.insert(row.name.clone(), row.required_in);
        }
        let one = Seen {
            outcome: row.outcome,
            attempts: 1,
            milliseconds: row
                .duration_milliseconds
                .and_then(|count| u64::try_from(count).ok()),
            message: row.message,
        };
        seen.insert(row.name, one);
    }
    Ok(Measured {
        source: name.to_owned(),
        release,
        release_source: if given.is_some() {
            ReleaseSource::Given
        } else {
            ReleaseSource::Run
        },
        seen,
        marks,
        circumstances: Circumstances::plain(release, release),
        patterns: Vec::new(),
    })
}
