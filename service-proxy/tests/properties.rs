//! What holds for every state: changes one by one come to the same as all at once, in whatever order; whoever is told of
//! no change sees none; the list of endpoints is what a plain reading of the rules gives.

#![allow(
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too, and rstest gives cases by value"
)]

mod world;

use std::collections::BTreeMap;

use conform_service_proxy::{
    Gates, NodeFollower, PortAnswer, State,
    object::{Object, ObjectName},
};
use proptest::prelude::*;
use serde_json::{Value, json};

const NODES: [&str; 3] = ["node-a", "node-b", "node-c"];
const ZONES: [&str; 3] = ["a", "b", "gone"];

fn endpoint() -> impl Strategy<Value = Value> {
    (
        0..5_u8,
        prop::option::of(0..3_usize),
        prop::option::weighted(0.3, (any::<bool>(), any::<bool>(), any::<bool>())),
        prop::option::weighted(0.9, 0..3_usize),
        prop::option::weighted(0.8, 0..3_usize),
    )
        .prop_map(|(last, node, conditions, zone, to)| {
            let mut value = json!({"addresses": [format!("10.1.0.{last}")]});
            if let Some(node) = node {
                value["nodeName"] = json!(NODES[node]);
            }
            if let Some((ready, serving, terminating)) = conditions {
                value["conditions"] = json!({"ready": ready, "serving": serving, "terminating": terminating});
            }
            let zone = zone.map(|zone| json!({"name": ZONES[zone]}));
            let to = to.map(|to| json!({"name": NODES[to]}));
            value["hints"] = json!({"forZones": Vec::from_iter(zone), "forNodes": Vec::from_iter(to)});
            value
        })
}

fn slice() -> impl Strategy<Value = Value> {
    (
        0..4_u8,
        0..3_u8,
        any::<bool>(),
        prop::collection::vec(endpoint(), 0..5),
    )
        .prop_map(|(name, service, second_port, endpoints)| {
            let mut value = world::slice(endpoints);
            value["metadata"]["name"] = json!(format!("slice-{name}"));
            value["metadata"]["labels"]["kubernetes.io/service-name"] = json!(format!("web-{service}"));
            if second_port {
                value["ports"] =
                    json!([{"name": "http", "port": 8080}, {"name": "dns", "protocol": "UDP", "port": 53}]);
            }
            value
        })
}

