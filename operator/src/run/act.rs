//! Does what was decided: one step, then the status, then the Event.

use std::fmt::Debug;

use conform_crds::{ConformanceResult, ConformanceRun, ConformanceRunStatus, names};
use k8s_openapi::api::{
    batch::v1::Job,
    core::v1::{Namespace, Pod, ServiceAccount},
    rbac::v1::ClusterRoleBinding,
};
use kube::{
    Api, Resource, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams, PostParams},
    runtime::events::{Event, EventType},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

use super::{
    children,
    decision::{Announcement, AttemptStart, Decision, Step},
    lock,
    world::World,
};
use crate::error::{Context, Error, Result, optional};

/// Does one decision. Every part may be repeated; a failure leaves the rest for the next reconciliation.
pub async fn act(world: &World, run: &ConformanceRun, decision: &Decision) -> Result<()> {
    match &decision.step {
        Step::Nothing => {}
        Step::AddFinalizer => set_finalizer(world, run, true).await?,
        Step::TakeLock { version } => lock::take(world, run, version.as_deref()).await?,
        Step::ReleaseLock => lock::release(world, run).await?,
        Step::StartAttempt(start) => start_attempt(world, run, start).await?,
        Step::StopAttempt { job, force } => stop(world, job, *force).await?,
        Step::CleanUp { stuck_job, e2e_runs } => {
            if let Some(job) = stuck_job {
                stop(world, job, false).await?;
            }
            clean_up(world, run, e2e_runs).await?;
        }
        Step::CleanUpAndRelease { e2e_runs } => {
            clean_up(world, run, e2e_runs).await?;
            return set_finalizer(world, run, false).await;
        }
        Step::DeleteRun => {
            return delete(&Api::<ConformanceRun>::all(world.client.clone()), &run.name_any()).await;
        }
    }
    if run.status.as_ref() != Some(&decision.status) {
        write_status(world, run, &decision.status).await?;
    }
    if let Some(announcement) = &decision.announcement {
        announce(world, run, announcement).await;
    }
    Ok(())
}

async fn start_attempt(world: &World, run: &ConformanceRun, start: &AttemptStart) -> Result<()> {
    let client = || world.client.clone();
    let namespace = world.settings.namespace.as_str();
    create(&Api::<ConformanceResult>::all(client()), &children::result(run)).await?;
    let account = children::service_account(run, &world.settings);
    create(&Api::<ServiceAccount>::namespaced(client(), namespace), &account).await?;
    let binding = children::binding(run, &world.settings);
    create(&Api::<ClusterRoleBinding>::all(client()), &binding).await?;
    let job = children::job(run, &world.settings, start).map_err(|source| Error::Json {
        what: "the runner's plan",
        source,
    })?;
    create(&Api::<Job>::namespaced(client(), namespace), &job).await
}

/// Deletes the Job and, by `force`, its pods with it: nobody is left on their node who could confirm that they are gone.
async fn stop(world: &World, job: &str, force: bool) -> Result<()> {
    let jobs: Api<Job> = Api::namespaced(world.client.clone(), &world.settings.namespace);
    if force {
        let pods: Api<Pod> = Api::namespaced(world.client.clone(), &world.settings.namespace);
        let its = ListParams::default().labels(&format!("{}={job}", names::LABEL_JOB));
        let its = pods.list_metadata(&its).await;
        for pod in its.context(|| format!("list the pods of Job {job}"))?.items {
            let name = pod.name_any();
            let deleted = pods.delete(&name, &DeleteParams::default().grace_period(0)).await;
            optional(deleted).context(|| format!("delete Pod {name}"))?;
        }
    }
    // Foreground: the Job stays until its pod is gone, which is how the next observation sees that it still writes.
    let deleted = jobs.delete(job, &DeleteParams::foreground()).await;
    optional(deleted)
        .map(drop)
        .context(|| format!("delete Job {job}"))
}

