//! The agent inside a probe's pods.

use std::{io, net::IpAddr, time::Duration};

use clap::{Args, Subcommand};
use conform_network::agent::{Serving, drive, serve};
use tokio::signal::unix::{SignalKind, signal};

/// What an agent can do.
#[derive(Debug, Subcommand)]
pub enum Agent {
    /// Answer on ports until SIGTERM
    Serve(ServeArgs),
    /// Make connections that stdin tells, a JSON object a line, and write what came of them to stdout
    Drive,
}

/// Where to answer.
#[derive(Args, Debug)]
pub struct ServeArgs {
    /// The pod's own addresses, which answers name; may be repeated, or several with commas
    #[arg(
        long = "address",
        env = "CONFORM_AGENT_ADDRESSES",
        value_delimiter = ',',
        required = true
    )]
    addresses: Vec<IpAddr>,
    /// TCP port; may be repeated, or several with commas
    #[arg(long, value_delimiter = ',')]
    tcp: Vec<u16>,
    /// UDP port; may be repeated, or several with commas
    #[arg(long, value_delimiter = ',')]
    udp: Vec<u16>,
    /// SCTP port, left out where the kernel has no SCTP; may be repeated, or several with commas
    #[arg(long, value_delimiter = ',')]
    sctp: Vec<u16>,
    /// Go on for so many seconds after SIGTERM, as a server that drains
    #[arg(long, default_value_t = 0)]
    linger: u64,
}

/// Does it.
pub async fn run(agent: &Agent) -> io::Result<()> {
    match agent {
        Agent::Drive => drive(tokio::io::stdin(), tokio::io::stdout()).await,
        Agent::Serve(args) => {
            let serving = Serving {
                addresses: args.addresses.clone(),
                tcp: args.tcp.clone(),
                udp: args.udp.clone(),
                sctp: args.sctp.clone(),
            };
            let mut stop = signal(SignalKind::terminate())?;
            let stopped = async {
                stop.recv().await;
                tokio::time::sleep(Duration::from_secs(args.linger)).await;
            };
            tokio::select! {
                served = serve(&serving) => served,
                () = stopped => Ok(()),
            }
        }
    }
}
