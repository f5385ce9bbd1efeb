//! The rules that the API server itself enforces on runs.

use conform_e2e::{apply, kubectl, plugin};
use serde_json::{Value, json};

fn run(name: &str, spec: Value) -> Value {
    json!({
        "apiVersion": "conform.dev/v1alpha1",
        "kind": "ConformanceRun",
        "metadata": { "name": name },
        // Suspended: the API server is under test here, and nothing is to start.
        "spec": merged(json!({ "suspend": true }), spec),
    })
}

fn merged(mut base: Value, more: Value) -> Value {
    if let (Value::Object(base), Value::Object(more)) = (&mut base, more) {
        base.extend(more);
    }
    base
}

fn refused(name: &str, spec: Value, because: &str) {
    let answer = apply(&run(name, spec));
    assert_ne!(answer.code, 0, "{name} was accepted: {}", answer.stdout);
    assert!(answer.stderr.contains(because), "{name}: {}", answer.stderr);
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn bad_specs_are_refused_at_the_door() {
    assert_eq!(plugin(&["install"]).code, 0);
    refused("admission-a", json!({ "profiles": [] }), "spec.profiles");
    refused(
        "admission-b",
        json!({ "profiles": ["Not A Name"] }),
        "spec.profiles",
    );
    refused(
        "admission-c",
        json!({ "profiles": ["quick", "quick"] }),
        "Duplicate value",
    );
    refused(
        "admission-d",
        json!({ "throughRelease": "next" }),
        "spec.throughRelease",
    );
    refused(
        "admission-e",
        json!({ "stages": "Present", "throughRelease": "1.40" }),
        "throughRelease bounds future",
    );
    refused(
        "admission-f",
        json!({ "stages": "Present", "futureFailures": "Fail" }),
        "needs a stage that runs future",
    );
    refused(
        "admission-g",
        json!({ "execution": { "activeDeadlineSeconds": 1 } }),
        "activeDeadlineSeconds",
    );
    refused(
        "admission-h",
        json!({ "ttlSecondsAfterFinished": -1 }),
        "ttlSecondsAfterFinished",
    );
    refused(
        "admission-i",
        json!({ "stages": "Sometimes" }),
        "Unsupported value",
    );
    refused(&"x".repeat(49), json!({}), "at most 48 characters");
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn a_run_without_a_word_has_the_documented_defaults() {
    assert_eq!(plugin(&["install"]).code, 0);
    assert_eq!(apply(&run("admission-defaults", json!({}))).code, 0);
    let made = conform_e2e::json(&["conformancerun", "admission-defaults"]);
    assert_eq!(made["spec"]["profiles"], json!(["kubernetes"]));
    assert_eq!(made["spec"]["stages"], "PresentAndFuture");
    assert_eq!(made["spec"]["futureFailures"], "Warn");
    assert_eq!(made["spec"]["execution"]["activeDeadlineSeconds"], 21_600);
    assert_eq!(plugin(&["delete", "admission-defaults"]).code, 0);
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn a_started_run_is_fixed_and_cancel_is_final() {
    assert_eq!(plugin(&["install"]).code, 0);
    let name = "admission-fixed";
    assert_eq!(apply(&run(name, json!({ "profiles": ["quick"] }))).code, 0);
    let patch = |patch: &str| kubectl(&["patch", "conformancerun", name, "--type=merge", "-p", patch]);
    assert_eq!(
        patch(r#"{"spec":{"profiles":["networking"]}}"#).code,
        0,
        "it has not started"
    );
    let started = r#"{"status":{"startTime":"2026-01-01T00:00:00Z"}}"#;
    let words = [
        "patch",
        "conformancerun",
        name,
        "--subresource=status",
        "--type=merge",
        "-p",
        started,
    ];
    assert_eq!(kubectl(&words).code, 0);
    let late = patch(r#"{"spec":{"profiles":["quick"]}}"#);
    assert!(late.stderr.contains("the run has started"), "{}", late.stderr);
    let late = patch(r#"{"spec":{"focus":"x"}}"#);
    assert!(late.stderr.contains("the run has started"), "{}", late.stderr);
    assert_eq!(patch(r#"{"spec":{"ttlSecondsAfterFinished":600}}"#).code, 0);
    assert_eq!(patch(r#"{"spec":{"cancel":true}}"#).code, 0);
    let back = patch(r#"{"spec":{"cancel":false}}"#);
    assert!(back.stderr.contains("cancel cannot be undone"), "{}", back.stderr);
    assert_eq!(plugin(&["delete", name]).code, 0);
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn where_outcomes_come_from_is_said_at_once_and_stays() {
    assert_eq!(plugin(&["install"]).code, 0);
    let imported =
        |source: &str, version: &str| json!({ "imported": { "source": source, "serverVersion": version } });
    refused("admission-j", imported("", "1.36"), "spec.imported.source");
    refused(
        "admission-k",
        imported(&"x".repeat(254), "1.36"),
        "spec.imported.source",
    );
    refused(
        "admission-l",
        imported("x", "latest"),
        "spec.imported.serverVersion",
    );
    refused(
        "admission-m",
        imported("x", "v2.0.0"),
        "spec.imported.serverVersion",
    );
    refused(
        "admission-n",
        json!({ "imported": { "source": "x" } }),
        "serverVersion",
    );
    let kept = "imported is set when a run is made, and stays";
    let patch =
        |name: &str, patch: &str| kubectl(&["patch", "conformancerun", name, "--type=merge", "-p", patch]);
    for (name, spec) in [
        ("admission-own", json!({})),
        ("admission-imported", imported("x", "v1.36.3")),
    ] {
        let made = apply(&run(name, spec));
        assert_eq!(made.code, 0, "{name}: {}", made.stderr);
        for change in [
            r#"{"spec":{"imported":{"source":"y","serverVersion":"1.36"}}}"#,
            r#"{"spec":{"imported":{"source":"x","serverVersion":"v1.35.0"}}}"#,
        ] {
            let late = patch(name, change);
            assert_ne!(late.code, 0, "{name}: {change}");
            assert!(late.stderr.contains(kept), "{name}: {}", late.stderr);
        }
        let still = patch(name, r#"{"spec":{"ttlSecondsAfterFinished":600}}"#);
        assert_eq!(still.code, 0, "what may change still may: {}", still.stderr);
    }
    let gone = patch("admission-imported", r#"{"spec":{"imported":null}}"#);
    assert!(gone.stderr.contains(kept), "{}", gone.stderr);
    for name in ["admission-own", "admission-imported"] {
        assert_eq!(plugin(&["delete", name]).code, 0);
    }
}
