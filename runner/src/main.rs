//! The program inside a suite's pod.
//!
//! `conform-runner install DIR` runs in the init container and puts the program beside the suite;
//! `conform-runner run` is the entry process of the suite's container. It runs the suite, reports each outcome through
//! the API server while the suite runs, and keeps the suite's files. [`run`] tells the story from top to bottom.

mod absent;
mod agent;
mod api_watch;
mod artifacts;
mod ask;
mod budget;
mod capabilities;
mod checks;
mod choice;
mod cli;
mod cluster;
mod ending;
mod exit;
mod install;
mod junit_file;
mod live;
mod logging;
mod measure;
mod own;
mod parallel;
mod patience;
mod plan;
mod preflight;
mod prepare;
mod progress_server;
mod redact;
mod repo_list;
mod report;
mod run;
mod running;
mod seen;
mod stop;
mod suite;
mod suite_name;
mod suite_process;
mod table;
mod tee;
mod text;
mod upload;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    cli::{Cli, Command},
    exit::Exit,
};

fn main() -> ExitCode {
    if let Some(error) = suite_name::become_suite() {
        logging::start();
        tracing::error!("cannot become the suite: {error}");
        return Exit::Fault.into();
    }
    let cli = Cli::parse();
    logging::start();
    let exit = match cli.command {
        Command::Install { dir } => match install::install(&dir) {
            Ok(()) => Exit::Done,
            Err(error) => {
                tracing::error!("{error}");
                Exit::Fault
            }
        },
        Command::Run(args) => to_the_end(run::run(&args)),
        Command::Collect(args) => to_the_end(own::collect(&args)),
        Command::Agent(command) => run_agent(&command),
    };
    exit.into()
}

fn run_agent(command: &agent::Agent) -> Exit {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ended = runtime.and_then(|runtime| {
        let ended = runtime.block_on(agent::run(command));
        // A thread that waits for stdin must not hold the end.
        runtime.shutdown_background();
        ended
    });
    match ended {
        Ok(()) => Exit::Done,
        Err(error) => {
            tracing::error!("the agent: {error}");
            Exit::Fault
        }
    }
}

/// Runs an attempt's story on a runtime of its own.
fn to_the_end(story: impl Future<Output = Result<Exit, run::RunError>>) -> Exit {
    // Named, so that a second provider somewhere in the build can never make the choice ambiguous. The only error is
    // that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!("cannot start the runtime: {error}");
            return Exit::Fault;
        }
    };
    let exit = runtime.block_on(story).unwrap_or_else(|error| {
        tracing::error!("{error}");
        if matches!(error, run::RunError::Plan(_)) {
            Exit::Usage
        } else {
            Exit::Fault
        }
    });
    // A file that is still being compressed when the time is up must not hold the pod.
    runtime.shutdown_background();
    exit
}
