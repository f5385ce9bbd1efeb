//! TLS in front of what is served.

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use axum::serve::Listener;
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// How long a handshake may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most handshakes at once.
const AT_ONCE: usize = 32;

/// By what clients know the operator.
#[derive(Clone, Debug)]
pub struct Identity {
    /// File with its certificate and those that signed it, in PEM.
    pub certificate: PathBuf,
    /// File with its key, in PEM.
    pub key: PathBuf,
}

/// Connections whose handshake is done. One that is slow or broken holds up no other.
pub struct Tls {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

impl Tls {
    /// Takes connections of `listener`. The certificate is read once: a pod is replaced when its Secret is.
    pub fn new(listener: TcpListener, identity: &Identity) -> anyhow::Result<Self> {
        let address = listener.local_addr()?;
        let acceptor = TlsAcceptor::from(Arc::new(config(identity)?));
        let (send, ready) = mpsc::channel(AT_ONCE);
        tokio::spawn(async move {
            let doors = Arc::new(Semaphore::new(AT_ONCE));
            while let Ok(door) = Arc::clone(&doors).acquire_owned().await {
                let Ok((stream, from)) = listener.accept().await else {
                    // Out of sockets, perhaps; a moment helps.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                };
                let (acceptor, send) = (acceptor.clone(), send.clone());
                tokio::spawn(async move {
                    if let Ok(Ok(stream)) = timeout(PATIENCE, acceptor.accept(stream)).await {
                        // If nobody takes it, the operator ends.
                        let _ = send.send((stream, from)).await;
                    }
                    drop(door);
                });
            }
        });
        Ok(Self { ready, address })
    }
}

fn config(identity: &Identity) -> anyhow::Result<ServerConfig> {
    let (certificate, key) = (&identity.certificate, &identity.key);
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(certificate)
        .with_context(|| format!("cannot read {}", certificate.display()))?
        .collect();
    let chain = chain.with_context(|| format!("cannot read certificates in {}", certificate.display()))?;
    let key = PrivateKeyDer::from_pem_file(key)
        .with_context(|| format!("cannot read a key in {}", key.display()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .context("cannot use the certificate")
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(ready) => ready,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}
