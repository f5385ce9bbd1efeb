//! What is asked of each node in its own network, over HTTP.

use std::net::{Ipv4Addr, SocketAddr};

use futures::future::join_all;

use super::{Measuring, PATIENCE, TIMEOUT_MILLISECONDS};
use crate::agent::{Made, Order, Transport};

impl Measuring<'_> {
    /// What came of asking `path` of a port on each node's loopback, in the order of the places; none where no agent told.
    pub(super) async fn each_node(&mut self, port: u16, path: &str) -> Vec<Option<Made>> {
        let order = Order {
            id: 0,
            to: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            transport: Transport::Tcp,
            count: 1,
            timeout_milliseconds: TIMEOUT_MILLISECONDS,
            path: Some(path.to_owned()),
        };
        let on_nodes = self.sessions.iter_mut().filter(|((_, host), _)| *host);
        let asked = on_nodes.map(async |((number, _), session)| {
            let mut made = session.ask(std::slice::from_ref(&order), PATIENCE).await;
            (*number, made.remove(&order.id))
        });
        let mut told = vec![None; self.ground.places.len()];
        for (number, made) in join_all(asked).await {
            if let Some(place) = told.get_mut(number) {
                *place = made;
            }
        }
        told
    }
}
