//! ConformanceProfile: what users require of their clusters.

use conform_suite::{OwnProfile, OwnRequirement, OwnSuite};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema, ResourceExt};
use serde::{Deserialize, Serialize};

/// A choice of requirements that runs may name: built-in profiles, and tests of the suite that are required here from a
/// release on. Whoever may write profiles decides what his clusters have to pass; a run can only name them.
#[derive(CustomResource, KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "conform.dev",
    version = "v1alpha1",
    kind = "ConformanceProfile",
    plural = "conformanceprofiles",
    shortname = "cfprof",
    category = "conform",
    status = "ConformanceProfileStatus",
    derive = "PartialEq",
    doc = "A choice of requirements that runs may name, besides the built-in ones.",
    printcolumn(name = "Extends", type_ = "string", json_path = ".spec.extends"),
    printcolumn(name = "Ready", type_ = "string", json_path = r#".status.conditions[?(@.type=="Ready")].status"#),
    printcolumn(name = "Reason", type_ = "string", json_path = r#".status.conditions[?(@.type=="Ready")].reason"#),
    printcolumn(name = "Summary", type_ = "string", json_path = ".spec.summary", priority = 1),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    validation = Rule::new("size(self.metadata.name) <= 63").message("a profile's name is at most 63 characters"),
    validation = Rule::new("!(self.metadata.name in ['kubernetes', 'quick', 'networking', 'service-proxy', 'pod-network', 'dns', 'node', 'storage', 'workloads', 'control-plane', 'windows', 'windows-host-process', 'windows-active-directory', 'windows-network-policy', 'windows-service-proxy'])").message("this is the name of a built-in profile: choose another one")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("(has(self.extends) && size(self.extends) > 0) || (has(self.requirements) && size(self.requirements) > 0) || (has(self.suites) && size(self.suites) > 0)").message("the profile neither extends one nor requires anything: set extends, requirements or suites"),
    validation = Rule::new("!has(self.extends) || self.extends.all(name, name in ['kubernetes', 'quick', 'networking', 'service-proxy', 'pod-network', 'dns', 'node', 'storage', 'workloads', 'control-plane'])").message("extends takes built-in profiles that are about the whole cluster: `kubectl conform profiles` lists them").field_path(".extends"),
    validation = Rule::new("!has(self.requirements) || self.requirements.all(one, (has(one.test) ? 1 : 0) + (has(one.tag) ? 1 : 0) + (has(one.nameContains) ? 1 : 0) == 1)").message("each requirement has exactly one of test, tag and nameContains").field_path(".requirements"),
    validation = Rule::new("!has(self.requirements) || self.requirements.all(one, !has(one.suite) || (has(self.suites) && self.suites.exists(suite, suite.name == one.suite)))").message("a requirement means tests of a suite that the profile does not have").field_path(".requirements"),
    validation = Rule::new("!has(self.suites) || self.suites.all(suite, !has(suite.gateway) || has(suite.gateway.gatewayClass) != has(suite.gateway.mesh))").message("gateway has exactly one of gatewayClass and mesh").field_path(".suites"),
    validation = Rule::new("!has(self.suites) || self.suites.all(suite, !has(suite.env) || suite.env.all(one, !one.name.startsWith('CONFORM_')))").message("variables that start with CONFORM_ are conform's to set").field_path(".suites")
)]
pub struct ConformanceProfileSpec {
    /// One line for a list of profiles.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 200))]
    pub summary: String,
    /// Built-in profiles whose tests come too. Without any, the profile has no present tests of upstream's, and its runs are
    /// to have `stages: Future`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8), inner(length(min = 1, max = 63)))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Set)]
    pub extends: Vec<String>,
    /// What is required besides, and from which release on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Map(vec!["name".into()]))]
    pub requirements: Vec<OwnRequirement>,
    /// Suites of its own, any images that write JUnit files. They run after the Kubernetes suite, one after the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Map(vec!["name".into()]))]
    pub suites: Vec<OwnSuite>,
}

/// Whether runs can go by a profile.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConformanceProfileStatus {
    /// The generation of the spec that this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Ready; Stalled only while True.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = kube::core::ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,
}

impl ConformanceProfile {
    /// What runs go by.
    pub fn own(&self) -> OwnProfile {
        OwnProfile {
            name: self.name_any(),
            extends: self.spec.extends.clone(),
            requirements: self.spec.requirements.clone(),
            suites: self.spec.suites.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use conform_suite::profiles;
    use kube::core::CustomResourceExt;

    use super::*;

    /// The rules that name profiles, as the API server is told them.
    fn rules(about: &str) -> String {
        let text = serde_json::to_string(&ConformanceProfile::crd()).unwrap();
        let rules: Vec<&str> = text
            .split("\"rule\":")
            .filter(|rule| rule.contains(about))
            .collect();
        rules.concat()
    }

    #[test]
    fn the_rules_know_every_built_in_profile() {
        let (names, extends) = (rules("self.metadata.name in"), rules("self.extends.all"));
        for profile in profiles() {
            let quoted = format!("'{}'", profile.name);
            assert!(names.contains(&quoted), "{quoted}");
            assert_eq!(extends.contains(&quoted), profile.nodes.is_none(), "{quoted}");
        }
    }
}
