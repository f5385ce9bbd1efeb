//! `serviceproxy serve`: the state of nodes, and each change of it, over gRPC.

use std::path::{Path, PathBuf};

use conform_proxy_api::{Address, Hub, Limits, Listener, Rules, Tls, serve};

use super::{inputs::ProxyOptions, source};
use crate::{cli::Global, cluster::Cluster, error::Error, printer::Printer};

/// Options of `serviceproxy serve`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Where to listen: HOST:PORT, with port 0 for any that is free, or unix:///PATH
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:12090")]
    listen: Address,
    /// The node that is served; without it every node is, and clients name theirs
    #[arg(long, value_name = "NAME")]
    node: Option<String>,
    /// Serve what these files say instead of a cluster, and what they say after each change; - is stdin
    #[arg(long, num_args = 1.., value_name = "FILE")]
    state: Vec<PathBuf>,
    #[command(flatten)]
    proxy: ProxyOptions,
    /// The server's certificate, PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The key of the certificate, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Serve only clients with a certificate of this authority, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_client_ca: Option<PathBuf>,
    /// Listen on an address that other machines can reach, although nothing protects the connection
    #[arg(long)]
    insecure: bool,
}

/// Serves until the user has seen enough.
pub async fn run(args: &Args, global: &Global, printer: &Printer) -> Result<(), Error> {
    if args.proxy.local_ips.is_some() && args.node.is_none() {
        return Err(Error::Usage(
            "--local-ips are the addresses of one node: name it with --node".to_owned(),
        ));
    }
    let (settings, gates) = args.proxy.load(printer)?;
    let rules = Rules {
        gates,
        settings,
        local_ips: args.proxy.local_ips.clone(),
    };
    let tls = tls(args)?;
    let hub = Hub::new(rules, args.node.clone(), Limits::default());
    // What is wrong with the files is said before anybody can connect.
    let files = (!args.state.is_empty())
        .then(|| source::Files::load(&args.state, &hub, printer))
        .transpose()?;
    let listener = Listener::bind(&args.listen, tls.is_some() || args.insecure).await?;
    let said = Said {
        what: args
            .node
            .as_ref()
            .map_or_else(|| "every node".to_owned(), |node| format!("node {node}")),
        address: listener.address().clone(),
        node: args.node.as_deref(),
        printer,
    };
    let following = async {
        if let Some(files) = files {
            said.ready(&hub);
            files.follow(&hub).await
        } else {
            let cluster = Cluster::connect(global).await?;
            source::follow_cluster(&cluster, &hub, printer, || said.ready(&hub)).await
        }
    };
    tokio::select! {
        served = serve(listener, tls.as_ref(), hub.clone(), interrupted()) => Ok(served?),
        Err(error) = following => Err(error),
    }
}

/// What is said once the state is complete.
struct Said<'a> {
    what: String,
    address: Address,
    node: Option<&'a str>,
    printer: &'a Printer,
}

impl Said<'_> {
    fn ready(&self, hub: &Hub) {
        let Self {
            what,
            address,
            node,
            printer,
        } = self;
        printer.note(&format!(
            "serving {what} at {address}, from {} objects",
            hub.objects()
        ));
        if let Some(node) = node.filter(|node| !hub.knows(node)) {
            printer.note(&format!(
                "there is no Node {node:?}: it is taken to have no zone and no address"
            ));
        }
    }
}

/// Waits for Ctrl-C, or for being asked to end.
pub async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

fn tls(args: &Args) -> Result<Option<Tls>, Error> {
    let (Some(certificate), Some(key)) = (&args.tls_cert, &args.tls_key) else {
        return Ok(None);
    };
    Ok(Some(Tls {
        certificate: pem(certificate)?,
        key: pem(key)?,
        client_authority: args.tls_client_ca.as_deref().map(pem).transpose()?,
    }))
}

/// Reads a certificate or a key.
pub fn pem(path: &Path) -> Result<Vec<u8>, Error> {
    super::inputs::text(path).map(String::into_bytes)
}
