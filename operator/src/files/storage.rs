//! A bucket or a volume, with bounds on time and size.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use futures::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path};
use tokio::time::timeout;

use super::s3;

/// How long one request may take; the largest file has 16 MiB.
const PATIENCE: Duration = Duration::from_mins(1);
/// Longest cause of an error that is told, in characters: servers answer with pages.
const LONGEST: usize = 400;

/// Where files are kept, as the operator is told.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `file:///FOLDER` or `s3://BUCKET/PREFIX`.
    pub place: String,
    /// Address of an S3 server that is not AWS's own.
    pub endpoint: Option<String>,
    /// Region of the bucket.
    pub region: Option<String>,
    /// File with the certificates, in PEM, that the server's is signed by; those of the system if not given.
    pub authorities: Option<PathBuf>,
}

/// A bucket or a volume.
#[derive(Clone, Debug)]
pub struct Storage {
    objects: Arc<dyn ObjectStore>,
    prefix: Path,
    place: String,
}

/// Storage does not do what it is asked to.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// It refused, or is away.
    #[error("cannot {action} {object} in {place}: {cause}")]
    Refused {
        /// What was tried, as a verb.
        action: &'static str,
        /// The object, or the folder.
        object: String,
        /// The storage.
        place: String,
        /// What it said.
        cause: String,
    },
    /// It is not there.
    #[error("{object} is not in {place}: somebody else removed it")]
    Missing {
        /// The object.
        object: String,
        /// The storage.
        place: String,
    },
    /// It is larger than anything that is put there.
    #[error(
        "{object} in {place} has {bytes} bytes, and no file has more than {most}: somebody else wrote it"
    )]
    TooLarge {
        /// The object.
        object: String,
        /// The storage.
        place: String,
        /// Its size.
        bytes: u64,
        /// The most that a file may have.
        most: u64,
    },
}

impl Storage {
    /// Opens storage; of a bucket nothing is asked yet. A folder is made.
    pub fn open(settings: &Settings) -> anyhow::Result<Self> {
        let place = settings.place.as_str();
        let parts = place.split_once("://");
        let parts = parts.map(|(kind, rest)| (kind, rest.trim_end_matches('/')));
        let (objects, prefix): (Arc<dyn ObjectStore>, &str) = match parts {
            Some(("file", folder)) => {
                ensure!(
                    folder.starts_with('/'),
                    "{place:?} is no folder: write it like file:///var/lib/conform"
                );
                std::fs::create_dir_all(folder)
                    .with_context(|| format!("cannot make the folder {folder}"))?;
                let files = LocalFileSystem::new_with_prefix(folder)
                    .with_context(|| format!("cannot use the folder {folder}"))?;
                (Arc::new(files.with_automatic_cleanup(true)), "")
            }
            Some(("s3", bucket)) => {
                let (bucket, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
                ensure!(
                    !bucket.is_empty(),
                    "{place:?} names no bucket: write it like s3://BUCKET/PREFIX"
                );
                (Arc::new(s3::open(bucket, settings)?), prefix)
            }
            _ => bail!("{place:?} is no storage: write it like file:///FOLDER or s3://BUCKET/PREFIX"),
        };
        Ok(Self {
            objects,
            prefix: Path::parse(prefix).with_context(|| format!("{prefix:?} is no prefix"))?,
            place: place.trim_end_matches('/').to_owned(),
        })
    }

    /// What it is called.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Puts an object; one that is there is replaced.
    pub async fn put(&self, object: &str, bytes: Vec<u8>) -> Result<(), StorageError> {
        let path = self.path(object);
        let put = self.objects.put(&path, PutPayload::from(bytes));
        self.in_time("put", object, put).await.map(drop)
    }

    /// Gets an object of at most `most` bytes.
    pub async fn get(&self, object: &str, most: u64) -> Result<Bytes, StorageError> {
        let path = self.path(object);
        let found = self.in_time("get", object, self.objects.get(&path)).await?;
        if found.meta.size > most {
            return Err(StorageError::TooLarge {
                object: object.to_owned(),
                place: self.place.clone(),
                bytes: found.meta.size,
                most,
            });
        }
        self.in_time("get", object, found.bytes()).await
    }

    /// Removes a folder with everything in it. One that is not there is removed.
    pub async fn remove(&self, folder: &str) -> Result<(), StorageError> {
        let path = self.path(folder);
        let all = async {
            let mut found = self.objects.list(Some(&path));
            while let Some(object) = found.try_next().await? {
                match self.objects.delete(&object.location).await {
                    Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        };
        self.in_time("remove", folder, all).await
    }

    /// The folders in a folder.
    pub async fn folders(&self, folder: &str) -> Result<Vec<String>, StorageError> {
        let path = self.path(folder);
        let listed = self.objects.list_with_delimiter(Some(&path));
        let listed = self.in_time("list", folder, listed).await?;
        let names = listed.common_prefixes.iter();
        Ok(names
            .filter_map(|path| path.filename().map(str::to_owned))
            .collect())
    }

    /// Where an object lies. Its name is made of safe parts, and what is not is encoded.
    fn path(&self, object: &str) -> Path {
        self.prefix.parts().chain(Path::from(object).parts()).collect()
    }

    async fn in_time<T>(
        &self,
        action: &'static str,
        object: &str,
        request: impl Future<Output = object_store::Result<T>>,
    ) -> Result<T, StorageError> {
        let refused = |cause: String| StorageError::Refused {
            action,
            object: object.to_owned(),
            place: self.place.clone(),
            cause,
        };
        match timeout(PATIENCE, request).await {
            Err(_) => Err(refused(format!("no answer within {} s", PATIENCE.as_secs()))),
            Ok(Err(object_store::Error::NotFound { .. })) if action == "get" => Err(StorageError::Missing {
                object: object.to_owned(),
                place: self.place.clone(),
            }),
            Ok(Err(error)) => Err(refused(brief(&error))),
            Ok(Ok(value)) => Ok(value),
        }
    }
}

/// The error and its causes, on one line.
fn brief(error: &object_store::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(further) = cause {
        let said = further.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = further.source();
    }
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(LONGEST).collect()
}
