//! Makes connections as it is told.

use std::{io, sync::Arc};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    sync::{Mutex, Semaphore},
    task::JoinSet,
};

use super::{
    connect::once,
    protocol::{MAX_COUNT, MAX_LINE, Made, Order},
};

/// Orders that are worked on at once.
const AT_ONCE: usize = 64;

/// Reads orders until the input ends, and writes what came of each as soon as it is known, in any order. A line that is no
/// order is passed over: whoever waits for its answer waits in vain.
pub async fn drive<R, W>(input: R, output: W) -> io::Result<()>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin + Send + 'static,
{
    let output = Arc::new(Mutex::new(output));
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let mut lines = BufReader::new(input).lines();
    let mut tasks = JoinSet::new();
    while let Some(line) = lines.next_line().await? {
        let Some(order) = read(&line) else {
            continue;
        };
        let (output, permits) = (Arc::clone(&output), Arc::clone(&permits));
        tasks.spawn(async move {
            let _permit = permits.acquire_owned().await;
            let made = fulfil(&order).await;
            if let Ok(mut line) = serde_json::to_string(&made) {
                line.push('\n');
                let mut output = output.lock().await;
                let _ = output.write_all(line.as_bytes()).await;
                let _ = output.flush().await;
            }
        });
    }
    while tasks.join_next().await.is_some() {}
    Ok(())
}

fn read(line: &str) -> Option<Order> {
    let order: Order = serde_json::from_str(line)
        .ok()
        .filter(|_| line.len() <= MAX_LINE)?;
    (order.count <= MAX_COUNT).then_some(order)
}

/// One after the other, so that a client's connections are not mistaken for many clients'. Where nothing answers, the first
/// few say it.
async fn fulfil(order: &Order) -> Made {
    /// Silences or refusals after which nothing more is tried: a silence costs its whole time, and kernels send only so many
    /// refusals a second to one address.
    const ENOUGH: u32 = 3;
    let mut made = Made {
        id: order.id,
        ..Made::default()
    };
    for _ in 0..order.count {
        once(order, &mut made).await;
        if made.silent.max(made.refused) >= ENOUGH && made.answered.is_empty() {
            break;
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    use super::{
        super::{Serving, Transport, serve},
        *,
    };

    /// Runs orders against an agent on loopback.
    async fn driven(orders: &[Order]) -> Vec<Made> {
        let mut input = String::from("no order\n");
        for order in orders {
            input.push_str(&serde_json::to_string(order).unwrap());
            input.push('\n');
        }
        let (mine, theirs) = tokio::io::duplex(1 << 20);
        drive(input.as_bytes(), theirs).await.unwrap();
        let mut lines = BufReader::new(mine).lines();
        let mut made = Vec::new();
        while let Some(line) = lines.next_line().await.unwrap() {
            made.push(serde_json::from_str::<Made>(&line).unwrap());
        }
        made.sort_by_key(|made| made.id);
        made
    }

    #[tokio::test]
    async fn answers_and_refusals_are_told_apart() {
        let free = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let serving = Serving {
            addresses: vec![Ipv4Addr::LOCALHOST.into()],
            tcp: vec![port],
            udp: vec![port],
            sctp: vec![port],
        };
        let server = tokio::spawn(async move { serve(&serving).await });
        while tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port))
            .await
            .is_err()
        {
            tokio::task::yield_now().await;
        }
        let order = |id, to: u16, transport| Order {
            id,
            to: (Ipv4Addr::LOCALHOST, to).into(),
            transport,
            count: 2,
            timeout_milliseconds: 5000,
            path: None,
            name: None,
        };
        let nobody = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let closed = nobody.local_addr().unwrap().port();
        drop(nobody);
        let made = driven(&[
            order(1, port, Transport::Tcp),
            order(2, port, Transport::Udp),
            order(3, closed, Transport::Udp),
            order(4, port, Transport::Lookup),
        ])
        .await;
        let who = format!("127.0.0.1:{port}");
        assert_eq!(made[0].answered, [(who.clone(), 2)].into());
        assert_eq!(made[1].answered, [(who, 2)].into());
        assert_eq!(made[1].seen_from, [("127.0.0.1".to_owned(), 2)].into());
        assert_eq!((made[2].refused, made[2].answered.len()), (2, 0));
        let nameless = [("the order has no name".to_owned(), 2)].into();
        assert_eq!((&made[3].failed, made[3].answered.len()), (&nameless, 0));
        server.abort();
    }

    /// One port for both families, each told by its own address. Where the machine has no IPv6 there is nothing to see.
    #[tokio::test]
    async fn both_families_are_answered_each_by_its_own_address() {
        let Ok(free) = std::net::TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) else {
            return;
        };
        let port = free.local_addr().unwrap().port();
        drop(free);
        let addresses: Vec<IpAddr> = vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        let serving = Serving {
            addresses: addresses.clone(),
            tcp: vec![port],
            udp: vec![port],
            sctp: Vec::new(),
        };
        let server = tokio::spawn(async move { serve(&serving).await });
        for address in &addresses {
            while tokio::net::TcpStream::connect((*address, port)).await.is_err() {
                assert!(!server.is_finished(), "it serves");
                tokio::task::yield_now().await;
            }
        }
        let orders: Vec<Order> = addresses
            .iter()
            .flat_map(|address| [(*address, Transport::Tcp), (*address, Transport::Udp)])
            .zip(0..)
            .map(|((address, transport), id)| Order {
                id,
                to: (address, port).into(),
                transport,
                count: 1,
                timeout_milliseconds: 5000,
                path: None,
                name: None,
            })
            .collect();
        let made = driven(&orders).await;
        for (order, made) in orders.iter().zip(made) {
            assert_eq!(made.answered, [(order.to.to_string(), 1)].into(), "{order:?}");
        }
        server.abort();
    }
}
