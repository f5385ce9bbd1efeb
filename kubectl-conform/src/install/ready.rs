//! Waiting, by watching, until what was installed works.

use std::time::Duration;

use conform_crds::names;
use futures::{Stream, StreamExt};
use k8s_openapi::{
    api::{apps::v1::Deployment, core::v1::Pod},
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, ResourceExt,
    api::ListParams,
    runtime::{
        WatchStreamExt,
        wait::{Condition, conditions},
        watcher::{self, watch_object},
    },
};
use tokio::time::{Instant, timeout_at};

use crate::{cluster::Cluster, error::Error, explain::is_final};

/// Waits until the API server serves the custom resources.
pub async fn crds_established(
    cluster: &Cluster,
    crds: &[CustomResourceDefinition],
    deadline: Instant,
) -> Result<(), Error> {
    let api: Api<CustomResourceDefinition> = Api::all(cluster.streaming.clone());
    for crd in crds {
        let name = crd.name_any();
        let states = watch_object(api.clone(), &name).default_backoff();
        let wait = until(cluster, states, conditions::is_crd_established());
        timeout_at(deadline, wait).await.map_err(|_| {
            Error::TimedOut(format!(
                "the API server does not serve {name} yet: look at `kubectl get crd {name} -o yaml`"
            ))
        })??;
    }
    Ok(())
}

/// Waits until the operator that was just applied is available.
pub async fn operator_available(cluster: &Cluster, deadline: Instant, limit: Duration) -> Result<(), Error> {
    let api: Api<Deployment> = Api::namespaced(cluster.streaming.clone(), &cluster.namespace);
    let states = watch_object(api, names::OPERATOR).default_backoff();
    let serves = |deployment: Option<&Deployment>| deployment.is_some_and(is_rolled_out);
    if let Ok(outcome) = timeout_at(deadline, until(cluster, states, serves)).await {
        return outcome;
    }
    let why = why_not(cluster).await.unwrap_or_else(|| {
        format!(
            "look at `kubectl -n {} describe deployment {}`",
            cluster.namespace,
            names::OPERATOR
        )
    });
    Err(Error::TimedOut(format!(
        "everything is applied, but the operator was not available within {}: {why}",
        crate::time::short(i64::try_from(limit.as_secs()).unwrap_or(i64::MAX))
    )))
}

/// Follows an object, through hiccups of the API server, until it is as it should be.
pub async fn until<K>(
    cluster: &Cluster,
    states: impl Stream<Item = Result<Option<K>, watcher::Error>>,
    reached: impl Condition<K>,
) -> Result<(), Error> {
    let mut states = std::pin::pin!(states);
    while let Some(state) = states.next().await {
        match state {
            Ok(object) if reached.matches_object(object.as_ref()) => return Ok(()),
            Ok(_) => {}
            Err(error) => {
                let error = cluster.explain_watch(error);
                if is_final(&error) {
                    return Err(error);
                }
            }
        }
    }
    Err(Error::Api("the watch ended".to_owned()))
}

/// True once pods of the newest template serve.
pub fn is_rolled_out(deployment: &Deployment) -> bool {
    let Some(status) = &deployment.status else {
        return false;
    };
    status.observed_generation >= deployment.metadata.generation
        && status.updated_replicas.unwrap_or(0) > 0
        && status.available_replicas.unwrap_or(0) > 0
        && status.replicas == status.updated_replicas
}

/// What the operator's pod waits for, such as its image.
async fn why_not(cluster: &Cluster) -> Option<String> {
    let pods: Api<Pod> = Api::namespaced(cluster.client.clone(), &cluster.namespace);
    let selector = ListParams::default().labels(&format!("app.kubernetes.io/name={}", names::OPERATOR));
    let pods = pods.list(&selector).await.ok()?.items;
    let pod = pods.into_iter().max_by_key(ResourceExt::creation_timestamp)?;
    waits_for(&pod)
}

fn waits_for(pod: &Pod) -> Option<String> {
    let status = pod.status.as_ref()?;
    let waiting = status.container_statuses.iter().flatten().find_map(|container| {
        let waiting = container.state.as_ref()?.waiting.as_ref()?;
        Some((
            waiting.reason.clone()?,
            waiting.message.clone().unwrap_or_default(),
        ))
    });
    let unscheduled = || {
        let condition = status
            .conditions
            .iter()
            .flatten()
            .find(|condition| condition.status == "False")?;
        Some((
            condition.reason.clone()?,
            condition.message.clone().unwrap_or_default(),
        ))
    };
    let (reason, message) = waiting.or_else(unscheduled)?;
    Some(
        format!("its pod {} says {reason} {message}", pod.name_any())
            .trim_end()
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_pods_own_words_are_passed_on() {
        let pod = |status| {
            serde_json::from_value::<Pod>(json!({ "metadata": { "name": "p" }, "status": status })).unwrap()
        };
        let waiting = json!({ "reason": "ImagePullBackOff", "message": "Back-off pulling image \"x\"" });
        let no_image = pod(json!({ "containerStatuses": [{
            "name": "operator", "image": "", "imageID": "", "ready": false, "restartCount": 0,
            "state": { "waiting": waiting },
        }] }));
        assert_eq!(
            waits_for(&no_image).unwrap(),
            "its pod p says ImagePullBackOff Back-off pulling image \"x\""
        );
        let unscheduled = pod(json!({ "conditions": [{
            "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes are available",
        }] }));
        assert_eq!(
            waits_for(&unscheduled).unwrap(),
            "its pod p says Unschedulable 0/1 nodes are available"
        );
    }

    #[test]
    fn an_old_pod_that_still_serves_is_not_enough() {
        let deployment = |status| {
            serde_json::from_value::<Deployment>(json!({
                "metadata": { "generation": 2 },
                "spec": { "selector": {}, "template": {} },
                "status": status,
            }))
            .unwrap()
        };
        let done =
            json!({ "observedGeneration": 2, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1 });
        let old =
            json!({ "observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1 });
        assert!(is_rolled_out(&deployment(done)));
        assert!(!is_rolled_out(&deployment(old)));
    }
}
