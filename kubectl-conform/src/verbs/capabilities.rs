//! `capabilities`: what the cluster's network can do, measured.

use std::path::PathBuf;

use conform_crds::{Basis, CapabilityCheck};
use conform_network::{
    components::{self, Way},
    probe::{self, Evidence, Options, ProbeError, Report, Row, Status},
};
use conform_suite::Release;

use crate::{
    assess,
    cluster::Cluster,
    error::Error,
    exit::ExitStatus,
    offline::{self, ReportFormat},
    printer::Printer,
    render,
};

/// Options of `capabilities`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Show what this run measured, instead of probing now
    #[arg(conflicts_with_all = ["features", "image", "name", "take_over"])]
    run: Option<String>,
    /// Show beside the packets what upstream's own tests said: a JUnit file, a folder of results or a tarball of sonobuoy's; may be repeated
    #[arg(long, value_name = "FILE|DIR|TARBALL", conflicts_with = "run")]
    evidence: Vec<PathBuf>,
    /// Feature that is probed, such as internal-traffic-policy; may be repeated, or several with commas
    #[arg(long = "feature", value_name = "FEATURE", value_delimiter = ',', value_parser = feature)]
    features: Vec<String>,
    #[command(flatten)]
    probing: Probing,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: ReportFormat,
}

/// How probes are made.
#[derive(clap::Args, Debug)]
pub struct Probing {
    /// Image with the runner, whose agents make the connections of a probe
    #[arg(long, value_name = "IMAGE", default_value = super::install::RUNNER_IMAGE)]
    image: String,
    /// Name of the probe: its namespaces are conform-NAME and conform-NAME-nodes
    #[arg(long, value_name = "NAME", default_value = "probe", value_parser = name)]
    name: String,
    /// Remove what an earlier probe of this name left, instead of refusing
    #[arg(long)]
    take_over: bool,
}

fn feature(text: &str) -> Result<String, String> {
    let mut known = probe::every().map(|feature| feature.id);
    if known.any(|id| id == text) {
        return Ok(text.to_owned());
    }
    let known: Vec<&str> = probe::every().map(|feature| feature.id).collect();
    Err(format!("the features are: {}", known.join(", ")))
}

/// A part of a namespace's name that leaves room for the rest.
fn name(text: &str) -> Result<String, String> {
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let sound = !text.is_empty() && text.len() <= 40 && text.chars().all(fine);
    if sound && !text.starts_with('-') && !text.ends_with('-') {
        Ok(text.to_owned())
    } else {
        Err("at most 40 lower-case letters, digits and dashes".to_owned())
    }
}

/// Probes with the user's own rights, or reads what a run measured. The exit code is 1 if a feature is not supported, 2 if one could
/// not be evaluated, of those that were asked for: who names none asks for all but those that are only probed by name.
pub async fn run(args: &Args, cluster: &Cluster, printer: &Printer) -> Result<ExitStatus, Error> {
    let report = match &args.run {
        Some(name) => of_run(cluster, name).await?,
        None => probe_now(args, cluster, printer).await?,
    };
    args.output.write(printer, &report, |wide| {
        render::capabilities(&report, printer.terminal_width(), wide)
    })?;
    Ok(exit_status(&report, &args.features))
}

async fn of_run(cluster: &Cluster, name: &str) -> Result<Report, Error> {
    let run = cluster.run(name).await?;
    let result = cluster.result_of(&run).await?;
    let attempts = result
        .and_then(|result| result.status)
        .map(|status| status.attempts);
    let attempts = attempts.unwrap_or_default();
    let told = attempts.iter().find(|attempt| !attempt.capabilities.is_empty());
    let told = told.ok_or_else(|| {
        let why = match run.spec.checks.capabilities {
            CapabilityCheck::Off => "spec.checks.capabilities is Off",
            CapabilityCheck::Probe => "its first attempt has not ended, or its message says why it could not",
        };
        Error::Missing(format!("run {name:?} has not probed the network: {why}"))
    })?;
    let mut rows: Vec<Row> = told.capabilities.iter().map(Row::kept).collect();
    let server = run.status.as_ref().and_then(assess::server_release);
    Evidence::of_run(&attempts, server).beside_rows(&mut rows);
    Ok(Report {
        rows,
        ..Report::default()
    })
}

async fn probe_now(args: &Args, cluster: &Cluster, printer: &Printer) -> Result<Report, Error> {
    let version = cluster.client.apiserver_version().await;
    version.map_err(|error| cluster.explain(error))?;
    let facts = Box::pin(components::gather(&cluster.client, Way::ThroughApiServer)).await;
    // First, since a file that cannot be read is told in no time.
    let evidence = evidence(&args.evidence, &facts, printer)?;
    let features = args.features.clone();
    let mut report = args.probing.probe(cluster, &facts, features, printer).await?;
    if args.features.is_empty() {
        report
            .rows
            .extend(probe::declared(&facts, &components::detect(&facts)));
    }
    if let Some(evidence) = evidence {
        evidence.beside_rows(&mut report.rows);
    }
    Ok(report)
}

