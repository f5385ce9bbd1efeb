//! Connections from pods to pods, without a Service between them.

use std::net::IpAddr;

use tokio::time::{Instant, sleep};

use super::{
    super::super::{
        objects::{FIRST, SECOND},
        question::Question,
    },
    EVENTUALLY, INTERVAL, Measuring,
};
use crate::agent::{Made, Transport};

/// Connections to each port.
const TRIES: u32 = 3;

/// A client in words, and what became of its connections to the first and the second port of a pod.
pub type Ports = (String, [Option<Made>; 2]);

impl Measuring<'_> {
    /// From each pod to both ports of the pod of the next node.
    pub async fn pod_ports(&mut self) -> Vec<Ports> {
        let places = &self.ground.places;
        let mut asked: Vec<(usize, Question)> = Vec::new();
        for (number, place) in places.iter().enumerate() {
            let next = places.get((number + 1) % places.len().max(1));
            let (Some(from), Some(to)) = (
                place.pod.first(),
                next.and_then(|next| {
                    next.pod
                        .iter()
                        .find(|to| place.pod.first().map(IpAddr::is_ipv4) == Some(to.is_ipv4()))
                }),
            ) else {
                continue;
            };
            for port in [FIRST, SECOND] {
                let question = Question {
                    service: "no Service".to_owned(),
                    sender: (number, false),
                    node: place.node.clone(),
                    from: *from,
                    to: (*to, port).into(),
                    kind: "pod",
                    transport: Transport::Tcp,
                };
                asked.push((0, question));
            }
        }
        let mut made = self.ask(&asked, TRIES).await;
        let pairs = asked.chunks(2).enumerate();
        pairs
            .filter_map(|(pair, questions)| {
                let client = questions.first()?.1.words();
                Some((client, [made.remove(&(2 * pair)), made.remove(&(2 * pair + 1))]))
            })
            .collect()
    }

    /// The same, until the second port of each is closed or its time is over.
    pub async fn pod_ports_closed(&mut self) -> Vec<Ports> {
        let is_closed = |made: &Option<Made>| made.as_ref().is_some_and(|made| made.answered.is_empty());
        self.pod_ports_until(|[_, second]| is_closed(second)).await
    }

    /// The same, until both ports of each are open or the time is over.
    pub async fn pod_ports_open(&mut self) -> Vec<Ports> {
        let is_open = |made: &Option<Made>| made.as_ref().is_some_and(|made| !made.answered.is_empty());
        self.pod_ports_until(|ports| ports.iter().all(is_open)).await
    }

    async fn pod_ports_until(&mut self, is_done: impl Fn(&[Option<Made>; 2]) -> bool) -> Vec<Ports> {
        let deadline = Instant::now() + EVENTUALLY;
        loop {
            let ports = self.pod_ports().await;
            if ports.iter().all(|(_, ports)| is_done(ports)) || Instant::now() >= deadline {
                return ports;
            }
            sleep(INTERVAL).await;
        }
    }
}
