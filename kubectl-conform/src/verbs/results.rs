//! `results`: every test with its outcome.

use std::collections::BTreeMap;

use clap::ValueEnum;
use conform_crds::{Attempt, ConformanceResult};
use conform_suite::{Outcome, Stage, TestName, merge};
use kube::ResourceExt;

use crate::{
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
    let rows: Vec<ResultRow> = rows(&result).into_iter().filter(|row| args.shows(row)).collect();
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

/// One row for each test and stage, with the outcome that counts over all attempts.
pub fn rows(result: &ConformanceResult) -> Vec<ResultRow> {
    let attempts: Vec<&Attempt> = result.status.iter().flat_map(|status| &status.attempts).collect();
    [Stage::Present, Stage::Future]
        .into_iter()
        .flat_map(|stage| {
            of_stage(
                stage,
                attempts
                    .iter()
                    .copied()
                    .filter(|attempt| attempt.stage == stage)
                    .collect(),
            )
        })
        .collect()
}

fn of_stage(stage: Stage, mut attempts: Vec<&Attempt>) -> Vec<ResultRow> {
    attempts.sort_by_key(|attempt| attempt.start_time.0);
    let tests = || attempts.iter().flat_map(|attempt| &attempt.tests);
    let merged = merge(tests().map(|test| (test.name.clone(), test.outcome)));
    let mut rows: BTreeMap<&TestName, ResultRow> = BTreeMap::new();
    for test in tests() {
        let outcome = merged
            .get(&test.name)
            .map_or(Outcome::NotRun, |(outcome, _)| *outcome);
        let row = ResultRow {
            name: test.name.clone(),
            stage,
            outcome,
            required_in: test.required_in,
            authority: test.authority,
            area: test.area,
            duration_milliseconds: test.duration_milliseconds,
            message: test.message.clone(),
        };
        // What an attempt that did not run the test says of it hides nothing of one that did.
        if test.outcome != Outcome::NotRun || !rows.contains_key(&test.name) {
            rows.insert(&test.name, row);
        }
    }
    rows.into_values().collect()
}
