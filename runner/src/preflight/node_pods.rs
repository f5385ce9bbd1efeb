//! One pod on each node that tests can use: it pulls what the node does not have, and answers for the way to its kubelet.

use std::time::Duration;

use conform_crds::{Check, nodes::is_usable};
use conform_suite::images::NeededImages;
use futures::{StreamExt, stream};
use k8s_openapi::api::core::v1::{ContainerStatus, Node, Pod};
use kube::{
    Api, ResourceExt,
    api::{ListParams, PostParams},
};
use tokio::time::{Instant, sleep};

use super::{
    Finding, Scene,
    images::{self, OnNode, Pull, is_present, pull},
    logs_and_exec,
    namespace::Namespace,
    pods, warned,
};
use crate::patience::explain;

/// How long a pod may take whose images are there.
const START_TIME: Duration = Duration::from_mins(1);
/// How long it may take if images have to come first. What then still comes is a warning.
const PULL_TIME: Duration = Duration::from_mins(5);
/// How long pulls may fail: a registry's hiccup is shorter.
const FAILING_TIME: Duration = Duration::from_secs(30);
/// How often a pod is looked at.
const INTERVAL: Duration = Duration::from_millis(500);
/// Most nodes that are looked at, and how many at once.
const MAX_NODES: usize = 256;
const AT_ONCE: usize = 32;

/// What one node showed.
struct Shown {
    images: OnNode,
    path: Option<Result<(), String>>,
}

/// What `Images` and `LogsAndExec` find.
pub async fn look(
    scene: &Scene<'_>,
    namespace: &Namespace,
    needed: Result<NeededImages, String>,
) -> (Finding, Finding) {
    let both = |why: String| (warned(why.clone()), warned(why));
    let needed = match needed {
        Ok(needed) => needed,
        Err(why) => return both(format!("The suite does not tell its images: {why}.")),
    };
    let Some(agnhost) = needed.agnhost.clone() else {
        return both("The suite lists no agnhost image, which every test of its kind uses.".to_owned());
    };
    let nodes: Api<Node> = Api::all(scene.client.clone());
    let nodes = match nodes.list(&ListParams::default()).await {
        Ok(nodes) => nodes.items.into_iter().filter(is_usable).collect::<Vec<_>>(),
        Err(error) => return both(format!("The nodes could not be listed: {}.", explain(&error))),
    };
    let wanted: Vec<String> = if scene.wants(Check::Images) {
        needed.images
    } else {
        Vec::new()
    };
    let pods: Api<Pod> = Api::namespaced(scene.client.clone(), namespace.name());
    let tries = scene.wants(Check::LogsAndExec);
    let shown: Vec<Shown> = stream::iter(nodes.iter().take(MAX_NODES))
        .map(|node| on_node(&pods, node, &agnhost, &wanted, tries))
        .buffered(AT_ONCE)
        .collect()
        .await;
    let paths: Vec<_> = shown
        .iter()
        .map(|shown| (shown.images.node.clone(), shown.path.clone()))
        .collect();
    let images: Vec<_> = shown.into_iter().map(|shown| shown.images).collect();
    (
        images::verdict(&images, nodes.len()),
        logs_and_exec::verdict(&paths),
    )
}

