//! What is asked of each node in its own network, over HTTP.

use std::net::{Ipv4Addr, SocketAddr};

use futures::future::join_all;

use super::{Measuring, PATIENCE, TIMEOUT_MILLISECONDS};
use crate::{
    agent::{Made, NO_SCTP, Order, Transport},
    probe::objects::ON_NODE,
};

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
            name: None,
        };
        self.fulfilled_on_each(&order).await
    }

    /// Names of nodes whose kernel has no SCTP, as their agents find it.
    pub(super) async fn without_sctp(&mut self) -> Vec<String> {
        let order = Order {
            id: 0,
            to: SocketAddr::from((Ipv4Addr::LOCALHOST, ON_NODE)),
            transport: Transport::Sctp,
            count: 1,
            timeout_milliseconds: TIMEOUT_MILLISECONDS,
            path: None,
            name: None,
        };
        let told = self.fulfilled_on_each(&order).await;
        let lacks = |made: &Option<Made>| {
            made.as_ref()
                .is_some_and(|made| made.failed.contains_key(NO_SCTP))
        };
        let places = told.iter().zip(&self.ground.places);
        let without = places.filter(|(made, _)| lacks(made));
        without.map(|(_, place)| place.node.clone()).collect()
    }

    async fn fulfilled_on_each(&mut self, order: &Order) -> Vec<Option<Made>> {
        let on_nodes = self.sessions.iter_mut().filter(|((_, host), _)| *host);
        let asked = on_nodes.map(async |((number, _), session)| {
            let mut made = session.ask(std::slice::from_ref(order), PATIENCE).await;
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
