//! The objects of the API server that the runner touches: its ConformanceResult, and ConfigMaps for files.

use std::{collections::BTreeMap, time::Duration};

use conform_crds::{Attempt, ConformanceResult, names};
use k8s_openapi::{
    ByteString,
    api::core::v1::{ConfigMap, Pod},
    apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference},
};
use kube::{
    Api, Client, Config, Resource, ResourceExt,
    api::{DeleteParams, Patch, PatchParams, PostParams},
};
use serde_json::json;

/// Longest time for one request. An API server that hangs is one that is away.
const REQUEST_TIME: Duration = Duration::from_secs(30);

/// The program does not know how to reach the API server; another try does not help.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Neither a kubeconfig nor a ServiceAccount.
    #[error("no way to reach the API server: {0}")]
    Config(#[from] kube::config::InferConfigError),
    /// What was found does not work.
    #[error("cannot make a client for the API server: {0}")]
    Client(#[source] kube::Error),
}

/// The cluster, as far as this attempt touches it.
#[derive(Clone)]
pub struct Cluster {
    results: Api<ConformanceResult>,
    config_maps: Api<ConfigMap>,
    client: Client,
    run: String,
    attempt: String,
}

impl Cluster {
    /// A client from the environment, for the entry `attempt` of the result of `run` and for files in `namespace`. Does not talk to the API server yet.
    pub async fn connect(run: &str, attempt: &str, namespace: &str) -> Result<Self, ConnectError> {
        let mut config = Config::infer().await?;
        config.connect_timeout = Some(REQUEST_TIME / 3);
        config.read_timeout = Some(REQUEST_TIME);
        config.write_timeout = Some(REQUEST_TIME);
        let client = Client::try_from(config).map_err(ConnectError::Client)?;
        Ok(Self {
            results: Api::all(client.clone()),
            config_maps: Api::namespaced(client.clone(), namespace),
            client,
            run: run.to_owned(),
            attempt: attempt.to_owned(),
        })
    }

    /// The client, for what the suite's rights are needed for.
    pub fn client(&self) -> Client {
        self.results.clone().into_client()
    }

    /// A client for commands in pods, which stay open for longer than a request may take.
    ///
    /// # Errors
    ///
    /// As [`Cluster::connect`].
    pub async fn streaming(&self) -> Result<Client, ConnectError> {
        let mut config = Config::infer().await?;
        config.connect_timeout = Some(REQUEST_TIME / 3);
        config.read_timeout = None;
        Client::try_from(config).map_err(ConnectError::Client)
    }

    /// The pods of a namespace.
    pub fn pods(&self, namespace: &str) -> Api<Pod> {
        Api::namespaced(self.client.clone(), namespace)
    }

    /// The run's ConformanceResult.
    pub async fn result(&self) -> Result<ConformanceResult, kube::Error> {
        self.results.get(&self.run).await
    }

    /// The result of another run; none if there is none.
    pub async fn result_of(&self, run: &str) -> Result<Option<ConformanceResult>, kube::Error> {
        self.results.get_opt(run).await
    }

    /// True if the API server answers.
    pub async fn answers(&self) -> bool {
        self.client.apiserver_version().await.is_ok()
    }

    /// Writes this attempt's entry of the ConformanceResult. Other attempts' entries have other field managers.
    pub async fn write(&self, attempt: &Attempt) -> Result<(), kube::Error> {
        let body = json!({
            "apiVersion": ConformanceResult::api_version(&()),
            "kind": ConformanceResult::kind(&()),
            "metadata": { "name": self.run },
            "status": { "attempts": [attempt] },
        });
        let manager = format!("conform-runner-{}", self.attempt);
        let params = PatchParams::apply(&manager).force();
        self.results
            .patch_status(&self.run, &params, &Patch::Apply(&body))
            .await
            .map(drop)
    }

    /// Stores one chunk of a file. A chunk of that name is replaced.
    pub async fn store(&self, chunk: &ConfigMap) -> Result<(), kube::Error> {
        match self.config_maps.create(&PostParams::default(), chunk).await {
            Err(kube::Error::Api(status)) if status.code == 409 => {
                // It is immutable, and it may be of another file.
                let name = chunk.name_any();
                match self.config_maps.delete(&name, &DeleteParams::default()).await {
                    Err(kube::Error::Api(status)) if status.code == 404 => {}
                    deleted => drop(deleted?),
                }
                self.config_maps
                    .create(&PostParams::default(), chunk)
                    .await
                    .map(drop)
            }
            created => created.map(drop),
        }
    }

    /// The ConfigMap of chunk `number` of `file`, owned by `owner` so that it goes when the run goes.
    pub fn chunk(&self, owner: &OwnerReference, file: &str, number: usize, bytes: Vec<u8>) -> ConfigMap {
        let labels = [
            (names::LABEL_RUN, self.run.as_str()),
            (names::LABEL_ATTEMPT, self.attempt.as_str()),
            (names::LABEL_ARTIFACT, file),
            names::MANAGED_BY,
        ];
        ConfigMap {
            metadata: ObjectMeta {
                name: Some(names::artifact_chunk(&self.run, &self.attempt, file, number)),
                labels: Some(
                    labels
                        .map(|(key, value)| (key.to_owned(), value.to_owned()))
                        .into(),
                ),
                annotations: Some(BTreeMap::from([(
                    names::ANNOTATION_CHUNK.to_owned(),
                    number.to_string(),
                )])),
                owner_references: Some(vec![owner.clone()]),
                ..ObjectMeta::default()
            },
            binary_data: Some(BTreeMap::from([(names::CHUNK_KEY.to_owned(), ByteString(bytes))])),
            immutable: Some(true),
            ..ConfigMap::default()
        }
    }
}

/// The reference that makes `result` the owner of a file's chunks. None if the object has no identity yet.
pub fn owner(result: &ConformanceResult) -> Option<OwnerReference> {
    result.owner_ref(&())
}
