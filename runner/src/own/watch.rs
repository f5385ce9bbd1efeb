//! Waits for the end of the container beside the runner's.

use std::time::Duration;

use conform_crds::names;
use k8s_openapi::api::core::v1::{ContainerState, Pod};
use kube::{
    Api,
    api::{DeleteParams, LogParams},
};
use tokio::time::{Instant, sleep, timeout};

use crate::{stop::Stop, text};

/// How long an answer of the API server may take.
const ANSWER: Duration = Duration::from_secs(10);
/// How much of a suite's last output goes into the end's message, in bytes.
const LAST_WORDS: usize = 300;

/// How the suite's container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SuiteEnd {
    /// By itself.
    Ended {
        /// Its exit code.
        code: i32,
        /// What the kubelet says of it: `Completed`, `Error`, `OOMKilled`.
        reason: String,
    },
    /// The pod was to end.
    Stopped {
        /// Its exit code, if it ended in time.
        code: Option<i32>,
    },
    /// Not in its time.
    Overdue {
        /// The time that it had.
        seconds: u64,
    },
}

impl SuiteEnd {
    /// What happened, as in `The suite …`.
    pub fn words(&self) -> String {
        match self {
            Self::Ended { code, reason } if ["", "Completed", "Error"].contains(&reason.as_str()) => {
                format!("ended with exit code {code}")
            }
            Self::Ended { code, reason } => {
                format!("ended with exit code {code} ({})", text::bounded(reason, 64))
            }
            Self::Stopped { .. } => "was stopped from outside".to_owned(),
            Self::Overdue { seconds } => format!("took longer than its {seconds} s"),
        }
    }

    /// Its exit code, if it has one.
    pub const fn exit_code(&self) -> Option<i32> {
        match self {
            Self::Ended { code, .. } => Some(*code),
            Self::Stopped { code } => *code,
            Self::Overdue { .. } => None,
        }
    }
}

/// Where to look, and for how long.
#[derive(Debug)]
pub struct Look<'a> {
    /// The pods of the runner's namespace.
    pub pods: Api<Pod>,
    /// The runner's own.
    pub pod: &'a str,
    /// Whether the pod is to end.
    pub stop: &'a Stop,
    /// Pause between two looks.
    pub pause: Duration,
    /// How long the suite may take to end once the pod is to.
    pub stop_grace: Duration,
    /// How long it may run.
    pub timeout: Duration,
}

impl Look<'_> {
    /// Waits. An API server that is away is waited for: the suite's end will not run away.
    pub async fn until_the_end(&self) -> SuiteEnd {
        let mut runs_since: Option<Instant> = None;
        let mut stopped_since: Option<Instant> = None;
        loop {
            let state = self.state().await;
            let ended = state.as_ref().and_then(|state| state.terminated.as_ref());
            if let Some(ended) = ended {
                return if stopped_since.is_some() || self.stop.is_requested() {
                    SuiteEnd::Stopped {
                        code: Some(ended.exit_code),
                    }
                } else {
                    SuiteEnd::Ended {
                        code: ended.exit_code,
                        reason: ended.reason.clone().unwrap_or_default(),
                    }
                };
            }
            if state.is_some_and(|state| state.running.is_some()) {
                runs_since.get_or_insert_with(Instant::now);
            }
            if runs_since.is_some_and(|since| since.elapsed() >= self.timeout) {
                return SuiteEnd::Overdue {
                    seconds: self.timeout.as_secs(),
                };
            }
            if stopped_since.is_some_and(|since| since.elapsed() >= self.stop_grace) {
                return SuiteEnd::Stopped { code: None };
            }
            if stopped_since.is_some() {
                sleep(self.pause).await;
                continue;
            }
            tokio::select! {
                () = self.stop.requested() => stopped_since = Some(Instant::now()),
                () = sleep(self.pause) => {}
            }
        }
    }

    /// What the suite said last.
    pub async fn last_words(&self) -> String {
        let params = LogParams {
            container: Some(names::SUITE_CONTAINER.to_owned()),
            tail_lines: Some(10),
            limit_bytes: Some(8 << 10),
            ..LogParams::default()
        };
        let asked = timeout(ANSWER, self.pods.logs(self.pod, &params)).await;
        let log = asked.ok().and_then(Result::ok).unwrap_or_default();
        text::bounded(text::tail(log.trim_end(), LAST_WORDS), LAST_WORDS)
    }

    /// Ends the runner's own pod, and with it the suite.
    pub async fn end_pod(&self) {
        let deleted = timeout(ANSWER, self.pods.delete(self.pod, &DeleteParams::default())).await;
        if !matches!(deleted, Ok(Ok(_))) {
            tracing::warn!("cannot delete pod {}: its Job's deadline will end it", self.pod);
        }
    }

    /// The state of the suite's container, if the API server tells it.
    async fn state(&self) -> Option<ContainerState> {
        let asked = timeout(ANSWER, self.pods.get(self.pod)).await;
        let pod = match asked {
            Ok(Ok(pod)) => pod,
            Ok(Err(error)) => {
                tracing::warn!("cannot look at pod {}: {error}", self.pod);
                return None;
            }
            Err(_) => return None,
        };
        let containers = pod.status?.container_statuses?;
        containers
            .into_iter()
            .find(|container| container.name == names::SUITE_CONTAINER)?
            .state
    }
}
