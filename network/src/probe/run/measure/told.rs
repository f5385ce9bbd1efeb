//! What nodes tell load balancers on a Service's health check port, each asked from every node.

use std::net::{IpAddr, SocketAddr};

use conform_service_proxy::Family;

use tokio::time::{Instant, sleep};

use super::{
    super::super::{
        question::Question,
        told::{Told, is_settled},
    },
    EVENTUALLY, INTERVAL, Measuring,
};
use crate::agent::Transport;

impl Measuring<'_> {
    /// What is told of the probe's Service of this name, once it is as the model says of its endpoints, or the time for that is over.
    pub async fn told(&mut self, service: &str) -> Result<Vec<Told>, String> {
        let deadline = Instant::now() + EVENTUALLY;
        loop {
            let told = self.told_now(service).await?;
            if is_settled(&told) || Instant::now() >= deadline {
                return Ok(told);
            }
            sleep(INTERVAL).await;
        }
    }

    async fn told_now(&mut self, service: &str) -> Result<Vec<Told>, String> {
        let proxies = self.proxies(&self.objects().await?)?;
        let full_name = format!("{}/{service}", self.cluster.making.namespace());
        let mut asked: Vec<(usize, Question)> = Vec::new();
        let mut expected = Vec::new();
        for place in &self.ground.places {
            for check in proxies.health_checks(&place.node, &full_name) {
                let is_its = |address: &&IpAddr| Family::of(**address) == check.family;
                let Some(to) = place.addresses.iter().find(is_its) else {
                    continue;
                };
                for (number, sender) in self.ground.places.iter().enumerate() {
                    let Some(from) = sender.addresses.iter().find(is_its) else {
                        continue;
                    };
                    let question = Question {
                        service: service.to_owned(),
                        sender: (number, true),
                        node: sender.node.clone(),
                        from: *from,
                        to: SocketAddr::new(*to, check.port),
                        kind: "health check port",
                        transport: Transport::Tcp,
                    };
                    asked.push((0, question));
                    expected.push(check.clone());
                }
            }
        }
        let mut made = self.ask(&asked, 1).await;
        let all = asked.into_iter().zip(expected).enumerate();
        Ok(all
            .map(|(at, ((_, question), expected))| Told {
                sender: question.sender_words(),
                target: question.target_words(),
                expected,
                made: made.remove(&at),
            })
            .collect())
    }
}
