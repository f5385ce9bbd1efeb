//! The conform operator.

mod announce;
mod api_meter;
mod authorities;
mod cleanup;
mod cli;
mod cluster_metrics;
mod condition;
mod digest;
mod error;
mod files;
mod http;
mod leader;
mod lease;
mod metrics;
mod notify;
mod preflight;
mod profile;
mod requeue;
mod run;
mod schedule;
mod serve;
mod stop;
#[cfg(test)]
mod test_api;
#[cfg(test)]
mod watches;
mod web;

use std::{io::Write, process::ExitCode};

use clap::Parser;
use cli::{Cli, Command};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Run(args) => Box::pin(serve::serve(*args)).await,
        Command::Crds => print_crds(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The log may not be set up yet, and stderr is all that a crash loop shows.
            let _ = writeln!(std::io::stderr(), "conform-operator: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn print_crds() -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for crd in conform_crds::crds() {
        writeln!(out, "---\n{}", conform_crds::to_yaml(&crd)?)?;
    }
    Ok(())
}
