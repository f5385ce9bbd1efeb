//! Features that are not probed with Services and the model, but by other means.

use conform_suite::Area;
use serde_json::{Value, json};

use super::{
    super::{
        feature::{Feature, Moment, Unfit, anywhere, on_two_nodes},
        ground::Ground,
        objects::{PLACE, ROLE},
    },
    service,
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

/// Whether load balancers are told that a node is about to go. Only asked for by name.
pub const DRAINING: Feature = other(
    "node-draining",
    "KEP-3836",
    "nodes that are to go tell load balancers so",
    Area::ServiceProxy,
    anywhere,
);

/// The Service of [`HEALTH_CHECKS`].
pub const HEALTH_SERVICE: &str = "health";

/// Whether nodes tell load balancers how many endpoints of a Service they have.
pub const HEALTH_CHECKS: Feature = Feature {
    objects: |_| {
        // Of a class that no load balancer serves: the proxy's part is what is probed.
        let spec = json!({
            "type": "LoadBalancer", "loadBalancerClass": "conform.dev/nobody", "externalTrafficPolicy": "Local",
            "selector": { ROLE: "stay", PLACE: "0" },
        });
        vec![service(HEALTH_SERVICE, &spec)]
    },
    ..other(
        "health-check-node-port",
        "Services",
        "nodes tell load balancers whether they have endpoints",
        Area::ServiceProxy,
        on_two_nodes,
    )
};
