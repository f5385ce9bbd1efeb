//! SCTP, where kernels have it.

use conform_suite::Area;
use serde_json::{Value, json};

use super::{
    super::{
        feature::{Feature, Moment, Unfit},
        ground::Ground,
        objects::FIRST,
    },
    is, service,
};

/// Agents are on every node, so that every kernel has to have it.
fn on_kernels_with_it(ground: &Ground) -> Result<(), Unfit> {
    match ground.without_sctp.as_slice() {
        [] => Ok(()),
        nodes => {
            let message = format!(
                "could not measure: the kernel of {} has no SCTP",
                nodes.join(", ")
            );
            Err(Unfit::Unevaluated(message))
        }
    }
}

pub const FEATURES: [Feature; 1] = [Feature {
    id: "sctp",
    source: "KEP-614",
    title: "SCTP",
    area: Area::ServiceProxy,
    fit: on_kernels_with_it,
    objects: |_| {
        let ports = json!([{ "name": "sctp", "port": 80, "targetPort": FIRST, "protocol": "SCTP" }]);
        vec![service("sctp", &json!({ "type": "NodePort", "ports": ports }))]
    },
    moment: Moment::Calm,
    // A proxy that does not know the protocol does not see its ports.
    unaware: |object: &mut Value| is(object, "Service"),
}];
