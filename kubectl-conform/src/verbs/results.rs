//! `results`: every test with its outcome.

use clap::ValueEnum;
use conform_crds::ConformanceResult;
use conform_report::result_rows;
use conform_suite::{Outcome, Stage};
use kube::ResourceExt;

use crate::{
    cluster::Cluster,
    error::Error,
    offline::Rendering,
    output::{self, PagedFormat as Format},
    printer::Printer,
    render, run_report,
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
    if args.output == Some(Format::Html) {
        let mut evaluation = run_report::evaluation(&run, Some(&result))?;
        for input in &mut evaluation.inputs {
            input.missed.retain(|test| args.shows(test.stage, test.outcome));
            if let Some(tests) = &mut input.tests {
                tests.retain(|test| args.shows(test.stage, test.outcome));
            }
        }
        return Rendering::Html.write(printer, &evaluation);
    }
    let mut rows = result_rows(&run, &result);
    rows.retain(|row| args.shows(row.stage, row.outcome));
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
    fn shows(&self, stage: Stage, outcome: Outcome) -> bool {
        self.stage.is_none_or(|wanted| wanted.stage() == stage)
            && (self.outcomes.is_empty() || self.outcomes.iter().any(|wanted| wanted.outcome() == outcome))
    }
}
