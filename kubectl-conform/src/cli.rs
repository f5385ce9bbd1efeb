//! The command line.

use std::{ffi::OsString, path::PathBuf, time::Duration};

use clap::{ArgAction, ArgMatches, Args, CommandFactory, Parser, ValueEnum};

use crate::{time::parse_duration, verbs::Verb};

/// Run Kubernetes conformance tests in the cluster and see what it meets now and what it will miss later
#[derive(Debug, Parser)]
#[command(
    name = "kubectl-conform",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 conformant or done, 1 not conformant, 2 could not decide or the command failed."
)]
pub struct Cli {
    /// Options of every verb.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// Options that every verb understands. kubectl does not hand its own to plugins.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Name of the kubeconfig context to use
    #[arg(long, global = true)]
    pub context: Option<String>,
    /// Path to the kubeconfig file to use
    #[arg(long, global = true, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// Username to impersonate for the operation
    #[arg(long = "as", global = true, value_name = "USER")]
    pub impersonate: Option<String>,
    /// How long to wait for a single answer of the API server; 0 waits for ever
    #[arg(long, global = true, value_name = "DURATION", default_value = "30s", value_parser = parse_duration)]
    pub request_timeout: Duration,
    /// Namespace of the operator
    #[arg(short, long, global = true, default_value = conform_crds::names::NAMESPACE)]
    pub namespace: String,
    /// When to use colour; NO_COLOR is honoured
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    pub color: Color,
    /// Show the requests that are made; twice shows everything
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Makes this the choice of the whole process.
    pub fn write_global(self) {
        let choice = match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
    }
}

/// Reads the command line. The usage text names the command as it was called.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<ArgMatches, clap::Error> {
    let args: Vec<OsString> = args.into_iter().collect();
    let called = args.first().map(spoken_name).unwrap_or_default();
    command(called).try_get_matches_from(args)
}

/// The whole command, spoken of as `called`.
pub fn command(called: String) -> clap::Command {
    Cli::command().bin_name(called)
}

/// kubectl finds plugins by their file names; people type a space where the file has the first dash.
fn spoken_name(argument: &OsString) -> String {
    let name = std::path::Path::new(argument)
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    match name.strip_prefix("kubectl-") {
        Some(plugin) => format!("kubectl {plugin}"),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        command("kubectl conform".to_owned()).debug_assert();
    }

    #[test]
    fn usage_speaks_of_kubectl() {
        assert_eq!(
            spoken_name(&"/usr/local/bin/kubectl-conform".into()),
            "kubectl conform"
        );
        assert_eq!(spoken_name(&"conform".into()), "conform");
    }

    #[test]
    fn help() {
        let help = command("kubectl conform".to_owned())
            .term_width(80)
            .render_help()
            .to_string();
        insta::assert_snapshot!(help);
    }

    #[test]
    fn help_of_run() {
        let mut command = command("kubectl conform".to_owned()).term_width(80);
        command.build();
        let help = command
            .find_subcommand_mut("run")
            .unwrap()
            .render_help()
            .to_string();
        insta::assert_snapshot!(help);
    }
}
