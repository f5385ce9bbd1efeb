//! Which webhooks must answer before a test can make a pod or a namespace, and whether somebody is there.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::{
        admissionregistration::v1::{
            MutatingWebhookConfiguration, RuleWithOperations, ServiceReference,
            ValidatingWebhookConfiguration, WebhookClientConfig,
        },
        discovery::v1::EndpointSlice,
    },
    apimachinery::pkg::apis::meta::v1::LabelSelector,
};
use kube::{
    Api, Client,
    api::ListParams,
    core::{Selector, SelectorExt},
};

use super::{all, seen};
use crate::{
    error::Result,
    preflight::{Seen, Webhook},
};

/// Most Services whose endpoints are looked at: a cluster with more has the same ones many times.
const MAX_SERVICES: usize = 64;

/// Labels of a namespace that the e2e framework makes (test/e2e/framework/util.go, `CreateTestingNS`, and the level that
/// tests ask for).
const TEST_NAMESPACE: [(&str, &str); 4] = [
    ("kubernetes.io/metadata.name", "e2e-1234"),
    ("e2e-framework", "e2e"),
    ("e2e-run", "00000000-0000-0000-0000-000000000000"),
    ("pod-security.kubernetes.io/enforce", "baseline"),
];

/// Reads both kinds of configurations, and the endpoints of the Services that they name.
pub async fn webhooks(client: &Client) -> Result<Seen<Vec<Webhook>>> {
    let validating: Api<ValidatingWebhookConfiguration> = Api::all(client.clone());
    let mutating: Api<MutatingWebhookConfiguration> = Api::all(client.clone());
    let (validating, mutating) = futures::try_join!(
        all(&validating, "list the validating webhooks"),
        all(&mutating, "list the mutating webhooks")
    )?;
    let (validating, mutating) = match (validating, mutating) {
        (Ok(validating), Ok(mutating)) => (validating, mutating),
        (Err(why), _) | (_, Err(why)) => return Ok(Err(why)),
    };
    let mut found = demanding(&validating, &mutating);
    let mut known: BTreeMap<(String, String), Seen<usize>> = BTreeMap::new();
    for webhook in &mut found {
        let Some(service) = &webhook.service else { continue };
        if let Some(ready) = known.get(service) {
            webhook.ready.clone_from(ready);
        } else if known.len() < MAX_SERVICES {
            webhook.ready = ready(client, service).await?;
            known.insert(service.clone(), webhook.ready.clone());
        }
    }
    Ok(Ok(found))
}

/// How many ready endpoints a Service has.
async fn ready(client: &Client, (namespace, name): &(String, String)) -> Result<Seen<usize>> {
    let slices: Api<EndpointSlice> = Api::namespaced(client.clone(), namespace);
    let of_service = ListParams::default().labels(&format!("kubernetes.io/service-name={name}"));
    let listed = seen(slices.list(&of_service).await, "list endpoint slices")?;
    Ok(listed.map(|slices| {
        let endpoints = slices
            .items
            .iter()
            .flat_map(|slice| slice.endpoints.iter().flatten());
        // Not told means ready, by the API's own rule.
        let is_ready = |conditions: Option<bool>| conditions.unwrap_or(true);
        endpoints
            .filter(|endpoint| is_ready(endpoint.conditions.as_ref().and_then(|c| c.ready)))
            .count()
    }))
}

