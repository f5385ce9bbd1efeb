//! Whether a service proxy answers on each node, where kube-proxy and those that replace it tell their health.

use std::{net::IpAddr, time::Duration};

use futures::{StreamExt, stream};
use http::Request;
use k8s_openapi::api::core::v1::Node;
use kube::{Client, ResourceExt};
use serde_json::Value;
use tokio::time::timeout;

use crate::{components::facts::ProxyHealth, http::get};

/// Where kube-proxy serves `/healthz` unless it is told otherwise.
const PORT: u16 = 10_256;
const PATH: &str = "/healthz";
/// How long a node may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// Most nodes that are asked, and how many at once.
const MAX_NODES: usize = 64;
const AT_ONCE: usize = 16;
/// Longest answer that is looked at, in bytes.
const MAX_ANSWER: usize = 4096;

/// How nodes are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By their addresses, from inside the cluster.
    Direct,
    /// Through the API server's proxy to nodes, which needs the right to `get nodes/proxy`.
    ThroughApiServer,
    /// Not at all.
    Never,
}

/// What each node answers, in the order of `nodes`. A node that says nothing is no fault.
pub async fn of(client: &Client, nodes: &[Node], way: Way) -> Vec<Option<ProxyHealth>> {
    let asked = stream::iter(nodes.iter().enumerate());
    asked
        .map(async |(number, node)| {
            if number >= MAX_NODES || way == Way::Never {
                return None;
            }
            let asked = timeout(PATIENCE, ask(client, node, way));
            asked.await.ok().flatten().as_deref().and_then(read)
        })
        .buffered(AT_ONCE)
        .collect()
        .await
}

async fn ask(client: &Client, node: &Node, way: Way) -> Option<String> {
    match way {
        Way::Never => None,
        Way::Direct => {
            let answer = get((address(node)?, PORT).into(), PATH, PATIENCE, MAX_ANSWER).await;
            answer.ok().map(|answer| answer.body)
        }
        Way::ThroughApiServer => {
            let path = format!("/api/v1/nodes/{}:{PORT}/proxy{PATH}", node.name_any());
            let request = Request::get(path).body(Vec::new()).ok()?;
            match client.request_text(request).await {
                Ok(body) => Some(body).filter(|body| body.len() <= MAX_ANSWER),
                // A node that is to be drained answers 503, with the same body.
                Err(kube::Error::Api(status)) => Some(status.message.clone()),
                Err(_) => None,
            }
        }
    }
}

fn address(node: &Node) -> Option<IpAddr> {
    let addresses = node.status.as_ref()?.addresses.iter().flatten();
    let mut internal = addresses.filter(|address| address.type_ == "InternalIP");
    internal.next()?.address.parse().ok()
}

/// An object with the two times that kube-proxy tells; nothing else is a proxy's answer.
fn read(body: &str) -> Option<ProxyHealth> {
    let body: Value = serde_json::from_str(body).ok()?;
    let told = |key: &str| body.get(key).is_some();
    (told("lastUpdated") && told("currentTime")).then(|| ProxyHealth {
        tells_eligibility: told("nodeEligible"),
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        r#"{"lastUpdated": "x","currentTime": "y", "nodeEligible": true}"#,
        Some(true)
    )]
    #[case(r#"{"lastUpdated": "x","currentTime": "y"}"#, Some(false))]
    #[case(r#"{"currentTime": "y"}"#, None)]
    #[case("ok", None)]
    #[case("[]", None)]
    fn only_a_proxys_answer_counts(#[case] body: &str, #[case] tells: Option<bool>) {
        assert_eq!(read(body).map(|health| health.tells_eligibility), tells);
    }
}
