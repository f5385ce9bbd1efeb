//! What of a KubeProxyConfiguration does not do what its author may think.

use serde_json::Value;

use super::{Mode, Settings};

/// The release that kube-proxy has mode nftables since, as the number after `1.` (KEP-3866).
const NFTABLES_SINCE: u16 = 29;

impl Settings {
    /// What is to be known of these settings, which were read from `value`, under a release's kube-proxy. None of it changes an
    /// answer: kube-proxy goes on without a word of it, or is of a release that could not be meant.
    pub fn remarks(&self, value: &Value, minor: u16) -> Vec<String> {
        let mut remarks = Vec::new();
        if self.mode != Mode::Nftables {
            return remarks;
        }
        if minor < NFTABLES_SINCE {
            remarks.push(format!(
                "KubeProxyConfiguration: mode: kube-proxy 1.{minor} has no mode nftables, which is there since 1.{NFTABLES_SINCE}: the \
                 rules of that mode are used"
            ));
        }
        let written = |pointer: &str| value.pointer(pointer).and_then(Value::as_bool);
        if written("/iptables/masqueradeAll") == Some(true) && written("/nftables/masqueradeAll").is_none() {
            remarks.push(
                "KubeProxyConfiguration: iptables.masqueradeAll does not count in mode nftables, which goes by \
                 nftables.masqueradeAll: nothing more is masqueraded"
                    .to_owned(),
            );
        }
        remarks
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case::since_then(json!({ "mode": "nftables" }), 29, &[])]
    #[case::before(json!({ "mode": "nftables" }), 28, &["1.28 has no mode nftables"])]
    #[case::another_mode(json!({ "mode": "ipvs" }), 26, &[])]
    #[case::of_the_other_mode(json!({ "mode": "nftables", "iptables": { "masqueradeAll": true } }), 36, &["iptables.masqueradeAll does not count"])]
    #[case::of_both(json!({ "mode": "nftables", "iptables": { "masqueradeAll": true }, "nftables": { "masqueradeAll": false } }), 36, &[])]
    #[case::not_set(json!({ "mode": "nftables", "iptables": { "masqueradeAll": false } }), 36, &[])]
    #[case::of_its_own_mode(json!({ "mode": "iptables", "iptables": { "masqueradeAll": true } }), 36, &[])]
    fn are_of_what_does_nothing(#[case] mut value: Value, #[case] minor: u16, #[case] expected: &[&str]) {
        value["apiVersion"] = json!("kubeproxy.config.k8s.io/v1alpha1");
        value["kind"] = json!("KubeProxyConfiguration");
        let settings = Settings::read(value.clone()).unwrap();
        let remarks = settings.remarks(&value, minor);
        assert_eq!(remarks.len(), expected.len(), "{remarks:?}");
        assert!(
            remarks
                .iter()
                .zip(expected)
                .all(|(remark, part)| remark.contains(part)),
            "{remarks:?}"
        );
    }

    #[test]
    fn kube_proxys_way_is_kept() {
        let value = json!({
            "apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration",
            "mode": "nftables", "iptables": { "masqueradeAll": true },
        });
        assert!(!Settings::read(value).unwrap().masquerade_all);
    }
}
