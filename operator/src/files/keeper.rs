//! Moves the files of runs that have ended, and removes those of runs that are gone.

use std::{collections::HashMap, time::Duration};

use conform_crds::ConformanceRun;
use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, Resource, ResourceExt,
    api::ListParams,
    runtime::{events::Recorder, reflector::Store},
};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::{
    keep::{KeepError, Kept, keep},
    place,
    storage::{Storage, StorageError},
};
use crate::{
    announce::{Announcement, announce},
    error::{Context, Error, Result},
    run::{World, is_finished},
};

/// How often runs that have ended are looked for.
const INTERVAL: Duration = Duration::from_secs(5);
/// How often folders of runs that are gone are looked for.
const SWEEP: Duration = Duration::from_hours(1);
/// How long to wait before a run's files are tried again; twice as long each time, up to [`LONGEST`].
const PAUSE: Duration = Duration::from_secs(15);
const LONGEST: Duration = Duration::from_mins(10);
/// How long the removal of a run's files may hold up the run's own.
const FAREWELL: Duration = Duration::from_secs(10);

/// What is known of a run's files.
enum Standing {
    /// Nothing is left to do.
    Done,
    /// They could not be moved so often, and are tried again then.
    Later { failures: u32, again: Instant },
}

/// Moves the files of every run that ends. Does not end; without storage it does nothing.
pub async fn keep_all(world: &World, runs: Store<ConformanceRun>) {
    let Some(storage) = &world.storage else {
        return std::future::pending().await;
    };
    let mut known: HashMap<String, Standing> = HashMap::new();
    let mut swept: Option<Instant> = None;
    let mut mine: Option<String> = None;
    let mut ticks = interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if mine.is_none() {
            mine = cluster(world)
                .await
                .inspect_err(|error| tracing::warn!(%error, "cannot tell whose files these are"))
                .ok();
        }
        let Some(cluster) = mine.as_deref() else {
            continue;
        };
        let ended: Vec<_> = runs
            .state()
            .into_iter()
            .filter(|run| is_due(run, &known))
            .collect();
        for run in ended {
            let standing = attempt(world, storage, cluster, &run, &known).await;
            known.insert(run.uid().unwrap_or_default(), standing);
        }
        let here: Vec<String> = runs.state().iter().filter_map(|run| run.uid()).collect();
        known.retain(|uid, _| here.contains(uid));
        if swept.is_none_or(|last| last.elapsed() >= SWEEP) {
            swept = Some(Instant::now());
            if let Err(error) = sweep(world, storage, cluster).await {
                tracing::warn!(%error, "cannot look for files of runs that are gone");
            }
        }
    }
}

fn is_due(run: &ConformanceRun, known: &HashMap<String, Standing>) -> bool {
    let standing = run.uid().and_then(|uid| known.get(&uid));
    let waits = match standing {
        None => false,
        Some(Standing::Done) => true,
        Some(Standing::Later { again, .. }) => Instant::now() < *again,
    };
    !waits && is_finished(run) && run.metadata.deletion_timestamp.is_none()
}

async fn attempt(
    world: &World,
    storage: &Storage,
    cluster: &str,
    run: &ConformanceRun,
    known: &HashMap<String, Standing>,
) -> Standing {
    let name = run.name_any();
    let before = match run.uid().and_then(|uid| known.get(&uid)) {
        Some(Standing::Later { failures, .. }) => *failures,
        _ => 0,
    };
    let error = match keep(world, storage, cluster, run).await {
        Ok(kept) => {
            if kept == Kept::Stored {
                tracing::info!(run = name, place = storage.place(), "files are in storage");
            }
            return Standing::Done;
        }
        Err(error) => error,
    };
    tracing::warn!(run = name, %error, "files stay in the API server");
    if before == 0 {
        let note = format!("The run's files stay in ConfigMaps: {error}");
        tell(&world.recorder, run, "FilesNotStored", note).await;
    }
    if matches!(error, KeepError::File(_)) {
        return Standing::Done;
    }
    let pause = PAUSE.saturating_mul(1 << before.min(10)).min(LONGEST);
    Standing::Later {
        failures: before.saturating_add(1),
        again: Instant::now() + pause,
    }
}

/// Removes the files of a run that is let go. Storage that is away holds up nothing: what stays is said, and removed later.
pub async fn forget(world: &World, run: &ConformanceRun) {
    let Some(storage) = &world.storage else {
        return;
    };
    let folder = place::folder(&run.name_any(), &run.uid().unwrap_or_default());
    let removing = async {
        let cluster = cluster(world).await.map_err(|error| error.to_string())?;
        let removed = storage.remove(&format!("{cluster}/{folder}")).await;
        removed.map_err(|error| error.to_string())
    };
    let why = match timeout(FAREWELL, removing).await {
        Ok(Ok(())) => return,
        Ok(Err(why)) => why,
        Err(_) => format!("no answer within {} s", FAREWELL.as_secs()),
    };
    tracing::warn!(
        run = run.name_any(),
        why,
        "files of a run that is gone stay for now"
    );
    let note = format!("Files of the run stay in {} for now: {why}", storage.place());
    tell(&world.recorder, run, "FilesRemain", note).await;
}

/// Removes the folders of runs that are not there any more. Only what the API server says counts.
pub(super) async fn sweep(world: &World, storage: &Storage, cluster: &str) -> Result<(), SweepError> {
    let runs: Api<ConformanceRun> = Api::all(world.client.clone());
    for folder in storage.folders(cluster).await? {
        let Some((name, uid)) = place::run_of(&folder) else {
            continue;
        };
        let found = runs.get_metadata_opt(name).await;
        let found = found.context(|| format!("get ConformanceRun {name}"))?;
        if found.is_none_or(|run| run.uid().as_deref() != Some(uid)) {
            storage.remove(&format!("{cluster}/{folder}")).await?;
            tracing::info!(folder, "files of a run that is gone are removed");
        }
    }
    Ok(())
}

/// Why folders could not be looked through.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The API server refused or is away.
    #[error(transparent)]
    Api(#[from] Error),
    /// Storage refused or is away.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What tells this cluster's files from those of others: the uid of namespace kube-system, which lives as long as the cluster.
async fn cluster(world: &World) -> Result<String> {
    let namespaces: Api<Namespace> = Api::all(world.client.clone());
    let one = ListParams::default().fields("metadata.name=kube-system");
    let found = namespaces.list_metadata(&one).await;
    let found = found.context(|| "list namespace kube-system".to_owned())?;
    let uid = found
        .items
        .into_iter()
        .find_map(|namespace| namespace.metadata.uid);
    uid.ok_or_else(|| Error::Nameless {
        object: "namespace kube-system".to_owned(),
    })
}

async fn tell(recorder: &Recorder, run: &ConformanceRun, reason: &'static str, note: String) {
    let announcement = Announcement {
        warning: true,
        reason,
        note,
    };
    announce(recorder, &run.object_ref(&()), &announcement).await;
}
