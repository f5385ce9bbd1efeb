//! `ServerVersion`: the release decides what is required, and the image of the suite.

use conform_crds::ConformanceRunSpec;
use conform_suite::Release;

use super::{Facts, Finding, failed, passed, some, warned};

/// How many minor releases a kubelet may be older than the API server (kubernetes.io, version skew policy).
const MAX_KUBELET_SKEW: u16 = 3;

/// Fails if the version names no release; warns of kubelets that the API server does not support.
pub fn check(facts: &Facts, spec: &ConformanceRunSpec) -> Finding {
    let version = &facts.server_version;
    let server: Release = match version.parse() {
        Ok(server) => server,
        Err(error) => return failed(format!("The API server's version: {error}.")),
    };
    let odd: Vec<String> = facts
        .nodes
        .iter()
        .filter_map(|node| {
            let kubelet = &node.status.as_ref()?.node_info.as_ref()?.kubelet_version;
            let release: Release = kubelet.parse().ok()?;
            let fits = release <= server && release.releases_until(server) <= MAX_KUBELET_SKEW;
            (!fits).then(|| {
                format!(
                    "{} ({kubelet})",
                    node.metadata.name.as_deref().unwrap_or_default()
                )
            })
        })
        .collect();
    if !odd.is_empty() {
        return warned(format!(
            "Kubelets of {} are newer than the API server {version}, or more than {MAX_KUBELET_SKEW} releases older.",
            some(&odd, 5)
        ));
    }
    match &spec.future_suite_release {
        Some(future) => passed(format!(
            "{version}, and the suite of the same release; future requirements with the suite of {future}."
        )),
        None => passed(format!("{version}, and the suite of the same release.")),
    }
}

/// The conformance image of the server's own patch release; what a vendor adds behind it (`+k3s1`, `-eks-1`) is not part
/// of upstream's tags.
pub fn suite_image(repository: &str, server_version: &str) -> String {
    let upstream = server_version.split(['+', '-']).next().unwrap_or(server_version);
    format!("{repository}:{upstream}")
}

#[cfg(test)]
mod tests {
    use conform_crds::CheckState;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("v1.36.3", "registry.k8s.io/conformance:v1.36.3")]
    #[case("v1.36.3+k3s1", "registry.k8s.io/conformance:v1.36.3")]
    #[case("v1.36.3-eks-1a2b", "registry.k8s.io/conformance:v1.36.3")]
    fn the_suite_is_the_servers_own_release(#[case] version: &str, #[case] image: &str) {
        assert_eq!(suite_image("registry.k8s.io/conformance", version), image);
    }

    #[rstest]
    #[case("v1.36.3", "v1.36.3", CheckState::Passed)]
    #[case("v1.36.3", "v1.33.0", CheckState::Passed)]
    #[case("v1.36.3", "v1.32.9", CheckState::Warned)]
    #[case("v1.36.3", "v1.37.0", CheckState::Warned)]
    #[case("main", "v1.36.3", CheckState::Failed)]
    fn server_and_kubelets(#[case] server: &str, #[case] kubelet: &str, #[case] state: CheckState) {
        let mut facts = Facts::well();
        server.clone_into(&mut facts.server_version);
        let info = facts.nodes[0].status.as_mut().unwrap();
        info.node_info = Some(k8s_openapi::api::core::v1::NodeSystemInfo {
            kubelet_version: kubelet.to_owned(),
            ..Default::default()
        });
        assert_eq!(check(&facts, &ConformanceRunSpec::default()).0, state);
    }

    #[test]
    fn a_version_that_is_none_is_named() {
        let mut facts = Facts::well();
        facts.server_version = "main".to_owned();
        assert!(
            check(&facts, &ConformanceRunSpec::default())
                .1
                .contains("\"main\"")
        );
    }
}
