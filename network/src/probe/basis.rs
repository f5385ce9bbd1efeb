//! What a row rests on: packets before declarations, declarations before conclusions. Only packets make a feature Supported. Pure.

use conform_crds::{Basis, Component, MAX_CAPABILITY_TEXT};
use conform_suite::{Area, Release};

use super::{
    features::every,
    verdict::{Row, Status},
};
use crate::{
    components::{Facts, blame},
    text::bounded,
};

/// The release since which a feature is generally available in Kubernetes' own components, as the number after `1.`; that of the
/// feature's KEP.
const HISTORY: [(&str, u16); 15] = [
    ("service-proxy-name", 14),
    ("sctp", 20),
    ("endpoint-slices", 21),
    ("dual-stack", 23),
    ("ipv6", 23),
    ("ingress-class-parameters", 23),
    ("mixed-protocols", 26),
    ("internal-traffic-policy", 26),
    ("terminating-endpoints", 28),
    ("node-draining", 31),
    ("load-balancer-ip-mode", 32),
    ("service-cidr", 33),
    ("topology-hints", 33),
    ("traffic-distribution", 33),
    ("prefer-same-node", 35),
];

/// Longest name of a row, in bytes, as a result keeps it.
const MAX_FEATURE: usize = 64;

/// Says what the row rests on. One that was not evaluated is told what follows from the component's version, and stays what it is.
pub fn found(row: &mut Row, components: &[Component]) {
    row.basis = match row.status {
        Status::Supported | Status::Unsupported => Some(Basis::Measured),
        Status::NotApplicable => None,
        Status::Unevaluated => inferred(row, components).map(|text| {
            row.because.push(text);
            Basis::Inferred
        }),
    };
}

/// What the history of the feature says of the one component of Kubernetes' own that implements it here.
fn inferred(row: &Row, components: &[Component]) -> Option<String> {
    let area = every().find(|feature| feature.id == row.feature)?.area;
    let (_, since) = HISTORY.iter().find(|(id, _)| *id == row.feature)?;
    let own = match area {
        Area::ServiceProxy => "kube-proxy",
        Area::ControlPlane => "Kubernetes control plane",
        _ => return None,
    };
    let mut of_area = components.iter().filter(|component| component.area == area);
    let component = of_area.next().filter(|component| component.name == own)?;
    // Several, or several versions of one: then it is not known which of them it is.
    if of_area.next().is_some() {
        return None;
    }
    let version = component.version.as_ref()?;
    let release: Release = version.parse().ok()?;
    (release.minor() >= *since)
        .then(|| format!("inferred: {own} {version} has it since 1.{since}, from the feature's history"))
}

/// A row for each GatewayClass that declares what it supports. Nobody has measured it, and it is no part of what was asked for.
pub fn declared(facts: &Facts, components: &[Component]) -> Vec<Row> {
    let declaring = facts
        .gateway_classes
        .iter()
        .filter(|class| !class.features.is_empty());
    declaring
        .map(|class| Row {
            feature: bounded(&format!("gateway-class/{}", class.name), MAX_FEATURE),
            source: "Gateway API".to_owned(),
            title: "what a GatewayClass declares to support",
            status: Status::Unevaluated,
            basis: Some(Basis::Declared),
            component: if class.controller.is_empty() {
                blame(Area::Gateway, components)
            } else {
                class.controller.clone()
            },
            same: 0,
            cells: 0,
            telling: 0,
            because: vec![bounded(
                &format!("declared and not measured: {}", class.features.join(", ")),
                MAX_CAPABILITY_TEXT,
            )],
            upstream: None,
            table: None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::components::Class;

    fn component(area: Area, name: &str, version: Option<&str>) -> Component {
        Component {
            area,
            name: name.to_owned(),
            mode: None,
            version: version.map(str::to_owned),
            image_digest: None,
            nodes: 1,
            node_names: Vec::new(),
            basis: Basis::Measured,
            evidence: String::new(),
        }
    }

    fn row(id: &str, status: Status) -> Row {
        let feature = every().find(|feature| feature.id == id).unwrap();
        Row {
            status,
            ..Row::of(feature, &[])
        }
    }

    const PROXY: (&str, Option<&str>) = ("kube-proxy", Some("v1.36.3"));

    #[rstest]
    #[case::known("node-draining", &[PROXY], Some("inferred: kube-proxy v1.36.3 has it since 1.31, from the feature's history"))]
    #[case::too_old("node-draining", &[("kube-proxy", Some("v1.30.1"))], None)]
    #[case::of_that_release("node-draining", &[("kube-proxy", Some("v1.31.0"))], Some("inferred: kube-proxy v1.31.0 has it since 1.31, from the feature's history"))]
    #[case::no_version("node-draining", &[("kube-proxy", None)], None)]
    #[case::somebody_elses("node-draining", &[("Cilium", Some("v1.36.0"))], None)]
    #[case::two_of_them("node-draining", &[PROXY, ("kube-proxy", Some("v1.20.0"))], None)]
    #[case::no_history("cluster-ip", &[PROXY], None)]
    #[case::nobody("node-draining", &[], None)]
    fn what_follows_from_a_version_is_told_and_never_a_pass(
        #[case] id: &str,
        #[case] proxies: &[(&str, Option<&str>)],
        #[case] expected: Option<&str>,
    ) {
        let proxies = proxies.iter();
        let components: Vec<Component> = proxies
            .map(|(name, version)| component(Area::ServiceProxy, name, *version))
            .collect();
        let mut row = row(id, Status::Unevaluated);
        found(&mut row, &components);
        assert_eq!(row.status, Status::Unevaluated);
        assert_eq!(row.because.first().map(String::as_str), expected);
        assert_eq!(row.basis, expected.map(|_| Basis::Inferred));
    }

    #[rstest]
    #[case(Status::Supported, Some(Basis::Measured))]
    #[case(Status::Unsupported, Some(Basis::Measured))]
    #[case(Status::NotApplicable, None)]
    fn packets_say_more_than_versions(#[case] status: Status, #[case] basis: Option<Basis>) {
        let components = [component(Area::ServiceProxy, "kube-proxy", Some("v1.36.3"))];
        let mut row = row("node-draining", status);
        found(&mut row, &components);
        assert_eq!((row.basis, row.because.len()), (basis, 0));
    }

    #[test]
    fn what_a_class_declares_is_a_row_that_nobody_measured() {
        let class = |name: &str, features: &[&str]| Class {
            name: name.to_owned(),
            controller: "example.com/gateway".to_owned(),
            accepted: Some(true),
            features: features.iter().map(|feature| (*feature).to_owned()).collect(),
        };
        let facts = Facts {
            gateway_classes: vec![class("blue", &["Gateway", "HTTPRoute"]), class("silent", &[])],
            ..Facts::default()
        };
        let rows = declared(&facts, &[]);
        let [row] = rows.as_slice() else {
            panic!("{rows:#?}");
        };
        assert_eq!(
            (row.feature.as_str(), row.status),
            ("gateway-class/blue", Status::Unevaluated)
        );
        assert_eq!(
            (row.basis, row.component.as_str()),
            (Some(Basis::Declared), "example.com/gateway")
        );
        assert_eq!(row.because, ["declared and not measured: Gateway, HTTPRoute"]);
    }

    #[test]
    fn history_is_of_features_that_there_are() {
        for (id, _) in HISTORY {
            assert!(every().any(|feature| feature.id == id), "{id}");
        }
    }
}
