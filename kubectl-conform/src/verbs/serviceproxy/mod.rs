//! `serviceproxy`: what a service proxy has to do on a node. Only `serve` asks a cluster, if it is given no files.

mod endpoints;
mod explain;
mod flow_file;
mod flows;
mod inputs;
mod item;
mod serve;
mod source;
mod state_file;
mod update;
mod watch;

use clap::Subcommand;

use crate::{cli::Global, error::Error, exit::ExitStatus, printer::Printer};

/// Verbs about a service proxy.
#[derive(Debug, Subcommand)]
pub enum ServiceProxy {
    /// Say what becomes of packets
    Flows(flows::Args),
    /// List which endpoints of each service port a node uses
    Endpoints(endpoints::Args),
    /// Say what becomes of one packet, and by which rules
    Explain(explain::Args),
    /// Serve what proxies have to do, and each change of it, over gRPC; from a cluster or from files
    Serve(serve::Args),
    /// Follow what a proxy has to do, as `serve` or another server of its API says it
    Watch(watch::Args),
}

/// Does what was asked for.
pub async fn run(verb: &ServiceProxy, global: &Global, printer: &Printer) -> Result<ExitStatus, Error> {
    match verb {
        ServiceProxy::Flows(args) => flows::run(args, printer),
        ServiceProxy::Endpoints(args) => endpoints::run(args, printer),
        ServiceProxy::Explain(args) => explain::run(args, printer),
        ServiceProxy::Serve(args) => serve::run(args, global, printer).await,
        ServiceProxy::Watch(args) => watch::run(args, printer).await,
    }?;
    Ok(ExitStatus::Done)
}
