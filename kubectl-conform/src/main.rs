//! `kubectl conform`: start conformance runs and see what a cluster meets now and what it will miss later.
//!
//! A verb fetches, asks `conform-suite` what the numbers mean, and hands the answer to a renderer. Nothing is judged
//! here: the table of the plugin and the conditions of the operator come from the same functions.

mod artifact;
mod cli;
mod cluster;
mod condition;
mod error;
mod exit;
mod explain;
mod fleet;
mod follow;
mod import;
mod install;
mod offline;
mod online;
mod output;
mod pace;
mod printer;
mod progress;
mod render;
mod run_report;
#[cfg(test)]
mod scenarios;
mod sink;
mod source;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod test_support;
mod time;
mod verbs;

use std::process::ExitCode;

use clap::FromArgMatches;
use conform_report::{assess, text};

use crate::{cli::Cli, error::Error, exit::ExitStatus, printer::Printer};

fn main() -> ExitCode {
    let cli = match cli::parse(std::env::args_os()) {
        Ok(matches) => Cli::from_arg_matches(&matches),
        Err(error) => Err(error),
    };
    let cli = match cli {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come this way too; a reader that went away is no error.
            let _ = error.print();
            return if error.use_stderr() {
                ExitStatus::Undecided.into()
            } else {
                ExitStatus::Done.into()
            };
        }
    };
    cli.global.color.write_global();
    verbose(cli.global.verbose);
    let printer = Printer::new();
    match run(&cli, &printer) {
        Ok(status) => status.into(),
        Err(error) => {
            printer.error(&error);
            ExitStatus::Undecided.into()
        }
    }
}

fn run(cli: &Cli, printer: &Printer) -> Result<ExitStatus, Error> {
    // One thread is enough: the plugin waits for one API server.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::Runtime)?;
    runtime.block_on(verbs::run(cli, printer))
}

/// `-v` shows the requests that are made, `-vv` all that the client has to say.
fn verbose(level: u8) {
    let filter = match level {
        0 => return,
        1 => "kube_client=debug,kube_runtime=debug",
        _ => "trace,h2=info,hyper=info,rustls=info",
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
