//! Wires the watches to observe, decide and act.

use std::sync::Arc;

use conform_crds::{ConformanceProfile, ConformanceRun, ConformanceSchedule};
use futures::{Stream, StreamExt, stream};
use kube::{
    Api, ResourceExt,
    runtime::{
        Controller,
        controller::{Action, Config},
        reflector::{ObjectRef, Store},
        watcher,
    },
};

use super::{act::act, cluster::Watched, decide::decide, observe::observe};
use crate::{
    error::{Error, Result},
    requeue,
    run::{Touched, World},
};

/// How many schedules are looked at side by side.
const CONCURRENCY: u16 = 4;

struct Shared {
    world: World,
    runs: Store<ConformanceRun>,
    cluster: Watched,
}

/// Reconciles schedules until the process is asked to stop. `runs` is the cache of all runs, which somebody else fills and
/// who tells of whom he has `touched` the runs. Gives the cache of all schedules too, which is filled meanwhile.
pub fn run(
    world: World,
    runs: Store<ConformanceRun>,
    touched: impl Stream<Item = Touched> + Send + 'static,
) -> (Store<ConformanceSchedule>, impl Future<Output = ()>) {
    let client = || world.client.clone();
    let controller = Controller::new(
        Api::<ConformanceSchedule>::all(client()),
        watcher::Config::default(),
    )
    .with_config(Config::default().concurrency(CONCURRENCY))
    .shutdown_on_signal();
    let schedules = controller.store();
    let (all, known) = (schedules.clone(), schedules.clone());
    let controller =
        controller.reconcile_on(touched.flat_map(move |whose| stream::iter(having(&all, whose))));
    let controller = controller.watches(
        Api::<ConformanceProfile>::all(client()),
        watcher::Config::default(),
        move |profile| naming(&known, &profile.name_any()),
    );
    let shared = Arc::new(Shared {
        world,
        runs: runs.clone(),
        cluster: Watched::default(),
    });
    let reconciling = controller
        .run(reconcile, on_error, shared)
        .for_each(async |outcome| {
            // Failures are told where they happen; what is left is an object that vanished from the cache.
            if let Err(error) = outcome {
                tracing::debug!(%error, "reconciliation");
            }
        });
    let reconciling = async move {
        // Without the runs that are there, each schedule would seem to have none.
        if runs.wait_until_ready().await.is_ok() {
            reconciling.await;
        }
    };
    (schedules, reconciling)
}

/// The schedules whose runs have changed.
fn having(schedules: &Store<ConformanceSchedule>, touched: Touched) -> Vec<ObjectRef<ConformanceSchedule>> {
    match touched {
        Touched::Schedule(name) => vec![ObjectRef::new(&name)],
        Touched::Any => schedules
            .state()
            .iter()
            .map(|one| ObjectRef::from_obj(&**one))
            .collect(),
    }
}

/// The schedules whose runs name the profile: it may be what they lacked.
fn naming(schedules: &Store<ConformanceSchedule>, profile: &str) -> Vec<ObjectRef<ConformanceSchedule>> {
    let names = |schedule: &ConformanceSchedule| {
        let profiles = &schedule.spec.run_template.spec.profiles;
        profiles.iter().any(|name| name == profile)
    };
    let state = schedules.state();
    let found = state.iter().filter(|schedule| names(schedule));
    found.map(|schedule| ObjectRef::from_obj(&**schedule)).collect()
}

async fn reconcile(schedule: Arc<ConformanceSchedule>, shared: Arc<Shared>) -> Result<Action> {
    let world = &shared.world;
    let _timer = world.metrics.begin();
    let observed = Box::pin(observe(
        world,
        &shared.runs,
        &shared.cluster,
        Arc::clone(&schedule),
    ))
    .await?;
    let decision = decide(&observed);
    tracing::debug!(
        schedule = %schedule.name_any(),
        creates = decision.creation.as_ref().and_then(|run| run.metadata.name.as_deref()),
        deletes = decision.deletions.len(),
        "decided"
    );
    act(world, &observed, decision).await.map(requeue::after)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the controller hands over what it shares"
)]
fn on_error(schedule: Arc<ConformanceSchedule>, error: &Error, shared: Arc<Shared>) -> Action {
    requeue::failed(&*schedule, error, &shared.world.metrics)
}
