//! What differs between releases of kube-proxy: its feature gates, by release.

use std::collections::BTreeMap;

/// The oldest minor release whose rules are known.
pub const OLDEST_MINOR: u16 = 26;
/// The newest minor release whose rules are known; later ones are taken to have the same.
pub const NEWEST_MINOR: u16 = 36;

/// Which rules a release of kube-proxy follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a gate of its own")]
pub struct Gates {
    /// Hints for nodes count (PreferSameTrafficDistribution, from 1.34).
    pub same_node: bool,
    /// Hints for zones count (TopologyAwareHints).
    pub same_zone: bool,
    /// Hints for zones count only on Services whose topology annotation asks for it (before ServiceTrafficDistribution,
    /// that is before 1.31).
    pub same_zone_by_annotation: bool,
    /// A load balancer of ipMode Proxy is left alone (LoadBalancerIPMode, from 1.30).
    pub ip_mode: bool,
    /// externalIPs are programmed (AllowServiceExternalIPs).
    pub external_ips: bool,
    /// Of two equal endpoints one that does not terminate wins (from 1.36); before, one of the own node did.
    pub running_wins: bool,
    /// A node that is about to be removed fails `/healthz` (KubeProxyDrainingTerminatingNodes, from 1.30).
    pub draining_health: bool,
}

impl Gates {
    /// The defaults of release 1.`minor`.
    pub const fn of_minor(minor: u16) -> Self {
        Self {
            same_node: minor >= 34,
            same_zone: true,
            same_zone_by_annotation: minor < 31,
            ip_mode: minor >= 30,
            external_ips: true,
            running_wins: minor >= 36,
            draining_health: minor >= 30,
        }
    }

    /// The defaults, changed by a configuration's `featureGates` as far as the release lets it. Gates of no consequence
    /// here are passed over.
    #[must_use]
    pub fn with(mut self, minor: u16, chosen: &BTreeMap<String, bool>) -> Self {
        for (gate, &on) in chosen {
            match gate.as_str() {
                "PreferSameTrafficDistribution" if minor == 33 || minor == 34 => self.same_node = on,
                "TopologyAwareHints" if minor < 31 => self.same_zone = on,
                "ServiceTrafficDistribution" if (30..33).contains(&minor) => {
                    self.same_zone_by_annotation = !on;
                }
                "LoadBalancerIPMode" if (29..32).contains(&minor) => self.ip_mode = on,
                "AllowServiceExternalIPs" if minor >= 36 => self.external_ips = on,
                "KubeProxyDrainingTerminatingNodes" if (28..31).contains(&minor) => self.draining_health = on,
                _ => {}
            }
        }
        self
    }
}

impl Default for Gates {
    fn default() -> Self {
        Self::of_minor(NEWEST_MINOR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(gate: &str, on: bool) -> BTreeMap<String, bool> {
        BTreeMap::from([(gate.to_owned(), on)])
    }

    #[test]
    fn releases_differ_where_they_do() {
        assert!(!Gates::of_minor(29).ip_mode && Gates::of_minor(30).ip_mode);
        assert!(Gates::of_minor(30).same_zone_by_annotation && !Gates::of_minor(31).same_zone_by_annotation);
        assert!(!Gates::of_minor(33).same_node && Gates::of_minor(34).same_node);
        assert!(!Gates::of_minor(35).running_wins && Gates::of_minor(36).running_wins);
        assert!(!Gates::of_minor(29).draining_health && Gates::of_minor(30).draining_health);
    }

    #[test]
    fn a_locked_gate_stays() {
        let gate = "PreferSameTrafficDistribution";
        assert!(Gates::of_minor(33).with(33, &chosen(gate, true)).same_node);
        assert!(!Gates::of_minor(34).with(34, &chosen(gate, false)).same_node);
        assert!(Gates::of_minor(35).with(35, &chosen(gate, false)).same_node);
        let gate = "AllowServiceExternalIPs";
        assert!(!Gates::of_minor(36).with(36, &chosen(gate, false)).external_ips);
        assert!(Gates::of_minor(35).with(35, &chosen(gate, false)).external_ips);
    }
}
