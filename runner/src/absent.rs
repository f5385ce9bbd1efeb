//! Nodes that are away when a run goes on. The suite waits half an hour for every node to be ready and then fails, which
//! is right for a first attempt: a cluster should be whole when it is measured. A further attempt may run because a node
//! failed, and then what is left of the cluster can still be measured.

use std::time::Duration;

use conform_crds::nodes::is_ready;
use k8s_openapi::api::core::v1::Node;
use kube::{Api, api::ListParams};
use tokio::time::{Instant, sleep};

/// How long a node may take to come back, as after a restart.
const PATIENCE: Duration = Duration::from_mins(2);
/// Pause between two looks.
const PAUSE: Duration = Duration::from_secs(5);

/// How many nodes are not ready and do not become so within two minutes. One request every five seconds; if the API
/// server does not tell, none is missed and the suite waits as ever.
pub async fn count(nodes: &Api<Node>) -> usize {
    let end = Instant::now() + PATIENCE;
    loop {
        let listed = nodes.list(&ListParams::default()).await;
        let absent = listed.map_or(0, |listed| listed.iter().filter(|node| !is_ready(node)).count());
        if absent == 0 || Instant::now() >= end {
            return absent;
        }
        sleep(PAUSE).await;
    }
}

/// What is said of them.
pub fn told(absent: usize) -> Option<String> {
    match absent {
        0 => None,
        1 => Some("It ran without a node that was not ready.".to_owned()),
        _ => Some(format!("It ran without {absent} nodes that were not ready.")),
    }
}