async fn clean_up(world: &World, run: &ConformanceRun, e2e_runs: &[String]) -> Result<()> {
    let client = || world.client.clone();
    let name = names::service_account(children::name(run));
    delete(&Api::<ClusterRoleBinding>::all(client()), &name).await?;
    delete(
        &Api::<ServiceAccount>::namespaced(client(), &world.settings.namespace),
        &name,
    )
    .await?;
    lock::release(world, run).await?;
    let namespaces: Api<Namespace> = Api::all(client());
    let of_suites = e2e_runs
        .iter()
        .map(|e2e_run| (format!("{}={e2e_run}", names::LABEL_E2E_RUN), ""));
    let of_preflight = format!("{}={}", names::LABEL_RUN, children::name(run));
    for (label, prefix) in of_suites.chain([(of_preflight, names::PREFLIGHT_NAMESPACE)]) {
        let left = namespaces
            .list_metadata(&ListParams::default().labels(&label))
            .await;
        let left = left.context(|| format!("list the namespaces with the label {label}"))?;
        for namespace in left.items.iter().filter(|namespace| {
            namespace.metadata.deletion_timestamp.is_none() && namespace.name_any().starts_with(prefix)
        }) {
            tracing::info!(namespace = %namespace.name_any(), "removes a namespace that the suite left behind");
            delete(&namespaces, &namespace.name_any()).await?;
        }
    }
    Ok(())
}

async fn set_finalizer(world: &World, run: &ConformanceRun, present: bool) -> Result<()> {
    let mut finalizers = run.metadata.finalizers.clone().unwrap_or_default();
    finalizers.retain(|finalizer| finalizer != names::FINALIZER);
    if present {
        finalizers.push(names::FINALIZER.to_owned());
    }
    // The version in the patch makes it fail if another writer touched the list since it was read.
    let patch = json!({ "metadata": {
        "finalizers": finalizers,
        "resourceVersion": run.metadata.resource_version,
    }});
    let runs: Api<ConformanceRun> = Api::all(world.client.clone());
    let patched = runs
        .patch_metadata(&run.name_any(), &PatchParams::default(), &Patch::Merge(patch))
        .await;
    optional(patched)
        .map(drop)
        .context(|| format!("set the finalizer of ConformanceRun {}", run.name_any()))
}

async fn write_status(world: &World, run: &ConformanceRun, status: &ConformanceRunStatus) -> Result<()> {
    let patch = json!({
        "apiVersion": ConformanceRun::api_version(&()),
        "kind": ConformanceRun::kind(&()),
        "status": status,
    });
    let runs: Api<ConformanceRun> = Api::all(world.client.clone());
    let params = PatchParams::apply(names::FIELD_MANAGER).force();
    let patched = runs
        .patch_status(&run.name_any(), &params, &Patch::Apply(patch))
        .await;
    patched
        .map(drop)
        .context(|| format!("write the status of ConformanceRun {}", run.name_any()))
}

/// An Event that cannot be written is no reason to do the step again.
async fn announce(world: &World, run: &ConformanceRun, announcement: &Announcement) {
    let event = Event {
        type_: if announcement.warning {
            EventType::Warning
        } else {
            EventType::Normal
        },
        reason: announcement.reason.to_owned(),
        note: Some(super::conditions::truncated(&announcement.note, 1024)),
        action: "Reconcile".to_owned(),
        secondary: None,
    };
    if let Err(error) = world.recorder.publish(&event, &run.object_ref(&())).await {
        tracing::warn!(%error, run = %run.name_any(), "cannot write an Event");
    }
}

async fn create<K>(api: &Api<K>, object: &K) -> Result<()>
where
    K: Resource<DynamicType = ()> + Serialize + DeserializeOwned + Clone + Debug,
{
    match api.create(&PostParams::default(), object).await {
        Ok(_) => Ok(()),
        // Names are deterministic: it is the one that an earlier try made.
        Err(kube::Error::Api(status)) if status.code == 409 && status.reason == "AlreadyExists" => Ok(()),
        Err(error) => Err(error).context(|| format!("create {} {}", K::kind(&()), object.name_any())),
    }
}

async fn delete<K>(api: &Api<K>, name: &str) -> Result<()>
where
    K: Resource<DynamicType = ()> + DeserializeOwned + Clone + Debug,
{
    let deleted = api.delete(name, &DeleteParams::background()).await;
    optional(deleted)
        .map(drop)
        .context(|| format!("delete {} {name}", K::kind(&())))
}
