//! Does what was decided: one step, then the status, then the Event.

use conform_crds::{ConformanceResult, ConformanceRun, ConformanceRunStatus, names};
use k8s_openapi::api::{batch::v1::Job, core::v1::ServiceAccount, rbac::v1::ClusterRoleBinding};
use kube::{
    Api, Resource, ResourceExt,
    api::{DeleteParams, Patch, PatchParams},
    runtime::events::{Event, EventType},
};
use serde_json::json;

use super::{
    children,
    decision::{Announcement, AttemptStart, Decision, Step},
    owned,
    world::World,
};
use crate::{
    cleanup,
    error::{Context, Error, Result, optional},
};

/// Does one decision. Every part may be repeated; a failure leaves the rest for the next reconciliation.
pub async fn act(world: &World, run: &ConformanceRun, decision: &Decision) -> Result<()> {
    match &decision.step {
        Step::Nothing => {}
        Step::AddFinalizer => set_finalizer(world, run, true).await?,
        Step::StartAttempt(start) => start_attempt(world, run, start).await?,
        Step::StopAttempt { job } => stop(world, job).await?,
        Step::CleanUp { stuck_job, .. } => {
            if let Some(job) = stuck_job {
                stop(world, job).await?;
            }
            clean_up(world, run).await?;
        }
        Step::CleanUpAndRelease { .. } => {
            clean_up(world, run).await?;
            return set_finalizer(world, run, false).await;
        }
        Step::DeleteRun => {
            let runs: Api<ConformanceRun> = Api::all(world.client.clone());
            let deleted = runs.delete(&run.name_any(), &DeleteParams::background()).await;
            return optional(deleted)
                .map(drop)
                .context(|| format!("delete ConformanceRun {}", run.name_any()));
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
    let attempts = run.status.as_ref().map(|status| status.attempts.as_slice());
    if attempts.is_some_and(|attempts| !attempts.is_empty()) {
        // A webhook that a lost attempt left would refuse the pods of this one. This one may be running: the status
        // that says so is written last.
        sweep(world, run, Some(&names::attempt(start.stage, start.number))).await?;
    }
    let results: Api<ConformanceResult> = Api::all(client());
    owned::create(&results, run, &children::result(run)).await?;
    let accounts: Api<ServiceAccount> = Api::namespaced(client(), namespace);
    owned::create(&accounts, run, &children::service_account(run, &world.settings)).await?;
    let bindings: Api<ClusterRoleBinding> = Api::all(client());
    owned::create(&bindings, run, &children::binding(run, &world.settings)).await?;
    let job = children::job(run, &world.settings, start).map_err(|source| Error::Json {
        what: "the runner's plan",
        source,
    })?;
    owned::create(&Api::<Job>::namespaced(client(), namespace), run, &job).await
}

async fn stop(world: &World, job: &str) -> Result<()> {
    let jobs: Api<Job> = Api::namespaced(world.client.clone(), &world.settings.namespace);
    // Foreground: the Job stays until its pod is gone, which is how the next observation sees that it still writes.
    let deleted = jobs.delete(job, &DeleteParams::foreground()).await;
    optional(deleted)
        .map(drop)
        .context(|| format!("delete Job {job}"))
}

/// First the rights, so that nothing is made behind the operator's back, then what the tests left.
async fn clean_up(world: &World, run: &ConformanceRun) -> Result<()> {
    cleanup::take_back(world, run).await?;
    sweep(world, run, None).await
}

/// Removes what this run's tests left behind, except those of attempt `but`.
async fn sweep(world: &World, run: &ConformanceRun, but: Option<&str>) -> Result<()> {
    let report = cleanup::sweep(&world.client, run, but).await?;
    if let Some((warning, reason, note)) = report.sentence() {
        announce(
            world,
            run,
            &Announcement {
                warning,
                reason,
                note,
            },
        )
        .await;
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
