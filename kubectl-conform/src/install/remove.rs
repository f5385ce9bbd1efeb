//! Taking everything out again.

use std::time::Duration;

use conform_crds::{ConformanceRun, names};
use k8s_openapi::{
    api::{apps::v1::Deployment, core::v1::ConfigMap, rbac::v1::ClusterRoleBinding},
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use kube::{
    Api, Resource, ResourceExt,
    api::{DeleteParams, DynamicObject, ListParams, Patch, PatchParams},
    runtime::{WatchStreamExt, wait::conditions, watcher::watch_object},
};
use serde_json::json;
use tokio::time::{Instant, timeout_at};

use super::{
    MANAGED_BY, Object,
    apply::{api, spoken},
    ready::until,
};
use crate::{cluster::Cluster, error::Error, output, printer::Printer};

/// An operator without a running pod gets this long to come back before its finalizer is given up.
const OPERATOR_GRACE: Duration = Duration::from_secs(20);

/// True if this plugin made the object.
pub fn is_ours(metadata: &ObjectMeta) -> bool {
    let (key, value) = MANAGED_BY;
    metadata
        .labels
        .as_ref()
        .and_then(|labels| labels.get(key))
        .is_some_and(|found| found == value)
}

/// Deletes things and says so.
pub struct Remover<'a> {
    cluster: &'a Cluster,
    printer: &'a Printer,
    deadline: Instant,
}

impl<'a> Remover<'a> {
    /// A remover that gives up at `deadline`.
    pub const fn new(cluster: &'a Cluster, printer: &'a Printer, deadline: Instant) -> Self {
        Self {
            cluster,
            printer,
            deadline,
        }
    }

