//! Controllers that IngressClasses and GatewayClasses name.

use conform_crds::{Basis, Component};
use conform_suite::Area;

use super::{
    super::{
        facts::{Class, Facts},
        projects::{GATEWAY, INGRESS},
    },
    workloads::build_of,
};

/// Adds what classes name and no workload has shown.
pub fn find(facts: &Facts, found: &mut Vec<Component>) {
    let kinds = [
        (
            Area::Ingress,
            "IngressClass",
            facts.ingress_classes.as_slice(),
            INGRESS.as_slice(),
        ),
        (
            Area::Gateway,
            "GatewayClass",
            facts.gateway_classes.as_slice(),
            GATEWAY.as_slice(),
        ),
    ];
    for (area, kind, classes, known) in kinds {
        for class in classes {
            let name = known
                .iter()
                .find(|(controller, _)| *controller == class.controller);
            let name = name.map_or(class.controller.as_str(), |(_, name)| name);
            let is_known = found
                .iter()
                .any(|component| component.area == area && component.name == name);
            if !is_known && !name.is_empty() {
                found.push(of_class(facts, area, kind, class, name));
            }
        }
    }
}

fn of_class(facts: &Facts, area: Area, kind: &str, class: &Class, name: &str) -> Component {
    let said = match class.accepted {
        Some(true) => " and is accepted",
        Some(false) => " and is not accepted",
        None => "",
    };
    let ((version, image_digest), runs) = match build_of(facts, name) {
        Some((build, place)) => (build, format!("; {place} runs it")),
        None => ((None, None), String::new()),
    };
    Component {
        area,
        name: name.to_owned(),
        mode: None,
        version,
        image_digest,
        nodes: 0,
        node_names: Vec::new(),
        basis: Basis::Declared,
        evidence: format!("{kind} {} names {}{said}{runs}", class.name, class.controller),
    }
}
