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
            self.settings.push(Settings::default());
            self.settings.push(Settings {
                detect_local: DetectLocal::ClusterCidr(self.pod_ranges()),
                ..Settings::default()
            });
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

/// The configuration in an answer of a node with these addresses; none if it is no kube-proxy's.
fn read(made: &Made, own: &[IpAddr]) -> Option<Settings> {
    let body: Value = serde_json::from_str(made.body.as_deref()?).ok()?;
    Settings::told(body.get("kubeproxy.config.k8s.io")?.clone(), own).ok()
}
