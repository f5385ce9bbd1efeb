//! Which endpoints: those in several slices, those that leave, those that hints prefer.

use conform_suite::Area;
use serde_json::{Value, json};

use super::{
    super::{
        feature::{Feature, Moment, Unfit, on_two_nodes},
        ground::Ground,
        objects::{FIRST, ROLE},
    },
    is, service,
};

fn on_two_zones(ground: &Ground) -> Result<(), Unfit> {
    on_two_nodes(ground)?;
    match ground.zones() {
        0 | 1 => {
            let message = "it takes nodes of two zones (label topology.kubernetes.io/zone)";
            Err(Unfit::Unevaluated(message.to_owned()))
        }
        _ => Ok(()),
    }
}

/// The hints of every endpoint, unseen.
fn no_hints(object: &mut Value) -> bool {
    for endpoint in each_endpoint(object) {
        endpoint.remove("hints");
    }
    false
}

fn each_endpoint(object: &mut Value) -> impl Iterator<Item = &mut serde_json::Map<String, Value>> {
    let endpoints = object.get_mut("endpoints").and_then(Value::as_array_mut);
    endpoints.into_iter().flatten().filter_map(Value::as_object_mut)
}

/// A Service without a selector, whose endpoints are written by hand: a slice for each pod.
fn by_hand(ground: &Ground) -> Vec<Value> {
    let mut bare = service("by-hand", &json!({}));
    if let Some(spec) = bare.get_mut("spec").and_then(Value::as_object_mut) {
        spec.remove("selector");
    }
    let pods = ground.places.iter().enumerate();
    let slices = pods.filter_map(|(number, place)| {
        let address = place.pod.first()?;
        let family = if address.is_ipv4() { "IPv4" } else { "IPv6" };
        Some(json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": { "name": format!("by-hand-{number}"), "labels": { "kubernetes.io/service-name": "by-hand" } },
            "addressType": family,
            "endpoints": [{ "addresses": [address], "conditions": { "ready": true }, "nodeName": place.node }],
            "ports": [{ "name": "http", "port": FIRST, "protocol": "TCP" }],
        }))
    });
    std::iter::once(bare).chain(slices.collect::<Vec<_>>()).collect()
}

fn distributed(name: &str, distribution: &str) -> Value {
    service(name, &json!({ "trafficDistribution": distribution }))
}

/// What Services say that prefer endpoints of the client's zone. `PreferSameZone` is taken since 1.34; releases before it know
/// the same as `PreferClose` alone.
fn same_zone(minor: Option<u16>) -> &'static str {
    const RENAMED: u16 = 34;
    if minor.is_some_and(|minor| minor < RENAMED) {
        "PreferClose"
    } else {
        "PreferSameZone"
    }
}

pub const FEATURES: [Feature; 5] = [
    Feature {
        id: "endpoint-slices",
        source: "KEP-752",
        title: "endpoints of several EndpointSlices",
        area: Area::ServiceProxy,
        fit: on_two_nodes,
        objects: by_hand,
        moment: Moment::Calm,
        unaware: |object| is(object, "EndpointSlice"),
    },
    Feature {
        id: "terminating-endpoints",
        source: "KEP-1669",
        title: "endpoints that leave serve while none is ready",
        area: Area::ServiceProxy,
        fit: on_two_nodes,
        objects: |_| {
            let leaving = |spec: Value| {
                let mut spec = spec;
                if let Some(fields) = spec.as_object_mut() {
                    fields.insert("selector".to_owned(), json!({ ROLE: "leave" }));
                }
                spec
            };
            vec![
                service("leaving", &leaving(json!({}))),
                service(
                    "leaving-internal",
                    &leaving(json!({ "internalTrafficPolicy": "Local" })),
                ),
                service(
                    "leaving-external",
                    &leaving(json!({ "type": "NodePort", "externalTrafficPolicy": "Local" })),
                ),
            ]
        },
        moment: Moment::Leaving,
        unaware: |object| {
            if is(object, "EndpointSlice")
                && let Some(endpoints) = object.get_mut("endpoints").and_then(Value::as_array_mut)
            {
                endpoints
                    .retain(|endpoint| endpoint.pointer("/conditions/terminating") != Some(&json!(true)));
            }
            false
        },
    },
    Feature {
        id: "topology-hints",
        source: "KEP-2433",
        title: "hints of EndpointSlices for zones",
        area: Area::ServiceProxy,
        fit: on_two_zones,
        objects: |_| vec![distributed("prefer-close", "PreferClose")],
        moment: Moment::Calm,
        unaware: no_hints,
    },
    Feature {
        id: "traffic-distribution",
        source: "KEP-4444",
        title: "trafficDistribution: PreferSameZone",
        area: Area::ServiceProxy,
        fit: on_two_zones,
        objects: |ground| vec![distributed("prefer-zone", same_zone(ground.minor))],
        moment: Moment::Calm,
        unaware: no_hints,
    },
    Feature {
        id: "prefer-same-node",
        source: "KEP-3015",
        title: "trafficDistribution: PreferSameNode",
        area: Area::ServiceProxy,
        fit: on_two_nodes,
        objects: |_| vec![distributed("prefer-node", "PreferSameNode")],
        moment: Moment::Calm,
        unaware: no_hints,
    },
];

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::before(Some(33), "PreferClose")]
    #[case::since(Some(34), "PreferSameZone")]
    #[case::unknown(None, "PreferSameZone")]
    fn a_zone_is_preferred_in_the_words_of_the_release(#[case] minor: Option<u16>, #[case] word: &str) {
        let feature = FEATURES
            .iter()
            .find(|feature| feature.id == "traffic-distribution")
            .unwrap();
        let ground = Ground {
            minor,
            ..Ground::default()
        };
        let objects = (feature.objects)(&ground);
        assert_eq!(objects[0]["spec"]["trafficDistribution"], word);
    }
}
