//! `serviceproxy watch`: follows what a proxy has to do.

use std::{path::PathBuf, pin::pin, time::Duration};

use conform_proxy_api::{Address, Client, Event, Server};
use tokio::time::{Instant, sleep_until};

use super::{
    serve::{interrupted, pem},
    update,
};
use crate::{error::Error, offline::ReportFormat, printer::Printer, time::parse_duration};

/// Options of `serviceproxy watch`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Where the server listens: HOST:PORT, or unix:///PATH
    #[arg(value_name = "ADDR")]
    address: Address,
    /// The node to follow; it need not be named if the server serves one only
    #[arg(long, value_name = "NAME")]
    node: Option<String>,
    /// Output format; with json, an object a line
    #[arg(short, long, value_enum, default_value_t)]
    output: ReportFormat,
    /// End when the state has come
    #[arg(long)]
    once: bool,
    /// With --once: how long to wait for the state
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = parse_duration)]
    timeout: Duration,
    /// The authority of the server's certificate, PEM; without it the connection is not encrypted
    #[arg(long, value_name = "FILE")]
    tls_ca: Option<PathBuf>,
    /// The client's certificate, PEM, if the server asks for one
    #[arg(long, value_name = "FILE", requires_all = ["tls_key", "tls_ca"])]
    tls_cert: Option<PathBuf>,
    /// The key of the certificate, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

/// Prints the state, and then each change, until the user has seen enough.
pub async fn run(args: &Args, printer: &Printer) -> Result<(), Error> {
    let server = Server {
        address: args.address.clone(),
        authority: args.tls_ca.as_deref().map(pem).transpose()?,
        identity: match (&args.tls_cert, &args.tls_key) {
            (Some(certificate), Some(key)) => Some((pem(certificate)?, pem(key)?)),
            _ => None,
        },
    };
    let mut client = Client::new(&server, args.node.as_deref().unwrap_or_default())?;
    let mut end = pin!(interrupted());
    let mut expired = pin!(sleep_until(Instant::now() + args.timeout));
    let mut trouble = None;
    loop {
        let event = tokio::select! {
            event = client.next() => event?,
            () = &mut end => return Ok(()),
            () = &mut expired, if args.once => {
                let why = trouble.unwrap_or_else(|| "it has not sent it".to_owned());
                return Err(Error::TimedOut(format!("no state from {} in time: {why}", args.address)));
            }
        };
        match event {
            Event::Update(update) => {
                trouble = None;
                update::print(&update, args.output, printer)?;
                if args.once || printer.is_closed() {
                    return Ok(());
                }
            }
            Event::Lost { cause, again_in } => {
                if trouble.as_ref() != Some(&cause) {
                    printer.note(&format!(
                        "{}: {cause}. Trying again, first in {:.1}s",
                        args.address,
                        again_in.as_secs_f64()
                    ));
                }
                trouble = Some(cause);
            }
        }
    }
}
