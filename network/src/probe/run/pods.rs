//! The agents' pods.

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use conform_crds::nodes::is_usable;
use conform_service_proxy::{Family, parse_ip};
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, ListParams},
};
use tokio::time::{Instant, sleep};

use super::{
    super::{
        ground::{Ground, Place},
        objects::{PLACE, ROLE},
    },
    ProbeError,
    cluster::{Cluster, INTERVAL},
};
use crate::list::{all, explain};

/// Most nodes that have agents: questions grow with their square.
const MAX_PLACES: usize = 6;
/// How long agents may take to be ready; their image may have to be pulled.
const START_TIME: Duration = Duration::from_mins(2);
/// How long the API may take to show that pods leave.
const LEAVE_TIME: Duration = Duration::from_secs(30);

/// Starts an agent in a pod and one in the node's own network on each of some nodes. Gives the ground that they make, and what
/// is to be remarked.
pub async fn start(cluster: &Cluster<'_>) -> Result<(Ground, Vec<String>), ProbeError> {
    let nodes: Api<Node> = Api::all(cluster.client.clone());
    let nodes = all(&nodes, "").await.map_err(ProbeError::Refused)?;
    let mut places: Vec<Place> = nodes.iter().filter(|node| is_usable(node)).map(place).collect();
    let mut remarks: Vec<String> = nodes
        .iter()
        .filter(|node| !is_usable(node))
        .map(|node| {
            format!(
                "node {} is not Ready, cordoned or tainted: it is not probed",
                node.name_any()
            )
        })
        .collect();
    choose(&mut places);
    if places.is_empty() {
        return Err(ProbeError::Refused("no node can have an agent".to_owned()));
    }
    if places.len() < nodes.len() - remarks.len() {
        remarks.push(format!("{} of {} nodes have agents", places.len(), nodes.len()));
    }
    for (number, place) in places.iter().enumerate() {
        cluster
            .make(&cluster.pods(false), cluster.making.stay(number, place))
            .await?;
        cluster
            .make(&cluster.pods(true), cluster.making.on_node(number, place))
            .await?;
    }
    // The first node's alone: the others then have no endpoint that leaves.
    if let Some(first) = places.first() {
        cluster
            .make(&cluster.pods(false), cluster.making.leave(0, first))
            .await?;
    }
    let away = wait(cluster, &mut places).await;
    let (ready, lost): (Vec<Place>, Vec<Place>) = places.into_iter().partition(|place| !place.pod.is_empty());
    remarks.extend(lost.iter().map(|place| {
        let why = away.get(&place.node).map_or("it did not start", String::as_str);
        format!("no agent on node {}: {why}", place.node)
    }));
    if !lost.is_empty() {
        // Names and labels count places: a table with holes would lie about them.
        let nodes: Vec<&str> = lost.iter().map(|place| place.node.as_str()).collect();
        return Err(ProbeError::Refused(format!(
            "could not measure: agents do not start on {}: {}. Cordon the node to leave it out",
            nodes.join(", "),
            remarks.last().map_or("", String::as_str)
        )));
    }
    let families = Family::ALL.into_iter().filter(|family| {
        ready
            .iter()
            .any(|place| place.pod.iter().any(|address| Family::of(*address) == *family))
    });
    let families = families.collect();
    Ok((
        Ground {
            places: ready,
            families,
            ..Ground::default()
        },
        remarks,
    ))
}

fn place(node: &Node) -> Place {
    let addresses = node
        .status
        .iter()
        .flat_map(|status| status.addresses.iter().flatten());
    let internal = addresses.filter(|address| address.type_ == "InternalIP");
    Place {
        node: node.name_any(),
        zone: node.labels().get("topology.kubernetes.io/zone").cloned(),
        addresses: internal
            .filter_map(|address| parse_ip(&address.address))
            .collect(),
        pod: Vec::new(),
    }
}

/// Keeps some, of as many zones as there are.
fn choose(places: &mut Vec<Place>) {
    places.sort_by(|a, b| a.node.cmp(&b.node));
    let mut seen: BTreeMap<Option<String>, usize> = BTreeMap::new();
    let mut ranked: Vec<(usize, Place)> = Vec::new();
    for place in places.drain(..) {
        let rank = seen.entry(place.zone.clone()).or_default();
        ranked.push((*rank, place));
        *rank += 1;
    }
    // The first node of each zone, then the second of each.
    ranked.sort_by_key(|(rank, _)| *rank);
    places.extend(ranked.into_iter().map(|(_, place)| place).take(MAX_PLACES));
    places.sort_by(|a, b| a.node.cmp(&b.node));
}

