//! What becomes of runs that are hurt, as a table in the documentation.

use anyhow::{Context, Result};

use crate::{
    cluster::Cluster,
    e2e::e2e,
    images, printer,
    process::{root, run},
};

/// The testbed that is hurt; the one of the demo and the tests is left in peace.
const TESTBED: &str = "faults";
/// The table.
const DOCUMENT: &str = "docs/faults.md";

/// Options of `faults`.
#[derive(Debug, clap::Args)]
pub struct FaultsArgs {
    /// Only faults whose names contain this
    #[arg(long, value_name = "NAME")]
    pub only: Option<String>,
    /// Only the few that `test` tries too, shorter and on fewer tests; the table is not written
    #[arg(long)]
    pub short: bool,
    /// Leave the testbed running afterwards
    #[arg(long)]
    pub keep: bool,
}

/// Tries faults, and writes the rows of those that were tried.
pub fn faults(args: &FaultsArgs) -> Result<()> {
    let images = images::build()?;
    let cluster = Cluster::named(TESTBED, &images)?;
    let testbed = cluster.testbed.context("the testbed is not there")?;
    printer::step("hurts runs");
    let out = root().join(DOCUMENT);
    let mut command = e2e(
        &["run", "--quiet", "--package", "conform-e2e", "--locked", "--"],
        &testbed,
        &images,
    )?;
    if let Some(only) = &args.only {
        command.args(["--only", only]);
    }
    if args.short {
        command.arg("--short");
    } else {
        command.arg("--out").arg(&out);
    }
    let outcome = run(&mut command);
    if !args.keep {
        printer::step("takes the testbed away");
        testbed.down()?;
    }
    outcome
}