    /// Deletes every schedule, so that no more runs are made.
    pub async fn schedules(&self) -> Result<(), Error> {
        let schedules = self.cluster.schedules();
        let listed = schedules.list_metadata(&ListParams::default()).await;
        match listed.map_err(|error| self.cluster.explain(error)) {
            Ok(found) => {
                for schedule in found.items {
                    self.delete(&schedules, &schedule.name_any()).await?;
                }
                Ok(())
            }
            Err(Error::NotInstalled | Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Deletes every run and waits until the operator has cleaned up behind them.
    ///
    /// If there is no operator that could, its finalizer is taken off, and the user is told what may be left.
    pub async fn runs(&self) -> Result<(), Error> {
        let listed = self
            .cluster
            .runs()
            .list(&ListParams::default())
            .await
            .map_err(|error| self.cluster.explain(error));
        let runs = match listed {
            Ok(runs) => runs.items,
            Err(Error::NotInstalled) => return Ok(()),
            Err(error) => return Err(error),
        };
        for run in &runs {
            self.delete(&self.cluster.runs(), &run.name_any()).await?;
        }
        let operator = if runs.is_empty() {
            true
        } else {
            self.operator_serves().await?
        };
        for run in &runs {
            let name = run.name_any();
            let limit = if operator {
                self.deadline
            } else {
                self.deadline.min(Instant::now() + OPERATOR_GRACE)
            };
            let in_time = match timeout_at(limit, self.gone(run)).await {
                Ok(outcome) => outcome.map(|()| true)?,
                Err(_) => false,
            };
            if operator && !in_time {
                return Err(Error::TimedOut(format!(
                    "the operator has not cleaned up run {name:?} in time: its log says why (`kubectl -n {} logs deployment/{}`); nothing else was removed",
                    self.cluster.namespace,
                    names::OPERATOR
                )));
            }
            if !in_time {
                self.take_finalizer_off(&name).await?;
            }
        }
        Ok(())
    }

    async fn operator_serves(&self) -> Result<bool, Error> {
        let deployments: Api<Deployment> =
            Api::namespaced(self.cluster.client.clone(), &self.cluster.namespace);
        let found = deployments
            .get_opt(names::OPERATOR)
            .await
            .map_err(|error| self.cluster.explain(error))?;
        let available = found
            .and_then(|deployment| deployment.status?.available_replicas)
            .unwrap_or(0);
        Ok(available > 0)
    }

    async fn take_finalizer_off(&self, name: &str) -> Result<(), Error> {
        let runs = self.cluster.runs();
        let Some(run) = runs
            .get_opt(name)
            .await
            .map_err(|error| self.cluster.explain(error))?
        else {
            return Ok(());
        };
        let kept: Vec<&String> = run
            .finalizers()
            .iter()
            .filter(|name| *name != names::FINALIZER)
            .collect();
        let patch = json!({ "metadata": { "finalizers": kept, "resourceVersion": run.resource_version() } });
        let patched = runs
            .patch(name, &PatchParams::default(), &Patch::Merge(&patch))
            .await;
        patched.map_err(|error| self.cluster.explain(error))?;
        self.printer.note(&format!(
            "No operator is left to clean up after run {name:?}: its finalizer {} was removed. What its tests made may be left: `kubectl conform cleanup` removes it.",
            names::FINALIZER
        ));
        Ok(())
    }

    /// Deletes the files of runs. They are the results' and go with them, but not if the kind of the results goes first: then
    /// nobody knows any more whose they are.
    pub async fn files(&self) -> Result<(), Error> {
        let maps: Api<ConfigMap> = Api::namespaced(self.cluster.client.clone(), &self.cluster.namespace);
        let files = ListParams::default().labels(names::LABEL_ARTIFACT);
        let deleted = maps.delete_collection(&DeleteParams::default(), &files).await;
        tolerate_absence(deleted.map_err(|error| self.cluster.explain(error))).map(drop)
    }

    /// Deletes bindings to the suite's role that a run left behind: nobody is to keep such rights.
    pub async fn leftover_bindings(&self) -> Result<(), Error> {
        let bindings: Api<ClusterRoleBinding> = Api::all(self.cluster.client.clone());
        let selector = ListParams::default().labels(names::LABEL_RUN);
        let found = bindings
            .list(&selector)
            .await
            .map_err(|error| self.cluster.explain(error))?;
        for binding in found
            .items
            .iter()
            .filter(|binding| binding.role_ref.name == names::SUITE_CLUSTER_ROLE)
        {
            self.delete(&bindings, &binding.name_any()).await?;
        }
        Ok(())
    }

    /// Deletes one installed object; one that is gone already is no error. With `wait` it returns once it is gone.
    pub async fn object(&self, object: &Object, wait: bool) -> Result<(), Error> {
        let api = api(self.cluster, object);
        let Some(found) = api
            .get_opt(object.name())
            .await
            .map_err(|error| self.cluster.explain(error))?
        else {
            return Ok(());
        };
        let deleted = api.delete(object.name(), &DeleteParams::background()).await;
        tolerate_absence(deleted.map_err(|error| self.cluster.explain(error)))?;
        self.printer.out(&format!("{} deleted", spoken(object)))?;
        if wait {
            let uid = found.uid().unwrap_or_default();
            let states = watch_object(api, object.name()).default_backoff();
            let gone = until(
                self.cluster,
                states,
                conditions::is_deleted::<DynamicObject>(&uid),
            );
            timeout_at(self.deadline, gone).await.map_err(|_| {
                Error::TimedOut(format!(
                    "{} is still being deleted: the cluster goes on with it",
                    spoken(object)
                ))
            })??;
        }
        Ok(())
    }

    async fn delete<K>(&self, api: &Api<K>, name: &str) -> Result<(), Error>
    where
        K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + serde::de::DeserializeOwned,
    {
        let deleted = api.delete(name, &DeleteParams::background()).await;
        if tolerate_absence(deleted.map_err(|error| self.cluster.explain(error)))? {
            self.printer
                .out(&format!("{} deleted", output::spoken::<K>(name)))?;
        }
        Ok(())
    }

    async fn gone(&self, run: &ConformanceRun) -> Result<(), Error> {
        let uid = run.uid().unwrap_or_default();
        let states = watch_object(self.cluster.watched_runs(), &run.name_any()).default_backoff();
        until(self.cluster, states, conditions::is_deleted(&uid)).await
    }
}

/// False if there was nothing to delete.
fn tolerate_absence<T>(outcome: Result<T, Error>) -> Result<bool, Error> {
    match outcome {
        Ok(_) => Ok(true),
        Err(Error::NotFound { .. } | Error::NotInstalled) => Ok(false),
        Err(error) => Err(error),
    }
}
