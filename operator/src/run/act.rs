//! Does what was decided: one step, then the status, then the Event.

use conform_crds::{
    AttemptSummary, ConformanceResult, ConformanceRun, ConformanceRunStatus, conditions, names,
};
use k8s_openapi::api::{
    batch::v1::Job,
    core::v1::{Pod, ServiceAccount},
    rbac::v1::ClusterRoleBinding,
};
use kube::{
    Api, Resource, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams},
};
use serde_json::json;

use super::{
    children,
    decision::{Announcement, Decision, Step},
    lock,
    own_suite_job::own_suite_job,
    owned,
    world::World,
};
use crate::{
    announce, cleanup, condition,
    error::{Context, Error, Result, optional},
    files, notify,
};

/// Does one decision. Every part may be repeated; a failure leaves the rest for the next reconciliation.
pub async fn act(world: &World, run: &ConformanceRun, decision: &Decision) -> Result<()> {
    tell_step(run, decision);
    match &decision.step {
        Step::Nothing => {}
        Step::AddFinalizer => set_finalizer(world, run, true).await?,
        Step::TakeLock { version } => lock::take(world, run, version.as_deref()).await?,
        Step::ReleaseLock => lock::release(world, run).await?,
        Step::StartAttempt(start) => {
            let job = children::job(run, &world.settings, start);
            start_attempt(world, run, &start.summary, job).await?;
        }
        Step::StartOwnSuite(start) => {
            let job = own_suite_job(run, &world.settings, start);
            start_attempt(world, run, &start.summary, job).await?;
        }
        Step::StopAttempt { job, force } => stop(world, job, *force).await?,
        Step::CleanUp { stuck_job } => {
            if let Some(job) = stuck_job {
                stop(world, job, false).await?;
            }
            clean_up(world, run).await?;
        }
        Step::CleanUpAndRelease => {
            clean_up(world, run).await?;
            return let_go(world, run).await;
        }
        Step::Release => return let_go(world, run).await,
        Step::DropFinalizer => set_finalizer(world, run, false).await?,
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
        world.notifier.tell(notify::of_run(run, &decision.status));
    }
    if let Some(announcement) = &decision.announcement {
        announce(world, run, announcement).await;
    }
    Ok(())
}

/// Says in the log what is done and why, if anything is.
fn tell_step(run: &ConformanceRun, decision: &Decision) {
    let Some((step, attempt)) = decision.step.told() else {
        return;
    };
    let said = condition::said(&decision.status.conditions, conditions::SUCCEEDED);
    let reason = said.map(|said| said.reason).unwrap_or_default();
    tracing::info!(run = %run.name_any(), step, attempt, reason, "acts");
}

async fn start_attempt(
    world: &World,
    run: &ConformanceRun,
    summary: &AttemptSummary,
    job: serde_json::Result<Job>,
) -> Result<()> {
    let job = job.map_err(|source| Error::Json {
        what: "the runner's plan",
        source,
    })?;
    let client = || world.client.clone();
    let namespace = world.settings.namespace.as_str();
    let attempts = run.status.as_ref().map(|status| status.attempts.as_slice());
    if attempts.is_some_and(|attempts| !attempts.is_empty()) {
        // A webhook that a lost attempt left would refuse the pods of this one. This one may be running: the status
        // that says so is written last.
        sweep(world, run, Some(&summary.name)).await?;
    }
    let results: Api<ConformanceResult> = Api::all(client());
    owned::create(&results, run, &children::result(run)).await?;
    let accounts: Api<ServiceAccount> = Api::namespaced(client(), namespace);
    owned::create(&accounts, run, &children::service_account(run, &world.settings)).await?;
    let bindings: Api<ClusterRoleBinding> = Api::all(client());
    owned::create(&bindings, run, &children::binding(run, &world.settings)).await?;
    owned::create(&Api::<Job>::namespaced(client(), namespace), run, &job).await
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

async fn let_go(world: &World, run: &ConformanceRun) -> Result<()> {
    cleanup::delete_files(world, run).await?;
    files::forget(world, run).await;
    set_finalizer(world, run, false).await
}

/// First the rights, so that nothing is made behind the operator's back, then what the tests left, and at last the place
/// in front of the queue.
async fn clean_up(world: &World, run: &ConformanceRun) -> Result<()> {
    cleanup::take_back(world, run).await?;
    cleanup::preflight_namespaces(&world.client, run).await?;
    sweep(world, run, None).await?;
    lock::release(world, run).await
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

async fn announce(world: &World, run: &ConformanceRun, announcement: &Announcement) {
    announce::announce(&world.recorder, &run.object_ref(&()), announcement).await;
}
