//! Where each attempt of a run stands, told from its Job, its pod and its result.

use conform_crds::{Attempt, AttemptEnd, AttemptEndReason, AttemptSummary, names};
use conform_suite::Stage;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::{
    api::{
        batch::v1::Job,
        core::v1::{ContainerStateWaiting, Pod},
    },
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};

use super::observed::Observed;

/// How long an image may fail to come before the run gives up: a registry's hiccup is shorter.
const IMAGE_GRACE: SignedDuration = SignedDuration::from_secs(60);
/// How long the suite's pod may stay without a node, or its Job without a pod.
const PLACEMENT_GRACE: SignedDuration = SignedDuration::from_secs(300);

/// Where an attempt stands.
#[derive(Clone, Debug, PartialEq)]
pub enum AttemptState {
    /// No Job was ever made for it.
    NotStarted,
    /// Its Job is there and has not ended.
    Active(Activity),
    /// It is over, and its runner said how.
    Ended(AttemptEnd),
    /// It is over, and its runner said nothing: killed, evicted, or gone with its node.
    Lost,
}

/// What an attempt that is not over is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Its pod starts or its tests run.
    Running,
    /// Its Job is being deleted; the pod writes what it has.
    Stopping,
    /// It will not start.
    Stuck(Trouble),
}

/// Why a pod does not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// An image cannot be pulled.
    Image(String),
    /// No pod is made, or no node takes it.
    Placement(String),
}

/// Where attempt `number` of `stage` stands.
pub fn state(observed: &Observed, stage: Stage, number: i32) -> AttemptState {
    let attempt = names::attempt(stage, number);
    let reported = reported(observed, &attempt).and_then(|attempt| attempt.end.clone());
    let known = known(observed, &attempt);
    match job(observed, &attempt) {
        Some(job) if job.metadata.deletion_timestamp.is_some() => AttemptState::Active(Activity::Stopping),
        Some(job) if !is_over(job) => AttemptState::Active(activity(observed, job, &attempt)),
        None if !known => AttemptState::NotStarted,
        Some(_) | None => reported.map_or(AttemptState::Lost, AttemptState::Ended),
    }
}

/// What the runner of the attempt has written so far.
pub fn reported<'a>(observed: &'a Observed, attempt: &str) -> Option<&'a Attempt> {
    observed
        .attempts()
        .iter()
        .find(|candidate| candidate.name == attempt)
}

/// The line of the run's status for one attempt.
pub fn summary(observed: &Observed, stage: Stage, number: i32, standing: &AttemptState) -> AttemptSummary {
    let name = names::attempt(stage, number);
    let job_name = names::job(observed.run.metadata.name.as_deref().unwrap_or_default(), &name);
    let (end, message) = match standing {
        AttemptState::Ended(end) => (Some(end.reason), Some(end.message.clone())),
        AttemptState::Lost => (
            Some(AttemptEndReason::SuiteError),
            Some("The suite's pod went away before it had reported its end.".to_owned()),
        ),
        AttemptState::NotStarted | AttemptState::Active(_) => (None, None),
    };
    AttemptSummary {
        name,
        stage,
        combined: false,
        scope: conform_crds::Scope::All,
        pick: conform_crds::Pick::Everything,
        shards: 1,
        start_time: None,
        job_name,
        end,
        message,
    }
}

fn known(observed: &Observed, attempt: &str) -> bool {
    let attempts = observed
        .run
        .status
        .as_ref()
        .map(|status| status.attempts.as_slice())
        .unwrap_or_default();
    attempts.iter().any(|summary| summary.name == attempt)
}

/// The Job of the attempt, if it exists.
pub fn job<'a>(observed: &'a Observed, attempt: &str) -> Option<&'a Job> {
    observed
        .jobs
        .iter()
        .find(|job| label(&job.metadata, names::LABEL_ATTEMPT) == Some(attempt))
}

/// True if the Job has come to its end, good or bad.
pub fn is_over(job: &Job) -> bool {
    let conditions = job
        .status
        .as_ref()
        .and_then(|status| status.conditions.as_deref())
        .unwrap_or_default();
    conditions.iter().any(|condition| {
        condition.status == "True" && (condition.type_ == "Complete" || condition.type_ == "Failed")
    })
}

fn activity(observed: &Observed, job: &Job, attempt: &str) -> Activity {
    let now = observed.now;
    let pod = observed
        .pods
        .iter()
        .filter(|pod| label(&pod.metadata, names::LABEL_ATTEMPT) == Some(attempt))
        .max_by_key(|pod| pod.metadata.creation_timestamp.as_ref().map(|time| time.0));
    let Some(pod) = pod else {
        let name = job.metadata.name.as_deref().unwrap_or_default();
        return if older(
            job.metadata.creation_timestamp.as_ref().map(|time| time.0),
            now,
            PLACEMENT_GRACE,
        ) {
            Activity::Stuck(Trouble::Placement(format!(
                "no pod was made for Job {name}: `kubectl describe job {name}` shows the quota, limit or policy that refuses it"
            )))
        } else {
            Activity::Running
        };
    };
    let created = pod.metadata.creation_timestamp.as_ref().map(|time| time.0);
    if let Some((waiting, image)) = image_trouble(pod) {
        let hopeless = waiting.reason.as_deref() == Some("InvalidImageName");
        if hopeless || older(created, now, IMAGE_GRACE) {
            let why = waiting
                .message
                .as_deref()
                .or(waiting.reason.as_deref())
                .unwrap_or_default();
            return Activity::Stuck(Trouble::Image(format!("image {image} cannot be pulled: {why}")));
        }
    }
    if let Some(why) = unschedulable(pod).filter(|_| older(created, now, PLACEMENT_GRACE)) {
        return Activity::Stuck(Trouble::Placement(format!(
            "no node takes the suite's pod: {why}"
        )));
    }
    Activity::Running
}

fn older(since: Option<Timestamp>, now: Timestamp, than: SignedDuration) -> bool {
    since.is_some_and(|since| now.duration_since(since) >= than)
}

const IMAGE_REASONS: [&str; 5] = [
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
];

fn image_trouble(pod: &Pod) -> Option<(&ContainerStateWaiting, &str)> {
    let status = pod.status.as_ref()?;
    let init = status.init_container_statuses.iter().flatten();
    init.chain(status.container_statuses.iter().flatten())
        .find_map(|container| {
            let waiting = container.state.as_ref()?.waiting.as_ref()?;
            let reason = waiting.reason.as_deref()?;
            IMAGE_REASONS
                .contains(&reason)
                .then_some((waiting, container.image.as_str()))
        })
}

fn unschedulable(pod: &Pod) -> Option<&str> {
    let conditions = pod.status.as_ref()?.conditions.as_deref()?;
    let condition = conditions
        .iter()
        .find(|condition| condition.type_ == "PodScheduled")?;
    (condition.status == "False").then(|| condition.message.as_deref().unwrap_or("not scheduled"))
}

fn label<'a>(metadata: &'a ObjectMeta, key: &str) -> Option<&'a str> {
    metadata.labels.as_ref()?.get(key).map(String::as_str)
}
