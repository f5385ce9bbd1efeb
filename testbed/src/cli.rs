//! The commands.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, Parser, Subcommand, ValueEnum};
use conform_testbed::{Error, Options, ProxyMode, Result, Testbed, build, printer};

use crate::table;

/// A real Kubernetes on this machine, for trying conform out and for its tests
#[derive(Debug, Parser)]
#[command(version, max_term_width = 110)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a cluster, or find it running; the first time builds everything, which takes some 20 minutes
    Up(Up),
    /// Stop a cluster and remove everything of it but for the built programs
    Down(Name),
    /// Show a cluster's nodes and processes
    Status {
        #[command(flatten)]
        name: Name,
        /// The form of the answer
        #[arg(short, long, default_value = "table")]
        output: Output,
    },
    /// Print where the administrator's kubeconfig is
    Kubeconfig {
        #[command(flatten)]
        name: Name,
        /// Print the file itself
        #[arg(long)]
        raw: bool,
    },
    /// Give all nodes the images of docker-archive files
    Load {
        #[command(flatten)]
        name: Name,
        /// The files, as `docker save` writes them
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Build everything that a cluster needs, without starting one
    Build {
        /// The version of Kubernetes
        #[arg(long, default_value_t = Options::default().kubernetes_version)]
        kubernetes_version: String,
        /// Build the conformance image of this version too; may be repeated
        #[arg(long = "suite", value_name = "VERSION")]
        suites: Vec<String>,
    },
    /// Run a program in a node
    Exec {
        #[command(flatten)]
        name: Name,
        /// A node, or `control-plane`
        node: String,
        /// The program and its arguments
        #[arg(required = true, last = true)]
        command: Vec<String>,
    },
    /// Hurt a running cluster on purpose, or mend it
    Fault(crate::fault::FaultArgs),
    /// Print the logs of a node or of the control plane
    Logs {
        #[command(flatten)]
        name: Name,
        /// A node, or `control-plane`
        place: String,
        /// One component only, such as `kubelet`
        component: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Name {
    /// The cluster
    #[arg(long, global = true, default_value_t = Options::default().name)]
    pub(crate) name: String,
}

#[derive(Debug, Args)]
struct Up {
    #[command(flatten)]
    name: Name,
    /// How many nodes it has
    #[arg(long, default_value_t = Options::default().nodes)]
    nodes: u32,
    /// Spread the nodes over so many zones
    #[arg(long)]
    zones: Option<u32>,
    /// How kube-proxy works
    #[arg(long, default_value = "nftables")]
    proxy_mode: Proxy,
    /// The version of Kubernetes; another than the default one is built from what the Go module proxy has
    #[arg(long, default_value_t = Options::default().kubernetes_version)]
    kubernetes_version: String,
    /// Give the nodes the conformance image of this version too; may be repeated, also for a cluster that runs
    #[arg(long = "suite", value_name = "VERSION")]
    suites: Vec<String>,
    /// Let the nodes pull images, from a registry that stands in for registry.k8s.io; one required test asks for that
    #[arg(long)]
    registry: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Proxy {
    Nftables,
    Iptables,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Table,
    Json,
}

impl Up {
    fn options(self) -> Options {
        Options {
            name: self.name.name,
            nodes: self.nodes,
            zones: self.zones,
            proxy_mode: match self.proxy_mode {
                Proxy::Nftables => ProxyMode::Nftables,
                Proxy::Iptables => ProxyMode::Iptables,
            },
            kubernetes_version: plain(&self.kubernetes_version),
            suites: self.suites.iter().map(|version| plain(version)).collect(),
            registry: self.registry,
        }
    }
}

impl Cli {
    /// Does what was asked for.
    pub(crate) fn run(self) -> Result<ExitCode> {
        match self.command {
            Command::Up(up) => start(&up.options())?,
            Command::Down(name) => Testbed::down_by_name(&name.name)?,
            Command::Status { name, output } => return status(&name.name, output),
            Command::Kubeconfig { name, raw } => kubeconfig(&name.name, raw)?,
            Command::Load { name, files } => {
                let testbed = Testbed::find(&name.name)?;
                for file in files {
                    testbed.load(&file)?.iter().for_each(|image| printer::line(image));
                }
            }
            Command::Build {
                kubernetes_version,
                suites,
            } => {
                build::all(&Options {
                    kubernetes_version: plain(&kubernetes_version),
                    suites: suites.iter().map(|version| plain(version)).collect(),
                    ..Options::default()
                })?;
            }
            Command::Exec { name, node, command } => {
                let status = Testbed::find(&name.name)?.exec(&node, &command)?;
                return Ok(status
                    .code()
                    .and_then(|code| u8::try_from(code).ok())
                    .map_or(ExitCode::FAILURE, ExitCode::from));
            }
            Command::Fault(fault) => fault.run()?,
            Command::Logs {
                name,
                place,
                component,
            } => logs(&name.name, &place, component.as_deref())?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A version as people write it, without its `v`.
fn plain(version: &str) -> String {
    version.trim_start_matches('v').to_owned()
}

fn start(options: &Options) -> Result<()> {
    let begun = Instant::now();
    let testbed = Testbed::up(options)?;
    printer::note(&format!(
        "testbed {} is up: {options} ({:.1} s)",
        options.name,
        begun.elapsed().as_secs_f32()
    ));
    printer::line(&format!("export KUBECONFIG={}", testbed.kubeconfig().display()));
    Ok(())
}

/// A script learns from the exit code whether the cluster is healthy.
fn status(name: &str, output: Output) -> Result<ExitCode> {
    let status = Testbed::find(name)?.status();
    let text = match output {
        Output::Table => table::render(&status),
        Output::Json => serde_json::to_string_pretty(&status).map_err(|error| Error::Unexpected {
            what: "the status".into(),
            detail: error.to_string(),
        })?,
    };
    printer::line(&text);
    Ok(if status.healthy {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(3)
    })
}

fn kubeconfig(name: &str, raw: bool) -> Result<()> {
    let path = Testbed::find(name)?.kubeconfig();
    let text = if raw {
        read(&path)?
    } else {
        path.display().to_string()
    };
    printer::line(text.trim_end());
    Ok(())
}

fn logs(name: &str, place: &str, component: Option<&str>) -> Result<()> {
    let logs = Testbed::find(name)?.logs(place, component)?;
    for log in &logs {
        if logs.len() > 1 {
            printer::line(&format!("==> {} <==", log.display()));
        }
        printer::line(read(log)?.trim_end());
    }
    Ok(())
}

fn read(path: &std::path::Path) -> Result<String> {
    let bytes = std::fs::read(path).map_err(|source| Error::File {
        action: "read",
        path: path.to_path_buf(),
        source,
    })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
