//! The embedded manifests, made to fit the namespace and the images that were asked for.

use serde_json::{Value, json};

use super::MANAGED_BY;
use crate::error::Error;

/// In the order in which they are applied: what others refer to comes first.
const EMBEDDED: [&str; 6] = [
    include_str!("../../manifests/namespace.yaml"),
    include_str!("../../manifests/admission.yaml"),
    include_str!("../../manifests/suite-role.yaml"),
    include_str!("../../manifests/user-roles.yaml"),
    include_str!("../../manifests/operator-rbac.yaml"),
    include_str!("../../manifests/deployment.yaml"),
];

/// Kinds of the manifests that live in a namespace.
const NAMESPACED: [&str; 4] = ["ServiceAccount", "Role", "RoleBinding", "Deployment"];

/// What the operator is to be like.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// How many operators there are to be, of which one leads.
    pub replicas: u8,
    /// The operator's image.
    pub operator: String,
    /// The image that holds the runner.
    pub runner: String,
    /// Repository of the conformance image; the operator adds the server's version as the tag.
    pub suite_repository: String,
    /// Registry that has copies of the images that tests pull.
    pub mirror: Option<String>,
}

/// One object to be installed.
#[derive(Clone, Debug, PartialEq)]
pub struct Object(pub Value);

impl Object {
    /// A text field, or nothing where there is none.
    fn text(&self, pointer: &str) -> &str {
        self.0
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// `apps/v1` or `v1`.
    pub fn api_version(&self) -> &str {
        self.text("/apiVersion")
    }

    /// The same in two: `apps` and `v1`, or nothing and `v1`.
    pub fn group_and_version(&self) -> (&str, &str) {
        let both = self.api_version();
        both.split_once('/').map_or(("", both), |parts| parts)
    }

    /// The kind.
    pub fn kind(&self) -> &str {
        self.text("/kind")
    }

    /// The name.
    pub fn name(&self) -> &str {
        self.text("/metadata/name")
    }

    /// The namespace, of an object that has one.
    pub fn namespace(&self) -> Option<&str> {
        Some(self.text("/metadata/namespace")).filter(|namespace| !namespace.is_empty())
    }
}

/// Every object but the custom resource definitions, in the order in which they are applied.
pub fn manifests(namespace: &str, wanted: &Wanted) -> Result<Vec<Object>, Error> {
    let mut objects = Vec::new();
    for text in EMBEDDED {
        let documents: Vec<Value> =
            serde_saphyr::from_multiple(text).map_err(|error| Error::Manifest(error.to_string()))?;
        for document in documents {
            let mut object = Object(document);
            place(&mut object, namespace);
            label(&mut object);
            if object.kind() == "Deployment" {
                use_images(&mut object, wanted)?;
                replicate(&mut object, wanted.replicas);
            }
            objects.push(object);
        }
    }
    Ok(objects)
}

/// Puts the object, the subjects of a binding and the scope of a policy into the namespace. An object that names one
/// itself stays there.
fn place(object: &mut Object, namespace: &str) {
    if NAMESPACED.contains(&object.kind()) && object.namespace().is_none() {
        set(&mut object.0, "/metadata", "namespace", json!(namespace));
    }
    if object.kind() == "Namespace" {
        set(&mut object.0, "/metadata", "name", json!(namespace));
    }
    set(
        &mut object.0,
        "/spec/matchConstraints/namespaceSelector/matchLabels",
        "kubernetes.io/metadata.name",
        json!(namespace),
    );
    let subjects = object.0.get_mut("subjects").and_then(Value::as_array_mut);
    for subject in subjects.into_iter().flatten() {
        set(subject, "", "namespace", json!(namespace));
    }
}

fn label(object: &mut Object) {
    let (key, value) = MANAGED_BY;
    if object.0.pointer("/metadata/labels").is_none() {
        set(&mut object.0, "/metadata", "labels", json!({}));
    }
    set(&mut object.0, "/metadata/labels", key, json!(value));
    set(
        &mut object.0,
        "/metadata/labels",
        "app.kubernetes.io/part-of",
        json!("conform"),
    );
}

fn use_images(object: &mut Object, wanted: &Wanted) -> Result<(), Error> {
    let missing = || Error::Manifest("the Deployment lacks its container".to_owned());
    let container = object
        .0
        .pointer_mut("/spec/template/spec/containers/0")
        .ok_or_else(missing)?;
    set(container, "", "image", json!(wanted.operator));
    let variables = container
        .get_mut("env")
        .and_then(Value::as_array_mut)
        .ok_or_else(missing)?;
    for (variable, value) in [
        ("CONFORM_RUNNER_IMAGE", &wanted.runner),
        ("CONFORM_SUITE_REPOSITORY", &wanted.suite_repository),
    ] {
        let mut named = variables.iter_mut();
        let found = named.find(|entry| entry.get("name").and_then(Value::as_str) == Some(variable));
        set(found.ok_or_else(missing)?, "", "value", json!(value));
    }
    if let Some(mirror) = &wanted.mirror {
        variables.push(json!({ "name": "CONFORM_IMAGE_MIRROR", "value": mirror }));
    }
    Ok(())
}

/// While pods of several operators are replaced, one is to lead.
fn replicate(object: &mut Object, replicas: u8) {
    set(&mut object.0, "/spec", "replicas", json!(replicas));
    if replicas > 1 {
        let strategy =
            json!({ "type": "RollingUpdate", "rollingUpdate": { "maxSurge": 1, "maxUnavailable": 1 } });
        set(&mut object.0, "/spec", "strategy", strategy);
    }
}

fn set(value: &mut Value, pointer: &str, key: &str, to: Value) {
    if let Some(map) = value.pointer_mut(pointer).and_then(Value::as_object_mut) {
        map.insert(key.to_owned(), to);
    }
}

#[cfg(test)]
mod tests {
    use conform_crds::names;

