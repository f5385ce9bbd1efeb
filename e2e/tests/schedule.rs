//! A schedule on a real API server: what is refused at the door, and what its runs say.

use conform_e2e::{
    apply, json, kubectl, plugin,
    run::{LIMIT, condition},
    until,
};
use serde_json::{Value, json};

fn schedule(name: &str, spec: Value) -> Value {
    let mut all = json!({ "schedule": "0 0 1 1 *", "runTemplate": { "spec": { "profiles": ["quick"] } } });
    if let (Value::Object(all), Value::Object(spec)) = (&mut all, spec) {
        all.extend(spec);
    }
    json!({
        "apiVersion": "conform.dev/v1alpha1",
        "kind": "ConformanceSchedule",
        "metadata": { "name": name },
        "spec": all,
    })
}

fn refused(name: &str, spec: Value, because: &str) {
    let answer = apply(&schedule(name, spec));
    assert_ne!(answer.code, 0, "{name} was accepted: {}", answer.stdout);
    assert!(answer.stderr.contains(because), "{name}: {}", answer.stderr);
}

fn status_of(name: &str, kind: &str) -> (String, String) {
    condition(&json(&["conformanceschedule", name]), kind)
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn bad_schedules_are_refused_at_the_door() {
    assert_eq!(plugin(&["install"]).code, 0);
    refused("schedule-a", json!({ "schedule": "0 0 1 *" }), "spec.schedule");
    refused(
        "schedule-b",
        json!({ "schedule": "TZ=UTC 0 0 1 1 *" }),
        "spec.schedule",
    );
    refused("schedule-c", json!({ "timeZone": "Local" }), "IANA database");
    refused(
        "schedule-d",
        json!({ "timeZone": "/etc/passwd" }),
        "spec.timeZone",
    );
    refused(
        "schedule-e",
        json!({ "concurrencyPolicy": "Maybe" }),
        "Unsupported value",
    );
    refused(
        "schedule-f",
        json!({ "successfulRunsHistoryLimit": -1 }),
        "successfulRunsHistoryLimit",
    );
    refused("schedule-g", json!({ "jitterSeconds": 90_000 }), "jitterSeconds");
    refused(
        "schedule-h",
        json!({ "triggers": { "changes": [] } }),
        "spec.triggers.changes",
    );
    refused(
        "schedule-i",
        json!({ "runTemplate": { "spec": { "cancel": true } } }),
        "cannot cancel its runs",
    );
    refused(
        "schedule-j",
        json!({ "runTemplate": { "spec": { "stages": "Present", "throughRelease": "1.40" } } }),
        "throughRelease bounds future",
    );
    refused(
        "schedule-k",
        json!({ "maintenanceWindows": [{ "name": "x", "opens": "soon", "durationSeconds": 60 }] }),
        "opens",
    );
    refused(&"x".repeat(38), json!({}), "at most 37 characters");
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn what_only_the_operator_can_tell_is_stalled() {
    assert_eq!(plugin(&["install"]).code, 0);
    let name = "e2e-stalled";
    assert_eq!(
        apply(&schedule(name, json!({ "timeZone": "Europe/Atlantis" }))).code,
        0
    );
    let stalled = until(LIMIT, || (status_of(name, "Stalled").0 == "True").then_some(()));
    assert!(stalled.is_some());
    assert_eq!(
        status_of(name, "Ready"),
        ("False".into(), "UnknownTimeZone".into())
    );
    assert_eq!(kubectl(&["delete", "conformanceschedule", name]).code, 0);
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn a_request_makes_a_run_and_the_schedule_tells_what_it_found() {
    assert_eq!(plugin(&["install"]).code, 0);
    let name = "e2e-yearly";
    let words = [
        "schedule",
        "create",
        name,
        "--schedule",
        "0 0 1 1 *",
        "--profile",
        "quick",
        "--stages",
        "present",
        "--focus",
        "EndpointSlice should support creating",
    ];
    let made = plugin(&words);
    assert_eq!(made.code, 0, "{}", made.stderr);
    assert!(made.stderr.contains("Runs fall due"), "{}", made.stderr);
    assert_eq!(plugin(&["schedule", "trigger", name]).code, 0);
    let finished = until(LIMIT, || {
        let object = json(&["conformanceschedule", name]);
        object
            .pointer("/status/lastRun/name")
            .and_then(Value::as_str)
            .map(str::to_owned)
    });
    let run = finished.expect("its run finishes");
    assert!(run.starts_with("e2e-yearly-r"), "{run}");
    assert_eq!(status_of(name, "Ready").0, "True");
    // One test of hundreds decides nothing.
    assert_eq!(status_of(name, "Conformant").0, "Unknown");
    let listed = plugin(&["schedule", "list"]).stdout;
    assert!(listed.contains(name), "{listed}");
    assert_eq!(plugin(&["schedule", "suspend", name]).code, 0);
    let suspended = until(LIMIT, || {
        (status_of(name, "Ready").1 == "Suspended").then_some(())
    });
    assert!(suspended.is_some());
    assert_eq!(kubectl(&["delete", "conformanceschedule", name]).code, 0);
    let gone = until(LIMIT, || json(&["conformancerun", &run]).is_null().then_some(()));
    assert!(gone.is_some(), "the runs of a schedule go with it");
}
