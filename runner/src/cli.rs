//! The command line. Every flag of `run` has an environment variable, since the Job gives both.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};

use crate::agent::Agent;

/// Runs a suite inside its pod and reports each outcome.
#[derive(Debug, Parser)]
#[command(name = "conform-runner", version, about)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Copy this program to DIR/conform-runner
    Install {
        /// An existing folder that the suite's container sees too
        dir: PathBuf,
    },
    /// Run the suite that the environment's plan asks for
    Run(Box<RunArgs>),
    /// Wait for the suite of a user's own beside this container, and take what it wrote
    Collect(CollectArgs),
    /// Be an agent in a pod of a network probe
    #[command(subcommand)]
    Agent(Agent),
}

/// Where the suite is, and how patient to be.
#[derive(Args, Clone, Debug)]
pub struct RunArgs {
    /// The ginkgo program
    #[arg(long, env = "CONFORM_GINKGO", default_value = "/usr/local/bin/ginkgo")]
    pub ginkgo: PathBuf,
    /// The suite's program
    #[arg(long, env = "CONFORM_E2E_TEST", default_value = "/usr/local/bin/e2e.test")]
    pub e2e_test: PathBuf,
    /// Where the suite finds its own files
    #[arg(long, env = "CONFORM_REPO_ROOT", default_value = "/kubernetes")]
    pub repo_root: PathBuf,
    /// Where the suite's files go
    #[arg(long, env = "CONFORM_RESULTS_DIR", default_value = "/tmp/results")]
    pub results_dir: PathBuf,
    /// The suite's cloud provider
    #[arg(long, env = "CONFORM_PROVIDER", default_value = "skeleton")]
    pub provider: String,
    /// Shortest time between two reports
    #[arg(long, env = "CONFORM_FLUSH_INTERVAL", default_value = "5s", value_parser = duration)]
    pub flush_interval: Duration,
    /// How long a stopped suite may take to write its files
    #[arg(long, env = "CONFORM_STOP_GRACE", default_value = "45s", value_parser = duration)]
    pub stop_grace: Duration,
    /// How long to wait for an API server that does not answer, before the first test and after the last
    #[arg(long, env = "CONFORM_PATIENCE", default_value = "600s", value_parser = duration)]
    pub patience: Duration,
    /// How long the suite may take to list its tests
    #[arg(long, env = "CONFORM_ASK_TIMEOUT", default_value = "120s", value_parser = duration)]
    pub ask_timeout: Duration,
}

/// Where a suite of a user's own puts its files, and how patient to be.
#[derive(Args, Clone, Debug)]
pub struct CollectArgs {
    /// Where the suite's files go
    #[arg(long, env = "CONFORM_RESULTS_DIR", default_value = "/tmp/results")]
    pub results_dir: PathBuf,
    /// Pause between two looks at the suite's container
    #[arg(long, env = "CONFORM_LOOK_INTERVAL", default_value = "2s", value_parser = duration)]
    pub look_interval: Duration,
    /// How long a stopped suite may take to write its files
    #[arg(long, env = "CONFORM_STOP_GRACE", default_value = "20s", value_parser = duration)]
    pub stop_grace: Duration,
    /// How long to wait for an API server that does not answer, before the suite and after it
    #[arg(long, env = "CONFORM_PATIENCE", default_value = "600s", value_parser = duration)]
    pub patience: Duration,
}

fn duration(text: &str) -> Result<Duration, String> {
    let parsed = if let Some(number) = text.strip_suffix("ms") {
        number.parse().map(Duration::from_millis)
    } else {
        text.strip_suffix('s')
            .unwrap_or(text)
            .parse()
            .map(Duration::from_secs)
    };
    parsed.map_err(|_| "write it like 5s or 250ms".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(duration("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert!(duration("5m").is_err() && duration("-1s").is_err());
    }
}
