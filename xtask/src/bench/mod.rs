//! conform beside its peers: the same tests, the same cluster, one after the other.

mod offline;
mod service_proxy;

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use conform_crds::names;
use serde_json::Value;

use crate::{
    cluster::Cluster,
    images::{self, Images},
    plugin::plugin,
    printer,
    process::{output, run},
};

/// Options of `bench`.
#[derive(Debug, clap::Args)]
pub struct BenchArgs {
    /// How often each program runs the list
    #[arg(long, default_value_t = 1)]
    pub rounds: u32,
    /// Leave hydrophone out
    #[arg(long)]
    pub no_hydrophone: bool,
    /// Only this part
    #[arg(long, value_enum)]
    pub only: Option<Part>,
    /// The JUnit file that part offline judges; by default what the run has left, or an interrupted run of the project's
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Runs on the testbed, beside ginkgo and hydrophone
    Runs,
    /// Files, without a cluster
    Offline,
    /// The model of a service proxy, beside kube-proxy's code; needs no cluster
    ServiceProxy,
}

/// Measures and prints.
pub fn bench(args: &BenchArgs) -> Result<()> {
    if args.only == Some(Part::ServiceProxy) {
        return service_proxy::measure();
    }
    let folder = tempfile::tempdir()?;
    if args.only == Some(Part::Offline) {
        let plugin = images::build_plugin()?;
        let junit = args.junit.clone();
        let junit = junit.map_or_else(|| offline::interrupted_run(folder.path()), Ok)?;
        return offline::measure(&plugin, &junit);
    }
    let images = images::build()?;
    let cluster = Cluster::testbed(&images)?;
    run(&mut plugin(&images.plugin, &cluster, &["install"]))?;
    for round in 1..=args.rounds {
        printer::step(&format!("round {round} of {}", args.rounds));
        measure(&images, &cluster, args, folder.path())?;
    }
    if args.only == Some(Part::Runs) {
        return Ok(());
    }
    let of_run = folder.path().join(names::JUNIT);
    offline::measure(&images.plugin, args.junit.as_ref().unwrap_or(&of_run))?;
    service_proxy::measure()
}

/// One round; the run's files are left in `folder`.
fn measure(images: &Images, cluster: &Cluster, args: &BenchArgs, folder: &Path) -> Result<()> {
    let idle = operator_memory()?;
    let before = api_requests(cluster)?;
    let (tests, conform) = conform(images, cluster, folder)?;
    let requests = api_requests(cluster)?.saturating_sub(before);
    let busy = operator_memory()?;

    let focus = focus(&tests);
    let raw = raw_ginkgo(cluster, &focus)?;
    printer::line(&format!("{} tests of profile quick, serial", tests.len()));
    printer::line(&format!("  ginkgo e2e.test   {:7.1} s", raw.as_secs_f64()));
    let allowed = raw.as_secs_f64() * 1.02 + 5.0;
    printer::line(&format!(
        "  conform           {:7.1} s   {:.2} x ginkgo (goal: at most {allowed:.1} s)",
        conform.as_secs_f64(),
        conform.as_secs_f64() / raw.as_secs_f64()
    ));
    if !args.no_hydrophone {
        let peer = hydrophone(cluster, &focus)?;
        printer::line(&format!(
            "  hydrophone        {:7.1} s   {:.2} x ginkgo",
            peer.as_secs_f64(),
            peer.as_secs_f64() / raw.as_secs_f64()
        ));
    }
    printer::line(&format!(
        "operator: {idle} KiB resident idle, {busy} KiB after the run (goal: at most 25600)"
    ));
    printer::line(&format!(
        "operator: {requests} API requests for the run, watches included"
    ));
    Ok(())
}

