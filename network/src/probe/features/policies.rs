//! Traffic policies: endpoints of the own node alone.

use conform_suite::Area;
use serde_json::{Value, json};

use super::{
    super::{
        feature::{Feature, Moment, on_two_nodes},
        objects::{PLACE, ROLE},
    },
    service, without,
};

/// The pod of the first node alone, so that all other nodes have none.
fn first_only() -> Value {
    json!({ ROLE: "stay", PLACE: "0" })
}

pub const FEATURES: [Feature; 2] = [
    Feature {
        id: "internal-traffic-policy",
        source: "KEP-2086",
        title: "internalTrafficPolicy: Local",
        area: Area::ServiceProxy,
        fit: on_two_nodes,
        objects: |_| {
            let local = json!({ "internalTrafficPolicy": "Local" });
            let mut one = local.clone();
            if let Some(fields) = one.as_object_mut() {
                fields.insert("selector".to_owned(), first_only());
            }
            vec![service("internal-local", &local), service("internal-one", &one)]
        },
        moment: Moment::Calm,
        unaware: |object| {
            without(object, "internalTrafficPolicy");
            false
        },
    },
    Feature {
        id: "external-traffic-policy",
        source: "Services",
        title: "externalTrafficPolicy: Local on node ports",
        area: Area::ServiceProxy,
        fit: on_two_nodes,
        objects: |_| {
            let spec =
                json!({ "type": "NodePort", "externalTrafficPolicy": "Local", "selector": first_only() });
            vec![service("external-one", &spec)]
        },
        moment: Moment::Calm,
        unaware: |object| {
            without(object, "externalTrafficPolicy");
            false
        },
    },
];
