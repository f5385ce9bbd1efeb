//! Does what was decided for a schedule: deletions, the new run, the status, the Events.

use conform_crds::{ConformanceRun, ConformanceSchedule, ConformanceScheduleStatus, names};
use kube::{
    Api, Resource, ResourceExt,
    api::{DeleteParams, Patch, PatchParams, PostParams, Preconditions},
};
use serde_json::json;

use super::{
    child::is_own,
    decide::name_taken,
    decision::{Decision, Deletion},
};
use crate::{
    announce::announce,
    error::{Context, Error, Result, optional},
    notify,
    run::World,
};

/// Does one decision. Every part may be repeated; a failure leaves the rest for the next reconciliation.
pub async fn act(world: &World, schedule: &ConformanceSchedule, decision: Decision) -> Result<()> {
    for deletion in &decision.deletions {
        delete(world, deletion).await?;
    }
    let decision = match &decision.creation {
        Some(run) => match create(world, schedule, run).await {
            Err(Error::Taken { .. }) => name_taken(decision),
            Err(error) => return Err(error),
            Ok(()) => decision,
        },
        None => decision,
    };
    if schedule.status.as_ref() != Some(&decision.status) {
        write_status(world, schedule, &decision.status).await?;
        world
            .notifier
            .tell(notify::of_schedule(schedule, &decision.status));
    }
    for announcement in &decision.announcements {
        announce(&world.recorder, &schedule.object_ref(&()), announcement).await;
    }
    Ok(())
}

/// Makes a run. One that an earlier try made is as good; somebody else's is not touched.
async fn create(world: &World, schedule: &ConformanceSchedule, run: &ConformanceRun) -> Result<()> {
    let runs: Api<ConformanceRun> = Api::all(world.client.clone());
    let name = run.name_any();
    let parameters = PostParams {
        field_manager: Some(names::FIELD_MANAGER.to_owned()),
        ..PostParams::default()
    };
    match runs.create(&parameters, run).await {
        Ok(_) => return Ok(()),
        Err(kube::Error::Api(status)) if status.code == 409 && status.reason == "AlreadyExists" => {}
        Err(error) => return Err(error).context(|| format!("create ConformanceRun {name}")),
    }
    let found = optional(runs.get_metadata(&name).await);
    let found = found.context(|| format!("get ConformanceRun {name}"))?;
    let object = format!("ConformanceRun {name}");
    match found.map(|found| found.metadata) {
        Some(metadata) if is_own(schedule, &metadata) => Ok(()),
        Some(metadata) if metadata.deletion_timestamp.is_none() => Err(Error::Taken { object }),
        _ => Err(Error::Leaving { object }),
    }
}

async fn delete(world: &World, deletion: &Deletion) -> Result<()> {
    let runs: Api<ConformanceRun> = Api::all(world.client.clone());
    let same = Preconditions {
        uid: Some(deletion.uid.clone()),
        resource_version: None,
    };
    let deleted = runs
        .delete(&deletion.name, &DeleteParams::background().preconditions(same))
        .await;
    match deleted {
        // Another run of that name is none of ours.
        Err(kube::Error::Api(status)) if matches!(status.code, 404 | 409) => Ok(()),
        deleted => deleted
            .map(drop)
            .context(|| format!("delete ConformanceRun {}", deletion.name)),
    }
}

async fn write_status(
    world: &World,
    schedule: &ConformanceSchedule,
    status: &ConformanceScheduleStatus,
) -> Result<()> {
    let name = schedule.name_any();
    let patch = json!({
        "apiVersion": ConformanceSchedule::api_version(&()),
        "kind": ConformanceSchedule::kind(&()),
        "status": status,
    });
    let schedules: Api<ConformanceSchedule> = Api::all(world.client.clone());
    let params = PatchParams::apply(names::FIELD_MANAGER).force();
    let patched = schedules.patch_status(&name, &params, &Patch::Apply(patch)).await;
    // A schedule that is gone has nobody to tell.
    optional(patched)
        .map(drop)
        .context(|| format!("write the status of ConformanceSchedule {name}"))
}
