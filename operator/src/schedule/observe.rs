//! Reads what a decision about a schedule needs.

use std::sync::Arc;

use conform_crds::{ConformanceProfile, ConformanceResult, ConformanceRun, ConformanceSchedule, names};
use jiff::Timestamp;
use kube::{Api, runtime::reflector::Store};

use super::{
    child::is_own,
    cluster::Watched,
    decide::to_compare,
    observed::{Observed, Outcomes},
};
use crate::{
    error::{Context, Result, optional},
    run::{World, own},
};

/// Observes the world around a schedule. Costs no call but for runs that the cache does not show yet, for the state of the
/// cluster if it is asked for, and for the outcomes of two runs when one has finished.
pub async fn observe(
    world: &World,
    runs: &Store<ConformanceRun>,
    cluster: &Watched,
    schedule: Arc<ConformanceSchedule>,
) -> Result<Observed> {
    let mut observed = Observed {
        now: Timestamp::now(),
        runs: its_runs(runs, &schedule),
        schedule: Arc::unwrap_or_clone(schedule),
        cluster: None,
        profiles: Vec::new(),
        outcomes: Outcomes::default(),
    };
    add_unseen(world, &mut observed).await?;
    observed.profiles = own_profiles(world, &observed.schedule).await?;
    let spec = &observed.schedule.spec;
    let deleting = observed.schedule.metadata.deletion_timestamp.is_some();
    if spec.triggers.is_some() && !spec.suspend && !deleting {
        // What cannot be read now may have changed, but the clock goes on.
        let state = cluster.state(&world.client).await;
        observed.cluster = state
            .inspect_err(|error| tracing::warn!(%error, "cannot see whether the cluster has changed"))
            .ok();
    }
    let wanted = to_compare(&observed).map(|(newest, good)| {
        let named = |name: &Option<String>, uid: &Option<String>| {
            (name.clone().unwrap_or_default(), uid.clone().unwrap_or_default())
        };
        let newest = named(&newest.metadata.name, &newest.metadata.uid);
        (newest, good.map(|good| (good.name, good.uid)))
    });
    if let Some((newest, good)) = wanted {
        observed.outcomes.newest = result_of(world, newest).await?;
        if let Some(good) = good {
            observed.outcomes.good = result_of(world, good).await?;
        }
    }
    Ok(observed)
}

/// Names of the template's profiles that users wrote, as far as they are there.
async fn own_profiles(world: &World, schedule: &ConformanceSchedule) -> Result<Vec<String>> {
    let profiles: Api<ConformanceProfile> = Api::all(world.client.clone());
    let mut found = Vec::new();
    for name in own::foreign(&schedule.spec.run_template.spec) {
        let one = optional(profiles.get_metadata(name).await);
        if one
            .context(|| format!("get ConformanceProfile {name}"))?
            .is_some()
        {
            found.push(name.clone());
        }
    }
    Ok(found)
}

fn its_runs(runs: &Store<ConformanceRun>, schedule: &ConformanceSchedule) -> Vec<Arc<ConformanceRun>> {
    let name = schedule.metadata.name.as_ref();
    let labelled = |run: &ConformanceRun| {
        let labels = run.metadata.labels.as_ref();
        labels.and_then(|labels| labels.get(names::LABEL_SCHEDULE)) == name
    };
    let mut its = runs.state();
    // A label can be set by anybody; the owner is what the API server's garbage collector goes by, too.
    its.retain(|run| labelled(run) && is_own(schedule, &run.metadata));
    its
}

/// A run that was just made may not be in the cache yet, and one that is not there at all is gone.
async fn add_unseen(world: &World, observed: &mut Observed) -> Result<()> {
    let api: Api<ConformanceRun> = Api::all(world.client.clone());
    for active in observed.status().active {
        let seen = |run: &Arc<ConformanceRun>| run.metadata.name.as_ref() == Some(&active.name);
        if observed.runs.iter().any(seen) {
            continue;
        }
        let found = optional(api.get(&active.name).await);
        let found = found.context(|| format!("get ConformanceRun {}", active.name))?;
        let its = found.filter(|run| is_own(&observed.schedule, &run.metadata));
        observed.runs.extend(its.map(Arc::new));
    }
    Ok(())
}

/// The outcomes of the run of this name and uid.
async fn result_of(world: &World, (name, uid): (String, String)) -> Result<Option<ConformanceResult>> {
    let results: Api<ConformanceResult> = Api::all(world.client.clone());
    let found = optional(results.get(&name).await);
    let found = found.context(|| format!("get ConformanceResult {name}"))?;
    Ok(found.filter(|result| {
        let mut owners = result.metadata.owner_references.iter().flatten();
        owners.any(|owner| owner.uid == uid)
    }))
}
