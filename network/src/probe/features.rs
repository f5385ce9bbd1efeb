//! The features that are probed. A further one is one entry here.

mod addresses;
mod endpoints;
mod families;
mod others;
mod policies;
mod ranges;
mod sctp;
mod services;

use serde_json::{Value, json};

use super::{
    feature::{Feature, Unfit},
    ground::Ground,
    objects::{FIRST, ROLE},
};

pub use others::{DRAINING, HEALTH_CHECKS, HEALTH_SERVICE, INGRESS_PARAMETERS, POLICY_PORTS};
pub use ranges::RANGE;

/// Every feature that is probed with Services, in the order in which they are told.
pub fn features() -> impl Iterator<Item = &'static Feature> {
    let lists: [&[Feature]; 7] = [
        &services::FEATURES,
        &policies::FEATURES,
        &endpoints::FEATURES,
        &addresses::FEATURES,
        &ranges::FEATURES,
        &sctp::FEATURES,
        &families::FEATURES,
    ];
    lists.into_iter().flatten()
}

/// These and those that are probed by other means: all that a table has.
pub fn every() -> impl Iterator<Item = &'static Feature> {
    const OTHERS: [Feature; 4] = [HEALTH_CHECKS, INGRESS_PARAMETERS, POLICY_PORTS, DRAINING];
    features().chain(&OTHERS)
}

/// Features that change more of a cluster than a probe's own namespaces: probed only if they are asked for by name, because.
const BY_NAME: [(&str, &str); 2] = [
    (
        "service-cidr",
        "it adds a range of Service addresses to the cluster",
    ),
    (
        "node-draining",
        "it says of a node that it is about to go, on which an autoscaler or a load balancer may act",
    ),
];

/// True if the feature of this word is probed only by who asks for it by name.
pub fn is_only_by_name(id: &str) -> bool {
    BY_NAME.iter().any(|(known, _)| *known == id)
}

/// Why a feature is not probed on this ground where these are asked for by name; nobody asks by name if there are none.
pub fn fits(feature: &Feature, ground: &Ground, only: &[String]) -> Result<(), Unfit> {
    let id = feature.id;
    let by_name = BY_NAME.iter().find(|(known, _)| *known == id);
    if let Some((_, why)) = by_name.filter(|_| only.is_empty()) {
        return Err(Unfit::Unevaluated(format!(
            "{why}: ask for it with --feature {id}"
        )));
    }
    (feature.fit)(ground)
}

/// A Service of the pods that stay, with these fields in its spec.
fn service(name: &str, spec: &Value) -> Value {
    let mut object = json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": { "name": name },
        "spec": {
            "selector": { ROLE: "stay" },
            "ports": [{ "name": "http", "port": 80, "targetPort": FIRST, "protocol": "TCP" }],
        },
    });
    if let (Some(fields), Some(more)) = (
        object.get_mut("spec").and_then(Value::as_object_mut),
        spec.as_object(),
    ) {
        fields.extend(more.clone());
    }
    object
}

/// Takes a field out of the spec of a Service.
fn without(object: &mut Value, field: &str) {
    if let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut) {
        spec.remove(field);
    }
}

/// True for an object of this kind.
fn is(object: &Value, kind: &str) -> bool {
    object.get("kind").and_then(Value::as_str) == Some(kind)
}
