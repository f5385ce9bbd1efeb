//! What service proxies say of their health, each to its own node.

use tokio::time::{Instant, sleep};

use super::{EVENTUALLY, INTERVAL, Measuring};
use crate::{agent::Made, probe::draining::expected};

/// Where service proxies tell it, unless they are configured otherwise.
const PORT: u16 = 10_256;

impl Measuring<'_> {
    /// The status code of a path on every node, in the order of the places; none where nobody answers.
    pub async fn health(&mut self, path: &str) -> Vec<Option<u16>> {
        let told = self.each_node(PORT, path).await;
        let code = |made: Option<Made>| made?.codes.into_keys().next();
        told.into_iter().map(code).collect()
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
