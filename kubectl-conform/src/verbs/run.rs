//! `run`: make a ConformanceRun.

use std::time::Duration;

use clap::ValueEnum;
use conform_crds::{
    Check, ConformanceRun, ConformanceRunSpec, DEFAULT_ACTIVE_DEADLINE_SECONDS, Execution, FutureFailures,
    Preflight, Stages,
};
use conform_suite::Release;
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

/// Options of `run`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Name of the run; made from the profile's if not given
    name: Option<String>,
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
    /// Stop the run after this time and keep what was measured
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    active_deadline: Option<Duration>,
    /// Delete the run this long after it finished
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    ttl: Option<Duration>,
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

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum DryRun {
    #[default]
    None,
    Client,
    Server,
}

/// Creates the run and, with `--wait`, follows it.
pub async fn run(args: &Args, global: &Global, printer: &Printer) -> Result<ExitStatus, Error> {
    let run = object(args)?;
    if args.dry_run == DryRun::Client {
        show(printer, &run, args.output, " (dry run)")?;
        return Ok(ExitStatus::Done);
    }
    let cluster = Cluster::connect(global).await?;
    let parameters = PostParams {
        dry_run: args.dry_run == DryRun::Server,
        field_manager: Some(crate::install::FIELD_MANAGER.to_owned()),
    };
    let created = cluster
        .runs()
        .create(&parameters, &run)
        .await
        .map_err(|error| cluster.explain(error))?;
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

fn object(args: &Args) -> Result<ConformanceRun, Error> {
    known_profiles(&args.profiles)?;
    let spec = ConformanceRunSpec {
        profiles: args.profiles.clone(),
        stages: match args.stages {
            StagesArg::Present => Stages::Present,
            StagesArg::Future => Stages::Future,
            StagesArg::All => Stages::PresentAndFuture,
        },
        through_release: args.through_release,
        future_failures: match args.future_failures {
            FutureFailuresArg::Warn => FutureFailures::Warn,
            FutureFailuresArg::Fail => FutureFailures::Fail,
        },
        focus: args.focus.clone(),
        skip: args.skip.clone(),
        execution: Execution {
            active_deadline_seconds: args
                .active_deadline
                .map_or(DEFAULT_ACTIVE_DEADLINE_SECONDS, |limit| {
                    i64::try_from(limit.as_secs()).unwrap_or(i64::MAX)
                }),
            ..Execution::default()
        },
        preflight: Preflight {
            skip: super::preflight::once(&args.skip_preflight),
            only: false,
        },
        ttl_seconds_after_finished: args
            .ttl
            .map(|ttl| i32::try_from(ttl.as_secs()).unwrap_or(i32::MAX)),
        ..ConformanceRunSpec::default()
    };
    let mut run = ConformanceRun::new(args.name.as_deref().unwrap_or_default(), spec);
    if args.name.is_none() {
        run.metadata.name = None;
        run.metadata.generate_name = Some(format!(
            "{}-",
            args.profiles.first().map_or("run", String::as_str)
        ));
    }
    Ok(run)
}

/// Says which profiles there are if one of the names is none of them.
pub(super) fn known_profiles(names: &[String]) -> Result<(), Error> {
    let Some(name) = names.iter().find(|name| conform_suite::profile(name).is_err()) else {
        return Ok(());
    };
    let known: Vec<&str> = conform_suite::profiles()
        .iter()
        .map(|profile| profile.name)
        .collect();
    Err(Error::UnknownProfile {
        name: name.clone(),
        known: known.join(", "),
    })
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
            "--ttl=1h",
            "--skip-preflight=webhooks,logs-and-exec",
        ]))
        .unwrap();
        insta::assert_yaml_snapshot!(run);
    }

    #[test]
    fn without_a_name_one_is_made_from_the_profile() {
        let run = object(&parse(&[])).unwrap();
        assert_eq!(run.metadata.name, None);
        assert_eq!(run.metadata.generate_name.as_deref(), Some("kubernetes-"));
    }

    #[test]
    fn unknown_profiles_are_refused_with_those_that_there_are() {
        let error = object(&parse(&["--profile=nonesuch"])).unwrap_err().to_string();
        assert!(
            error.starts_with("\"nonesuch\" is no profile; the profiles are: "),
            "{error}"
        );
        assert!(error.contains("kubernetes"), "{error}");
    }
}
