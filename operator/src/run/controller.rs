//! Wires the watches to observe, decide and act.

use std::{sync::Arc, time::Duration};

use conform_crds::{ConformanceResult, ConformanceRun, conditions::reasons, names};
use futures::StreamExt;
use k8s_openapi::api::batch::v1::Job;
use kube::{
    Api, ResourceExt,
    runtime::{
        Controller,
        controller::{Action, Config},
        reflector::Store,
        watcher,
    },
};

use super::{
    act::act,
    decide,
    decision::{Decision, Step},
    observe::{observe, unread},
    observed::Observed,
    world::World,
};
use crate::error::{Error, Result};

/// How soon a reconciliation that failed is tried again.
const RETRY: Duration = Duration::from_secs(5);

struct Shared {
    world: World,
    runs: Store<ConformanceRun>,
}

/// Reconciles runs until the process is asked to stop. Gives the cache of all runs too, which is filled meanwhile.
pub fn run(world: World) -> (Store<ConformanceRun>, impl Future<Output = ()>) {
    let client = || world.client.clone();
    let ours = watcher::Config::default().labels(names::LABEL_RUN);
    let controller = Controller::new(Api::<ConformanceRun>::all(client()), watcher::Config::default())
        // One at a time: runs queue for the cluster, and the queue is told from what earlier steps wrote.
        .with_config(Config::default().concurrency(1))
        .owns(
            Api::<Job>::namespaced(client(), &world.settings.namespace),
            ours.clone(),
        )
        .owns(Api::<ConformanceResult>::all(client()), ours)
        .shutdown_on_signal();
    let runs = controller.store();
    let shared = Arc::new(Shared {
        runs: runs.clone(),
        world,
    });
    let reconciling = controller
        .run(reconcile, on_error, shared)
        .for_each(async |outcome| {
            // Failures are told where they happen; what is left is an object that vanished from the cache.
            if let Err(error) = outcome {
                tracing::debug!(%error, "reconciliation");
            }
        });
    (runs, reconciling)
}

async fn reconcile(run: Arc<ConformanceRun>, shared: Arc<Shared>) -> Result<Action> {
    let world = &shared.world;
    let _timer = world.metrics.begin();
    let observed = match Box::pin(observe(world, &shared.runs, Arc::clone(&run))).await {
        Err(error) if is_final(&error, &run) => {
            return refuse(world, &run, &unread(world, Arc::clone(&run)), &error).await;
        }
        observed => observed?,
    };
    let decision = decide::decide(&observed);
    tracing::debug!(run = %run.name_any(), step = ?decision.step, "decided");
    match act(world, &run, &decision).await {
        Err(error) if is_final(&error, &run) => refuse(world, &run, &observed, &error).await,
        acted => acted.map(|()| next_look(&decision)),
    }
}

/// True if waiting does not help: a right is missing, or a name is taken. A run that is being deleted has nobody to tell, and is tried again.
fn is_final(error: &Error, run: &ConformanceRun) -> bool {
    error.final_reason().is_some() && run.metadata.deletion_timestamp.is_none()
}

/// Ends a run because of something that waiting does not mend.
async fn refuse(world: &World, run: &ConformanceRun, observed: &Observed, error: &Error) -> Result<Action> {
    tracing::error!(run = %run.name_any(), %error, "cannot go on");
    let reason = error.final_reason().unwrap_or(reasons::FORBIDDEN);
    let refused = decide::refused(observed, reason, &error.to_string());
    if let Err(error) = act(world, run, &refused).await {
        tracing::warn!(run = %run.name_any(), %error, "cannot clean up either");
        act(
            world,
            run,
            &Decision {
                step: Step::Nothing,
                ..refused.clone()
            },
        )
        .await?;
    }
    Ok(next_look(&refused))
}

fn next_look(decision: &Decision) -> Action {
    decision
        .look_again
        .map_or_else(Action::await_change, Action::requeue)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the controller hands over what it shares"
)]
fn on_error(run: Arc<ConformanceRun>, error: &Error, shared: Arc<Shared>) -> Action {
    shared.world.metrics.failed(error.category());
    tracing::warn!(run = %run.name_any(), %error, "reconciliation failed, will be tried again");
    Action::requeue(RETRY)
}
