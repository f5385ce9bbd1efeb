//! Looks names up as the pod's own programs do: with the servers and the search list of its `/etc/resolv.conf`.

mod message;

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
};

use tokio::net::UdpSocket;

use self::message::{Said, answer, question};
use super::protocol::MAX_ANSWER;

/// Where a pod's resolver is written down.
pub const RESOLV_CONF: &str = "/etc/resolv.conf";
/// A Service that every cluster has. Where its name is not known either, an unknown name says nothing of its Service.
const KNOWN: &str = "kubernetes.default.svc";
/// Most servers, and most suffixes of the search list, that are tried.
const MAX_TRIED: usize = 8;
const DNS_PORT: u16 = 53;

/// Servers, and suffixes that names are tried with.
#[derive(Debug, Default, PartialEq, Eq)]
struct Resolver {
    servers: Vec<SocketAddr>,
    search: Vec<String>,
}

impl Resolver {
    fn read(text: &str) -> Self {
        let mut resolver = Self::default();
        for line in text.lines() {
            let mut words = line.split_whitespace();
            match words.next() {
                Some("nameserver") => {
                    let address = words.next().and_then(|word| word.parse::<IpAddr>().ok());
                    resolver
                        .servers
                        .extend(address.map(|ip| SocketAddr::new(ip, DNS_PORT)));
                }
                // The last one counts.
                Some("search") => resolver.search = words.map(str::to_owned).collect(),
                _ => {}
            }
        }
        resolver.servers.truncate(MAX_TRIED);
        resolver.search.truncate(MAX_TRIED);
        resolver
    }

    /// The addresses of a name of the cluster. An error if no server could tell.
    async fn addresses(&self, name: &str, v4: bool) -> io::Result<Vec<IpAddr>> {
        for suffix in &self.search {
            let found = self.ask(&format!("{name}.{suffix}"), v4).await?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    /// Asks the first server: programs ask others only when it is silent, which takes them seconds.
    async fn ask(&self, name: &str, v4: bool) -> io::Result<Vec<IpAddr>> {
        let server = self.servers.first();
        let server = server.ok_or_else(|| io::Error::other("its resolver has no server"))?;
        let any: SocketAddr = match server {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = UdpSocket::bind(any).await?;
        socket.connect(server).await?;
        // A connected socket hears its server alone, and its port is known to nobody else: the number need be no secret.
        let id = socket.local_addr()?.port();
        let asked = question(id, name, v4).ok_or_else(|| io::Error::other(format!("{name:?} is no name")))?;
        socket.send(&asked).await?;
        let mut bytes = [0_u8; MAX_ANSWER];
        loop {
            let length = socket.recv(&mut bytes).await?;
            match answer(id, bytes.get(..length).unwrap_or_default()) {
                Some(Said::Addresses(addresses)) => return Ok(addresses),
                Some(Said::Trouble(code)) => {
                    return Err(io::Error::other(format!(
                        "its resolver is in trouble (code {code})"
                    )));
                }
                None => {}
            }
        }
    }
}

/// The addresses of a name of the cluster such as `shop.market.svc`, of one family, as the resolver in `file` tells them. An
/// error if the resolver cannot tell, or knows no name of the cluster.
pub async fn lookup(file: &Path, name: &str, v4: bool) -> io::Result<Vec<IpAddr>> {
    // A few lines that the kubelet wrote: reading them holds nobody up.
    let text = std::fs::read_to_string(file)?;
    let resolver = Resolver::read(&text);
    let found = resolver.addresses(name, v4).await?;
    if found.is_empty() && resolver.addresses(KNOWN, v4).await?.is_empty() {
        return Err(io::Error::other(format!(
            "its resolver does not know {KNOWN} either"
        )));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolver_is_read() {
        let text = "# made by somebody\nsearch one\nnameserver 10.96.0.10\nnameserver nobody\n\
                    search probe.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n";
        let resolver = Resolver::read(text);
        assert_eq!(resolver.servers, ["10.96.0.10:53".parse().unwrap()]);
        assert_eq!(
            resolver.search,
            ["probe.svc.cluster.local", "svc.cluster.local", "cluster.local"]
        );
    }

    /// A server that knows one name, at an address of its own.
    async fn server(known: &'static str) -> SocketAddr {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = socket.local_addr().unwrap();
        tokio::spawn(async move {
            let mut bytes = [0_u8; 512];
            loop {
                let (length, peer) = socket.recv_from(&mut bytes).await.unwrap();
                let asked = &bytes[..length];
                let wanted = question(u16::from_be_bytes([asked[0], asked[1]]), known, true).unwrap();
                let mut answer = asked.to_vec();
                answer[2] |= 0x80;
                if asked == wanted {
                    answer[7] = 1;
                    answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 203, 0, 113, 1]);
                } else {
                    answer[3] = 3;
                }
                socket.send_to(&answer, peer).await.unwrap();
            }
        });
        address
    }

    async fn resolver(known: &'static str) -> Resolver {
        Resolver {
            servers: vec![server(known).await],
            search: vec!["svc.cluster.local".to_owned(), "cluster.local".to_owned()],
        }
    }

    #[tokio::test]
    async fn the_search_list_is_gone_through() {
        let resolver = resolver("shop.market.svc.cluster.local").await;
        let found = resolver.addresses("shop.market.svc", true).await.unwrap();
        assert_eq!(found, ["203.0.113.1".parse::<IpAddr>().unwrap()]);
        assert!(
            resolver
                .addresses("cart.market.svc", true)
                .await
                .unwrap()
                .is_empty()
        );
    }

    #[tokio::test]
    async fn without_a_server_nothing_is_said() {
        let error = Resolver::default().ask("a.b", true).await.unwrap_err();
        assert_eq!(error.to_string(), "its resolver has no server");
        let missing = lookup(Path::new("/nowhere/resolv.conf"), "a.b.svc", true).await;
        assert!(missing.is_err());
    }
}