async fn on_node(pods: &Api<Pod>, node: &Node, agnhost: &str, wanted: &[String], tries: bool) -> Shown {
    let name = node.name_any();
    let missing: Vec<&str> = wanted
        .iter()
        .map(String::as_str)
        .filter(|image| *image != agnhost && !is_present(node, image))
        .collect();
    let is_warm = missing.is_empty() && is_present(node, agnhost);
    let troubled = |why: String| Shown {
        images: OnNode {
            node: name.clone(),
            pulls: Vec::new(),
            trouble: Some(why),
        },
        path: None,
    };
    let pod = pods::for_node(&name, agnhost, &missing);
    let pod = match pods.create(&PostParams::default(), &pod).await {
        Ok(pod) => pod.name_any(),
        Err(error) => return troubled(format!("no pod can be made: {}", explain(&error))),
    };
    let start = Instant::now();
    let mut failing_since = None;
    let mut path = None;
    let (statuses, trouble) = loop {
        sleep(INTERVAL).await;
        let seen = match pods.get(&pod).await {
            Ok(seen) => seen,
            Err(error) if start.elapsed() < START_TIME => {
                tracing::warn!("cannot look at pod {pod}: {}", explain(&error));
                continue;
            }
            Err(error) => return troubled(explain(&error)),
        };
        let statuses = statuses(&seen);
        let of = |container: &str| pull(statuses.iter().find(|status| status.name == container));
        if path.is_none() && tries && is_running(&statuses) {
            path = Some(logs_and_exec::try_in(pods, &pod).await);
        }
        let pulls: Vec<Pull> = containers_of(agnhost, &missing)
            .map(|(container, _)| of(&container))
            .collect();
        let is_open = pulls.contains(&Pull::Pending) || (tries && path.is_none() && is_waited_for(&statuses));
        let failing = pulls.iter().any(|pull| matches!(pull, Pull::Failing { .. }));
        let hopeless = pulls
            .iter()
            .any(|pull| matches!(pull, Pull::Failing { hope: false, .. }));
        let since = *failing_since.get_or_insert_with(Instant::now);
        if !failing {
            failing_since = None;
        }
        let gives_up = hopeless || (failing && since.elapsed() >= FAILING_TIME);
        if gives_up || (!failing && !is_open) {
            break (statuses, None);
        }
        let limit = if is_warm { START_TIME } else { PULL_TIME };
        if start.elapsed() >= limit {
            let trouble = unscheduled(&seen).or_else(|| {
                let waits = is_warm && !is_running(&statuses);
                waits.then(|| format!("its pod does not start in {} s", limit.as_secs()))
            });
            break (statuses, trouble);
        }
    };
    let came = |image: &str| {
        let container = containers_of(agnhost, &missing).find(|(_, of)| *of == image);
        container.map_or(Pull::Present, |(container, _)| {
            match pull(statuses.iter().find(|status| status.name == container)) {
                Pull::Done if is_present(node, image) => Pull::Present,
                pull => pull,
            }
        })
    };
    let pulls = wanted.iter().map(|image| (image.clone(), came(image))).collect();
    Shown {
        images: OnNode {
            node: name,
            pulls,
            trouble,
        },
        path,
    }
}

/// The containers and their images, the waiting one first.
fn containers_of<'a>(agnhost: &'a str, missing: &'a [&'a str]) -> impl Iterator<Item = (String, &'a str)> {
    std::iter::once((pods::WAITING.to_owned(), agnhost)).chain(pods::pulling(missing))
}

fn statuses(pod: &Pod) -> Vec<ContainerStatus> {
    let status = pod.status.as_ref();
    status
        .and_then(|status| status.container_statuses.clone())
        .unwrap_or_default()
}

/// True if the waiting container runs.
fn is_running(statuses: &[ContainerStatus]) -> bool {
    let waiting = statuses.iter().find(|status| status.name == pods::WAITING);
    let state = waiting.and_then(|status| status.state.as_ref());
    state.is_some_and(|state| state.running.is_some())
}

/// True unless the waiting container has ended, which it does only if it cannot run at all.
fn is_waited_for(statuses: &[ContainerStatus]) -> bool {
    let waiting = statuses.iter().find(|status| status.name == pods::WAITING);
    let state = waiting.and_then(|status| status.state.as_ref());
    state.is_none_or(|state| state.terminated.is_none())
}

/// Why the scheduler has no place for the pod.
fn unscheduled(pod: &Pod) -> Option<String> {
    let conditions = pod.status.as_ref()?.conditions.as_deref()?;
    let scheduled = conditions
        .iter()
        .find(|condition| condition.type_ == "PodScheduled")?;
    (scheduled.status == "False").then(|| {
        let why = scheduled.message.as_deref().unwrap_or("no reason is given");
        format!("its pod is not scheduled: {why}")
    })
}
