//! Reads what a decision needs, and no more than its state asks for.

use conform_crds::{ConformanceProfile, ConformanceResult, ConformanceRun, names};
use jiff::Timestamp;
use k8s_openapi::{
    api::{batch::v1::Job, core::v1::Pod},
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use kube::{
    Api,
    api::ListParams,
    runtime::reflector::{ObjectRef, Store},
};
use std::sync::Arc;

use super::{
    cache,
    children::name,
    lock::{self, Lock},
    observed::{Observed, is_finished},
    own, own_suites,
    owned::{Owner, owner},
    world::World,
};
use crate::{
    error::{Context, Result, optional},
    preflight,
};

/// Observes the world around `run`. Costs no call for a finished run that nobody changes or deletes, one for a run that waits, three for one that runs,
/// and a dozen once, before it starts.
pub async fn observe(
    world: &World,
    runs: &Store<ConformanceRun>,
    run: Arc<ConformanceRun>,
) -> Result<Observed> {
    let mut observed = unread(world, whole(world, run).await?);
    let run = &observed.run;
    let deleting = run.metadata.deletion_timestamp.is_some();
    if is_finished(run) && !deleting {
        return Ok(observed);
    }
    let started = run
        .status
        .as_ref()
        .is_some_and(|status| status.start_time.is_some());
    let imported = run.spec.imported.is_some();
    if !started && !deleting && !imported {
        observed.profiles = own_profiles(world, &observed.run).await?;
        let run = &observed.run;
        observed.ahead = ahead(runs, run);
        if observed.ahead.is_none() && observed.is_protected() {
            observed.lock = lock::observe(world, run).await?;
        }
        if observed.lock == Lock::Mine && !run.spec.suspend {
            // Boxed: it holds a list of each kind while it reads them side by side.
            let own: Vec<_> = observed.profiles.iter().map(ConformanceProfile::own).collect();
            let gateways = own_suites::gateways(&run.spec, &own);
            let facts = Box::pin(preflight::gather(
                &world.client,
                &world.settings.namespace,
                &run.spec,
                &gateways,
            ));
            observed.cluster = Some(facts.await?);
        }
        return Ok(observed);
    }
    let mine = ListParams::default().labels(&format!("{}={}", names::LABEL_RUN, name(run)));
    let jobs: Api<Job> = Api::namespaced(world.client.clone(), &world.settings.namespace);
    let pods: Api<Pod> = Api::namespaced(world.client.clone(), &world.settings.namespace);
    let results: Api<ConformanceResult> = Api::all(world.client.clone());
    observed.jobs = jobs
        .list(&mine)
        .await
        .context(|| format!("list the Jobs of run {}", name(run)))?
        .items;
    // What only has a name or a label of this run's may be anybody's.
    observed.jobs.retain(|job| is_own(run, &job.metadata));
    observed.result =
        optional(results.get(name(run)).await).context(|| format!("get ConformanceResult {}", name(run)))?;
    observed.durations_from = last_finished(runs, run);
    observed.result = observed.result.take_if(|result| is_own(run, &result.metadata));
    if !observed.jobs.is_empty() {
        observed.pods = pods
            .list(&mine)
            .await
            .context(|| format!("list the pods of run {}", name(run)))?
            .items;
        let jobs = &observed.jobs;
        observed.pods.retain(|pod| is_of_one(jobs, pod));
    }
    Ok(observed)
}

/// The run with all that the API server knows of it, if it may be needed.
async fn whole(world: &World, run: Arc<ConformanceRun>) -> Result<Arc<ConformanceRun>> {
    if !cache::is_to_be_read(&run) {
        return Ok(run);
    }
    let runs: Api<ConformanceRun> = Api::all(world.client.clone());
    let read = optional(runs.get(name(&run)).await);
    let read = read.context(|| format!("get ConformanceRun {}", name(&run)))?;
    // One that is gone by now is nobody's to change.
    Ok(read.map_or(run, Arc::new))
}

/// Those of the run's profiles that users wrote, as far as they are there.
async fn own_profiles(world: &World, run: &ConformanceRun) -> Result<Vec<ConformanceProfile>> {
    let profiles: Api<ConformanceProfile> = Api::all(world.client.clone());
    let mut found = Vec::new();
    for name in own::foreign(&run.spec) {
        let one = optional(profiles.get(name).await).context(|| format!("get ConformanceProfile {name}"))?;
        found.extend(one);
    }
    Ok(found)
}

fn is_own(run: &ConformanceRun, metadata: &ObjectMeta) -> bool {
    owner(run, metadata) == Owner::This
}

/// True if one of the Jobs made this pod.
fn is_of_one(jobs: &[Job], pod: &Pod) -> bool {
    let mut owners = pod.metadata.owner_references.iter().flatten();
    let controller = owners.find(|owner| owner.controller == Some(true));
    controller.is_some_and(|owner| {
        jobs.iter()
            .any(|job| job.metadata.uid.as_ref() == Some(&owner.uid))
    })
}

/// The run alone, of whose surroundings nothing is known.
pub fn unread(world: &World, run: Arc<ConformanceRun>) -> Observed {
    Observed {
        now: Timestamp::now(),
        settings: world.settings.clone(),
        run: Arc::unwrap_or_clone(run),
        ahead: None,
        lock: Lock::Unread,
        cluster: None,
        profiles: Vec::new(),
        durations_from: None,
        result: None,
        jobs: Vec::new(),
        pods: Vec::new(),
    }
}

/// The run that is to finish before `run` may start: one that has started, else the oldest that waits.
fn ahead(runs: &Store<ConformanceRun>, run: &ConformanceRun) -> Option<String> {
    let me = ObjectRef::from_obj(run);
    let others: Vec<_> = runs
        .state()
        .into_iter()
        .filter(|other| ObjectRef::from_obj(&**other) != me && !is_finished(other))
        .filter(|other| other.spec.imported.is_none())
        .collect();
    let started = |run: &ConformanceRun| {
        run.status
            .as_ref()
            .is_some_and(|status| status.start_time.is_some())
    };
    let age = |run: &ConformanceRun| (run.metadata.creation_timestamp.clone(), run.metadata.name.clone());
    let running = others.iter().find(|other| started(other));
    let waiting = || {
        others
            .iter()
            .filter(|other| !other.spec.suspend && age(other) < age(run))
            .min_by_key(|other| age(other))
    };
    running
        .or_else(waiting)
        .and_then(|other| other.metadata.name.clone())
}

/// The run that finished last: how long its tests took is what to expect.
fn last_finished(runs: &Store<ConformanceRun>, run: &ConformanceRun) -> Option<String> {
    let completed = |run: &ConformanceRun| {
        let status = run.status.as_ref()?;
        status.result_name.as_ref()?;
        status.completion_time.as_ref().map(|time| time.0)
    };
    let me = ObjectRef::from_obj(run);
    let others = runs.state().into_iter();
    let others = others.filter(|other| ObjectRef::from_obj(&**other) != me && is_finished(other));
    // What another cluster needed says nothing of this one.
    let others = others.filter(|other| other.spec.imported.is_none());
    let last = others.filter_map(|other| Some((completed(&other)?, other.metadata.name.clone()?)));
    last.max().map(|(_, name)| name)
}
