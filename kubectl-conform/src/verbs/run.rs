//! `run`: make a ConformanceRun.

use std::time::Duration;

use clap::ValueEnum;
use conform_crds::{
    CapabilityCheck, Check, Checks, ConformanceRun, ConformanceRunSpec, DEFAULT_ACTIVE_DEADLINE_SECONDS,
    Execution, FutureFailures, Mode, Order, Preflight, ServiceCidrCheck, Stages,
};
use conform_suite::Release;

use super::{create, profiles};
use crate::{cli::Global, error::Error, exit::ExitStatus, printer::Printer, time::parse_duration};

/// Options of `run`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Name of the run; made from the profile's if not given
    name: Option<String>,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    creation: create::Creation,
}

/// What a run is to do: the same for a run that is made now and for those that a schedule makes.
#[derive(clap::Args, Debug)]
pub struct Asked {
    /// Profile whose requirements are run; may be repeated
    #[arg(long = "profile", value_name = "PROFILE", default_value = "kubernetes")]
    profiles: Vec<String>,
    /// Which requirements to run
    #[arg(long, value_enum, default_value_t)]
    stages: StagesArg,
    /// Run only tests whose names match this regular expression; the run is not certifiable
    #[arg(long, value_name = "REGEX")]
    focus: Option<String>,
    /// Leave out tests whose names match this regular expression; the run is not certifiable
    #[arg(long, value_name = "REGEX")]
    skip: Option<String>,
    /// Ignore future requirements that bind after this release, such as 1.40
    #[arg(long, value_name = "RELEASE")]
    through_release: Option<Release>,
    /// What a missed future requirement does to the run
    #[arg(long, value_enum, default_value_t)]
    future_failures: FutureFailuresArg,
    /// Check before the run that is not made; may be repeated, or several with commas. The run is not certifiable
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    skip_preflight: Vec<Check>,
    /// Measure what the network can do after the tests, with agents on the nodes; `capabilities RUN` shows it
    #[arg(long)]
    probe_capabilities: bool,
    /// Add a small range of Service addresses after the tests, measure Services in it, and remove it again
    #[arg(long)]
    probe_service_cidr: bool,
    /// Delete the run this long after it finished
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    ttl: Option<Duration>,
    #[command(flatten)]
    execution: ExecutionArgs,
}

