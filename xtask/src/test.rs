//! Every test, the cheapest first.

use anyhow::{Context, Result};

use crate::{
    charts,
    cluster::Cluster,
    e2e::e2e,
    gateway_reports,
    generate::{self, GenerateArgs},
    images::{self, Images},
    printer,
    process::{cargo, run},
    s3,
};

/// Options of `test`.
#[derive(Debug, clap::Args)]
pub struct TestArgs {
    /// Leave out the tests that need a cluster
    #[arg(long)]
    pub no_cluster: bool,
    /// Leave the testbed running afterwards
    #[arg(long)]
    pub keep: bool,
    /// Only these files of `e2e/tests`, such as `network`, and nothing else
    #[arg(long, value_name = "FILE", conflicts_with = "no_cluster")]
    pub only: Vec<String>,
}

/// The tests that need a cluster, one after the other: a conformance run has its cluster alone.
const IN_TURN: [&str; 4] = ["--", "--ignored", "--test-threads=1", "--nocapture"];

/// Runs every test, or those that were asked for.
///
/// # Errors
///
/// The first step that fails.
pub fn test(args: &TestArgs) -> Result<()> {
    if args.only.is_empty() {
        without_cluster()?;
    }
    if args.no_cluster {
        return Ok(());
    }
    let images = images::build()?;
    if args.only.is_empty() {
        printer::step("tests of the testbed itself");
        let mut tests = cargo(&["test", "--package", "conform-testbed", "--locked"]);
        run(tests.args(IN_TURN))?;
    }
    on_testbed(args, &images)
}

/// What needs no cluster, the cheapest first.
fn without_cluster() -> Result<()> {
    printer::step("format");
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    printer::step("generated files");
    generate::generate(&GenerateArgs {
        what: None,
        from: Vec::new(),
        check: true,
    })?;
    printer::step("lints");
    run(&mut cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "--deny",
        "warnings",
    ]))?;
    printer::step("tests without a cluster");
    run(&mut cargo(&["test", "--workspace", "--locked"]))?;
    printer::step("every report that Gateway API ships");
    gateway_reports::check()?;
    printer::step("files in a real S3 server");
    s3::test()?;
    charts::check()
}

/// The tests of crate `e2e`, on the testbed.
fn on_testbed(args: &TestArgs, images: &Images) -> Result<()> {
    let cluster = Cluster::testbed(images)?;
    let testbed = cluster.testbed.as_ref().context("the testbed is not there")?;
    printer::step("tests on the testbed");
    let mut tests = e2e(&["test", "--package", "conform-e2e", "--locked"], testbed, images)?;
    for file in &args.only {
        tests.args(["--test", file]);
    }
    let seen = tempfile::tempdir()?;
    tests.env("CONFORM_E2E_RECORD", seen.path());
    let outcome = run(tests.args(IN_TURN)).and_then(|()| charts::agree_on(seen.path()));
    if !args.keep {
        printer::step("takes the testbed away");
        cluster.testbed.map_or(Ok(()), conform_testbed::Testbed::down)?;
    }
    outcome
}
