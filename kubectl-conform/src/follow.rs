//! Watching a run to its end.

use std::{pin::pin, time::Duration};

use conform_crds::{ConformanceResult, ConformanceRun, UNOBSERVED};
use conform_suite::{Stage, Standing, TestName};
use futures::StreamExt;
use jiff::Timestamp;
use kube::runtime::{WatchStreamExt, watcher::watch_object};
use tokio::time::{Instant, sleep_until};

use crate::{cluster::Cluster, condition, error::Error, explain::is_final, progress::Display};

/// After this time without a word from the operator, the user is told.
const OPERATOR_SILENCE: Duration = Duration::from_secs(30);
/// Longer than any run may take: stands for no limit.
const NO_LIMIT: Duration = Duration::from_hours(365 * 24);

/// How watching ended.
pub enum Followed {
    /// The run came to its end.
    Finished(Box<ConformanceRun>),
    /// The user has seen enough; the run goes on.
    Interrupted,
}

/// Watches a run until it ends and shows its progress. An API server that goes away for a while is waited for.
pub async fn follow(
    cluster: &Cluster,
    name: &str,
    limit: Option<Duration>,
    display: &mut Display<'_>,
) -> Result<Followed, Error> {
    // The first look fails at once if the run, the CRDs or the rights are missing.
    let first = cluster.run(name).await?;
    display.update(&first, Timestamp::now());
    if condition::is_finished(&first) {
        return Ok(Followed::Finished(Box::new(first)));
    }
    let mut heard = is_heard(&first);
    let mut changes = pin!(watch_object(cluster.watched_runs(), name).default_backoff());
    let mut interrupted = pin!(tokio::signal::ctrl_c());
    let mut expired = pin!(sleep_until(Instant::now() + limit.unwrap_or(NO_LIMIT)));
    let mut silent = pin!(sleep_until(Instant::now() + OPERATOR_SILENCE));
    let mut told = false;
    loop {
        tokio::select! {
            change = changes.next() => match change {
                Some(Ok(Some(run))) => {
                    heard |= is_heard(&run);
                    name_failures(cluster, &run, display).await;
                    display.update(&run, Timestamp::now());
                    if condition::is_finished(&run) {
                        return Ok(Followed::Finished(Box::new(run)));
                    }
                }
                Some(Ok(None)) => return Err(Error::Gone(name.to_owned())),
                Some(Err(error)) => {
                    let error = cluster.explain_watch(error);
                    if is_final(&error) {
                        return Err(error);
                    }
                    display.trouble(&error);
                }
                // The watcher tries for ever; should it end all the same, that is no verdict.
                None => return Err(Error::Api("the watch ended".to_owned())),
            },
            _ = &mut interrupted => return Ok(Followed::Interrupted),
            () = &mut expired => return Err(Error::TimedOut(format!(
                "run {name:?} has not ended in time; it goes on: `kubectl conform watch {name}` looks again"
            ))),
            () = &mut silent, if !heard && !told => {
                told = true;
                display.say("The operator has not looked at the run yet. `kubectl conform version` says whether it is available.");
            }
        }
    }
}

/// True if the operator has looked at the run: until then its status is the default of its kind.
fn is_heard(run: &ConformanceRun) -> bool {
    let observed = run.status.as_ref().and_then(|status| status.observed_generation);
    observed.is_some_and(|generation| generation != UNOBSERVED)
}

/// The run's status may count failures before it names them; the result knows their names first.
async fn name_failures(cluster: &Cluster, run: &ConformanceRun, display: &mut Display<'_>) {
    if display.unnamed_failures(run) == 0 {
        return;
    }
    // Only a nicety: without the right to read results, names come with the status later.
    if let Ok(Some(result)) = cluster.result_of(run).await {
        for (stage, name) in missed(&result) {
            display.failure(stage, &name);
        }
    }
}

fn missed(result: &ConformanceResult) -> Vec<(Stage, TestName)> {
    let attempts = result.status.iter().flat_map(|status| &status.attempts);
    attempts
        .flat_map(|attempt| attempt.tests.iter().map(move |test| (attempt.stage, test)))
        .filter(|(_, test)| test.outcome.standing() == Standing::Missed)
        .map(|(stage, test)| (stage, test.name.clone()))
        .collect()
}
