//! A further range of Service addresses.

use conform_service_proxy::Family;
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
/// The range that is added, and its two addresses for Services. RFC 5737 sets it aside for documentation: no network has it.
/// It is as small as can be, and the probe's own Services take all of it, so that no other Service's address comes from it.
pub const RANGE: &str = "203.0.113.0/30";
const ADDRESSES: [&str; 2] = ["203.0.113.1", "203.0.113.2"];

fn on_ipv4(ground: &Ground) -> Result<(), Unfit> {
    if ground.families.contains(&Family::IPv4) {
        Ok(())
    } else {
        let message = "the range that is probed with is of IPv4, and pods here have no such addresses";
        Err(Unfit::Unevaluated(message.to_owned()))
    }
}

pub const FEATURES: [Feature; 1] = [Feature {
    id: "service-cidr",
    source: "KEP-1880",
    title: "Services of a ServiceCIDR that is added",
    area: Area::ServiceProxy,
    fit: on_ipv4,
    objects: |_| {
        let [first, second] = ADDRESSES;
        let ports = json!([
            { "name": "http", "port": 80, "targetPort": FIRST, "protocol": "TCP" },
            { "name": "datagrams", "port": 80, "targetPort": FIRST, "protocol": "UDP" },
        ]);
        vec![
            service("ranged", &json!({ "clusterIP": first, "ports": ports })),
            service(
                "ranged-node-port",
                &json!({ "clusterIP": second, "type": "NodePort" }),
            ),
        ]
    },
    moment: Moment::Ranged,
    // A proxy that knows the first range alone does not see these Services.
    unaware: unseen,
}];

fn unseen(object: &mut Value) -> bool {
    is(object, "Service")
}
