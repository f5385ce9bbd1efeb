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
    let refused = make(cluster, &places).await;
    let away = wait(cluster, &mut places, refused).await;
    remarks.extend(lost(&places, &away)?);
    let families = Family::ALL.into_iter().filter(|family| {
        let mut pods = places.iter().flat_map(|place| &place.pod);
        pods.any(|address| Family::of(*address) == *family)
    });
    let families = families.collect();
    Ok((
        Ground {
            places,
            families,
            ..Ground::default()
        },
        remarks,
    ))
}

/// What is to be remarked of places whose agents did not start, which keep their numbers: names and labels count places. Only
/// where none has started there is nothing to go on with.
fn lost(places: &[Place], away: &BTreeMap<String, String>) -> Result<Vec<String>, ProbeError> {
    let lost = places.iter().filter(|place| place.pod.is_empty());
    let told: Vec<String> = lost
        .map(|place| {
            let why = away.get(&place.node).map_or("it did not start", String::as_str);
            format!("no agent on node {}: {why}", place.node)
        })
        .collect();
    if told.len() < places.len() {
        return Ok(told);
    }
    Err(ProbeError::Refused(format!(
        "agents do not start: {}",
        told.join("; ")
    )))
}

/// Makes the agents of all places. Gives the nodes whose agents the API server refuses, and why.
async fn make(cluster: &Cluster<'_>, places: &[Place]) -> BTreeMap<String, String> {
    let (pods, nodes) = (cluster.pods(false), cluster.pods(true));
    let mut refused = BTreeMap::new();
    for (number, place) in places.iter().enumerate() {
        let made = async {
            cluster.make(&pods, cluster.making.stay(number, place)).await?;
            cluster
                .make(&nodes, cluster.making.on_node(number, place))
                .await?;
            if number == 0 {
                // The first node's alone: the others then have no endpoint that leaves.
                cluster.make(&pods, cluster.making.leave(number, place)).await?;
            }
            Ok::<(), ProbeError>(())
        };
        if let Err(error) = made.await {
            refused.insert(place.node.clone(), error.to_string());
        }
    }
    refused
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

/// Waits until every agent is ready that is not refused, and notes the pods' addresses. Says of nodes without one why.
async fn wait(
    cluster: &Cluster<'_>,
    places: &mut [Place],
    refused: BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let deadline = Instant::now() + START_TIME;
    loop {
        let mut away = BTreeMap::new();
        let mut is_late = false;
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
                let role = pod.labels().get(ROLE).map(String::as_str);
                match (is_ready(pod), role) {
                    (true, Some("stay")) => place.pod = addresses(pod),
                    (true, _) => {}
                    // It answers, and asks nothing: what it is for says what it lacks.
                    (false, Some("leave")) => is_late = true,
                    (false, _) => {
                        away.insert(place.node.clone(), trouble(pod));
                    }
                }
            }
        }
        let is_done = |place: &Place| !place.pod.is_empty() || refused.contains_key(&place.node);
        let waits = away.keys().any(|node| !refused.contains_key(node));
        let all = !is_late && !waits && places.iter().all(is_done);
        if all || Instant::now() >= deadline {
            away.extend(refused);
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
    fn who_does_not_start_is_named_and_only_all_of_them_end_it() {
        let place = |node: &str, pod: Vec<IpAddr>| Place {
            node: node.to_owned(),
            pod,
            ..Place::default()
        };
        let away: BTreeMap<String, String> = [("b".to_owned(), "ImagePullBackOff: gone".to_owned())].into();
        let started = place("a", vec![[10, 0, 0, 9].into()]);
        let told = lost(&[started, place("b", Vec::new())], &away);
        assert_eq!(
            told,
            Ok(vec!["no agent on node b: ImagePullBackOff: gone".to_owned()])
        );
        let none = lost(&[place("b", Vec::new()), place("c", Vec::new())], &away);
        let why = "agents do not start: no agent on node b: ImagePullBackOff: gone; no agent on node c: it did not start";
        assert_eq!(none, Err(ProbeError::Refused(why.to_owned())));
    }

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
