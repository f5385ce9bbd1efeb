//! `preflight`: look whether the cluster is fit for a run, without running a test.

use std::time::Duration;

use clap::ValueEnum;
use conform_crds::{
    Check, CheckResult, CheckState, ConformanceRun, ConformanceRunSpec, Preflight, Stages,
    conditions::{self, reasons},
};
use kube::{
    ResourceExt,
    api::{DeleteParams, PostParams},
};
use serde::Serialize;

use crate::{
    cluster::Cluster,
    condition,
    error::Error,
    exit::ExitStatus,
    follow::{Followed, follow},
    output,
    printer::Printer,
    progress::Display,
    render,
    time::parse_duration,
};

/// A run whose plugin was killed does not stay for ever.
const TIME_TO_LIVE: i32 = 3600;

/// Options of `preflight`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Profile whose tests the checks are for; may be repeated
    #[arg(long = "profile", value_name = "PROFILE", default_value = "kubernetes")]
    profiles: Vec<String>,
    /// Check that is not made; may be repeated, or several with commas
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    skip_preflight: Vec<Check>,
    /// How long to wait for the checks
    #[arg(long, value_name = "DURATION", default_value = "15m", value_parser = parse_duration)]
    timeout: Duration,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: OutputFormat,
    /// Keep the run that the checks are made by
    #[arg(long)]
    keep: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum OutputFormat {
    /// One row a check
    #[default]
    Table,
    /// JSON
    Json,
    /// YAML
    Yaml,
}

/// What scripts are told.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    run: String,
    server_version: Option<&'a str>,
    passed: bool,
    checks: &'a [CheckResult],
}

/// Makes a run that only looks, follows it, shows what it found, and deletes it.
pub async fn run(args: &Args, cluster: &Cluster, printer: &Printer) -> Result<ExitStatus, Error> {
    super::profiles::known_in(&args.profiles, cluster).await?;
    let created = cluster
        .runs()
        .create(&PostParams::default(), &object(args))
        .await
        .map_err(|error| cluster.explain(error))?;
    let name = created.name_any();
    let mut display = Display::new(printer);
    let followed = follow(cluster, &name, Some(args.timeout), &mut display).await;
    display.finish();
    let shown = match followed {
        Ok(Followed::Finished(run)) => show(args, &run, printer),
        Ok(Followed::Interrupted) => Ok(ExitStatus::Undecided),
        Err(error) => Err(error),
    };
    if args.keep {
        printer.note(&format!(
            "Run {name} is kept: `kubectl conform delete {name}` removes it."
        ));
    } else if let Err(error) = cluster.runs().delete(&name, &DeleteParams::default()).await {
        let error = cluster.explain(error);
        printer.note(&format!("Run {name} could not be deleted: {error}"));
    }
    shown
}

fn show(args: &Args, run: &ConformanceRun, printer: &Printer) -> Result<ExitStatus, Error> {
    let status = run.status.as_ref();
    let checks = status
        .map(|status| status.preflight.as_slice())
        .unwrap_or_default();
    let verdict = exit_status(run, checks);
    let report = || Report {
        run: run.name_any(),
        server_version: status.and_then(|status| status.server_version.as_deref()),
        passed: verdict == ExitStatus::Done,
        checks,
    };
    match args.output {
        OutputFormat::Json => output::json(printer, &report())?,
        OutputFormat::Yaml => output::yaml(printer, &report())?,
        OutputFormat::Table if checks.is_empty() => {}
        OutputFormat::Table => printer.out(&render::preflight(checks, printer.width()))?,
    }
    if verdict == ExitStatus::Undecided
        && let Some(succeeded) = condition::find(run, conditions::SUCCEEDED)
    {
        printer.note(&format!(
            "The checks did not come to their end: {}: {}",
            succeeded.reason, succeeded.message
        ));
    }
    Ok(verdict)
}

/// 0 if nothing failed, 1 if a check failed, 2 if not every check could be made.
fn exit_status(run: &ConformanceRun, checks: &[CheckResult]) -> ExitStatus {
    let reason = condition::find(run, conditions::SUCCEEDED).map(|condition| condition.reason.as_str());
    if checks.iter().any(|result| result.state == CheckState::Failed) {
        ExitStatus::NotConformant
    } else if reason == Some(reasons::PREFLIGHT_PASSED) {
        ExitStatus::Done
    } else {
        ExitStatus::Undecided
    }
}

fn object(args: &Args) -> ConformanceRun {
    let spec = ConformanceRunSpec {
        profiles: args.profiles.clone(),
        stages: Stages::Present,
        preflight: Preflight {
            skip: once(&args.skip_preflight),
            only: true,
        },
        ttl_seconds_after_finished: (!args.keep).then_some(TIME_TO_LIVE),
        ..ConformanceRunSpec::default()
    };
    let mut run = ConformanceRun::new("", spec);
    run.metadata.name = None;
    run.metadata.generate_name = Some("preflight-".to_owned());
    run
}

/// Each check once, as the API wants it.
pub(super) fn once(checks: &[Check]) -> Vec<Check> {
    let mut checks = checks.to_vec();
    checks.sort_unstable();
    checks.dedup();
    checks
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: Args,
    }

    #[test]
    fn options_become_a_run_that_only_looks() {
        let arguments = [
            "preflight",
            "--profile=quick",
            "--skip-preflight=dns,clocks",
            "--skip-preflight=Dns",
        ];
        let run = object(&Command::parse_from(arguments).args);
        assert!(run.spec.preflight.only);
        assert_eq!(run.spec.preflight.skip, [Check::Dns, Check::Clocks]);
        assert_eq!(run.spec.profiles, ["quick"]);
        assert_eq!(run.spec.ttl_seconds_after_finished, Some(3600));
        assert_eq!(run.metadata.generate_name.as_deref(), Some("preflight-"));
    }

    #[test]
    fn a_check_that_there_is_not_is_refused_with_those_that_there_are() {
        let error = Command::try_parse_from(["preflight", "--skip-preflight=nonesuch"])
            .err()
            .unwrap();
        let error = error.to_string();
        assert!(
            error.contains("\"nonesuch\" is no check; the checks are: ServerVersion, Nodes"),
            "{error}"
        );
    }

    #[rstest]
    #[case::passed("True", "PreflightPassed", CheckState::Warned, ExitStatus::Done)]
    #[case::failed("False", "PreflightFailed", CheckState::Failed, ExitStatus::NotConformant)]
    #[case::not_made("False", "ImagePullFailed", CheckState::Passed, ExitStatus::Undecided)]
    #[case::cancelled("False", "Cancelled", CheckState::Passed, ExitStatus::Undecided)]
    fn the_exit_code_tells_whether_the_cluster_is_fit(
        #[case] status: &str,
        #[case] reason: &str,
        #[case] state: CheckState,
        #[case] expected: ExitStatus,
    ) {
        let run: ConformanceRun = serde_json::from_value(json!({
            "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun", "metadata": { "name": "x" }, "spec": {},
            "status": { "conditions": [{
                "type": "Succeeded", "status": status, "reason": reason, "message": "",
                "lastTransitionTime": "2026-11-22T10:00:00Z",
            }] },
        }))
        .unwrap();
        assert_eq!(exit_status(&run, &[Check::Dns.found(state, "")]), expected);
    }
}
