//! Moves the files of one run.

use conform_crds::{Artifact, ConformanceResult, ConformanceRun, StoredFiles};
use conform_report::files::{self, ArtifactError, MAX_COMPRESSED};
use jiff::Timestamp;
use k8s_openapi::{api::core::v1::ConfigMap, apimachinery::pkg::apis::meta::v1::Time};
use kube::{
    Api, Resource, ResourceExt,
    api::{ListParams, Patch, PatchParams},
};
use serde_json::json;

use super::{
    place,
    storage::{Storage, StorageError},
};
use crate::{
    cleanup,
    error::{Context, Error},
    run::World,
};

/// Field manager of what the operator says of files: what runners write beside it stays theirs.
const MANAGER: &str = "conform-operator-files";

/// What became of a run's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The run left none.
    Nothing,
    /// They are in storage.
    Stored,
}

/// Files stay where they are.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The API server refused or is away.
    #[error(transparent)]
    Api(#[from] Error),
    /// Storage refused or is away.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A file is not what the runner says: trying again does not help.
    #[error(transparent)]
    File(#[from] ArtifactError),
    /// The program that compares it failed.
    #[error("it could not be compared: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// Moves every file of a run that has ended to the folder of its cluster. May be done again without harm: the result says where they are
/// once all are there, and only then they are taken from the API server.
pub async fn keep(
    world: &World,
    storage: &Storage,
    cluster: &str,
    run: &ConformanceRun,
) -> Result<Kept, KeepError> {
    let name = run.name_any();
    let results: Api<ConformanceResult> = Api::all(world.client.clone());
    let result = results.get_opt(&name).await;
    let Some(result) = result.context(|| format!("get ConformanceResult {name}"))? else {
        return Ok(Kept::Nothing);
    };
    let status = result.status.clone().unwrap_or_default();
    let artifacts = status.attempts.iter().map(|attempt| attempt.artifacts.len());
    if artifacts.sum::<usize>() == 0 {
        return Ok(Kept::Nothing);
    }
    if status.stored.is_none() {
        let folder = format!(
            "{cluster}/{}",
            place::folder(&name, &run.uid().unwrap_or_default())
        );
        for attempt in &status.attempts {
            for artifact in &attempt.artifacts {
                let key = format!("{folder}/{}", place::key(&attempt.name, &artifact.name)?);
                let bytes = collect(world, &name, &attempt.name, artifact).await?;
                storage.put(&key, bytes).await?;
            }
        }
        record(&results, &result, storage, folder).await?;
    }
    cleanup::delete_files(world, run).await?;
    Ok(Kept::Stored)
}

/// One file as it was kept, compared with its digest.
async fn collect(world: &World, run: &str, attempt: &str, artifact: &Artifact) -> Result<Vec<u8>, KeepError> {
    if u64::try_from(artifact.compressed_bytes).map_or(true, |bytes| bytes > MAX_COMPRESSED) {
        return Err(KeepError::File(ArtifactError::TooLarge {
            name: artifact.name.clone(),
            bytes: artifact.compressed_bytes,
        }));
    }
    let maps: Api<ConfigMap> = Api::namespaced(world.client.clone(), &world.settings.namespace);
    let chunks = ListParams::default().labels(&files::selector(run, attempt, &artifact.name));
    let found = maps.list(&chunks).await;
    let found = found.context(|| format!("list the chunks of {} of run {run}", artifact.name))?;
    let bytes = files::join(artifact, found.items)?;
    let artifact = artifact.clone();
    // Minutes of log are unpacked for this: not beside the Lease.
    let compared = tokio::task::spawn_blocking(move || files::check(&artifact, &bytes).map(|()| bytes));
    Ok(compared.await??)
}

async fn record(
    results: &Api<ConformanceResult>,
    result: &ConformanceResult,
    storage: &Storage,
    folder: String,
) -> Result<(), Error> {
    let stored = StoredFiles {
        place: storage.place().to_owned(),
        folder,
        time: Time(Timestamp::now()),
    };
    let name = result.name_any();
    let patch = json!({
        "apiVersion": ConformanceResult::api_version(&()),
        "kind": ConformanceResult::kind(&()),
        // A result of another run of that name is not touched.
        "metadata": { "uid": result.metadata.uid },
        "status": { "stored": stored },
    });
    let patched = results
        .patch_status(&name, &PatchParams::apply(MANAGER).force(), &Patch::Apply(patch))
        .await;
    patched
        .map(drop)
        .context(|| format!("write the status of ConformanceResult {name}"))
}
