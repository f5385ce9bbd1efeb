//! Starts and stops the testbed from the command line.

mod cli;
mod fault;
mod table;

use std::process::ExitCode;

use clap::Parser;
use conform_testbed::printer;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(code) => code,
        Err(error) => {
            printer::note(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}
