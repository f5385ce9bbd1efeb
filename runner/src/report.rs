//! Keeps the ConformanceResult up to date while the suite runs.

use std::time::Duration;

use conform_crds::Attempt;
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, sleep, sleep_until},
};

use crate::{
    cluster::Cluster,
    patience::{self, ApiError},
};

/// The attempt as it stands, and the task that writes it to the API server.
///
/// The newest state waits in memory for as long as the API server is away; states in between are not kept.
#[derive(Debug)]
pub struct Reporter {
    state: watch::Sender<Attempt>,
    task: JoinHandle<Result<(), ApiError>>,
}

impl Reporter {
    /// Starts with `attempt` as what the API server already knows.
    pub fn start(cluster: Cluster, attempt: Attempt, interval: Duration) -> Self {
        let (state, receiver) = watch::channel(attempt);
        Self {
            state,
            task: tokio::spawn(keep_up(cluster, receiver, interval)),
        }
    }

    /// Changes the attempt; the API server hears of it after the interval.
    pub fn change(&self, change: impl FnOnce(&mut Attempt)) {
        self.state.send_modify(change);
    }

    /// Looks at the attempt as it stands.
    pub fn read<T>(&self, look: impl FnOnce(&Attempt) -> T) -> T {
        look(&self.state.borrow())
    }

    /// Waits until the API server knows the last state.
    pub async fn finish(self) -> Result<(), ApiError> {
        drop(self.state);
        self.task.await.unwrap_or_else(|error| {
            Err(ApiError::GaveUp {
                what: "report".to_owned(),
                seconds: 0,
                last: error.to_string(),
            })
        })
    }
}

/// Writes each new state, but not more often than `interval`, until there will be none; a state that the API server
/// refuses is given up, for the next one may be accepted. Says how the last write went.
async fn keep_up(
    cluster: Cluster,
    mut state: watch::Receiver<Attempt>,
    interval: Duration,
) -> Result<(), ApiError> {
    let mut result = Ok(());
    let mut next = Instant::now();
    while state.changed().await.is_ok() {
        // The last state need not wait for its turn.
        tokio::select! {
            () = sleep_until(next) => {}
            () = ended(state.clone()) => {}
        }
        result = write(&cluster, &mut state).await;
        if let Err(error) = &result {
            tracing::error!("{error}");
        }
        next = Instant::now() + interval;
    }
    result
}

/// Waits until no further state will come.
async fn ended(mut state: watch::Receiver<Attempt>) {
    while state.changed().await.is_ok() {}
}

/// Writes the newest state, trying for as long as it takes. Who cannot wait for ever has to give up the task.
async fn write(cluster: &Cluster, state: &mut watch::Receiver<Attempt>) -> Result<(), ApiError> {
    let mut pauses = patience::pauses();
    loop {
        let newest = state.borrow_and_update().clone();
        match cluster.write(&newest).await {
            Ok(()) => return Ok(()),
            Err(source) if patience::is_retryable(&source) => {
                tracing::warn!("cannot report yet: {}", patience::explain(&source));
            }
            Err(source) => {
                return Err(ApiError::Refused {
                    what: format!("report attempt {}", newest.name),
                    source,
                });
            }
        }
        sleep(pauses.next().unwrap_or_default()).await;
    }
}