fn service() -> impl Strategy<Value = Value> {
    (
        0..3_u8,
        any::<[bool; 4]>(),
        prop::sample::select(vec!["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]),
    )
        .prop_map(|(name, [internal, external, two, ips], kind)| {
            let mut value = world::service();
            let policy = |local| if local { "Local" } else { "Cluster" };
            value["metadata"]["name"] = json!(format!("web-{name}"));
            value["spec"]["clusterIP"] = json!(format!("172.30.0.{name}"));
            value["spec"]["type"] = json!(kind);
            value["spec"]["internalTrafficPolicy"] = json!(policy(internal));
            value["spec"]["externalTrafficPolicy"] = json!(policy(external));
            value["spec"]["healthCheckNodePort"] = json!(32000 + u16::from(name));
            if ips {
                value["spec"]["externalIPs"] = json!([format!("198.51.100.{name}")]);
            }
            if two {
                value["spec"]["ports"] = json!([
                    {"name": "http", "port": 80}, {"name": "dns", "protocol": "UDP", "port": 53, "nodePort": 30053},
                ]);
            }
            value
        })
}

fn node() -> impl Strategy<Value = Value> {
    (0..3_usize, 0..3_usize).prop_map(|(name, zone)| world::node(NODES[name], ZONES[zone], "192.168.0.2"))
}

/// An object that comes, or one that goes.
#[derive(Clone, Debug)]
enum Change {
    Set(Object),
    Remove(ObjectName),
}

fn change() -> impl Strategy<Value = Change> {
    let object = prop_oneof![4 => slice(), 2 => service(), 1 => node()].prop_map(world::read);
    (object, prop::bool::weighted(0.25)).prop_map(|(object, goes)| {
        if goes {
            Change::Remove(object.name())
        } else {
            Change::Set(object)
        }
    })
}

fn apply(state: &mut State, change: &Change) -> conform_service_proxy::Effect {
    match change {
        Change::Set(object) => state.apply([object]),
        Change::Remove(name) => state.remove(name),
    }
}

/// The objects that are left after all changes.
fn left(changes: &[Change]) -> Vec<Object> {
    let mut objects = BTreeMap::new();
    for change in changes {
        match change {
            Change::Set(object) => {
                objects.insert(object.name(), object.clone());
            }
            Change::Remove(name) => {
                objects.remove(name);
            }
        }
    }
    objects.into_values().collect()
}

/// Everything that the state says.
fn answers(state: &State) -> Vec<(Vec<PortAnswer>, String)> {
    let say = |node: &&str| {
        let answers: Vec<PortAnswer> = state.view(node).iter().map(PortAnswer::from).collect();
        let health = format!(
            "{:?} {:?}",
            state.health_checks(node, true),
            state.healthz(node, true)
        );
        (answers, health)
    };
    NODES.iter().chain(&["node-of-no-object"]).map(say).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn one_by_one_is_all_at_once(changes in prop::collection::vec(change(), 0..30), minor in 29..37_u16) {
        let mut state = State::new(Gates::of_minor(minor));
        for change in &changes {
            apply(&mut state, change);
        }
        let mut whole = State::new(Gates::of_minor(minor));
        whole.apply(&left(&changes));
        prop_assert_eq!(answers(&state), answers(&whole));
        prop_assert_eq!(state.backend_count(), whole.backend_count());
    }

    #[test]
    fn the_order_of_objects_changes_nothing(changes in prop::collection::vec(change(), 0..20), minor in 29..37_u16) {
        let mut objects = left(&changes);
        let mut forwards = State::new(Gates::of_minor(minor));
        forwards.apply(&objects);
        objects.reverse();
        let mut backwards = State::new(Gates::of_minor(minor));
        for object in &objects {
            backwards.apply([object]);
        }
        prop_assert_eq!(answers(&forwards), answers(&backwards));
    }

    #[test]
    fn who_sees_a_difference_is_told(changes in prop::collection::vec(change(), 1..20), minor in 29..37_u16) {
        let mut state = State::new(Gates::of_minor(minor));
        let mut followers = NODES.map(|node| NodeFollower::new(&state, node));
        for change in &changes {
            let before = answers(&state);
            let effect = apply(&mut state, change);
            let after = answers(&state);
            let seen = NODES.iter().zip(&mut followers).zip(before.iter().zip(&after));
            for ((&node, follower), (before, after)) in seen {
                if !effect.concerns(&state, node) {
                    prop_assert_eq!(before, after);
                }
                let diff = follower.update(&state, &effect);
                let changed = diff.created.len() + diff.updated.len() + diff.deleted.len();
                prop_assert_eq!(changed > 0, before.0 != after.0);
                let mut followed: Vec<PortAnswer> = follower.ports().cloned().collect();
                let mut all = after.0.clone();
                let key = |answer: &PortAnswer| format!("{} {:?} {}", answer.service, answer.protocol, answer.port);
                followed.sort_by_key(key);
                all.sort_by_key(key);
                prop_assert_eq!(followed, all);
            }
            if effect.is_empty() {
                prop_assert_eq!(before, after);
            }
        }
    }

    #[test]
    fn many_nodes_at_once_are_one_after_another(changes in prop::collection::vec(change(), 0..20), minor in 29..37_u16) {
        let mut state = State::new(Gates::of_minor(minor));
        state.apply(&left(&changes));
        let together = state.views(&NODES);
        for (node, view) in NODES.iter().zip(together) {
            let together: Vec<PortAnswer> = view.iter().map(PortAnswer::from).collect();
            let alone: Vec<PortAnswer> = state.view(node).iter().map(PortAnswer::from).collect();
            prop_assert_eq!(together, alone);
        }
    }
}

/// A change of one zone's endpoint concerns that zone alone.
#[test]
fn other_zones_are_not_told() {
    let hinted = |ip: &str, zone: &str| {
        let mut endpoint = world::endpoint(ip, "node-c");
        endpoint["hints"] = json!({"forZones": [{"name": zone}]});
        endpoint
    };
    let mut state = State::new(Gates::default());
    let nodes = [
        world::node("node-a", "a", "192.168.0.1"),
        world::node("node-b", "b", "192.168.0.2"),
    ];
    let endpoints = vec![hinted("10.1.0.1", "a"), hinted("10.1.0.2", "b")];
    let objects: Vec<Object> = nodes
        .into_iter()
        .chain([world::service(), world::slice(endpoints)])
        .map(world::read)
        .collect();
    state.apply(&objects);
    let changed = world::slice(vec![
        hinted("10.1.0.1", "a"),
        hinted("10.1.0.2", "b"),
        hinted("10.1.0.3", "b"),
    ]);
    let effect = state.apply([&world::read(changed.clone())]);
    assert_eq!(effect.nodes(&state).collect::<Vec<_>>(), ["node-b"]);
    assert!(state.apply([&world::read(changed)]).is_empty());
}

/// Before 1.36 the node decides which of two equal endpoints counts, and with it which hints hold.
#[test]
fn equal_endpoints_of_old_releases_are_told_apart_by_each_node() {
    let mut hinted = world::endpoint("10.1.0.1", "node-b");
    hinted["hints"] = json!({"forNodes": [{"name": "node-a"}]});
    let mut second = world::slice(vec![world::endpoint("10.1.0.1", "node-b")]);
    second["metadata"]["name"] = json!("web-2");
    let mut other = world::endpoint("10.1.0.2", "node-c");
    other["hints"] = json!({"forNodes": [{"name": "node-c"}]});
    let objects = [world::service(), world::slice(vec![hinted, other]), second];
    let mut state = State::new(Gates::of_minor(35));
    state.apply(&objects.map(world::read));
    let expected = [("node-a", 1), ("node-b", 2), ("node-c", 1)];
    let together = state.views(&NODES);
    for ((node, count), together) in expected.into_iter().zip(together) {
        let alone: Vec<PortAnswer> = state.view(node).iter().map(PortAnswer::from).collect();
        assert_eq!(alone[0].cluster.len(), count, "{node}");
        let together: Vec<PortAnswer> = together.iter().map(PortAnswer::from).collect();
        assert_eq!(together, alone);
    }
}
