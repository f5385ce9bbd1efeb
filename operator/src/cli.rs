//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Parser, Subcommand, ValueEnum};
use conform_crds::names;

/// Reconciles ConformanceRuns.
#[derive(Debug, Parser)]
#[command(name = "conform-operator", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the binary can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the operator until it is asked to stop
    Run(Box<RunArgs>),
    /// Print the custom resource definitions as YAML
    Crds,
}

/// Settings of the running operator; each is also an environment variable.
#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// Namespace for suite Jobs and artifacts
    #[arg(long, env = "CONFORM_NAMESPACE", default_value = names::NAMESPACE)]
    pub namespace: String,
    /// Image that carries the runner
    #[arg(long, env = "CONFORM_RUNNER_IMAGE")]
    pub runner_image: String,
    /// Repository of the conformance image, without a tag
    #[arg(
        long,
        env = "CONFORM_SUITE_REPOSITORY",
        default_value = "registry.k8s.io/conformance"
    )]
    pub suite_repository: String,
    /// Registry, with or without a path, that has copies of the images that tests pull; from their own registries if not given
    #[arg(long, env = "CONFORM_IMAGE_MIRROR")]
    pub image_mirror: Option<String>,
    /// Name of this process among operators, its pod's name; one that no other has if it is not given
    #[arg(long, env = "CONFORM_IDENTITY")]
    pub identity: Option<String>,
    /// Seconds after which another operator takes over from one that says nothing
    #[arg(
        long,
        env = "CONFORM_LEASE_SECONDS",
        default_value_t = 15,
        value_parser = clap::value_parser!(u64).range(5..=300)
    )]
    pub lease_seconds: u64,
    /// Webhook that is told of runs' ends and of changes in what schedules say, as CloudEvents
    #[arg(long, env = "CONFORM_NOTIFY_URL")]
    pub notify_url: Option<String>,
    /// File with the secret that events are signed with
    #[arg(long, env = "CONFORM_NOTIFY_SECRET_FILE")]
    pub notify_secret_file: Option<PathBuf>,
    /// File with the certificates, in PEM, that the webhook's is signed by; those of the system if not given
    #[arg(long, env = "CONFORM_NOTIFY_CA_FILE")]
    pub notify_ca_file: Option<PathBuf>,
    /// Where files of runs are kept, file:///FOLDER or s3://BUCKET/PREFIX; in ConfigMaps if not given
    #[arg(long, env = "CONFORM_ARTIFACTS")]
    pub artifacts: Option<String>,
    /// Address of an S3 server that is not AWS's own
    #[arg(long, env = "CONFORM_ARTIFACTS_ENDPOINT")]
    pub artifacts_endpoint: Option<String>,
    /// Region of the bucket
    #[arg(long, env = "CONFORM_ARTIFACTS_REGION")]
    pub artifacts_region: Option<String>,
    /// File with the certificates, in PEM, that the S3 server's is signed by; those of the system if not given
    #[arg(long, env = "CONFORM_ARTIFACTS_CA_FILE")]
    pub artifacts_ca_file: Option<PathBuf>,
    /// Serve reports of runs on --web-listen, to those who may get runs and results
    #[arg(long, env = "CONFORM_REPORTS")]
    pub reports: bool,
    /// Address of /reports/ and /artifacts/, if they are served
    #[arg(long, env = "CONFORM_WEB_LISTEN", default_value = "0.0.0.0:8081")]
    pub web_listen: SocketAddr,
    /// File with the certificate, in PEM, of --web-listen; without TLS if not given
    #[arg(long, env = "CONFORM_WEB_CERT_FILE", requires = "web_key_file")]
    pub web_cert_file: Option<PathBuf>,
    /// File with the key of that certificate, in PEM
    #[arg(long, env = "CONFORM_WEB_KEY_FILE", requires = "web_cert_file")]
    pub web_key_file: Option<PathBuf>,
    /// Address of /metrics, /healthz and /readyz
    #[arg(long, env = "CONFORM_LISTEN", default_value = "0.0.0.0:8080")]
    pub listen: SocketAddr,
    /// Form of the log on stderr
    #[arg(long, env = "CONFORM_LOG_FORMAT", default_value = "json")]
    pub log_format: LogFormat,
    /// What to log, as in `info` or `conform_operator=debug`
    #[arg(long, env = "CONFORM_LOG", default_value = "info")]
    pub log: String,
}

/// Forms of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line
    Json,
    /// For people
    Text,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
