//! Answers on ports, over HTTP and with datagrams.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
    sync::Semaphore,
    time::timeout,
};

use super::{
    protocol::{MAX_ANSWER, answer},
    sctp,
};

/// Connections at once. More wait.
const MAX_CONNECTIONS: usize = 512;
/// How long a client may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where to answer, and as whom.
#[derive(Clone, Debug)]
pub struct Serving {
    /// The pod's own address, which answers name.
    pub address: IpAddr,
    /// TCP ports.
    pub tcp: Vec<u16>,
    /// UDP ports.
    pub udp: Vec<u16>,
    /// SCTP ports, which are left out where the kernel has no SCTP.
    pub sctp: Vec<u16>,
}

/// Answers until it is dropped. An error if a port cannot be listened on.
pub async fn serve(serving: &Serving) -> io::Result<()> {
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut tasks = tokio::task::JoinSet::new();
    for port in &serving.tcp {
        let listener = TcpListener::bind(any(serving.address, *port)).await?;
        tasks.spawn(listen(
            listener,
            own(serving.address, *port),
            Arc::clone(&permits),
        ));
    }
    for port in &serving.sctp {
        match sctp::listen(any(serving.address, *port)) {
            Ok(listener) => {
                let own = own(serving.address, *port);
                tasks.spawn(listen(listener, own, Arc::clone(&permits)));
            }
            // The other ports are as good without it, and whoever connects from here is told the same.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                tracing::info!("SCTP port {port} is not served: {error}");
            }
            Err(error) => return Err(error),
        }
    }
    for port in &serving.udp {
        let socket = UdpSocket::bind(any(serving.address, *port)).await?;
        tasks.spawn(echo(socket, own(serving.address, *port)));
    }
    while tasks.join_next().await.is_some() {}
    Ok(())
}

fn own(address: IpAddr, port: u16) -> String {
    SocketAddr::new(address, port).to_string()
}

/// Every address of the pod, so that both families reach it.
fn any(address: IpAddr, port: u16) -> SocketAddr {
    match address {
        IpAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, port).into(),
        IpAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, port).into(),
    }
}

async fn listen(listener: TcpListener, own: String, permits: Arc<Semaphore>) {
    loop {
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, peer)) => {
                let line = answer(&own, peer);
                tokio::spawn(async move {
                    let _ = timeout(PATIENCE, reply(stream, &line)).await;
                    drop(permit);
                });
            }
            // Out of files: those that are open end within their time.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn reply(mut stream: TcpStream, line: &str) -> io::Result<()> {
    let mut request = [0_u8; MAX_ANSWER];
    // What is asked for does not matter; that something was shows that the way is open in both directions.
    let _ = stream.read(&mut request).await?;
    let head = format!(
        "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{line}",
        line.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.shutdown().await
}

async fn echo(socket: UdpSocket, own: String) {
    let mut datagram = [0_u8; MAX_ANSWER];
    loop {
        // An error here is a peer that has gone: the next datagram is another's.
        if let Ok((_, peer)) = socket.recv_from(&mut datagram).await {
            let _ = socket.send_to(answer(&own, peer).as_bytes(), peer).await;
        }
    }
}