/// The webhooks with `failurePolicy: Fail` that see pods or namespaces of tests being made.
fn demanding(
    validating: &[ValidatingWebhookConfiguration],
    mutating: &[MutatingWebhookConfiguration],
) -> Vec<Webhook> {
    let mut found = Vec::new();
    for configuration in validating {
        for hook in configuration.webhooks.iter().flatten() {
            if must_answer(
                hook.failure_policy.as_deref(),
                hook.rules.as_deref(),
                hook.namespace_selector.as_ref(),
            ) {
                let kind = "ValidatingWebhookConfiguration";
                found.push(webhook(
                    kind,
                    configuration.metadata.name.as_deref(),
                    &hook.name,
                    &hook.client_config,
                ));
            }
        }
    }
    for configuration in mutating {
        for hook in configuration.webhooks.iter().flatten() {
            if must_answer(
                hook.failure_policy.as_deref(),
                hook.rules.as_deref(),
                hook.namespace_selector.as_ref(),
            ) {
                let kind = "MutatingWebhookConfiguration";
                found.push(webhook(
                    kind,
                    configuration.metadata.name.as_deref(),
                    &hook.name,
                    &hook.client_config,
                ));
            }
        }
    }
    found
}

fn webhook(kind: &str, configuration: Option<&str>, name: &str, client: &WebhookClientConfig) -> Webhook {
    let service = client.service.as_ref();
    Webhook {
        configuration: format!("{kind} {}", configuration.unwrap_or_default()),
        name: name.to_owned(),
        service: service.map(|ServiceReference { namespace, name, .. }| (namespace.clone(), name.clone())),
        // What is reached by a URL cannot be looked at; the runner's dry runs meet it.
        ready: Ok(1),
    }
}

fn must_answer(
    policy: Option<&str>,
    rules: Option<&[RuleWithOperations]>,
    namespaces: Option<&LabelSelector>,
) -> bool {
    // Fail is the default.
    policy.unwrap_or("Fail") == "Fail"
        && rules.unwrap_or_default().iter().any(sees_what_tests_make)
        && namespaces.is_none_or(sees_test_namespaces)
}

fn sees_what_tests_make(rule: &RuleWithOperations) -> bool {
    let names = |list: Option<&Vec<String>>, wanted: &[&str]| {
        let mut list = list.into_iter().flatten();
        list.any(|name| wanted.contains(&name.as_str()))
    };
    names(rule.operations.as_ref(), &["*", "CREATE"])
        && names(rule.api_groups.as_ref(), &["*", ""])
        && names(
            rule.resources.as_ref(),
            &["*", "*/*", "pods", "pods/*", "namespaces"],
        )
}

fn sees_test_namespaces(selector: &LabelSelector) -> bool {
    let labels = TEST_NAMESPACE.map(|(key, value)| (key.to_owned(), value.to_owned()));
    // A selector that cannot be read is taken to select.
    Selector::try_from(selector.clone()).map_or(true, |selector| selector.matches(&labels.into()))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;

    fn found(hook: &Value) -> usize {
        let mut whole = json!({
            "name": "deny.example.com", "sideEffects": "None", "admissionReviewVersions": ["v1"],
            "clientConfig": { "service": { "namespace": "x", "name": "hook" } },
            "rules": [{ "operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"] }],
        });
        for (key, value) in hook.as_object().unwrap() {
            whole[key] = value.clone();
        }
        let configuration = json!({ "metadata": { "name": "deny" }, "webhooks": [whole] });
        let validating = serde_json::from_value(configuration.clone()).unwrap();
        let mutating = serde_json::from_value(configuration).unwrap();
        demanding(&[validating], &[mutating]).len()
    }

    #[rstest]
    #[case::plain(json!({}), 2)]
    #[case::ignored(json!({"failurePolicy": "Ignore"}), 0)]
    #[case::others(json!({"rules": [{"operations": ["CREATE"], "apiGroups": ["apps"], "apiVersions": ["v1"], "resources": ["deployments"]}]}), 0)]
    #[case::namespaces(json!({"rules": [{"operations": ["*"], "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*/*"]}]}), 2)]
    #[case::deletions(json!({"rules": [{"operations": ["DELETE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}]}), 0)]
    #[case::own_namespace(json!({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "x"}}}), 0)]
    #[case::all_but_system(json!({"namespaceSelector": {"matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["kube-system"]}]}}), 2)]
    fn only_those_that_tests_meet(#[case] hook: Value, #[case] count: usize) {
        assert_eq!(found(&hook), count);
    }
}
