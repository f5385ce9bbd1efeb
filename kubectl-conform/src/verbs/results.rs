//! `results`: every test with its outcome.

use clap::ValueEnum;
use conform_crds::{ConformanceResult, ConformanceRun, merged};
use conform_network::components::blame;
use conform_suite::{Outcome, Release, Stage, Standing};
use kube::ResourceExt;

use crate::{
    assess,
    cluster::Cluster,
    error::Error,
    output::{self, Format},
    printer::Printer,
    render::{self, ResultRow},
};

/// Options of `results`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Name of the run
    name: String,
    /// Only tests of this stage
    #[arg(long, value_enum)]
    stage: Option<StageArg>,
    /// Only tests with these outcomes, separated by commas
    #[arg(
        long = "outcome",
        value_enum,
        value_name = "OUTCOME",
        value_delimiter = ',',
        ignore_case = true
    )]
    outcomes: Vec<OutcomeArg>,
    /// Output format
    #[arg(short, long, value_enum)]
    output: Option<Format>,
}

/// A stage on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StageArg {
    /// Requirements of the cluster's release
    Present,
    /// Requirements of later releases
    Future,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lowercase")]
enum OutcomeArg {
    Passed,
    Flaky,
    Failed,
    TimedOut,
    Panicked,
    Aborted,
    Interrupted,
    Skipped,
    NotRun,
}

impl StageArg {
    /// The stage that is meant.
    pub const fn stage(self) -> Stage {
        match self {
            Self::Present => Stage::Present,
            Self::Future => Stage::Future,
        }
    }
}

impl OutcomeArg {
    const fn outcome(self) -> Outcome {
        match self {
            Self::Passed => Outcome::Passed,
            Self::Flaky => Outcome::Flaky,
            Self::Failed => Outcome::Failed,
            Self::TimedOut => Outcome::TimedOut,
            Self::Panicked => Outcome::Panicked,
            Self::Aborted => Outcome::Aborted,
            Self::Interrupted => Outcome::Interrupted,
            Self::Skipped => Outcome::Skipped,
            Self::NotRun => Outcome::NotRun,
        }
    }
}

/// Lists the tests of one run.
pub async fn run(args: &Args, cluster: &Cluster, printer: &Printer) -> Result<(), Error> {
    let run = cluster.run(&args.name).await?;
    let Some(result) = cluster.result_of(&run).await? else {
        return Err(Error::Missing(format!(
            "run {:?} has measured nothing yet",
            args.name
        )));
    };
    let mut rows = attributed(&run, &result);
    rows.retain(|row| args.shows(row));
    match args.output {
        Some(Format::Json) => output::json(printer, &rows),
        Some(Format::Yaml) => output::yaml(printer, &rows),
        Some(Format::Name) => printer.out(&output::spoken::<ConformanceResult>(&result.name_any())),
        None | Some(Format::Wide) if rows.is_empty() => {
            printer.note("No tests found");
            Ok(())
        }
        wide => printer.out(&render::results(&rows, wide.is_some(), printer.terminal_width())),
    }
}

impl Args {
    fn shows(&self, row: &ResultRow) -> bool {
        self.stage.is_none_or(|stage| stage.stage() == row.stage)
            && (self.outcomes.is_empty()
                || self.outcomes.iter().any(|wanted| wanted.outcome() == row.outcome))
    }
}

/// One row for each test and stage of a run. Of each that was not met it says whose it is, if the run looked.
pub fn attributed(run: &ConformanceRun, result: &ConformanceResult) -> Vec<ResultRow> {
    let server = run.status.as_ref().and_then(assess::server_release);
    let mut rows = rows(result, server);
    attribute(&mut rows, run);
    rows
}

/// Says of each test that was not met whose it is, if the run looked.
fn attribute(rows: &mut [ResultRow], run: &ConformanceRun) {
    let components = run.status.as_ref().map(|status| status.components.as_slice());
    let components = components.unwrap_or_default();
    if !run.spec.checks.components {
        return;
    }
    let missed = rows
        .iter_mut()
        .filter(|row| row.outcome.standing() == Standing::Missed);
    for row in missed {
        row.component = Some(blame(row.area, components));
    }
}

/// One row for each test and stage, with the outcome that counts over all attempts. `server` is the release of the cluster.
pub fn rows(result: &ConformanceResult, server: Option<Release>) -> Vec<ResultRow> {
    let entries = result.status.as_ref().map(|status| status.attempts.as_slice());
    let rows = merged(entries.unwrap_or_default(), server).into_iter();
    rows.map(|row| ResultRow {
        name: row.test.name.clone(),
        stage: row.stage,
        outcome: row.outcome,
        required_in: row.test.required_in,
        authority: row.test.authority,
        area: row.test.area,
        component: None,
        duration_milliseconds: row.test.duration_milliseconds,
        message: row.test.message.clone(),
    })
    .collect()
}
