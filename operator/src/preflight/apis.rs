//! `Apis`: what tests talk to is served.

use conform_crds::ConformanceRunSpec;
use conform_suite::Release;

use super::{Facts, Finding, failed, passed, some, unseen};

/// API groups that conformance tests use, and from which release on: the `release` of the first test of the group in
/// `test/conformance/testdata/conformance.yaml` of v1.37; 1.0 for what tests of every release need.
const GROUPS: [(&str, Release); 21] = [
    ("admissionregistration.k8s.io", Release::new(1, 0)),
    ("apiextensions.k8s.io", Release::new(1, 0)),
    ("apiregistration.k8s.io", Release::new(1, 0)),
    ("apps", Release::new(1, 0)),
    ("authentication.k8s.io", Release::new(1, 0)),
    ("authorization.k8s.io", Release::new(1, 0)),
    ("autoscaling", Release::new(1, 0)),
    ("batch", Release::new(1, 0)),
    ("certificates.k8s.io", Release::new(1, 19)),
    ("coordination.k8s.io", Release::new(1, 17)),
    ("discovery.k8s.io", Release::new(1, 21)),
    ("events.k8s.io", Release::new(1, 19)),
    ("flowcontrol.apiserver.k8s.io", Release::new(1, 29)),
    ("networking.k8s.io", Release::new(1, 19)),
    ("node.k8s.io", Release::new(1, 20)),
    ("policy", Release::new(1, 21)),
    ("rbac.authorization.k8s.io", Release::new(1, 0)),
    ("resource.k8s.io", Release::new(1, 35)),
    ("scheduling.k8s.io", Release::new(1, 20)),
    ("storage.k8s.io", Release::new(1, 0)),
    ("storagemigration.k8s.io", Release::new(1, 37)),
];

/// Fails if a group is missing, or if the server of an aggregated API does not answer: discovery then is not whole, and
/// namespaces are not deleted.
pub fn check(facts: &Facts, _: &ConformanceRunSpec) -> Finding {
    let (groups, unavailable) = match (&facts.groups, &facts.unavailable) {
        (Ok(groups), Ok(unavailable)) => (groups, unavailable),
        (Err(why), _) | (_, Err(why)) => return unseen(why),
    };
    if let Some(first) = unavailable.first() {
        let names: Vec<&str> = unavailable.iter().map(|api| api.name.as_str()).collect();
        return failed(format!(
            "Aggregated APIs are unavailable: {} ({}). Namespaces cannot be deleted meanwhile: mend or delete the \
             APIService.",
            some(&names, 5),
            first.message
        ));
    }
    let server: Option<Release> = facts.server_version.parse().ok();
    let missing: Vec<&str> = GROUPS
        .iter()
        .filter(|(_, since)| server.is_none_or(|server| *since <= server))
        .map(|(group, _)| *group)
        .filter(|group| !groups.iter().any(|served| served == group))
        .collect();
    if missing.is_empty() {
        passed(format!(
            "{} API groups are served, and every aggregated API answers.",
            groups.len()
        ))
    } else {
        failed(format!(
            "API groups that conformance tests use are not served: {}.",
            some(&missing, 5)
        ))
    }
}

#[cfg(test)]
pub mod tests {
    use conform_crds::CheckState;

    use super::{super::UnavailableApi, *};

    /// Every group that is needed.
    pub fn all() -> Vec<String> {
        GROUPS.map(|(group, _)| group.to_owned()).to_vec()
    }

    fn state(facts: &Facts) -> (CheckState, String) {
        check(facts, &ConformanceRunSpec::default())
    }

    #[test]
    fn all_served_passes() {
        assert_eq!(state(&Facts::well()).0, CheckState::Passed);
    }

    #[test]
    fn a_group_is_missed_only_if_the_release_needs_it() {
        let mut facts = Facts::well();
        facts.groups = Ok(all()
            .into_iter()
            .filter(|group| group != "resource.k8s.io")
            .collect());
        let (found, message) = state(&facts);
        assert_eq!(found, CheckState::Failed);
        assert!(message.contains("resource.k8s.io"), "{message}");
        facts.server_version = "v1.34.2".to_owned();
        assert_eq!(state(&facts).0, CheckState::Passed);
    }

    #[test]
    fn an_aggregated_api_without_a_server_fails() {
        let mut facts = Facts::well();
        facts.unavailable = Ok(vec![UnavailableApi {
            name: "v1beta1.metrics.k8s.io".to_owned(),
            message: "no endpoints".to_owned(),
        }]);
        let (found, message) = state(&facts);
        assert_eq!(found, CheckState::Failed);
        assert!(
            message.contains("v1beta1.metrics.k8s.io (no endpoints)"),
            "{message}"
        );
    }

    #[test]
    fn what_cannot_be_read_is_a_warning() {
        let mut facts = Facts::well();
        facts.unavailable = Err("forbidden".to_owned());
        assert_eq!(state(&facts).0, CheckState::Warned);
    }
}
