//! Reads what a decision about a schedule needs.

use std::sync::Arc;

use conform_crds::{ConformanceProfile, ConformanceResult, ConformanceRun, ConformanceSchedule};
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
/// cluster if it is asked for, and for a run that has finished, its outcomes and those of the good run before it.
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
    if let Some(newest) = to_compare(&observed).map(|(newest, _)| Arc::clone(newest)) {
        read_whole(world, &mut observed, &newest).await?;
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

/// Puts the whole run in the place of what the cache has of it: what it says of the cluster is written down once. One that is
/// gone by now says nothing.
async fn read_whole(world: &World, observed: &mut Observed, run: &ConformanceRun) -> Result<()> {
    let api: Api<ConformanceRun> = Api::all(world.client.clone());
    let name = run.metadata.name.clone().unwrap_or_default();
    let found = optional(api.get(&name).await);
    let found = found.context(|| format!("get ConformanceRun {name}"))?;
    observed.runs.retain(|one| one.metadata.uid != run.metadata.uid);
    let same = found.filter(|found| found.metadata.uid == run.metadata.uid);
    observed.runs.extend(same.map(Arc::new));
    Ok(())
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
    let mut its = runs.state();
    // A label can be set by anybody; the owner is what the API server's garbage collector goes by, too.
    its.retain(|run| is_own(schedule, &run.metadata));
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

#[cfg(test)]
mod tests {
    use kube::runtime::{reflector, watcher::Event};
    use serde_json::{Value, json};

    use super::*;
    use crate::test_api::{api, missing, world};

    fn run(message: &str) -> Value {
        json!({
            "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun",
            "metadata": { "name": "nightly-1", "uid": "1", "ownerReferences": [{
                "apiVersion": "", "kind": "ConformanceSchedule", "name": "nightly", "uid": "s", "controller": true,
            }] },
            "spec": {},
            "status": {
                "completionTime": "2026-11-22T10:00:00Z",
                "conditions": [{ "type": "Succeeded", "status": "True", "reason": "TestsPassed", "message": message,
                                 "lastTransitionTime": "2026-11-22T10:00:00Z" }],
            },
        })
    }

    /// What is observed of a schedule's only run, which the cache has without its words, and what was asked for.
    async fn observed(whole: Option<Value>, compared: bool) -> (Vec<String>, usize) {
        let (client, asked) = api(move |_, path, _| match &whole {
            Some(whole) if path.ends_with("/conformanceruns/nightly-1") => (200, whole.clone()),
            _ => missing(),
        });
        let (runs, mut writer) = reflector::store();
        writer.apply_watcher_event(&Event::Apply(serde_json::from_value(run("")).unwrap()));
        let mut schedule: ConformanceSchedule = serde_json::from_value(json!({
            "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceSchedule",
            "metadata": { "name": "nightly", "uid": "s" }, "spec": { "schedule": "@daily", "runTemplate": {} },
        }))
        .unwrap();
        if compared {
            let status = json!({ "comparison": { "uid": "1" } });
            schedule.status = serde_json::from_value(status).unwrap();
        }
        let world = world(client, None);
        let observed = observe(&world, &runs, &Watched::default(), Arc::new(schedule))
            .await
            .unwrap();
        let messages = observed
            .runs
            .iter()
            .map(|run| run.status.clone().unwrap().conditions[0].message.clone());
        let asked = asked.lock().unwrap();
        (
            messages.collect(),
            asked
                .iter()
                .filter(|(_, path, _)| path.contains("/conformanceruns/"))
                .count(),
        )
    }

    #[tokio::test]
    async fn a_run_is_read_whole_once_when_it_has_finished() {
        assert_eq!(
            observed(Some(run("words")), false).await,
            (vec!["words".to_owned()], 1)
        );
        assert_eq!(observed(Some(run("words")), true).await, (vec![String::new()], 0));
    }

    #[tokio::test]
    async fn a_run_that_is_gone_by_then_says_nothing() {
        assert_eq!(observed(None, false).await, (Vec::new(), 1));
        let mut another = run("words");
        another["metadata"]["uid"] = json!("2");
        assert_eq!(observed(Some(another), false).await, (Vec::new(), 1));
    }
}
