//! What holds for every state: changes one by one come to the same as all at once, in whatever order; whoever is told of
//! no change sees none; the list of endpoints is what a plain reading of the rules gives.

#![allow(
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too, and rstest gives cases by value"
)]

#[path = "world/changes.rs"]
mod changes;
mod world;

use conform_service_proxy::{Gates, NodeFollower, PortAnswer, State, object::Object};
use proptest::prelude::*;
use serde_json::json;

use crate::changes::{NODES, apply, change, left};

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
