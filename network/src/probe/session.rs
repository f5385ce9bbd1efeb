//! The way to an agent: a command in its pod, through the API server and the node's kubelet.

use std::{collections::HashMap, time::Duration};

use k8s_openapi::api::core::v1::Pod;
use kube::{
    Api,
    api::{AttachParams, AttachedProcess},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, Lines},
    time::{Instant, timeout_at},
};

use crate::{
    agent::{Made, Order},
    list::explain,
    text::bounded,
};

/// The program in the agent's image.
const COMMAND: [&str; 3] = ["/conform-runner", "agent", "drive"];
/// How long the way may take to open.
const OPEN_TIME: Duration = Duration::from_secs(15);

/// An agent that can be told what to connect to.
pub struct Session {
    /// Held for as long as the streams are used; none if they are no command's.
    _process: Option<AttachedProcess>,
    input: Box<dyn AsyncWrite + Send + Unpin>,
    output: Lines<BufReader<Box<dyn AsyncRead + Send + Unpin>>>,
    /// Orders that it was given so far.
    given: u64,
}

impl Session {
    /// Starts the agent's other half in its pod. The error is in words.
    pub async fn open(pods: &Api<Pod>, pod: &str) -> Result<Self, String> {
        let attach = AttachParams::default()
            .container("agent")
            .stdin(true)
            .stdout(true)
            .stderr(false);
        let opened = timeout_at(Instant::now() + OPEN_TIME, pods.exec(pod, COMMAND, &attach)).await;
        let mut process = opened
            .map_err(|_| format!("no answer in {} s", OPEN_TIME.as_secs()))?
            .map_err(|error| explain(&error))?;
        let input = process.stdin().ok_or("it has no input")?;
        let output = process.stdout().ok_or("it has no output")?;
        Ok(Self {
            _process: Some(process),
            ..Self::over(Box::new(input), Box::new(output))
        })
    }

    /// An agent at the other end of these streams.
    pub fn over(
        input: Box<dyn AsyncWrite + Send + Unpin>,
        output: Box<dyn AsyncRead + Send + Unpin>,
    ) -> Self {
        Self {
            _process: None,
            input,
            output: BufReader::new(output).lines(),
            given: 0,
        }
    }

    /// Has the agent work on all orders, and gives what came of those that it answered in time, by their ids. What comes later
    /// is nobody's: each order has an id of its own on its way.
    pub async fn ask(&mut self, orders: &[Order], patience: Duration) -> HashMap<u64, Made> {
        let deadline = Instant::now() + patience;
        let mut made = HashMap::new();
        let mut text = String::new();
        let mut ids = HashMap::new();
        for order in orders {
            let id = self.given;
            self.given += 1;
            ids.insert(id, order.id);
            let order = Order { id, ..order.clone() };
            if let Ok(line) = serde_json::to_string(&order) {
                text.push_str(&line);
                text.push('\n');
            }
        }
        let sent = async {
            self.input.write_all(text.as_bytes()).await?;
            self.input.flush().await
        };
        if !matches!(timeout_at(deadline, sent).await, Ok(Ok(()))) {
            return made;
        }
        while made.len() < orders.len() {
            let Ok(Ok(Some(line))) = timeout_at(deadline, self.output.next_line()).await else {
                break;
            };
            match serde_json::from_str::<Made>(&line) {
                Ok(one) => {
                    if let Some(id) = ids.get(&one.id) {
                        made.insert(*id, Made { id: *id, ..one });
                    }
                }
                Err(error) => tracing::warn!("an agent says {:?}: {error}", bounded(&line, 200)),
            }
        }
        made
    }
}
