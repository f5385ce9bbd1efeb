//! Answers on ports, over HTTP and with datagrams.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener as StdListener},
    sync::Arc,
    time::Duration,
};

use socket2::{Domain, Socket, Type};
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
/// Connections that may wait to be taken.
const BACKLOG: i32 = 1024;
/// How long a client may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where to answer, and as whom.
#[derive(Clone, Debug)]
pub struct Serving {
    /// The pod's own addresses, at most one of each family, which answers name: whoever comes over IPv6 is told the one of IPv6.
    pub addresses: Vec<IpAddr>,
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
    for address in &serving.addresses {
        let own = |port: &u16| SocketAddr::new(*address, *port);
        for own in serving.tcp.iter().map(own) {
            let listener = listener(any(own))?;
            tasks.spawn(listen(listener, own.to_string(), Arc::clone(&permits)));
        }
        for own in serving.sctp.iter().map(own) {
            match sctp::listen(any(own)) {
                Ok(listener) => {
                    tasks.spawn(listen(listener, own.to_string(), Arc::clone(&permits)));
                }
                // The other ports are as good without it, and whoever connects from here is told the same.
                Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                    tracing::info!("SCTP port {} is not served: {error}", own.port());
                }
                Err(error) => return Err(error),
            }
        }
        for own in serving.udp.iter().map(own) {
            // Of its own address, so that answers come from the one that was asked.
            let socket = UdpSocket::bind(own).await?;
            tasks.spawn(echo(socket, own.to_string()));
        }
    }
    while tasks.join_next().await.is_some() {}
    Ok(())
}

/// Every address of the family.
fn any(own: SocketAddr) -> SocketAddr {
    match own {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, own.port()).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, own.port()).into(),
    }
}

/// A listener of one family alone, so that one of the other may have the same port.
fn listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(StdListener::from(socket))
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
