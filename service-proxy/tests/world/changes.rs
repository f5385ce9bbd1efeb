//! Random changes of small clusters.

#![allow(dead_code, reason = "each test program uses a part")]

use std::collections::BTreeMap;

use conform_service_proxy::{
    Effect, State,
    object::{Object, ObjectName},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world;

/// Nodes, the first two in zones that hints name.
pub const NODES: [&str; 3] = ["node-a", "node-b", "node-c"];
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
pub enum Change {
    Set(Object),
    Remove(ObjectName),
}

/// A change of a slice, a Service or a node.
pub fn change() -> impl Strategy<Value = Change> {
    let object = prop_oneof![4 => slice(), 2 => service(), 1 => node()].prop_map(world::read);
    (object, prop::bool::weighted(0.25)).prop_map(|(object, goes)| {
        if goes {
            Change::Remove(object.name())
        } else {
            Change::Set(object)
        }
    })
}

/// Lets a state change.
pub fn apply(state: &mut State, change: &Change) -> Effect {
    match change {
        Change::Set(object) => state.apply([object]),
        Change::Remove(name) => state.remove(name),
    }
}

/// The objects that are left after all changes.
pub fn left(changes: &[Change]) -> Vec<Object> {
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