/// One run of the present stage of profile quick; the tests that it ran, and how long that took from command to verdict.
fn conform(images: &Images, cluster: &Cluster, folder: &Path) -> Result<(Vec<String>, Duration)> {
    let name = format!("bench-{}", std::process::id());
    let since = Instant::now();
    let words = [
        "run",
        &name,
        "--profile",
        "quick",
        "--stages",
        "present",
        "--wait",
    ];
    let status = plugin(&images.plugin, cluster, &words)
        .stdout(Stdio::null())
        .status()?;
    let took = since.elapsed();
    // 2: quick is a part of what is required, and a part decides nothing.
    if status.code() != Some(2) {
        bail!("kubectl conform run ended with {status}");
    }
    let result = output(&mut cluster.kubectl(&["get", "conformanceresult", &name, "-o", "json"])?)?;
    let result: Value = serde_json::from_str(&result)?;
    let tests = result
        .pointer("/status/attempts/0/tests")
        .and_then(Value::as_array)
        .context("no tests")?;
    let selected = tests
        .iter()
        .filter(|test| test.get("selected") == Some(&Value::Bool(true)));
    let selected = selected
        .filter_map(|test| test.get("name")?.as_str().map(str::to_owned))
        .collect();
    let folder = folder.to_string_lossy();
    run(&mut plugin(
        &images.plugin,
        cluster,
        &["retrieve", &name, "--force", "--out", &folder],
    ))?;
    run(&mut plugin(&images.plugin, cluster, &["delete", &name]))?;
    Ok((selected, took))
}

fn raw_ginkgo(cluster: &Cluster, focus: &str) -> Result<Duration> {
    let testbed = cluster.testbed.as_ref().context("the bench needs the testbed")?;
    let folder = tempfile::tempdir()?;
    let log = std::fs::File::create(folder.path().join("log"))?;
    let mut ginkgo = Command::new(testbed.bin("ginkgo")?);
    ginkgo
        .arg(format!("--focus={focus}"))
        .args(["--no-color=true", "--timeout=24h"]);
    ginkgo
        .arg(testbed.bin("e2e.test")?)
        .args(["--", "--disable-log-dump", "--provider=skeleton"]);
    ginkgo.arg(format!("--kubeconfig={}", testbed.kubeconfig().display()));
    ginkgo.arg(format!("--report-dir={}", folder.path().display()));
    ginkgo.stdout(log.try_clone()?).stderr(log);
    let since = Instant::now();
    run(&mut ginkgo).with_context(|| tail(&folder.path().join("log")))?;
    Ok(since.elapsed())
}

fn hydrophone(cluster: &Cluster, focus: &str) -> Result<Duration> {
    let testbed = cluster.testbed.as_ref().context("the bench needs the testbed")?;
    let folder = tempfile::tempdir()?;
    let log = std::fs::File::create(folder.path().join("log"))?;
    let mut hydrophone = Command::new(testbed.bin("hydrophone")?);
    hydrophone
        .args(["--focus", focus, "--output-dir"])
        .arg(folder.path());
    hydrophone.arg("--kubeconfig").arg(testbed.kubeconfig());
    hydrophone.stdout(log.try_clone()?).stderr(log);
    let since = Instant::now();
    run(&mut hydrophone).with_context(|| tail(&folder.path().join("log")))?;
    Ok(since.elapsed())
}

/// The tests as a pattern for Ginkgo, anchored at their end.
fn focus(tests: &[String]) -> String {
    let quoted: Vec<String> = tests.iter().map(|test| quote(test)).collect();
    format!("({})$", quoted.join("|"))
}

fn quote(text: &str) -> String {
    let special = |letter: char| r"\.+*?()|[]{}^$".contains(letter);
    text.chars()
        .flat_map(|letter| special(letter).then_some('\\').into_iter().chain([letter]))
        .collect()
}

fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().rev().take(20).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}

/// Resident memory of the operator in KiB: its process is one of this machine's.
fn operator_memory() -> Result<u64> {
    let pid = output(Command::new("pgrep").args(["-n", "-f", "^/conform-operator"]))?;
    let path = format!("/proc/{}/status", pid.trim());
    let status = std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line
        .and_then(|line| line.split_whitespace().next())
        .context("no VmRSS")?;
    Ok(number.parse()?)
}

/// How many requests the operator says it has made.
fn api_requests(cluster: &Cluster) -> Result<u64> {
    let selector = format!("app.kubernetes.io/name={}", names::OPERATOR);
    let words = [
        "get",
        "pods",
        "-n",
        names::NAMESPACE,
        "-l",
        &selector,
        "-o",
        "jsonpath={.items[0].metadata.name}",
    ];
    let pod = output(&mut cluster.kubectl(&words)?)?;
    let path = format!(
        "/api/v1/namespaces/{}/pods/{}:8080/proxy/metrics",
        names::NAMESPACE,
        pod.trim()
    );
    let metrics = output(&mut cluster.kubectl(&["get", "--raw", &path])?)?;
    let counts = metrics
        .lines()
        .filter(|line| line.starts_with("conform_api_requests_total"));
    Ok(counts
        .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
        .sum())
}
