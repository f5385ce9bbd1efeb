//! One connection, and what came of it.

use std::{
    io::{self, ErrorKind},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
    time::Duration,
};

use tokio::{
    net::{TcpStream, UdpSocket},
    time::timeout,
};

use super::{
    lookup::{RESOLV_CONF, lookup},
    protocol::{MAX_ANSWER, MAX_KINDS, Made, NO_ADDRESS, Order, Transport, read_answer},
    sctp,
};
use crate::http;

/// What came of one connection.
enum One {
    Agent { own: String, seen_from: String },
    Other { code: u16, body: String },
    Name(Vec<IpAddr>),
}

/// Makes one connection of an order and counts what came of it.
pub async fn once(order: &Order, made: &mut Made) {
    let patience = Duration::from_millis(order.timeout_milliseconds.into());
    let outcome = match order.transport {
        Transport::Tcp => http(order, patience, TcpStream::connect(order.to)).await,
        Transport::Sctp => http(order, patience, sctp::connect(order.to)).await,
        Transport::Udp => udp(order.to, patience).await,
        Transport::Lookup => names(order, patience).await,
    };
    match outcome {
        Ok(One::Name(addresses)) => {
            if addresses.is_empty() {
                count(&mut made.answered, NO_ADDRESS.to_owned());
            }
            for address in addresses {
                count(&mut made.answered, address.to_string());
            }
        }
        Ok(One::Agent { own, seen_from }) => {
            count(&mut made.answered, own);
            count(&mut made.seen_from, seen_from);
        }
        Ok(One::Other { code, body }) => {
            *made.codes.entry(code).or_default() += 1;
            made.body = Some(body);
        }
        Err(error) => match error.kind() {
            ErrorKind::ConnectionRefused => made.refused += 1,
            ErrorKind::TimedOut => made.silent += 1,
            _ => count(&mut made.failed, error.to_string()),
        },
    }
}

fn count(counts: &mut std::collections::BTreeMap<String, u32>, key: String) {
    if counts.len() < MAX_KINDS || counts.contains_key(&key) {
        *counts.entry(key).or_default() += 1;
    }
}

async fn http(
    order: &Order,
    patience: Duration,
    connected: impl Future<Output = io::Result<TcpStream>>,
) -> io::Result<One> {
    let path = order.path.as_deref().unwrap_or("/");
    let answer = http::get_over(connected, order.to, path, patience, MAX_ANSWER).await?;
    Ok(match read_answer(&answer.body) {
        Some((own, seen_from)) => agent(own, seen_from),
        None => One::Other {
            code: answer.code,
            body: answer.body,
        },
    })
}

async fn udp(to: SocketAddr, patience: Duration) -> io::Result<One> {
    let any: SocketAddr = match to {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let talk = async {
        // A port of its own each time, so that each is a flow of its own; connected, so that a refusal is heard.
        let socket = UdpSocket::bind(any).await?;
        socket.connect(to).await?;
        socket.send(b"?").await?;
        let mut answer = [0_u8; MAX_ANSWER];
        let length = socket.recv(&mut answer).await?;
        let line = String::from_utf8_lossy(answer.get(..length).unwrap_or_default()).into_owned();
        read_answer(&line)
            .map(|(own, seen_from)| agent(own, seen_from))
            .ok_or_else(|| io::Error::other("an answer that is no agent's"))
    };
    timeout(patience, talk)
        .await
        .map_err(|_| io::Error::from(ErrorKind::TimedOut))?
}

async fn names(order: &Order, patience: Duration) -> io::Result<One> {
    let name = order.name.as_deref();
    let name = name.ok_or_else(|| io::Error::other("the order has no name"))?;
    let found = timeout(patience, lookup(Path::new(RESOLV_CONF), name, order.to.is_ipv4())).await;
    // Silence of a resolver says nothing of a name, so that it is trouble and not an answer that did not come.
    let found = found.map_err(|_| io::Error::other("its resolver does not answer"))?;
    // Nor does a server's port that is closed.
    let found = found.map_err(|error| io::Error::other(error.to_string()))?;
    Ok(One::Name(found))
}

fn agent(own: &str, seen_from: &str) -> One {
    One::Agent {
        own: own.to_owned(),
        seen_from: seen_from.to_owned(),
    }
}
