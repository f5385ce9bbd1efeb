//! Services of two families, and of IPv6 alone.

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

fn on_two_families(ground: &Ground) -> Result<(), Unfit> {
    match ground.families.as_slice() {
        [] => Err(no_addresses()),
        [one] => {
            let message = format!("pods here have addresses of {one} alone");
            Err(Unfit::NotApplicable(message))
        }
        _ => Ok(()),
    }
}

fn on_ipv6(ground: &Ground) -> Result<(), Unfit> {
    if ground.families.contains(&Family::IPv6) {
        Ok(())
    } else if ground.families.is_empty() {
        Err(no_addresses())
    } else {
        let message = "pods here have no IPv6 addresses";
        Err(Unfit::NotApplicable(message.to_owned()))
    }
}

fn no_addresses() -> Unfit {
    Unfit::Unevaluated("no address of a pod is known".to_owned())
}

/// Over TCP and UDP, with node ports too.
fn of_families(name: &str, policy: &str, families: &[Family]) -> Value {
    let families: Vec<String> = families.iter().map(ToString::to_string).collect();
    let spec = json!({
        "type": "NodePort", "ipFamilyPolicy": policy, "ipFamilies": families,
        "ports": [
            { "name": "http", "port": 80, "targetPort": FIRST, "protocol": "TCP" },
            { "name": "datagrams", "port": 80, "targetPort": FIRST, "protocol": "UDP" },
        ],
    });
    service(name, &spec)
}

/// The second family, unseen.
fn first_family_alone(object: &mut Value) -> bool {
    for field in ["ipFamilies", "clusterIPs"] {
        let list = object.get_mut("spec").and_then(|spec| spec.get_mut(field));
        if let Some(list) = list.and_then(Value::as_array_mut) {
            list.truncate(1);
        }
    }
    false
}

pub const FEATURES: [Feature; 2] = [
    Feature {
        id: "dual-stack",
        source: "KEP-563",
        title: "IPv4 and IPv6 together",
        area: Area::ServiceProxy,
        fit: on_two_families,
        objects: |_| {
            let families = [Family::IPv4, Family::IPv6];
            vec![of_families("dual-stack", "RequireDualStack", &families)]
        },
        moment: Moment::Calm,
        unaware: first_family_alone,
    },
    Feature {
        id: "ipv6",
        source: "KEP-1138",
        title: "IPv6 alone",
        area: Area::ServiceProxy,
        fit: on_ipv6,
        objects: |_| vec![of_families("ipv6", "SingleStack", &[Family::IPv6])],
        moment: Moment::Calm,
        unaware: |object| is(object, "Service"),
    },
];

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::both(&[Family::IPv4, Family::IPv6], [true, true])]
    #[case::ipv4(&[Family::IPv4], [false, false])]
    #[case::ipv6(&[Family::IPv6], [false, true])]
    fn it_takes_the_families(#[case] families: &[Family], #[case] fits: [bool; 2]) {
        let ground = Ground {
            families: families.to_vec(),
            ..Ground::default()
        };
        let found = FEATURES.map(|feature| (feature.fit)(&ground));
        assert_eq!(found.each_ref().map(Result::is_ok), fits, "{found:?}");
        for unfit in found.into_iter().filter_map(Result::err) {
            assert!(matches!(unfit, Unfit::NotApplicable(_)), "{unfit:?}");
        }
    }
}
