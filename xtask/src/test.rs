//! Every test, the cheapest first.

use anyhow::{Context, Result};

use crate::{
    charts,
    cluster::Cluster,
    e2e::e2e,
    generate::{self, GenerateArgs},
    images, printer,
    process::{cargo, run},
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
}

/// The tests that need a cluster, one after the other: a conformance run has its cluster alone.
const IN_TURN: [&str; 4] = ["--", "--ignored", "--test-threads=1", "--nocapture"];

/// Runs every test.
pub fn test(args: &TestArgs) -> Result<()> {
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
    charts::check()?;
    if args.no_cluster {
        return Ok(());
    }
    let images = images::build()?;
    printer::step("tests of the testbed itself");
    let mut tests = cargo(&["test", "--package", "conform-testbed", "--locked"]);
    run(tests.args(IN_TURN))?;
    let cluster = Cluster::testbed(&images)?;
    let testbed = cluster.testbed.as_ref().context("the testbed is not there")?;
    printer::step("tests on the testbed");
    let mut tests = e2e(
        &["test", "--package", "conform-e2e", "--locked"],
        testbed,
        &images,
    )?;
    tests.args(IN_TURN);
    let outcome = run(&mut tests);
    if !args.keep {
        printer::step("takes the testbed away");
        cluster.testbed.map_or(Ok(()), conform_testbed::Testbed::down)?;
    }
    outcome
}
