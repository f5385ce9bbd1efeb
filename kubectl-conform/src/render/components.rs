//! The list of components.

use conform_crds::Component;
use conform_suite::Area;

use super::{Column, DEFAULT_WIDTH, Table};
use crate::text::hang;

/// Areas that something of the network has to implement, or may.
const AREAS: [Area; 7] = [
    Area::ServiceProxy,
    Area::PodNetwork,
    Area::Dns,
    Area::NetworkPolicy,
    Area::Ingress,
    Area::Gateway,
    Area::LoadBalancer,
];

/// One row for each component, then the areas for which none is known. `wide` adds columns and shortens nothing.
pub fn components(components: &[Component], wide: bool, width: Option<u16>) -> String {
    let mut columns = ["AREA", "COMPONENT"].map(Column::left).to_vec();
    columns.push(Column::wrapping("MODE"));
    columns.push(Column::left("VERSION"));
    columns.push(Column::right("NODES"));
    columns.push(Column::left("BASIS"));
    if wide {
        columns.extend(["NODE NAMES", "IMAGE DIGEST", "EVIDENCE"].map(Column::left));
    }
    let mut table = Table::new(columns);
    for component in components {
        let known = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let mut cells = vec![
            component.area.word().to_owned(),
            component.name.clone(),
            known(&component.mode),
            known(&component.version),
            if component.nodes > 0 {
                component.nodes.to_string()
            } else {
                "-".to_owned()
            },
            component.basis.word().to_owned(),
        ];
        if wide {
            let names = component.node_names.join(",");
            cells.push(if names.is_empty() { "-".to_owned() } else { names });
            cells.push(known(&component.image_digest));
            cells.push(component.evidence.clone());
        }
        table.row(cells);
    }
    let mut text = table.render(width.filter(|_| !wide));
    let unknown: Vec<&str> = AREAS
        .into_iter()
        .filter(|area| !components.iter().any(|component| component.area == *area))
        .map(Area::word)
        .collect();
    if !unknown.is_empty() {
        let sentence = format!(
            "Nothing is known to implement: {}. What fails there is said to be of an unknown component.",
            unknown.join(", ")
        );
        text = format!(
            "{text}\n\n{}",
            hang("", &sentence, width.unwrap_or(DEFAULT_WIDTH).into())
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use conform_crds::Basis;

    use super::*;

    #[test]
    fn table() {
        let component = |area, name: &str, mode: Option<&str>, nodes, node_names: &[&str]| Component {
            area,
            name: name.to_owned(),
            mode: mode.map(str::to_owned),
            version: Some("v1.36.3".to_owned()),
            image_digest: None,
            nodes,
            node_names: node_names.iter().map(|name| (*name).to_owned()).collect(),
            basis: Basis::Measured,
            evidence: "pods of DaemonSet kube-system/kube-proxy".to_owned(),
        };
        let all = [
            component(Area::ServiceProxy, "kube-proxy", Some("nftables"), 2, &[]),
            component(Area::ServiceProxy, "kube-proxy", Some("iptables"), 1, &["old"]),
            component(Area::Dns, "CoreDNS\u{1b}[2J", None, 0, &[]),
        ];
        insta::assert_snapshot!(format!(
            "{}\n\n{}",
            components(&all, false, Some(80)),
            components(&all, true, None)
        ));
    }
}
