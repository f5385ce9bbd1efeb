//! Tries faults on a testbed and writes what became of the runs: `cargo xtask faults` starts it with what it needs.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use conform_e2e::{
    faults::{Row, World, all, merged},
    printer,
};

/// Hurts runs on a testbed and judges what became of them
#[derive(Debug, Parser)]
struct Cli {
    /// The testbed, with conform's images on its nodes
    #[arg(long, env = "CONFORM_E2E_TESTBED")]
    testbed: String,
    /// Only faults whose names contain this
    #[arg(long)]
    only: Option<String>,
    /// Only some faults, which last shorter, on fewer tests
    #[arg(long)]
    short: bool,
    /// The document to write the rows into
    #[arg(long)]
    out: Option<PathBuf>,
}

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            printer::note(&format!("error: {error:#}"));
            ExitCode::from(2)
        }
    }
}

impl Cli {
    /// Whether everything held.
    fn run(&self) -> Result<bool> {
        let world = World::new(&self.testbed, self.short)?;
        let wanted = |name: &str| self.only.as_deref().is_none_or(|only| name.contains(only));
        let faults: Vec<_> = all()
            .iter()
            .filter(|fault| wanted(fault.name) && (fault.short || !self.short))
            .collect();
        ensure!(
            !faults.is_empty(),
            "no fault is called that; there are: {}",
            names()
        );
        let mut holds = true;
        for fault in faults {
            printer::note(&format!("==> {} ({})", fault.name, fault.when));
            // One that cannot be tried says nothing of the others.
            match fault.run(&world) {
                Ok(row) => {
                    holds &= row.holds();
                    self.tell(&row)?;
                }
                Err(error) => {
                    holds = false;
                    printer::note(&format!("    could not be tried: {error:#}"));
                }
            }
        }
        Ok(holds)
    }

    fn tell(&self, row: &Row) -> Result<()> {
        printer::line(&format!(
            "{} {}: {}; lost {:?}, {} left, {} attempts, {} s",
            if row.holds() { "ok" } else { "NO" },
            row.fault,
            row.ended,
            row.lost,
            row.leftovers.len(),
            row.attempts,
            row.seconds
        ));
        for missed in &row.missed {
            printer::line(&format!("     {missed}"));
        }
        // Written after each, so that what was tried is kept whatever happens next.
        let Some(out) = &self.out else { return Ok(()) };
        let old = std::fs::read_to_string(out).unwrap_or_default();
        std::fs::write(out, merged(&old, std::slice::from_ref(row)))
            .with_context(|| format!("cannot write {}", out.display()))
    }
}

fn names() -> String {
    let names: Vec<&str> = all().iter().map(|fault| fault.name).collect();
    names.join(", ")
}
