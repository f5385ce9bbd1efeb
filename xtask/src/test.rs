//! Every test, the cheapest first.

use anyhow::{Context, Result};

use crate::{
    cluster::Cluster,
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
    if args.no_cluster {
        return Ok(());
    }
    let images = images::build()?;
    let cluster = Cluster::testbed(&images)?;
    let testbed = cluster.testbed.as_ref().context("the testbed is not there")?;
    printer::step("tests on the testbed");
    let mut tests = cargo(&["test", "--package", "conform-e2e", "--locked"]);
    // One after the other: there is one cluster, and a conformance run has it alone.
    tests.args(["--", "--ignored", "--test-threads=1", "--nocapture"]);
    tests
        .env("KUBECONFIG", testbed.kubeconfig())
        .env("CONFORM_E2E_PLUGIN", &images.plugin);
    tests.env("CONFORM_E2E_KUBECTL", testbed.bin("kubectl")?);
    let outcome = run(&mut tests);
    if !args.keep {
        printer::step("takes the testbed away");
        cluster.testbed.map_or(Ok(()), conform_testbed::Testbed::down)?;
    }
    outcome
}
