//! The objects of a probe in the cluster.

use std::time::Duration;

use k8s_openapi::api::{
    core::v1::{Namespace, Pod, Service},
    discovery::v1::EndpointSlice,
};
use kube::{
    Api, Client,
    api::{DeleteParams, Patch, PatchParams, PostParams},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{
    super::{
        feature::Feature,
        ground::Ground,
        objects::{LABEL, Making},
    },
    ProbeError,
};
use crate::list::explain;

/// How often something is looked at that is waited for.
pub const INTERVAL: Duration = Duration::from_millis(500);

/// The cluster, and what is made in it.
pub struct Cluster<'a> {
    /// The API server.
    pub client: &'a Client,
    /// How objects are made.
    pub making: Making<'a>,
}

impl Cluster<'_> {
    /// The probe's namespaces.
    pub fn namespaces(&self) -> [String; 2] {
        [self.making.namespace(), self.making.node_namespace()]
    }

    /// Pods of the probe's own network, or of the nodes'.
    pub fn pods(&self, host: bool) -> Api<Pod> {
        let [own, nodes] = self.namespaces();
        Api::namespaced(self.client.clone(), if host { &nodes } else { &own })
    }

    /// Services of the probe.
    pub fn services(&self) -> Api<Service> {
        Api::namespaced(self.client.clone(), &self.making.namespace())
    }

    /// EndpointSlices of the probe.
    pub fn slices(&self) -> Api<EndpointSlice> {
        Api::namespaced(self.client.clone(), &self.making.namespace())
    }

    /// True if there is no namespace of this name. One that is not a probe's is never touched.
    pub async fn is_free(&self, name: &str) -> Result<bool, ProbeError> {
        let namespaces: Api<Namespace> = Api::all(self.client.clone());
        let found = namespaces.get_opt(name).await;
        let found = found.map_err(|error| ProbeError::Refused(explain(&error)))?;
        let Some(found) = found else {
            return Ok(true);
        };
        let labels = found.metadata.labels.unwrap_or_default();
        if labels.get(LABEL).map(String::as_str) == Some(self.making.name) {
            Ok(false)
        } else {
            let message = format!("namespace {name} exists and is no probe's: choose another name");
            Err(ProbeError::Refused(message))
        }
    }

    /// What an earlier probe of this name left, in words; none if there is nothing.
    pub async fn left(&self) -> Result<Option<String>, ProbeError> {
        for name in self.namespaces() {
            if !self.is_free(&name).await? {
                return Ok(Some(format!("namespace {name}")));
            }
        }
        let range = self.has_no_range().await?;
        Ok((!range).then(|| format!("ServiceCIDR {}", self.making.namespace())))
    }

    /// Makes both.
    pub async fn make_namespaces(&self) -> Result<(), ProbeError> {
        let namespaces: Api<Namespace> = Api::all(self.client.clone());
        let [own, nodes] = self.namespaces();
        for (name, level) in [(&own, "restricted"), (&nodes, "privileged")] {
            let object = self.making.namespace_object(name, level);
            self.make(&namespaces, object).await?;
        }
        Ok(())
    }

    /// Makes the objects of a feature, with the status that it gives them.
    pub async fn make_objects(&self, feature: &Feature, ground: &Ground) -> Result<(), ProbeError> {
        for object in (feature.objects)(ground) {
            let object = self.making.placed(feature, object);
            let status = object.get("status").cloned();
            let name = object
                .pointer("/metadata/name")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            if object.get("kind").and_then(Value::as_str) == Some("EndpointSlice") {
                self.make(&self.slices(), object).await?;
                continue;
            }
            self.make(&self.services(), object).await?;
            if let Some(status) = status {
                let patch = Patch::Merge(json!({ "status": status }));
                let patched = self
                    .services()
                    .patch_status(&name, &PatchParams::default(), &patch)
                    .await;
                patched.map_err(|error| {
                    ProbeError::Refused(format!("the status of Service {name}: {}", explain(&error)))
                })?;
            }
        }
        Ok(())
    }

    /// Deletes what there is of a feature's objects. What cannot be is the namespace's, which goes at the end; the error names it.
    pub async fn unmake_objects(&self, feature: &Feature, ground: &Ground) -> Result<(), String> {
        let mut remain = Vec::new();
        for object in (feature.objects)(ground) {
            let word = |pointer| {
                object
                    .pointer(pointer)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            };
            let (kind, name) = (word("/kind"), word("/metadata/name"));
            let at_once = DeleteParams::default();
            let deleted = if kind == "EndpointSlice" {
                self.slices().delete(name, &at_once).await.map(drop)
            } else {
                self.services().delete(name, &at_once).await.map(drop)
            };
            match deleted {
                Ok(()) => {}
                Err(kube::Error::Api(status)) if status.code == 404 => {}
                Err(error) => remain.push(format!("{kind} {name} cannot be deleted: {}", explain(&error))),
            }
        }
        if remain.is_empty() {
            Ok(())
        } else {
            Err(remain.join("; "))
        }
    }

    /// Makes an object.
    pub async fn make<K>(&self, api: &Api<K>, object: Value) -> Result<(), ProbeError>
    where
        K: Clone + std::fmt::Debug + DeserializeOwned + Serialize,
    {
        let told = format!(
            "{} {}",
            object.get("kind").and_then(Value::as_str).unwrap_or_default(),
            object
                .pointer("/metadata/name")
                .and_then(Value::as_str)
                .unwrap_or_default()
        );
        let refused = |why: String| ProbeError::Refused(format!("cannot make {told}: {why}"));
        let object: K = serde_json::from_value(object).map_err(|error| refused(error.to_string()))?;
        let params = PostParams {
            field_manager: self.making.manager.map(str::to_owned),
            ..PostParams::default()
        };
        let made = api.create(&params, &object).await;
        made.map(drop).map_err(|error| refused(explain(&error)))
    }

    /// Takes back what was said of nodes, removes both namespaces and the range, and waits until they are gone. The error names
    /// what is still there.
    pub async fn remove(&self, patience: Duration) -> Result<(), String> {
        let taken_back = self.say_staying().await;
        self.remove_objects(patience).await?;
        taken_back
    }

    async fn remove_objects(&self, patience: Duration) -> Result<(), String> {
        let namespaces: Api<Namespace> = Api::all(self.client.clone());
        for name in self.namespaces() {
            if self.is_free(&name).await.is_ok_and(|free| !free) {
                // Pods that linger would hold the namespace for their whole time.
                for host in [false, true] {
                    let at_once = DeleteParams::default().grace_period(0);
                    let _ = self
                        .pods(host)
                        .delete_collection(&at_once, &kube::api::ListParams::default())
                        .await;
                }
                let deleted = namespaces.delete(&name, &DeleteParams::background()).await;
                if let Err(error) = deleted
                    && !matches!(&error, kube::Error::Api(status) if status.code == 404)
                {
                    return Err(format!("namespace {name} cannot be removed: {}", explain(&error)));
                }
            }
        }
        let deadline = Instant::now() + patience;
        for name in self.namespaces() {
            while !self.is_free(&name).await.map_err(|error| error.to_string())? {
                if Instant::now() >= deadline {
                    return Err(format!(
                        "namespace {name} is still there after {} s: kubectl describe namespace {name} says why",
                        patience.as_secs()
                    ));
                }
                sleep(INTERVAL).await;
            }
        }
        self.remove_range(deadline).await
    }
}
