//! Keeps the suite's files beside the ConformanceResult.

use std::{path::Path, time::Duration};

use conform_crds::{Artifact, names};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use tokio::time::Instant;

use crate::{
    artifacts::{self, PackError, Packed},
    cluster::Cluster,
    patience::{ApiError, patiently},
};

/// The files that are kept, the more important one first.
pub const FILES: [&str; 2] = [names::JUNIT, names::E2E_LOG];

/// A file is not kept.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// It cannot be packed.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// The API server does not take it.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The program that packs it failed.
    #[error("it could not be compressed: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// Compresses the file at `path` and stores it in chunks as `name`. The record is only there once every chunk is.
pub async fn keep(
    cluster: &Cluster,
    owner: &OwnerReference,
    path: &Path,
    name: &str,
    patience: Duration,
) -> Result<Artifact, UploadError> {
    let path = path.to_owned();
    let packed = tokio::task::spawn_blocking(move || artifacts::pack(&path)).await??;
    let record = record(name, &packed);
    let deadline = Instant::now() + patience;
    for (number, bytes) in packed.chunks.into_iter().enumerate() {
        let chunk = cluster.chunk(owner, name, number, bytes);
        let what = format!("store chunk {number} of {name}");
        patiently(
            deadline.saturating_duration_since(Instant::now()),
            &what,
            async || cluster.store(&chunk).await,
        )
        .await?;
    }
    Ok(record)
}

fn record(name: &str, packed: &Packed) -> Artifact {
    Artifact {
        name: name.to_owned(),
        bytes: i64::try_from(packed.bytes).unwrap_or(i64::MAX),
        compressed_bytes: i64::try_from(packed.compressed_bytes()).unwrap_or(i64::MAX),
        sha256: packed.sha256.clone(),
        chunks: i32::try_from(packed.chunks.len()).unwrap_or(i32::MAX),
    }
}