/// Waits until every agent is ready, and notes the pods' addresses. Says of nodes without one why.
async fn wait(cluster: &Cluster<'_>, places: &mut [Place]) -> BTreeMap<String, String> {
    let deadline = Instant::now() + START_TIME;
    loop {
        let mut away = BTreeMap::new();
        for host in [false, true] {
            let pods = match cluster.pods(host).list(&ListParams::default()).await {
                Ok(pods) => pods.items,
                Err(error) => {
                    for place in places.iter() {
                        away.insert(place.node.clone(), explain(&error));
                    }
                    continue;
                }
            };
            for pod in &pods {
                let Some(place) = number(pod).and_then(|number| places.get_mut(number)) else {
                    continue;
                };
                if !is_ready(pod) {
                    away.insert(place.node.clone(), trouble(pod));
                } else if pod.labels().get(ROLE).map(String::as_str) == Some("stay") {
                    place.pod = addresses(pod);
                }
            }
        }
        if away.is_empty() && places.iter().all(|place| !place.pod.is_empty()) {
            return away;
        }
        if Instant::now() >= deadline {
            for place in places.iter_mut().filter(|place| away.contains_key(&place.node)) {
                place.pod.clear();
            }
            return away;
        }
        sleep(INTERVAL).await;
    }
}

/// Deletes the pods that go on to answer, and waits until the API shows that they leave.
pub async fn leave(cluster: &Cluster<'_>) -> Result<(), String> {
    let leaving = ListParams::default().labels(&format!("{ROLE}=leave"));
    let deleted = cluster
        .pods(false)
        .delete_collection(&DeleteParams::default(), &leaving)
        .await;
    deleted.map_err(|error| format!("pods cannot be deleted: {}", explain(&error)))?;
    let slices = ListParams::default().labels("kubernetes.io/service-name=leaving");
    let deadline = Instant::now() + LEAVE_TIME;
    loop {
        let found = cluster
            .slices()
            .list(&slices)
            .await
            .map_err(|error| explain(&error))?;
        let mut endpoints = found
            .items
            .iter()
            .flat_map(|slice| slice.endpoints.iter().flatten());
        let leaves = endpoints.any(|endpoint| {
            endpoint
                .conditions
                .as_ref()
                .is_some_and(|conditions| conditions.terminating == Some(true))
        });
        if leaves {
            return Ok(());
        }
        if Instant::now() >= deadline {
            return Err(
                "no EndpointSlice shows that a pod leaves: is the kube-controller-manager well?".to_owned(),
            );
        }
        sleep(INTERVAL).await;
    }
}

fn number(pod: &Pod) -> Option<usize> {
    pod.labels().get(PLACE)?.parse().ok()
}

fn is_ready(pod: &Pod) -> bool {
    let conditions = pod
        .status
        .iter()
        .flat_map(|status| status.conditions.iter().flatten());
    conditions
        .into_iter()
        .any(|condition| condition.type_ == "Ready" && condition.status == "True")
}

fn addresses(pod: &Pod) -> Vec<IpAddr> {
    let ips = pod
        .status
        .iter()
        .flat_map(|status| status.pod_ips.iter().flatten());
    ips.filter_map(|ip| parse_ip(&ip.ip)).collect()
}

/// Why a pod is not ready, as far as it tells.
fn trouble(pod: &Pod) -> String {
    let status = pod.status.as_ref();
    let waiting = status.and_then(|status| {
        let container = status.container_statuses.as_ref()?.first()?;
        let waiting = container.state.as_ref()?.waiting.as_ref()?;
        Some(format!(
            "{}: {}",
            waiting.reason.clone().unwrap_or_default(),
            waiting.message.clone().unwrap_or_default()
        ))
    });
    let unscheduled = || {
        let conditions = status?.conditions.as_ref()?;
        let scheduled = conditions
            .iter()
            .find(|condition| condition.type_ == "PodScheduled")?;
        scheduled.message.clone()
    };
    waiting
        .or_else(unscheduled)
        .unwrap_or_else(|| format!("pod {} is not ready", pod.name_any()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_has_a_node_before_one_has_two() {
        let place = |node: &str, zone: &str| Place {
            node: node.to_owned(),
            zone: Some(zone.to_owned()),
            ..Place::default()
        };
        let mut places: Vec<Place> = (0..9).map(|number| place(&format!("a{number}"), "a")).collect();
        places.extend([place("z1", "b"), place("z2", "c")]);
        choose(&mut places);
        let nodes: Vec<&str> = places.iter().map(|place| place.node.as_str()).collect();
        assert_eq!(nodes, ["a0", "a1", "a2", "a3", "z1", "z2"]);
    }
}
