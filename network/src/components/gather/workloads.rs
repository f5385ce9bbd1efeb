//! DaemonSets, Deployments and static pods of projects that are known.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use k8s_openapi::{
    api::{
        apps::v1::{DaemonSet, Deployment},
        core::v1::{ConfigMap, Pod, PodSpec},
    },
    apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta},
};
use kube::{Api, Client, ResourceExt};

use super::MAX_TEXT;
use crate::{
    components::{
        facts::{Container, PodFacts, Running, Workload},
        projects::recognise,
    },
    list::{all, each, explain},
    text::bounded,
};

/// Most workloads that are looked at closely.
const MAX_WORKLOADS: usize = 64;
/// Workloads that are looked at at once.
const AT_ONCE: usize = 8;
/// Most arguments, variables and ConfigMaps of a workload, and the longest value of a ConfigMap, in bytes.
const MAX_ARGS: usize = 128;
const MAX_ENV: usize = 128;
const MAX_CONFIG_MAPS: usize = 16;
const MAX_VALUE: usize = 64 << 10;
/// Marks a pod that a kubelet runs from a file.
const MIRROR: &str = "kubernetes.io/config.mirror";

/// A workload, and what is to be read for it.
struct Candidate {
    workload: Workload,
    selector: Option<String>,
    config_maps: BTreeSet<String>,
}

/// The workloads, and what could not be read.
pub async fn read(client: &Client) -> (Vec<Workload>, Vec<String>) {
    let mut unseen = Vec::new();
    let mut candidates = Vec::new();
    let daemon_sets: Api<DaemonSet> = Api::all(client.clone());
    let read = each(&daemon_sets, "", |set| {
        let spec = set.spec;
        let pod = spec.template.spec.unwrap_or_default();
        candidates.extend(candidate("DaemonSet", &set.metadata, &spec.selector, &pod));
    });
    if let Err(why) = read.await {
        unseen.push(format!("DaemonSets: {why}"));
    }
    let deployments: Api<Deployment> = Api::all(client.clone());
    let read = each(&deployments, "", |deployment| {
        let spec = deployment.spec;
        let pod = spec.template.spec.unwrap_or_default();
        candidates.extend(candidate(
            "Deployment",
            &deployment.metadata,
            &spec.selector,
            &pod,
        ));
    });
    if let Err(why) = read.await {
        unseen.push(format!("Deployments: {why}"));
    }
    match static_proxies(client).await {
        Ok(found) => candidates.extend(found),
        Err(why) => unseen.push(format!("static pods of kube-proxy: {why}")),
    }
    candidates.truncate(MAX_WORKLOADS);
    let completed = stream::iter(candidates).map(|candidate| complete(client, candidate));
    let completed: Vec<_> = completed.buffered(AT_ONCE).collect().await;
    let mut workloads = Vec::new();
    for (workload, faults) in completed {
        workloads.push(workload);
        unseen.extend(faults);
    }
    (workloads, unseen)
}

fn candidate(
    kind: &str,
    metadata: &ObjectMeta,
    selector: &LabelSelector,
    pod: &PodSpec,
) -> Option<Candidate> {
    let labels = metadata.labels.as_ref();
    let version = labels.and_then(|labels| labels.get("app.kubernetes.io/version"));
    let mut candidate = of_pod(kind, metadata, pod)?;
    candidate.workload.version_label = version.map(|version| bounded(version, MAX_TEXT));
    let labels = selector.match_labels.iter().flatten();
    let selector: Vec<String> = labels.map(|(key, value)| format!("{key}={value}")).collect();
    // Without labels the pods cannot be told from others.
    candidate.selector = Some(selector.join(",")).filter(|selector| !selector.is_empty());
    Some(candidate)
}

/// What a pod's spec tells, if it is of a project that is known.
fn of_pod(kind: &str, metadata: &ObjectMeta, pod: &PodSpec) -> Option<Candidate> {
    let workload = Workload {
        kind: kind.to_owned(),
        namespace: metadata.namespace.clone().unwrap_or_default(),
        name: metadata.name.clone().unwrap_or_default(),
        account: account(metadata, pod),
        containers: pod.containers.iter().map(container).collect(),
        ..Workload::default()
    };
    let (project, _) = recognise(&workload)?;
    let volumes = pod.volumes.iter().flatten();
    let mounted = volumes
        .filter_map(|volume| volume.config_map.as_ref())
        .map(|source| source.name.clone());
    let config_maps = mounted.chain(project.configs.iter().map(|name| (*name).to_owned()));
    Some(Candidate {
        selector: None,
        config_maps: config_maps.take(MAX_CONFIG_MAPS).collect(),
        workload,
    })
}

