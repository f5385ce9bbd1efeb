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
    decide::{accounted, name_taken, run_refused},
    decision::{Decision, Deletion},
    observed::Observed,
};
use crate::{
    announce::announce,
    error::{Context, Error, Result, optional},
    notify,
    run::World,
};

/// How soon to look again if the schedule is another by now than the one that was decided about.
const CHANGED_INTERVAL: Duration = Duration::from_secs(1);
/// How soon to look again if a run of the history does not go.
const HISTORY_INTERVAL: Duration = Duration::from_mins(1);

/// Does one decision, and says when to look again. Every part may be repeated; a failure leaves the rest for the next
/// reconciliation, but what the runs that are there have come to is written down whatever becomes of the next one.
pub async fn act(world: &World, observed: &Observed, decision: Decision) -> Result<Option<Duration>> {
    let schedule = &observed.schedule;
    let (decision, failed) = match make_room_and_run(world, schedule, &decision).await {
        Ok(()) => (decision, None),
        Err(Error::Taken { .. }) => (name_taken(decision), None),
        Err(error) => match error.refusal() {
            Some(why) => {
                tracing::warn!(schedule = %schedule.name_any(), %error, "a run is refused");
                (run_refused(observed, why), None)
            }
            None => (accounted(observed), Some(error)),
        },
    };
    if schedule.status.as_ref() != Some(&decision.status) {
        if !write_status(world, schedule, &decision.status).await? {
            return Ok(Some(CHANGED_INTERVAL));
        }
        world
            .notifier
            .tell(notify::of_schedule(schedule, &decision.status));
    }
    for announcement in &decision.announcements {
        announce(&world.recorder, &schedule.object_ref(&()), announcement).await;
    }
    if let Some(error) = failed {
        return Err(error);
    }
    let mut look_again = decision.look_again;
    for deletion in &decision.deletions {
        if let Err(error) = delete(world, deletion).await {
            // Somebody may want to keep it, and that is no reason to stop.
            world.metrics.failed(error.category());
            tracing::warn!(schedule = %schedule.name_any(), %error, "a run of the history stays");
            look_again = Some(look_again.map_or(HISTORY_INTERVAL, |time| time.min(HISTORY_INTERVAL)));
        }
    }
    Ok(look_again)
}

