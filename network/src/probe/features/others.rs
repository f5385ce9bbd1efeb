//! Features that are not probed with Services and the model: by other means, or not yet at all, and why.

use conform_service_proxy::Family;
use conform_suite::Area;
use serde_json::Value;

use super::super::{
    feature::{Feature, Moment, Unfit, anywhere, on_two_nodes},
    ground::Ground,
};

/// No objects, and nothing to overlook.
const fn other(
    id: &'static str,
    source: &'static str,
    title: &'static str,
    area: Area,
    fit: fn(&Ground) -> Result<(), Unfit>,
) -> Feature {
    Feature {
        id,
        source,
        title,
        area,
        fit,
        objects: |_| Vec::new(),
        moment: Moment::Calm,
        unaware: |_: &mut Value| false,
    }
}

/// Whether the API server takes parameters of IngressClasses from a namespace; no controller is asked.
pub const INGRESS_PARAMETERS: Feature = other(
    "ingress-class-parameters",
    "KEP-2365",
    "parameters of an IngressClass in a namespace (API)",
    Area::ControlPlane,
    anywhere,
);

/// Whether the end of a range of ports counts where NetworkPolicies are enforced.
pub const POLICY_PORTS: Feature = other(
    "network-policy-end-port",
    "KEP-2079",
    "ranges of ports in NetworkPolicies",
    Area::NetworkPolicy,
    on_two_nodes,
);

fn why_not(why: &str) -> Result<(), Unfit> {
    Err(Unfit::Unevaluated(why.to_owned()))
}

/// Whether load balancers are told that a node is about to go. Only asked for by name.
pub const DRAINING: Feature = other(
    "node-draining",
    "KEP-3836",
    "nodes that are to go tell load balancers so",
    Area::ServiceProxy,
    anywhere,
);

/// Features that are not probed.
pub const UNPROBED: [Feature; 2] = [
    other(
        "dual-stack",
        "KEP-563",
        "IPv4 and IPv6 together",
        Area::ServiceProxy,
        |ground| match ground.families.as_slice() {
            [one] => {
                let message = format!("pods here have addresses of {one} alone");
                Err(Unfit::NotApplicable(message))
            }
            _ => why_not("Services of two families are not made yet; those of the first are measured"),
        },
    ),
    other("ipv6", "KEP-1138", "IPv6 alone", Area::ServiceProxy, |ground| {
        if ground.families.contains(&Family::IPv6) {
            why_not(
                "the other rows are measured with the cluster's first family; there is no row of its own for IPv6",
            )
        } else {
            let message = "pods here have no IPv6 addresses";
            Err(Unfit::NotApplicable(message.to_owned()))
        }
    }),
];
