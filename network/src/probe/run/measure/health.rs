//! What service proxies say of their health, each to its own node.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::time::{Instant, sleep};

use super::{EVENTUALLY, INTERVAL, Measuring, PATIENCE, TIMEOUT_MILLISECONDS};
use crate::{
    agent::{Order, Transport},
    probe::draining::expected,
};

/// Where service proxies tell it, unless they are configured otherwise.
const PORT: u16 = 10_256;

impl Measuring<'_> {
    /// The status code of a path on every node, in the order of the places; none where nobody answers.
    pub async fn health(&mut self, path: &str) -> Vec<Option<u16>> {
        let order = Order {
            id: 0,
            to: SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)),
            transport: Transport::Tcp,
            count: 1,
            timeout_milliseconds: TIMEOUT_MILLISECONDS,
            path: Some(path.to_owned()),
        };
        let mut codes = Vec::new();
        for number in 0..self.ground.places.len() {
            let mut code = None;
            if let Some(session) = self.sessions.get_mut(&(number, true)) {
                let made = session.ask(std::slice::from_ref(&order), PATIENCE).await;
                code = made.get(&0).and_then(|made| made.codes.keys().next().copied());
            }
            codes.push(code);
        }
        codes
    }

    /// `/healthz` of every node once the one of this number, if any, is known to go, or the time for that is over.
    pub async fn health_when(&mut self, leaving: Option<usize>) -> Vec<Option<u16>> {
        let deadline = Instant::now() + EVENTUALLY;
        loop {
            let codes = self.health("/healthz").await;
            let mut all = codes.iter().enumerate();
            if all.all(|(number, code)| *code == Some(expected(leaving == Some(number))))
                || Instant::now() >= deadline
            {
                return codes;
            }
            sleep(INTERVAL).await;
        }
    }
}
