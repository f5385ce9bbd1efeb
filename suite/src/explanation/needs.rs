//! What a test needs, as far as its tags say.

use crate::{TestName, listing};

/// What each tag of a name says that a cluster or a run must have; tags that say nothing of the kind are left out.
pub(super) fn needs(name: &TestName) -> Vec<String> {
    let mut needs: Vec<String> = listing::tags(name).iter().filter_map(|tag| need(tag)).collect();
    needs.dedup();
    needs
}

fn need(tag: &str) -> Option<String> {
    let (kind, what) = tag.split_once(':').unwrap_or((tag, ""));
    match (kind, what) {
        ("LinuxOnly", _) => Some("Linux nodes".to_owned()),
        ("Serial", _) => Some("no other test beside it".to_owned()),
        ("Disruptive", _) => Some("a cluster that may be disturbed".to_owned()),
        ("Slow", _) => Some("minutes".to_owned()),
        ("Feature", "OffByDefault") => Some("a feature that is off by default".to_owned()),
        ("Feature", feature) => Some(format!("the feature {feature}")),
        ("FeatureGate", gate) => Some(format!("the feature gate {gate}")),
        ("MinimumKubeletVersion" | "KubeletMinVersion", version) => {
            Some(format!("kubelets of {version} or later"))
        }
        ("Environment", "NotInUserNS") => Some("kubelets outside a user namespace".to_owned()),
        ("Environment", environment) => Some(format!("the environment {environment}")),
        ("Provider", providers) => Some(format!("one of the providers {providers}")),
        ("Privileged", role) => Some(format!("rights of {role}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("[sig-node] Pods run [NodeConformance] [Conformance]", &[])]
    #[case(
        "[sig-node] Pods [LinuxOnly] run [Conformance] [Serial]",
        &["Linux nodes", "no other test beside it"]
    )]
    #[case(
        "[sig-auth] [FeatureGate:A] mounts [MinimumKubeletVersion:1.37]",
        &["the feature gate A", "kubelets of 1.37 or later"]
    )]
    #[case("[sig-network] [Feature:IPv6DualStack] reach", &["the feature IPv6DualStack"])]
    fn tags_tell_what_a_test_needs(#[case] name: &str, #[case] expected: &[&str]) {
        assert_eq!(needs(&TestName::new(name).unwrap()), expected);
    }
}
