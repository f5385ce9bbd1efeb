//! Which addresses: those of load balancers.

use conform_service_proxy::Family;
use conform_suite::Area;
use serde_json::{Value, json};

use super::{
    super::{
        feature::{Feature, Moment, anywhere},
        ground::Ground,
    },
    service,
};

/// Addresses that no network has: RFC 5737 and RFC 3849 set them aside for documentation.
const IPV4: [&str; 2] = ["198.51.100.77", "198.51.100.78"];
const IPV6: [&str; 2] = ["2001:db8::77", "2001:db8::78"];

fn both(ground: &Ground) -> Vec<Value> {
    let (family, [vip, proxied]) = match ground.families.as_slice() {
        [Family::IPv6] => (Family::IPv6, IPV6),
        _ => (Family::IPv4, IPV4),
    };
    vec![
        balanced("vip", family, vip, "VIP"),
        balanced("proxied", family, proxied, "Proxy"),
    ]
}

fn balanced(name: &str, family: Family, address: &str, mode: &str) -> Value {
    let spec = json!({
        "type": "LoadBalancer", "loadBalancerClass": "conform.dev/nobody",
        // Where a Service has the other family first, an address of this one would be no address of it.
        "ipFamilyPolicy": "SingleStack", "ipFamilies": [family.to_string()],
    });
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
    objects: both,
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::unknown(&[], "198.51.100.77", "IPv4")]
    #[case::both(&[Family::IPv4, Family::IPv6], "198.51.100.77", "IPv4")]
    #[case::ipv6_alone(&[Family::IPv6], "2001:db8::77", "IPv6")]
    fn an_address_is_of_the_services_family(
        #[case] families: &[Family],
        #[case] address: &str,
        #[case] family: &str,
    ) {
        let ground = Ground {
            families: families.to_vec(),
            ..Ground::default()
        };
        let service = &both(&ground)[0];
        assert_eq!(service["status"]["loadBalancer"]["ingress"][0]["ip"], address);
        assert_eq!(service["spec"]["ipFamilies"], json!([family]));
    }
}