/// What files say of upstream's tests, the later one of two about the same test; none if there are no files.
fn evidence(
    files: &[PathBuf],
    facts: &components::Facts,
    printer: &Printer,
) -> Result<Option<Evidence>, Error> {
    if files.is_empty() {
        return Ok(None);
    }
    let release = facts.server_version.parse().ok();
    let mut told = Vec::new();
    for file in files {
        let measured = offline::load(file, release, printer)?;
        told.extend(measured.seen.into_iter().map(|(name, seen)| (name, seen.outcome)));
    }
    Ok(Some(Evidence::new(told)))
}

impl Probing {
    /// Probes these features, or all that may be probed without being asked for.
    pub async fn probe(
        &self,
        cluster: &Cluster,
        facts: &components::Facts,
        only: Vec<String>,
        printer: &Printer,
    ) -> Result<Report, Error> {
        let release: Option<Release> = facts.server_version.parse().ok();
        let options = Options {
            name: self.name.clone(),
            image: self.image.clone(),
            manager: None,
            take_over: self.take_over,
            only,
            minor: release.map(Release::minor),
            components: components::detect(facts),
        };
        let progress = |text: &str| printer.note(text);
        // A command in a pod stays open for as long as the probe takes.
        let probed = Box::pin(probe::probe(&cluster.streaming, &options, &progress)).await;
        probed.map_err(|error| match error {
            ProbeError::Taken(_) => Error::Usage(error.to_string()),
            ProbeError::Refused(why) => Error::Missing(format!("nothing could be measured: {why}")),
        })
    }
}

fn exit_status(report: &Report, asked: &[String]) -> ExitStatus {
    let counts = |row: &&Row| {
        let was_asked = !probe::is_only_by_name(&row.feature) || asked.contains(&row.feature);
        // What an object declares is nobody's question.
        was_asked && row.basis != Some(Basis::Declared)
    };
    let rows: Vec<&Row> = report.rows.iter().filter(counts).collect();
    let any = |status| rows.iter().any(|row| row.status == status);
    if any(Status::Unsupported) {
        ExitStatus::NotConformant
    } else if any(Status::Unevaluated) || rows.is_empty() {
        ExitStatus::Undecided
    } else {
        ExitStatus::Done
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn row(id: &str, status: Status) -> Row {
        let feature = probe::every().find(|feature| feature.id == id).unwrap();
        Row {
            status,
            ..Row::of(feature, &[])
        }
    }

    #[rstest]
    #[case::all_that_was_asked_for(&[("cluster-ip", Status::Supported), ("service-cidr", Status::Unevaluated)], &[], ExitStatus::Done)]
    #[case::asked_for_by_name(&[("service-cidr", Status::Unevaluated)], &["service-cidr"], ExitStatus::Undecided)]
    #[case::by_name_and_broken(&[("service-cidr", Status::Unsupported)], &["service-cidr"], ExitStatus::NotConformant)]
    #[case::without_meaning(&[("cluster-ip", Status::Supported), ("ipv6", Status::NotApplicable)], &[], ExitStatus::Done)]
    #[case::not_evaluated(&[("cluster-ip", Status::Supported), ("sctp", Status::Unevaluated)], &[], ExitStatus::Undecided)]
    #[case::broken(&[("cluster-ip", Status::Unsupported), ("sctp", Status::Unevaluated)], &[], ExitStatus::NotConformant)]
    #[case::nothing(&[], &[], ExitStatus::Undecided)]
    #[case::nothing_that_counts(&[("node-draining", Status::Unevaluated)], &[], ExitStatus::Undecided)]
    fn what_was_not_asked_for_does_not_count(
        #[case] rows: &[(&str, Status)],
        #[case] asked: &[&str],
        #[case] exit: ExitStatus,
    ) {
        let report = Report {
            rows: rows.iter().map(|(id, status)| row(id, *status)).collect(),
            ..Report::default()
        };
        let asked: Vec<String> = asked.iter().map(|id| (*id).to_owned()).collect();
        assert_eq!(exit_status(&report, &asked), exit);
    }

    #[test]
    fn what_a_class_declares_does_not_count_either() {
        let declared = Row {
            basis: Some(Basis::Declared),
            ..row("sctp", Status::Unevaluated)
        };
        let report = Report {
            rows: vec![row("cluster-ip", Status::Supported), declared],
            ..Report::default()
        };
        assert_eq!(exit_status(&report, &[]), ExitStatus::Done);
    }
}
