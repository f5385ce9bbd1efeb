//! What a contributor runs.

mod api_reference;
mod bench;
mod catalogue;
mod charts;
mod cluster;
mod committed;
mod demo;
mod durations;
mod e2e;
mod faults;
mod gateway;
mod gateway_reports;
mod generate;
mod image_lists;
mod images;
mod plugin;
mod printer;
mod process;
mod s3;
mod test;
mod windows;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Runs conform's demo and tests, generates its files
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build conform, install it into a cluster, run profile quick and show what it says
    Demo(demo::DemoArgs),
    /// Run every test: format, lints, generated files, unit tests, and conform on a real cluster
    Test(test::TestArgs),
    /// Break things under running conformance runs, and write what became of them into docs/faults.md
    Faults(faults::FaultsArgs),
    /// Measure conform beside ginkgo and hydrophone on the testbed
    Bench(bench::BenchArgs),
    /// Write the files that are generated from code
    Generate(generate::GenerateArgs),
    /// Try charts, alert rules and GitOps health checks with the programs that read them
    Charts,
    /// Build the images as docker-archives under target/images, as for `kind load image-archive`
    Images,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Demo(args) => demo::demo(&args),
        Command::Test(args) => test::test(&args),
        Command::Faults(args) => faults::faults(&args),
        Command::Bench(args) => bench::bench(&args),
        Command::Generate(args) => generate::generate(&args),
        Command::Charts => charts::check(),
        Command::Images => images::build().map(|images| images.list()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            printer::note(&format!("cargo xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
