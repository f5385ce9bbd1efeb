//! What kube-proxy tells of its configuration, each to its own node.

use std::net::IpAddr;

use conform_service_proxy::{Cidr, DetectLocal, Mode, Settings};
use serde_json::Value;

use super::Measuring;
use crate::agent::Made;

/// Where kube-proxy tells it, on its node's loopback.
const PORT: u16 = 10_249;

impl Measuring<'_> {
    /// kube-proxy tells its configuration to its own node. Other proxies have others: then what follows from having a range of
    /// pods and what follows from having none are both right.
    pub(super) async fn learn_settings(&mut self) {
        let told = self.each_node(PORT, "/configz").await;
        let told = told.iter().zip(&self.ground.places);
        for settings in told.filter_map(|(made, place)| read(made.as_ref()?, &place.addresses)) {
            self.told += 1;
            if !self.settings.contains(&settings) {
                self.settings.push(settings);
            }
        }
        if self.told < self.ground.places.len() {
            self.settings.extend(untold(self.pod_ranges()));
        }
    }

    /// The mode that the proxies of all nodes tell; none if they differ or one does not tell.
    pub fn mode(&self) -> Option<&'static str> {
        let [settings] = self.settings.as_slice() else {
            return None;
        };
        Some(match settings.mode {
            Mode::Iptables => "iptables",
            Mode::Nftables => "nftables",
            Mode::Ipvs => "ipvs",
        })
    }

    /// One range for each agent's pod, if nothing tells the range of all.
    fn pod_ranges(&self) -> Vec<Cidr> {
        let pods = self.ground.places.iter().flat_map(|place| &place.pod);
        pods.map(|pod| Cidr::single(*pod)).collect()
    }
}

/// What a proxy may be configured like that does not tell it: with and without a range of pods, which is these, and with and
/// without node ports on loopback, which kube-proxy alone has, and that in one of its modes.
fn untold(pods: Vec<Cidr>) -> [Settings; 3] {
    [
        Settings::default(),
        Settings {
            detect_local: DetectLocal::ClusterCidr(pods),
            ..Settings::default()
        },
        Settings {
            localhost_node_ports: false,
            ..Settings::default()
        },
    ]
}

/// The configuration in an answer of a node with these addresses; none if it is no kube-proxy's.
fn read(made: &Made, own: &[IpAddr]) -> Option<Settings> {
    let body: Value = serde_json::from_str(made.body.as_deref()?).ok()?;
    Settings::told(body.get("kubeproxy.config.k8s.io")?.clone(), own).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        agent::Transport,
        probe::{Expected, Ground, Place, Proxies, Question, expect},
    };

    #[test]
    fn a_proxy_that_tells_nothing_may_serve_loopback_or_not() {
        let objects = [
            json!({
                "apiVersion": "v1", "kind": "Node", "metadata": { "name": "a" },
                "status": { "addresses": [{ "type": "InternalIP", "address": "192.168.0.1" }] },
            }),
            json!({
                "apiVersion": "v1", "kind": "Service", "metadata": { "namespace": "shop", "name": "cart" },
                "spec": {
                    "type": "NodePort", "clusterIP": "10.96.0.7", "clusterIPs": ["10.96.0.7"], "ipFamilies": ["IPv4"],
                    "ports": [{ "name": "http", "port": 80, "nodePort": 30_000, "protocol": "TCP" }],
                },
            }),
            json!({
                "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
                "metadata": {
                    "namespace": "shop", "name": "cart-1", "labels": { "kubernetes.io/service-name": "cart" },
                },
                "endpoints": [{ "addresses": ["10.0.0.9"], "conditions": { "ready": true }, "nodeName": "a" }],
                "ports": [{ "name": "http", "port": 8080, "protocol": "TCP" }],
            }),
        ];
        let ground = Ground {
            places: vec![Place {
                node: "a".to_owned(),
                addresses: vec![[192, 168, 0, 1].into()],
                ..Place::default()
            }],
            ..Ground::default()
        };
        let proxies = Proxies::read(&objects, untold(Vec::new()).to_vec(), 36, &ground).unwrap();
        let question = Question {
            service: "cart".to_owned(),
            sender: (0, true),
            node: "a".to_owned(),
            from: [127, 0, 0, 1].into(),
            to: ([127, 0, 0, 1], 30_000).into(),
            kind: "loopback node port",
            transport: Transport::Tcp,
        };
        let found = expect(&proxies, &question);
        assert_eq!(found.len(), 2, "{found:#?}");
        assert!(matches!(found[0].expected, Expected::Endpoints { .. }));
        assert_eq!(found[1].expected, Expected::NoAnswer);
    }
}
