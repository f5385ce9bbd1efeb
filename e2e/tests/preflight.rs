//! The checks before a run, on a real cluster: a fit one, and one with a webhook that nobody answers.

use conform_e2e::{apply, json, kubectl, plugin, until};
use serde_json::{Value, json};

const WEBHOOK: &str = "e2e-nobody-answers";

/// `kubectl conform preflight` with these options: the exit code, and the state and message of each check.
fn preflight(options: &[&str]) -> (i32, Vec<(String, String, String)>) {
    let mut words = vec!["preflight", "--profile", "quick", "-o", "json"];
    words.extend_from_slice(options);
    let answer = plugin(&words);
    let report: Value = serde_json::from_str(&answer.stdout).unwrap_or_default();
    let text = |check: &Value, key: &str| {
        let value = check.get(key).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let checks = report.get("checks").and_then(Value::as_array);
    let checks = checks.cloned().unwrap_or_default();
    let checks = checks
        .iter()
        .map(|check| (text(check, "check"), text(check, "state"), text(check, "message")));
    let checks: Vec<_> = checks.collect();
    assert!(!checks.is_empty(), "{} {}", answer.stdout, answer.stderr);
    (answer.code, checks)
}

fn state<'a>(checks: &'a [(String, String, String)], name: &str) -> &'a str {
    let found = checks.iter().find(|(check, ..)| check == name);
    found.map_or("", |(_, state, _)| state)
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn a_fit_cluster_passes_and_a_dead_webhook_is_named() {
    assert_eq!(plugin(&["install"]).code, 0);
    let (code, checks) = preflight(&[]);
    assert_eq!(code, 0, "{checks:?}");
    assert_eq!(checks.len(), 12, "all but the one for a queue: {checks:?}");
    for name in ["Nodes", "Apis", "Images", "Admission", "Dns", "LogsAndExec"] {
        assert_eq!(state(&checks, name), "Passed", "{checks:?}");
    }

    let webhook = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
        "metadata": { "name": WEBHOOK },
        "webhooks": [{
            "name": "nobody.conform.dev", "sideEffects": "None", "admissionReviewVersions": ["v1"],
            "clientConfig": { "service": { "namespace": "default", "name": "nobody" } },
            "namespaceSelector": { "matchLabels": { "pod-security.kubernetes.io/enforce": "baseline" } },
            "rules": [{ "operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"] }],
        }],
    });
    assert_eq!(apply(&webhook).code, 0);
    let (code, checks) = preflight(&[]);
    let (skipping, without) = preflight(&["--skip-preflight=webhooks"]);
    kubectl(&["delete", "validatingwebhookconfiguration", WEBHOOK]);
    assert_eq!((code, state(&checks, "Webhooks")), (1, "Failed"), "{checks:?}");
    assert_eq!(
        (skipping, state(&without, "Webhooks")),
        (0, "Skipped"),
        "{without:?}"
    );

    let left = until(conform_e2e::run::LIMIT, || {
        let all = json(&["namespaces"]).to_string();
        (!all.contains("conform-preflight-")).then_some(())
    });
    assert!(left.is_some(), "its namespaces are removed");
}
