//! Does what was decided for a schedule: deletions, the new run, the status, the Events.

use std::time::Duration;

use conform_crds::{ConformanceRun, ConformanceSchedule, ConformanceScheduleStatus, names};
use kube::{
    Api, Resource, ResourceExt,
    api::{DeleteParams, Patch, PatchParams, PostParams, Preconditions},
};
use serde_json::json;

use super::{
    child::is_own,
    decide::{name_taken, run_refused},
    decision::{Decision, Deletion},
    observed::Observed,
};
use crate::{
    announce::announce,
    error::{Context, Error, Result, optional},
    notify,
    run::World,
};

/// Does one decision, and says when to look again. Every part may be repeated; a failure leaves the rest for the next
/// reconciliation.
pub async fn act(world: &World, observed: &Observed, decision: Decision) -> Result<Option<Duration>> {
    let schedule = &observed.schedule;
    for deletion in &decision.deletions {
        delete(world, deletion).await?;
    }
    let decision = match &decision.creation {
        Some(run) => match create(world, schedule, run).await {
            Err(Error::Taken { .. }) => name_taken(decision),
            Err(error) => match error.refusal() {
                Some(why) => {
                    tracing::warn!(schedule = %schedule.name_any(), %error, "a run is refused");
                    run_refused(observed, why)
                }
                None => return Err(error),
            },
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
    Ok(decision.look_again)
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

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{
        schedule::{
            decide::decide,
            tests::story::{Story, spec},
        },
        test_api::{api, world},
    };

    /// What became of the status when the API server answers a creation like this: conditions by type, and Events.
    async fn answered(code: u16, reason: &'static str) -> (Result<Option<Duration>>, Value, Vec<Value>) {
        let mut story = Story::new("2026-11-22T00:00:00Z", spec("0 3 * * *"));
        story.observed.now = "2026-11-22T03:00:01Z".parse().unwrap();
        let (client, asked) = api(move |method, path, body| {
            if method == http::Method::POST && path.contains("/conformanceruns") {
                let status = json!({
                    "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": code,
                    "message": "admission webhook \"w\" denied the request: no",
                });
                return (code, status);
            }
            let mut object = json!({
                "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceSchedule", "metadata": { "name": "nightly" },
                "spec": { "schedule": "@daily", "runTemplate": {} },
            });
            if path.contains("/events") {
                object = body.clone();
            }
            (200, object)
        });
        let acted = act(&world(client, None), &story.observed, decide(&story.observed)).await;
        let asked = asked.lock().unwrap();
        let bodies = |part: &str| {
            let of = asked.iter().filter(|(_, path, _)| path.contains(part));
            of.map(|(_, _, body)| body.clone()).collect::<Vec<_>>()
        };
        let status = bodies("/status").pop().unwrap_or_default();
        (acted, status, bodies("/events"))
    }

    #[tokio::test]
    async fn a_run_that_is_refused_is_told_and_tried_again() {
        for (code, reason) in [(403, "Forbidden"), (422, "Invalid"), (400, "BadRequest")] {
            let (acted, status, events) = answered(code, reason).await;
            assert!(acted.unwrap().is_some(), "{code}");
            let conditions = status["status"]["conditions"].as_array().unwrap();
            for (kind, truth) in [("Ready", "False"), ("Stalled", "True")] {
                let condition = conditions.iter().find(|one| one["type"] == kind).unwrap();
                assert_eq!(
                    (&condition["status"], &condition["reason"]),
                    (&json!(truth), &json!("RunRefused"))
                );
                assert!(
                    condition["message"]
                        .as_str()
                        .unwrap()
                        .contains("denied the request: no")
                );
            }
            assert_eq!(
                status["status"]["lastScheduleTime"],
                Value::Null,
                "the slot stays due"
            );
            assert_eq!(
                (&events[0]["type"], &events[0]["reason"]),
                (&json!("Warning"), &json!("RunRefused"))
            );
            assert_eq!(events.len(), 1);
        }
    }

    #[tokio::test]
    async fn an_api_server_that_is_away_is_no_refusal() {
        let (acted, status, events) = answered(503, "ServiceUnavailable").await;
        assert!(acted.is_err());
        assert_eq!((status, events), (Value::Null, Vec::new()));
    }
}
