//! Why an attempt does not get on, as far as its pods show it.

use conform_crds::names;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::{
    batch::v1::Job,
    core::v1::{ContainerStateWaiting, Pod},
};

use super::state::label;
use crate::run::observed::Observed;

/// How long an image may fail to come before the run gives up: a registry's hiccup is shorter.
const IMAGE_GRACE: SignedDuration = SignedDuration::from_secs(60);
/// How long the suite's pod may stay without a node, or its Job without a pod.
const PLACEMENT_GRACE: SignedDuration = SignedDuration::from_secs(300);
/// How long a running pod may be out of sight. The control plane itself takes most of a minute to say that a node is
/// away, so this is what comes on top.
const NODE_GRACE: SignedDuration = SignedDuration::from_secs(45);
/// How long a pod may take to go beyond the time that it is given.
const DELETION_GRACE: SignedDuration = SignedDuration::from_secs(60);

/// Why a pod does not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// An image cannot be pulled.
    Image(String),
    /// No pod is made, or no node takes it.
    Placement(String),
}

/// What keeps the attempt from starting. While one of its pods is well, it goes on.
pub fn trouble(observed: &Observed, job: &Job, attempt: &str) -> Option<Trouble> {
    let now = observed.now;
    let mut pods = pods(observed, attempt).peekable();
    if pods.peek().is_none() {
        let name = job.metadata.name.as_deref().unwrap_or_default();
        let made = job.metadata.creation_timestamp.as_ref().map(|time| time.0);
        return older(made, now, PLACEMENT_GRACE).then(|| {
            Trouble::Placement(format!(
                "no pod was made for Job {name}: `kubectl describe job {name}` shows the quota, limit or policy that refuses it"
            ))
        });
    }
    let troubles: Option<Vec<Trouble>> = pods.map(|pod| of_pod(pod, now)).collect();
    troubles?.into_iter().next()
}

/// True if a pod of the attempt is out of the control plane's sight: its node has gone quiet while it ran, or it does not
/// go although its time is over. Nothing that a suite's container does makes a running pod unready.
pub fn gone(observed: &Observed, job: &Job, attempt: &str) -> bool {
    let now = observed.now;
    let deleting = job.metadata.deletion_timestamp.is_some();
    pods(observed, attempt).any(|pod| {
        let leaving = pod.metadata.deletion_timestamp.as_ref().map(|time| time.0);
        let overdue = leaving.is_some_and(|when| now.duration_since(when) >= DELETION_GRACE);
        let grace = if deleting {
            SignedDuration::ZERO
        } else {
            NODE_GRACE
        };
        overdue || out_of_sight(pod, now, grace)
    })
}

fn pods<'a>(observed: &'a Observed, attempt: &str) -> impl Iterator<Item = &'a Pod> {
    observed
        .pods
        .iter()
        .filter(move |pod| label(&pod.metadata, names::LABEL_ATTEMPT) == Some(attempt))
}

fn out_of_sight(pod: &Pod, now: Timestamp, grace: SignedDuration) -> bool {
    let Some(status) = &pod.status else { return false };
    let ready = status
        .conditions
        .iter()
        .flatten()
        .find(|condition| condition.type_ == "Ready");
    status.phase.as_deref() == Some("Running")
        && ready.is_some_and(|ready| {
            let since = ready.last_transition_time.as_ref().map(|time| time.0);
            ready.status == "False" && older(since, now, grace)
        })
}

fn of_pod(pod: &Pod, now: Timestamp) -> Option<Trouble> {
    let created = pod.metadata.creation_timestamp.as_ref().map(|time| time.0);
    if let Some((waiting, image)) = image_trouble(pod) {
        let hopeless = waiting.reason.as_deref() == Some("InvalidImageName");
        if hopeless || older(created, now, IMAGE_GRACE) {
            let why = waiting
                .message
                .as_deref()
                .or(waiting.reason.as_deref())
                .unwrap_or_default();
            return Some(Trouble::Image(format!("image {image} cannot be pulled: {why}")));
        }
    }
    let why = unschedulable(pod).filter(|_| older(created, now, PLACEMENT_GRACE))?;
    Some(Trouble::Placement(format!(
        "no node takes the suite's pod: {why}"
    )))
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
