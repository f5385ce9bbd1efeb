//! `LogsAndExec`: the API server reaches each node's kubelet, for logs and for commands in a pod. Half of all tests read
//! what a pod says.

use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::{
    Api,
    api::{AttachParams, LogParams},
};
use tokio::{
    io::{AsyncReadExt, copy, sink},
    time::timeout,
};

use super::{Finding, failed, passed, pods, some, warned};
use crate::patience::explain;

/// How long logs and a command may take each.
const PATIENCE: Duration = Duration::from_secs(15);
/// A command that agnhost has in every version, and that ends at once.
const COMMAND: [&str; 2] = ["/agnhost", "help"];
/// Most bytes that are read of its output.
const MAX_OUTPUT: u64 = 64 << 10;

/// Whether the way works in the waiting container of one pod. The error is in words.
pub async fn try_in(pods: &Api<Pod>, pod: &str) -> Result<(), String> {
    let logs = LogParams {
        container: Some(pods::WAITING.to_owned()),
        limit_bytes: Some(1024),
        ..LogParams::default()
    };
    let in_time = |what: &str| format!("{what}: no answer in {} s", PATIENCE.as_secs());
    timeout(PATIENCE, pods.logs(pod, &logs))
        .await
        .map_err(|_| in_time("logs"))?
        .map_err(|error| format!("logs: {}", explain(&error)))?;
    timeout(PATIENCE, exec(pods, pod))
        .await
        .map_err(|_| in_time("exec"))?
        .map_err(|why| format!("exec: {why}"))
}

async fn exec(pods: &Api<Pod>, pod: &str) -> Result<(), String> {
    let attach = AttachParams::default()
        .container(pods::WAITING)
        .stdin(false)
        .stdout(true)
        .stderr(false);
    let mut process = pods
        .exec(pod, COMMAND, &attach)
        .await
        .map_err(|error| explain(&error))?;
    let status = process.take_status().ok_or("no status is told")?;
    if let Some(output) = process.stdout() {
        // What it says does not matter, only that it is heard.
        copy(&mut output.take(MAX_OUTPUT), &mut sink())
            .await
            .map_err(|error| error.to_string())?;
    }
    // How the command ended is told by the node: any end shows that the way there works.
    status
        .await
        .map(drop)
        .ok_or_else(|| "the stream ended without a status".to_owned())
}

/// What the nodes say together; none of a node whose pod did not start.
pub fn verdict(tried: &[(String, Option<Result<(), String>>)]) -> Finding {
    let broken: Vec<String> = tried
        .iter()
        .filter_map(|(node, result)| match result {
            Some(Err(why)) => Some(format!("{node}: {why}")),
            _ => None,
        })
        .collect();
    let untried: Vec<String> = tried
        .iter()
        .filter(|(_, result)| result.is_none())
        .map(|(node, _)| node.clone())
        .collect();
    if !broken.is_empty() {
        failed(format!(
            "The API server cannot reach pods for logs or commands: {}.",
            some(&broken, 3)
        ))
    } else if !untried.is_empty() || tried.is_empty() {
        warned(format!("Could not be tried on: {}.", some(&untried, 5)))
    } else {
        passed(format!("Logs and commands work on {} nodes.", tried.len()))
    }
}

#[cfg(test)]
mod tests {
    use conform_crds::CheckState;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::works(&[("a", Some(Ok(()))), ("b", Some(Ok(())))], CheckState::Passed, "2 nodes")]
    #[case::broken(&[("a", Some(Ok(()))), ("b", Some(Err("exec: 502".to_owned())))], CheckState::Failed, "b: exec: 502")]
    #[case::untried(&[("a", Some(Ok(()))), ("b", None)], CheckState::Warned, "on: b")]
    #[case::nothing(&[], CheckState::Warned, "Could not be tried")]
    fn paths(
        #[case] tried: &[(&str, Option<Result<(), String>>)],
        #[case] state: CheckState,
        #[case] words: &str,
    ) {
        let tried: Vec<_> = tried
            .iter()
            .map(|(node, result)| ((*node).to_owned(), result.clone()))
            .collect();
        let (found, message) = verdict(&tried);
        assert_eq!(found, state, "{message}");
        assert!(message.contains(words), "{message}");
    }
}
