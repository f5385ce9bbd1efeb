//! Texts that could have a range of Services written down: of components, of namespace kube-system, and Calico's BGP.

use k8s_openapi::api::{
    apps::v1::{DaemonSet, Deployment},
    core::v1::{ConfigMap, Pod, PodSpec},
};
use kube::{
    Api, Client, ResourceExt,
    api::{ApiResource, DynamicObject},
    core::GroupVersionKind,
};

use super::super::facts::Text;
use crate::{
    components::{self, label, of_workload},
    list::{all_if_served, each},
    text::bounded,
};

/// Where what runs a cluster is configured.
const NAMESPACE: &str = "kube-system";
/// Most texts, and the longest, in bytes.
const MAX_TEXTS: usize = 8192;
const MAX_TEXT: usize = 64 << 10;

/// The texts, and what could not be read.
pub async fn read(client: &Client, components: &components::Facts) -> (Vec<Text>, Vec<String>) {
    let mut texts = of_components(components);
    let mut unseen = Vec::new();
    let config_maps: Api<ConfigMap> = Api::namespaced(client.clone(), NAMESPACE);
    let read = each(&config_maps, "", |map| {
        let name = map.name_any();
        for (key, text) in map.data.unwrap_or_default() {
            let place = format!("ConfigMap {NAMESPACE}/{name}, key {key}");
            push(&mut texts, &name, &place, &text);
        }
    });
    note(&mut unseen, "ConfigMaps", read.await);
    let daemon_sets: Api<DaemonSet> = Api::namespaced(client.clone(), NAMESPACE);
    let read = each(&daemon_sets, "", |set| {
        let name = set.name_any();
        let spec = set.spec.template.spec.unwrap_or_default();
        of_pod(&mut texts, &name, &format!("DaemonSet {NAMESPACE}/{name}"), &spec);
    });
    note(&mut unseen, "DaemonSets", read.await);
    let deployments: Api<Deployment> = Api::namespaced(client.clone(), NAMESPACE);
    let read = each(&deployments, "", |deployment| {
        let name = deployment.name_any();
        let spec = deployment.spec.template.spec.unwrap_or_default();
        of_pod(
            &mut texts,
            &name,
            &format!("Deployment {NAMESPACE}/{name}"),
            &spec,
        );
    });
    note(&mut unseen, "Deployments", read.await);
    // The control plane, where it runs from files on its nodes.
    let pods: Api<Pod> = Api::namespaced(client.clone(), NAMESPACE);
    let read = each(&pods, "tier=control-plane", |pod| {
        let name = pod.name_any();
        of_pod(
            &mut texts,
            &name,
            &format!("Pod {NAMESPACE}/{name}"),
            &pod.spec.unwrap_or_default(),
        );
    });
    note(&mut unseen, "pods", read.await);
    note(&mut unseen, "BGPConfigurations", calico(client, &mut texts).await);
    (texts, unseen)
}

fn note(unseen: &mut Vec<String>, what: &str, read: Result<(), String>) {
    if let Err(why) = read {
        unseen.push(format!("{what} of {NAMESPACE}: {why}"));
    }
}

/// What components are configured with, wherever they are.
fn of_components(components: &components::Facts) -> Vec<Text> {
    let mut texts = Vec::new();
    for workload in &components.workloads {
        let place = format!("{} {}/{}", workload.kind, workload.namespace, workload.name);
        let found = of_workload(components, workload);
        let owner = found.first().map_or_else(|| workload.name.clone(), label);
        for container in &workload.containers {
            let words = container.args.iter().cloned();
            let env = container
                .env
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            let text = words.chain(env).collect::<Vec<_>>().join("\n");
            push(&mut texts, &owner, &place, &text);
        }
        for (key, text) in &workload.config {
            push(
                &mut texts,
                &owner,
                &format!("the configuration of {place}, key {key}"),
                text,
            );
        }
    }
    texts
}

/// Arguments and environment of each container.
fn of_pod(texts: &mut Vec<Text>, owner: &str, place: &str, pod: &PodSpec) {
    let containers = pod.containers.iter().chain(pod.init_containers.iter().flatten());
    for container in containers {
        let words = container.command.iter().chain(&container.args).flatten().cloned();
        let env = container.env.iter().flatten();
        let env = env.filter_map(|variable| Some(format!("{}={}", variable.name, variable.value.as_ref()?)));
        let text = words.chain(env).collect::<Vec<_>>().join("\n");
        push(texts, owner, place, &text);
    }
}

/// The ranges of Services that Calico tells its BGP peers.
async fn calico(client: &Client, texts: &mut Vec<Text>) -> Result<(), String> {
    let kind = GroupVersionKind::gvk("crd.projectcalico.org", "v1", "BGPConfiguration");
    let resource = ApiResource::from_gvk_with_plural(&kind, "bgpconfigurations");
    let api: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
    for found in all_if_served(&api).await? {
        let place = format!("BGPConfiguration {}", found.name_any());
        push(texts, "Calico", &place, &found.data.to_string());
    }
    Ok(())
}

/// A text that a component's own look has found already keeps the component's name.
fn push(texts: &mut Vec<Text>, owner: &str, place: &str, text: &str) {
    if texts.len() < MAX_TEXTS && !texts.iter().any(|known| known.text == text && !text.is_empty()) {
        texts.push(Text {
            owner: owner.to_owned(),
            place: place.to_owned(),
            text: bounded(text, MAX_TEXT),
        });
    }
}
