//! `serviceproxy`: what a service proxy has to do on a node, worked out from files. No cluster is asked.

mod endpoints;
mod explain;
mod flow_file;
mod flows;
mod inputs;
mod state_file;

use clap::Subcommand;

use crate::{error::Error, exit::ExitStatus, printer::Printer};

/// Verbs about a service proxy.
#[derive(Debug, Subcommand)]
pub enum ServiceProxy {
    /// Say what becomes of packets
    Flows(flows::Args),
    /// List which endpoints of each service port a node uses
    Endpoints(endpoints::Args),
    /// Say what becomes of one packet, and by which rules
    Explain(explain::Args),
}

/// Does what was asked for.
pub fn run(verb: &ServiceProxy, printer: &Printer) -> Result<ExitStatus, Error> {
    match verb {
        ServiceProxy::Flows(args) => flows::run(args, printer),
        ServiceProxy::Endpoints(args) => endpoints::run(args, printer),
        ServiceProxy::Explain(args) => explain::run(args, printer),
    }?;
    Ok(ExitStatus::Done)
}