    use super::*;

    fn objects() -> Vec<Object> {
        let wanted = Wanted {
            replicas: 1,
            operator: "example.com/operator:v9".to_owned(),
            runner: "example.com/runner:v9".to_owned(),
            suite_repository: "example.com/conformance".to_owned(),
            mirror: None,
        };
        manifests("elsewhere", &wanted).unwrap()
    }

    #[test]
    fn only_the_suites_role_has_wildcards() {
        for object in objects() {
            let wildcard = object.0.to_string().contains("\"*\"");
            assert_eq!(
                wildcard,
                object.name() == names::SUITE_CLUSTER_ROLE,
                "{}",
                object.name()
            );
        }
    }

    /// The rules of every role that the operator has.
    fn operators_rules() -> Vec<(Option<String>, Value)> {
        let granted = objects()
            .into_iter()
            .filter(|object| object.kind().ends_with("Role") && object.name() == names::OPERATOR);
        let mut rules = Vec::new();
        for role in granted {
            let namespace = role.namespace().map(str::to_owned);
            for rule in role.0["rules"].as_array().unwrap() {
                rules.push((namespace.clone(), rule.clone()));
            }
        }
        rules
    }

    fn has(rule: &Value, key: &str, value: &str) -> bool {
        rule[key].as_array().unwrap().contains(&json!(value))
    }

    #[test]
    fn the_operator_may_remove_what_tests_leave() {
        for kind in conform_leftovers::KINDS {
            let may = |verb: &str| {
                operators_rules().iter().any(|(namespace, rule)| {
                    namespace.as_deref() == kind.namespace
                        && has(rule, "apiGroups", kind.group)
                        && has(rule, "resources", kind.plural)
                        && has(rule, "verbs", verb)
                })
            };
            assert!(may("list") && may("delete"), "{}", kind.plural);
        }
    }