/// Deletes the runs whose place the new one takes, and makes that.
async fn make_room_and_run(world: &World, schedule: &ConformanceSchedule, decision: &Decision) -> Result<()> {
    for deletion in &decision.replaced {
        delete(world, deletion).await?;
    }
    match &decision.creation {
        Some(run) => create(world, schedule, run).await,
        None => Ok(()),
    }
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

/// Writes the status of the very object that was decided about. False if it is another by now: changed, or made anew under
/// the same name.
async fn write_status(
    world: &World,
    schedule: &ConformanceSchedule,
    status: &ConformanceScheduleStatus,
) -> Result<bool> {
    let name = schedule.name_any();
    let patch = json!({
        "apiVersion": ConformanceSchedule::api_version(&()),
        "kind": ConformanceSchedule::kind(&()),
        "metadata": { "resourceVersion": schedule.metadata.resource_version },
        "status": status,
    });
    let schedules: Api<ConformanceSchedule> = Api::all(world.client.clone());
    let params = PatchParams::apply(names::FIELD_MANAGER).force();
    let patched = schedules.patch_status(&name, &params, &Patch::Apply(patch)).await;
    match patched {
        Err(kube::Error::Api(status)) if status.code == 409 => Ok(false),
        // A schedule that is gone has nobody to tell.
        patched => optional(patched)
            .map(|found| found.is_some())
            .context(|| format!("write the status of ConformanceSchedule {name}")),
    }
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

    /// What comes of a decision, what was last written as status, and the Events, if the API server answers requests of this
    /// method for objects of this kind with an error.
    async fn acted(
        story: &Story,
        refused: (&'static str, &'static str),
        (code, reason, message): (u16, &'static str, &'static str),
    ) -> (Result<Option<Duration>>, Value, Vec<Value>) {
        let (client, asked) = api(move |method, path, body| {
            if method == refused.0 && path.contains(refused.1) {
                let status = json!({
                    "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": code,
                    "message": message,
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

    const DENIED: &str = "admission webhook \"w\" denied the request: no";

    /// The same if the run of a slot that is due cannot be made.
    async fn answered(
        code: u16,
        reason: &'static str,
        message: &'static str,
    ) -> (Result<Option<Duration>>, Value, Vec<Value>) {
        let mut story = Story::new("2026-11-22T00:00:00Z", spec("0 3 * * *"));
        story.observed.now = "2026-11-22T03:00:01Z".parse().unwrap();
        acted(&story, ("POST", "/conformanceruns"), (code, reason, message)).await
    }

    fn reasons(events: &[Value]) -> Vec<&str> {
        events
            .iter()
            .filter_map(|event| event["reason"].as_str())
            .collect()
    }

    #[tokio::test]
    async fn a_run_that_is_refused_is_told_and_tried_again() {
        for (code, reason) in [(403, "Forbidden"), (422, "Invalid"), (400, "BadRequest")] {
            let (acted, status, events) = answered(code, reason, DENIED).await;
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
    async fn a_webhook_that_does_not_answer_is_told_of_too() {
        let message = "Internal error occurred: failed calling webhook \"w\": connection refused";
        let (acted, status, events) = answered(500, "InternalError", message).await;
        assert!(acted.unwrap().is_some());
        assert_eq!(reasons(&events), ["RunRefused"]);
        assert!(status.to_string().contains("failed calling webhook"), "{status}");
    }

    #[tokio::test]
    async fn an_api_server_that_is_away_is_no_refusal() {
        let (acted, status, events) = answered(503, "ServiceUnavailable", "").await;
        assert!(acted.is_err());
        assert_eq!(events, Vec::<Value>::new());
        assert_eq!(
            status["status"]["lastScheduleTime"],
            Value::Null,
            "the slot stays due"
        );
        assert!(!status.to_string().contains("RunRefused"), "{status}");
    }

    /// The run of yesterday has failed, and today's is due.
    fn next_morning() -> Story {
        let mut story = Story::new("2026-11-22T00:00:00Z", spec("0 3 * * *"));
        let (made, _) = story.settle_at("2026-11-22T03:00:01Z");
        story.finish(&made[0], &[("a", conform_suite::Outcome::Failed)]);
        story.observed.now = "2026-11-23T03:00:01Z".parse().unwrap();
        story
    }

    #[tokio::test]
    async fn what_a_run_came_to_is_told_although_the_next_cannot_be_made() {
        let unavailable = (503, "ServiceUnavailable", "");
        let (acted, status, events) = acted(&next_morning(), ("POST", "/conformanceruns"), unavailable).await;
        assert!(acted.is_err());
        assert_eq!(reasons(&events), ["RunFinished"]);
        assert_eq!(status["status"]["lastRun"]["reason"], "PresentTestsFailed");
    }

    #[tokio::test]
    async fn a_history_that_does_not_go_stops_nothing() {
        let mut story = next_morning();
        story.spec().failed_runs_history_limit = Some(0);
        story.observed.now = "2026-11-22T23:00:00Z".parse().unwrap();
        story.step();
        story.observed.now = "2026-11-23T03:00:01Z".parse().unwrap();
        let forbidden = (403, "Forbidden", "kept by policy");
        let (acted, status, events) = acted(&story, ("DELETE", "/conformanceruns"), forbidden).await;
        assert!(acted.unwrap().unwrap() <= HISTORY_INTERVAL);
        assert_eq!(reasons(&events), ["RunCreated"]);
        assert_eq!(status["status"]["lastScheduleTime"], "2026-11-23T03:00:00Z");
    }

    #[tokio::test]
    async fn nothing_is_told_of_a_schedule_that_is_another_by_now() {
        let conflict = (409, "Conflict", "the object has been modified");
        let (acted, status, events) = acted(&next_morning(), ("PATCH", "/status"), conflict).await;
        assert_eq!(acted.unwrap(), Some(CHANGED_INTERVAL));
        assert_eq!(events, Vec::<Value>::new());
        assert!(status["metadata"].get("resourceVersion").is_some());
    }
}
