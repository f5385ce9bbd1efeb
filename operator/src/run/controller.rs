//! Wires the watches to observe, decide and act.

use std::sync::Arc;

use conform_crds::{ConformanceResult, ConformanceRun, conditions::reasons, names};
use futures::{
    StreamExt, TryStreamExt,
    channel::mpsc::{UnboundedReceiver, unbounded},
    stream::{self, select_all},
};
use jiff::Timestamp;
use k8s_openapi::api::batch::v1::Job;
use kube::{
    Api, ResourceExt,
    core::PartialObjectMeta,
    runtime::{
        WatchStreamExt,
        controller::{Action, Config, applier, trigger_owners},
        reflector::{self, Store},
        watcher,
    },
};

use super::{
    act::act,
    cache::Slimming,
    changes::{Change, Touched},
    decide,
    decision::{Decision, Step},
    details::LastDetails,
    observe::{observe, unread},
    observed::{Observed, is_finished},
    world::World,
};
use crate::{
    error::{Error, Result},
    requeue,
    stop::Stop,
};

/// How many runs are read at once: a run may have a status of many kilobytes.
const PAGE: u32 = 100;

struct Shared {
    world: World,
    runs: Store<ConformanceRun>,
}

/// What is known of all runs; it is filled while the controller runs.
#[derive(Clone, Debug)]
pub struct Known {
    /// The runs; of finished ones a part.
    pub runs: Store<ConformanceRun>,
    /// The rest of the last finished ones.
    pub last: LastDetails,
}

/// Reconciles runs until the process is asked to stop. Gives what is known of all runs too, and tells whose runs change.
pub fn run(world: World, stop: Stop) -> (Known, UnboundedReceiver<Touched>, impl Future<Output = ()>) {
    let client = || world.client.clone();
    let ours = watcher::Config::default().labels(names::LABEL_RUN);
    let (runs, writer) = reflector::store();
    let last = LastDetails::default();
    let cache = runs.clone();
    let (tell, touched) = unbounded();
    let mut slimming = Slimming::noting(last.clone());
    // What comes from the API server is made smaller before it is kept, which kube's Controller cannot.
    let of_runs = watcher(
        Api::<ConformanceRun>::all(client()),
        watcher::Config::default().page_size(PAGE),
    )
    .default_backoff()
    .modify(move |run| slimming.slim(run, Timestamp::now()))
    .reflect(writer)
    .map_ok(move |event| {
        let change = Change::from(event);
        if let Some(whose) = change.touches() {
            // Nobody may be left who listens.
            let _ = tell.unbounded_send(whose);
        }
        stream::iter(change.requests(&cache)).map(Ok)
    })
    .try_flatten();
    let jobs = Api::<PartialObjectMeta<Job>>::namespaced(client(), &world.settings.namespace);
    let of_jobs = watcher(jobs, ours.clone()).default_backoff().touched_objects();
    let results = Api::<PartialObjectMeta<ConformanceResult>>::all(client());
    let of_results = watcher(results, ours).default_backoff().touched_objects();
    let queue = select_all([
        of_runs.boxed(),
        trigger_owners(of_jobs, (), ()).boxed(),
        trigger_owners(of_results, (), ()).boxed(),
    ]);
    let shared = Arc::new(Shared {
        runs: runs.clone(),
        world,
    });
    // One at a time: runs queue for the cluster, and the queue is told from what earlier steps wrote.
    let config = Config::default().concurrency(1);
    let reconciling = applier(
        |run, shared| Box::pin(reconcile(run, shared)),
        on_error,
        shared,
        runs.clone(),
        queue.take_until(async move { stop.asked().await }),
        config,
    )
    .for_each(async |outcome| {
        // Failures are told where they happen; what is left is an object that vanished from the cache.
        if let Err(error) = outcome {
            tracing::debug!(%error, "reconciliation");
        }
    });
    (Known { runs, last }, touched, reconciling)
}

async fn reconcile(run: Arc<ConformanceRun>, shared: Arc<Shared>) -> Result<Action> {
    let world = &shared.world;
    let _timer = world.metrics.begin();
    let observed = match observe(world, &shared.runs, Arc::clone(&run)).await {
        Err(error) if is_final(&error, &run) => {
            return refuse(world, &run, &unread(world, Arc::clone(&run)), &error).await;
        }
        observed => observed?,
    };
    let decision = decide::decide(&observed);
    tracing::debug!(run = %run.name_any(), step = ?decision.step, "decided");
    // The run as it was decided about: what the cache has may be less.
    match act(world, &observed.run, &decision).await {
        Err(error) if is_final(&error, &run) => refuse(world, &run, &observed, &error).await,
        acted => acted.map(|()| requeue::after(decision.look_again)),
    }
}

/// True if waiting does not help: a right is missing, or a name is taken. A run that is being deleted has nobody to tell, and is tried again. A
/// finished one keeps its verdict.
fn is_final(error: &Error, run: &ConformanceRun) -> bool {
    error.final_reason().is_some() && run.metadata.deletion_timestamp.is_none() && !is_finished(run)
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
    Ok(requeue::after(refused.look_again))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the controller hands over what it shares"
)]
fn on_error(run: Arc<ConformanceRun>, error: &Error, shared: Arc<Shared>) -> Action {
    requeue::failed(&*run, error, &shared.world.metrics)
}
