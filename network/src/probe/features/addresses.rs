//! Which addresses: those of load balancers.

use conform_suite::Area;
use serde_json::{Value, json};

use super::{
    super::feature::{Feature, Moment, anywhere},
    service,
};

/// Addresses that no network has: RFC 5737 sets them aside for documentation.
const VIP: &str = "198.51.100.77";
const PROXIED: &str = "198.51.100.78";

fn balanced(name: &str, address: &str, mode: &str) -> Value {
    let spec = json!({ "type": "LoadBalancer", "loadBalancerClass": "conform.dev/nobody" });
    let mut object = service(name, &spec);
    if let Some(fields) = object.as_object_mut() {
        let status = json!({ "loadBalancer": { "ingress": [{ "ip": address, "ipMode": mode }] } });
        fields.insert("status".to_owned(), status);
    }
    object
}

pub const FEATURES: [Feature; 1] = [Feature {
    id: "load-balancer-ip-mode",
    source: "KEP-1860",
    title: "ipMode of a load balancer's address",
    area: Area::ServiceProxy,
    fit: anywhere,
    objects: |_| vec![balanced("vip", VIP, "VIP"), balanced("proxied", PROXIED, "Proxy")],
    moment: Moment::Calm,
    unaware: |object| {
        let list = object
            .pointer_mut("/status/loadBalancer/ingress")
            .and_then(Value::as_array_mut);
        for ingress in list.into_iter().flatten().filter_map(Value::as_object_mut) {
            ingress.remove("ipMode");
        }
        false
    },
}];
