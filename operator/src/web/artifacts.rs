//! Files of runs, out of storage.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use conform_crds::{Artifact, ConformanceResult, names};
use conform_report::files::{self, MAX_COMPRESSED};
use kube::Api;

use super::{Refusal, Web, reports::is_name, who};
use crate::files::{Storage, StorageError, key};

/// One file of one attempt, compressed as it is kept, if it is what the runner saw.
///
/// The API server's proxy takes a user's own token away, and not everybody has one. Who could read the run's result knows the SHA-256 of
/// the file, which nobody guesses, and may bring that instead.
pub async fn file(
    State(web): State<Web>,
    Path((run, attempt, file)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let shown = headers.get(names::HEADER_DIGEST);
    if shown.is_none() {
        let person = who::person(&web.client, &headers).await?;
        person
            .may(&web.client, "get", "conformanceresults", Some(&run))
            .await?;
    }
    let unknown = || {
        if shown.is_some() {
            // Who only guesses learns nothing of what there is.
            Refusal::Digest
        } else {
            Refusal::NotFound
        }
    };
    let storage = web.storage.as_ref().ok_or(Refusal::NotFound)?;
    if !is_name(&run) {
        return Err(unknown());
    }
    let results: Api<ConformanceResult> = Api::all(web.client.clone());
    let result = results.get_opt(&run).await?.ok_or_else(unknown)?;
    let status = result.status.unwrap_or_default();
    let entries = status.attempts.iter().filter(|entry| entry.name == attempt);
    let mut artifacts = entries.flat_map(|entry| &entry.artifacts);
    let artifact = artifacts.find(|artifact| artifact.name == file);
    let artifact = artifact.ok_or_else(unknown)?;
    if shown.is_some_and(|shown| !is_same(shown.as_bytes(), artifact.sha256.as_bytes())) {
        return Err(Refusal::Digest);
    }
    let Some(stored) = status.stored else {
        return Err(Refusal::Nothing(format!(
            "{file} is still in the API server: `kubectl conform retrieve {run}` finds it"
        )));
    };
    if stored.place != storage.place() {
        return Err(Refusal::File(format!(
            "{file} was put into {}, and the operator now keeps files in {}",
            stored.place,
            storage.place()
        )));
    }
    let bytes = fetch(storage, &stored.folder, &attempt, artifact).await?;
    let kind = [
        (header::CONTENT_TYPE, "application/gzip".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{file}.gz\""),
        ),
    ];
    Ok((kind, bytes).into_response())
}

async fn fetch(
    storage: &Storage,
    folder: &str,
    attempt: &str,
    artifact: &Artifact,
) -> Result<bytes::Bytes, Refusal> {
    let of_file = |error: &dyn std::error::Error| Refusal::File(error.to_string());
    let name = key(attempt, &artifact.name).map_err(|error| of_file(&error))?;
    let got = storage.get(&format!("{folder}/{name}"), MAX_COMPRESSED).await;
    let bytes = got.map_err(|error| match error {
        error @ StorageError::Refused { .. } => Refusal::Away(error.to_string()),
        error => of_file(&error),
    })?;
    let (artifact, compared) = (artifact.clone(), bytes.clone());
    let compared = tokio::task::spawn_blocking(move || files::check(&artifact, &compared)).await;
    compared
        .map_err(|error| Refusal::Away(error.to_string()))?
        .map_err(|error| of_file(&error))?;
    Ok(bytes)
}

/// Compares in a time that does not tell where they differ.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let pairs = one.iter().zip(other);
    let differences = pairs.fold(0, |sum, (one, other)| sum | (one ^ other));
    one.len() == other.len() && !other.is_empty() && differences == 0
}