    #[test]
    fn the_operator_cannot_give_itself_more() {
        for (_, rule) in operators_rules() {
            for verb in ["escalate", "impersonate", "*"] {
                assert!(!has(&rule, "verbs", verb), "{rule}");
            }
            if has(&rule, "verbs", "bind") {
                assert_eq!(rule["resources"], json!(["clusterroles"]));
                assert_eq!(rule["resourceNames"], json!([names::SUITE_CLUSTER_ROLE]));
            }
            for written in ["create", "update", "patch"] {
                let roles = has(&rule, "resources", "clusterroles") || has(&rule, "resources", "roles");
                assert!(!(roles && has(&rule, "verbs", written)), "{rule}");
            }
            assert!(!has(&rule, "resources", "secrets"), "{rule}");
        }
    }

    #[test]
    fn nobody_is_bound_to_the_suites_role() {
        let bound = |object: &Object| object.text("/roleRef/name") == names::SUITE_CLUSTER_ROLE;
        assert!(!objects().iter().any(bound));
    }

    #[test]
    fn everything_goes_where_it_is_asked_to() {
        let text = objects()
            .iter()
            .map(|object| object.0.to_string())
            .collect::<String>();
        assert!(!text.contains(names::NAMESPACE));
        for object in objects() {
            assert_eq!(
                object.namespace().is_some(),
                NAMESPACED.contains(&object.kind()),
                "{}",
                object.kind()
            );
            assert_eq!(
                object.0.pointer("/metadata/labels/app.kubernetes.io~1managed-by"),
                Some(&json!("kubectl-conform"))
            );
        }
    }

    #[test]
    fn names_are_those_that_the_operator_expects() {
        let named = |kind: &str, name: &str| {
            assert!(
                objects().iter().any(|o| o.kind() == kind && o.name() == name),
                "{kind} {name}"
            );
        };
        for kind in [
            "ServiceAccount",
            "ClusterRole",
            "ClusterRoleBinding",
            "Role",
            "RoleBinding",
            "Deployment",
        ] {
            named(kind, names::OPERATOR);
        }
        named("ClusterRole", names::SUITE_CLUSTER_ROLE);
        named("Namespace", "elsewhere");
    }

    #[test]
    fn the_operator_may_write_its_two_leases_and_no_other() {
        let leases: Vec<Value> = operators_rules()
            .into_iter()
            .filter(|(_, rule)| has(rule, "resources", "leases") && has(rule, "verbs", "update"))
            .map(|(namespace, rule)| json!([namespace, rule["resourceNames"]]))
            .collect();
        assert_eq!(
            leases,
            [json!(["elsewhere", [names::RUN_LEASE, names::OPERATOR_LEASE]])]
        );
    }

    #[test]
    fn only_conforms_administrators_write_profiles() {
        for object in objects().iter().filter(|object| object.kind().ends_with("Role")) {
            let rules = object.0["rules"].as_array().unwrap();
            let writes = |rule: &Value| {
                rule.get("resources").is_some()
                    && has(rule, "resources", "conformanceprofiles")
                    && ["create", "update", "patch", "delete"]
                        .iter()
                        .any(|verb| has(rule, "verbs", verb))
            };
            assert_eq!(
                rules.iter().any(writes),
                object.name() == "conform-admin",
                "{}",
                object.name()
            );
            assert!(object.name() != "conform-admin" || !object.0.to_string().contains("aggregate-to"));
        }
    }

    #[test]
    fn the_edit_role_is_not_given_to_every_editor() {
        let objects = objects();
        let edit = objects
            .iter()
            .find(|object| object.name() == "conform-edit")
            .unwrap();
        assert!(!edit.0.to_string().contains("aggregate-to"));
    }

    #[test]
    fn all_objects() {
        let documents: Vec<String> = objects()
            .iter()
            .map(|o| conform_crds::to_yaml(&o.0).unwrap())
            .collect();
        insta::assert_snapshot!(documents.join("---\n"));
    }
}