/// The user name of the account that its pods have.
fn account(metadata: &ObjectMeta, pod: &PodSpec) -> String {
    let namespace = metadata.namespace.as_deref().unwrap_or_default();
    let name = pod.service_account_name.as_deref().unwrap_or("default");
    bounded(&format!("system:serviceaccount:{namespace}:{name}"), MAX_TEXT)
}

fn container(container: &k8s_openapi::api::core::v1::Container) -> Container {
    let words = container.command.iter().chain(&container.args).flatten();
    let env = container.env.iter().flatten().take(MAX_ENV);
    Container {
        name: container.name.clone(),
        image: bounded(container.image.as_deref().unwrap_or_default(), 2 * MAX_TEXT),
        args: words.take(MAX_ARGS).map(|word| bounded(word, MAX_TEXT)).collect(),
        env: env
            .filter_map(|variable| Some((variable.name.clone(), bounded(variable.value.as_ref()?, MAX_TEXT))))
            .collect(),
    }
}

/// Reads the pods and the configuration of a workload.
async fn complete(client: &Client, candidate: Candidate) -> (Workload, Vec<String>) {
    let Candidate {
        mut workload,
        selector,
        config_maps,
    } = candidate;
    let mut unseen = Vec::new();
    if let Some(selector) = selector {
        let pods: Api<Pod> = Api::namespaced(client.clone(), &workload.namespace);
        let read = each(&pods, &selector, |pod| workload.pods.extend(running(&pod)));
        if let Err(why) = read.await {
            unseen.push(format!("pods of {} {}: {why}", workload.kind, workload.name));
        }
    }
    let api: Api<ConfigMap> = Api::namespaced(client.clone(), &workload.namespace);
    for name in config_maps {
        match api.get_opt(&name).await {
            Ok(found) => take_config(&mut workload.config, found),
            Err(error) => unseen.push(format!(
                "ConfigMap {}/{name}: {}",
                workload.namespace,
                explain(&error)
            )),
        }
    }
    (workload, unseen)
}

fn take_config(config: &mut BTreeMap<String, String>, found: Option<ConfigMap>) {
    let data = found.and_then(|found| found.data).unwrap_or_default();
    for (key, value) in data.into_iter().filter(|(_, value)| value.len() <= MAX_VALUE) {
        config.entry(key).or_insert(value);
    }
}

/// A pod that runs, with what its containers run.
fn running(pod: &Pod) -> Option<PodFacts> {
    let status = pod.status.as_ref()?;
    let node = pod.spec.as_ref()?.node_name.clone()?;
    if status.phase.as_deref() != Some("Running") || pod.metadata.deletion_timestamp.is_some() {
        return None;
    }
    let statuses = status.container_statuses.iter().flatten();
    let running = statuses.filter(|status| {
        let state = status.state.as_ref();
        state.is_some_and(|state| state.running.is_some())
    });
    let running: Vec<Running> = running
        .map(|status| Running {
            container: status.name.clone(),
            image: bounded(&status.image, 2 * MAX_TEXT),
            digest: bounded(&status.image_id, 2 * MAX_TEXT),
        })
        .collect();
    (!running.is_empty()).then_some(PodFacts { node, running })
}

/// Where kube-proxy runs from files on the nodes, its pods have no DaemonSet.
async fn static_proxies(client: &Client) -> Result<Option<Candidate>, String> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), "kube-system");
    let mut proxies = all(&pods, "component=kube-proxy").await?;
    proxies.retain(|pod| pod.annotations().contains_key(MIRROR));
    let first = proxies.first().and_then(|pod| {
        let metadata = ObjectMeta {
            name: Some("kube-proxy".to_owned()),
            namespace: Some("kube-system".to_owned()),
            ..ObjectMeta::default()
        };
        of_pod("Static pods", &metadata, pod.spec.as_ref()?)
    });
    Ok(first.map(|mut candidate| {
        candidate.workload.pods = proxies.iter().filter_map(running).collect();
        candidate
    }))
}