/// How the suite is run.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Execution")]
struct ExecutionArgs {
    /// Run the future tests with this release's suite, such as 1.37 or v1.37.2; what it says is advisory
    #[arg(long, value_name = "RELEASE")]
    future_suite: Option<String>,
    /// Whether the stages run one after the other or together
    #[arg(long, value_enum, default_value_t)]
    order: OrderArg,
    /// One serial run whose files can be submitted, or the same tests in parallel
    #[arg(long, value_enum, default_value_t)]
    mode: ModeArg,
    /// Test processes of a fast run; as many as the nodes are good for if not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..=256))]
    processes: Option<i32>,
    /// Pods that share the tests of a fast run
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..=16))]
    shards: Option<i32>,
    /// Run failed tests again this often, to tell flaky tests from failing ones
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(i32).range(0..=5))]
    retry_failed: i32,
    /// Stop the run after this time and keep what was measured
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    active_deadline: Option<Duration>,
    /// Stop a stage after this time and keep what was measured
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    stage_deadline: Option<Duration>,
    /// Kueue LocalQueue, in the operator's namespace, that the run's Jobs go through
    #[arg(long, value_name = "QUEUE")]
    queue: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum OrderArg {
    /// The present tests alone, then the future ones
    #[default]
    Separate,
    /// All together; if anything of that fails, the present tests again alone
    CombinedThenPresent,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ModeArg {
    /// Serial, with the image's own defaults
    #[default]
    Certified,
    /// In parallel; the same verdict, but nothing to submit
    Fast,
}

impl ExecutionArgs {
    fn execution(&self) -> Execution {
        let seconds = |limit: Duration| i64::try_from(limit.as_secs()).unwrap_or(i64::MAX);
        Execution {
            mode: match self.mode {
                ModeArg::Certified => Mode::Certified,
                ModeArg::Fast => Mode::Fast,
            },
            processes: self.processes,
            shards: self.shards,
            retry_failed: self.retry_failed,
            active_deadline_seconds: self
                .active_deadline
                .map_or(DEFAULT_ACTIVE_DEADLINE_SECONDS, seconds),
            stage_deadline_seconds: self.stage_deadline.map(seconds),
            queue_name: self.queue.clone(),
            ..Execution::default()
        }
    }

    fn order(&self) -> Order {
        match self.order {
            OrderArg::Separate => Order::Separate,
            OrderArg::CombinedThenPresent => Order::CombinedThenPresent,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum StagesArg {
    /// Requirements of the cluster's release
    Present,
    /// Requirements of later releases
    Future,
    /// Both, one after the other
    #[default]
    All,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum FutureFailuresArg {
    /// It is shown
    #[default]
    Warn,
    /// The run fails
    Fail,
}

/// Creates the run and, with `--wait`, follows it.
pub async fn run(args: &Args, global: &Global, printer: &Printer) -> Result<ExitStatus, Error> {
    profiles::known(args.asked.profiles(), global).await?;
    let run = object(args);
    create::run(&run, &args.creation, global, printer).await
}

fn object(args: &Args) -> ConformanceRun {
    let spec = args.asked.spec();
    let mut run = ConformanceRun::new(args.name.as_deref().unwrap_or_default(), spec);
    if args.name.is_none() {
        run.metadata.name = None;
        run.metadata.generate_name = Some(format!(
            "{}-",
            args.asked.profiles.first().map_or("run", String::as_str)
        ));
    }
    run
}

impl Asked {
    /// The names of its profiles.
    pub fn profiles(&self) -> &[String] {
        &self.profiles
    }

    /// The spec of such a run.
    pub fn spec(&self) -> ConformanceRunSpec {
        ConformanceRunSpec {
            profiles: self.profiles.clone(),
            stages: match self.stages {
                StagesArg::Present => Stages::Present,
                StagesArg::Future => Stages::Future,
                StagesArg::All => Stages::PresentAndFuture,
            },
            through_release: self.through_release,
            future_failures: match self.future_failures {
                FutureFailuresArg::Warn => FutureFailures::Warn,
                FutureFailuresArg::Fail => FutureFailures::Fail,
            },
            focus: self.focus.clone(),
            skip: self.skip.clone(),
            future_suite_release: self.execution.future_suite.clone(),
            order: self.execution.order(),
            execution: self.execution.execution(),
            preflight: Preflight {
                skip: super::preflight::once(&self.skip_preflight),
                only: false,
            },
            checks: Checks {
                capabilities: if self.probe_capabilities {
                    CapabilityCheck::Probe
                } else {
                    CapabilityCheck::Off
                },
                service_cidr: if self.probe_service_cidr {
                    ServiceCidrCheck::Probe
                } else {
                    ServiceCidrCheck::default()
                },
                ..Checks::default()
            },
            ttl_seconds_after_finished: self
                .ttl
                .map(|ttl| i32::try_from(ttl.as_secs()).unwrap_or(i32::MAX)),
            ..ConformanceRunSpec::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: Args,
    }

    fn parse(arguments: &[&str]) -> Args {
        Command::parse_from(["run"].iter().chain(arguments)).args
    }

    #[test]
    fn options_become_fields() {
        let run = object(&parse(&[
            "nightly",
            "--stages=future",
            "--focus=DNS",
            "--skip=Slow",
            "--through-release=1.40",
            "--future-failures=fail",
            "--active-deadline=30m",
            "--stage-deadline=20m",
            "--future-suite=1.37",
            "--probe-capabilities",
            "--probe-service-cidr",
            "--mode=fast",
            "--processes=8",
            "--shards=2",
            "--retry-failed=1",
            "--queue=tests",
            "--ttl=1h",
            "--skip-preflight=webhooks,logs-and-exec",
        ]));
        insta::assert_yaml_snapshot!(run);
    }

    #[test]
    fn without_a_name_one_is_made_from_the_profile() {
        let run = object(&parse(&[]));
        assert_eq!(run.metadata.name, None);
        assert_eq!(run.metadata.generate_name.as_deref(), Some("kubernetes-"));
    }
}
