//! What people see, at 80 columns.

use conform_crds::ConformanceRun;
use conform_report::ResultRow;
use conform_suite::{Area, Authority, Outcome, Release, Stage, TestName};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{results, runs, status};

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

#[expect(clippy::needless_pass_by_value, reason = "json! makes values")]
fn run(name: &str, spec: Value, status: Value) -> ConformanceRun {
    serde_json::from_value(json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun",
        "metadata": { "name": name, "creationTimestamp": "2026-11-22T10:00:00Z" },
        "spec": spec,
        "status": status,
    }))
    .unwrap()
}

fn condition(kind: &str, status: &str, reason: &str, message: &str) -> Value {
    json!({
        "type": kind, "status": status, "reason": reason, "message": message,
        "lastTransitionTime": "2026-11-22T11:48:00Z",
    })
}

pub(crate) fn failing() -> ConformanceRun {
    let failure = |name: &str, stage: &str, release: &str, authority: &str, area: &str, message: &str| {
        json!({
            "name": name, "stage": stage, "requiredIn": release, "authority": authority, "area": area,
            "outcome": "Failed", "message": message,
        })
    };
    run(
        "nightly",
        json!({ "profiles": ["kubernetes"] }),
        json!({
            "conditions": [
                condition("Succeeded", "False", "PresentTestsFailed", "1 of 446 present tests failed"),
                condition("PresentConformant", "False", "TestsFailed", "1 of 446 present tests failed"),
                condition("FutureConformant", "False", "TestsFailed", "2 of 14 future tests failed"),
                condition("Certifiable", "False", "NotSubmittable", "a required test failed; suite v1.36.2 is not of the server's version"),
            ],
            "startTime": "2026-11-22T10:00:00Z", "completionTime": "2026-11-22T11:48:00Z",
            "serverVersion": "v1.36.3",
            "suite": { "image": "registry.k8s.io/conformance:v1.36.3" },
            "present": { "release": "1.36", "required": 446, "passed": 445, "failed": 1, "unevaluated": 0 },
            "future": [
                { "release": "1.38", "authority": "Upstream", "total": 14, "passed": 12, "failed": 2, "unevaluated": 0 },
                { "release": "1.40", "authority": "Advisory", "total": 3, "passed": 1, "failed": 0, "unevaluated": 2 },
            ],
            "failures": [
                failure("[sig-network] DNS should provide DNS for the cluster [Conformance]", "Present", "1.9", "Upstream", "Dns",
                    "Unable to read wheezy_udp@kubernetes.default.svc.cluster.local\nfrom pod \u{1b}[31mdns-1234\u{1b}[0m: the server could not find the requested resource"),
                failure("[sig-network] Services should serve endpoints on a Service whose targetPort is the name of a port of its pods", "Future", "1.38", "Upstream", "ServiceProxy", "timed out"),
            ],
            "failuresOmitted": 1,
            "notSubmittable": ["a required test failed", "suite v1.36.2 is not of the server's version; it is older"],
        }),
    )
}

#[test]
fn status_with_failures() {
    insta::assert_snapshot!(status(&failing(), now(), 80));
}

#[test]
fn status_of_a_part_is_undecided() {
    let part = run(
        "quick-x7k2p",
        json!({ "profiles": ["quick"], "focus": "DNS" }),
        json!({
            "conditions": [
                condition("Succeeded", "True", "TestsPassed", "all 18 selected tests passed"),
                condition("PresentConformant", "Unknown", "NotAllMeasured", "profile quick leaves out 429 tests"),
                condition("FutureConformant", "True", "AllPassed", "1 future test passed"),
                condition("Certifiable", "False", "NotSubmittable", "profile quick leaves out 429 tests"),
            ],
            "startTime": "2026-11-22T10:00:00Z", "completionTime": "2026-11-22T10:03:05Z",
            "serverVersion": "v1.36.3",
            "present": { "release": "1.36", "required": 446, "passed": 17, "failed": 0, "unevaluated": 429 },
            "future": [{ "release": "1.38", "authority": "Advisory", "total": 1, "passed": 1, "failed": 0, "unevaluated": 0 }],
        }),
    );
    insta::assert_snapshot!(status(&part, now(), 80));
}

pub(crate) fn checked() -> ConformanceRun {
    let check = |check: &str, state: &str, message: &str| json!({ "check": check, "state": state, "message": message });
    run(
        "preflight-x7k2p",
        json!({ "preflight": { "only": true } }),
        json!({
            "conditions": [condition("Succeeded", "False", "PreflightFailed", "Images: cannot be pulled")],
            "preflight": [
                check("ServerVersion", "Passed", "v1.36.3, and the suite of the same release."),
                check("Webhooks", "Skipped", "Left out by spec.preflight.skip."),
                check("Images", "Failed", "Images that the selected tests use cannot be pulled: registry.k8s.io/etcd:3.6.8-0 on node-1 (\u{1b}[31mnot found)."),
                check("LogsAndExec", "Warned", "Could not be tried on: node-1."),
            ],
        }),
    )
}

#[test]
fn checks_of_a_run_that_only_looks() {
    insta::assert_snapshot!(status(&checked(), now(), 80));
}

#[test]
fn status_tells_checks_that_failed_or_warned() {
    let mut plain = checked();
    plain.spec.preflight.only = false;
    insta::assert_snapshot!(status(&plain, now(), 80));
}

#[test]
fn status_while_queued() {
    let queued = run(
        "second",
        json!({}),
        json!({ "conditions": [condition("Succeeded", "Unknown", "Queued", "run nightly is active in this cluster; this one starts after it")] }),
    );
    insta::assert_snapshot!(status(&queued, now(), 80));
}

#[test]
fn status_while_tests_run() {
    let running = run(
        "nightly",
        json!({}),
        json!({
            "conditions": [condition("Succeeded", "Unknown", "Running", "201 of 446 present tests ended")],
            "startTime": "2026-11-22T10:00:00Z", "serverVersion": "v1.36.3",
            "progress": { "stage": "Present", "total": 446, "completed": 201, "failed": 2 },
        }),
    );
    insta::assert_snapshot!(status(&running, now(), 80));
}

#[test]
fn status_before_the_operator_has_looked() {
    insta::assert_snapshot!(status(&run("first", json!({}), Value::Null), now(), 80));
}

#[test]
fn status_without_future_requirements() {
    let plain = run(
        "plain",
        json!({ "stages": "PresentAndFuture" }),
        json!({
            "conditions": [
                condition("Succeeded", "True", "TestsPassed", "all 446 tests passed"),
                condition("PresentConformant", "True", "AllPassed", ""),
                condition("FutureConformant", "Unknown", "NoneDefined", "the suite defines none"),
                condition("Certifiable", "True", "Submittable", "junit_01.xml and e2e.log of attempt present-1"),
            ],
            "serverVersion": "v1.36.3",
            "present": { "release": "1.36", "required": 446, "passed": 446, "failed": 0, "unevaluated": 0 },
            "attempts": [
                { "name": "present-1", "stage": "Present", "jobName": "plain-present-1", "end": "Completed" },
                { "name": "future-1", "stage": "Future", "jobName": "plain-future-1", "end": "NothingToRun" },
            ],
        }),
    );
    insta::assert_snapshot!(status(&plain, now(), 80));
}

#[test]
fn status_of_a_suite_that_could_not_run() {
    let stuck = run(
        "stuck",
        json!({ "stages": "Present" }),
        json!({
            "conditions": [
                condition("Succeeded", "False", "ImagePullFailed", "registry.k8s.io/conformance:v1.36.3: not found"),
                condition("PresentConformant", "Unknown", "NotAllMeasured", "no test was run"),
            ],
            "serverVersion": "v1.36.3",
        }),
    );
    insta::assert_snapshot!(status(&stuck, now(), 80));
}

#[test]
fn list_of_runs() {
    let mut plain = run(
        "plain",
        json!({ "profiles": ["kubernetes", "network", "storage"] }),
        Value::Null,
    );
    plain.metadata.creation_timestamp = None;
    let all = [failing(), plain];
    insta::assert_snapshot!("list_of_runs", runs(&all, now(), false));
    insta::assert_snapshot!("list_of_runs_wide", runs(&all, now(), true));
}

#[test]
fn list_of_tests() {
    let row = |name: &str, stage, outcome, milliseconds| ResultRow {
        name: TestName::new(name).unwrap(),
        stage,
        outcome,
        required_in: Release::new(1, 38),
        authority: Authority::Upstream,
        area: Area::ServiceProxy,
        component: None,
        duration_milliseconds: milliseconds,
        message: None,
    };
    let rows = [
        row(
            "[sig-node] Pods should be submitted and removed [NodeConformance] [Conformance]",
            Stage::Present,
            Outcome::Passed,
            Some(8432),
        ),
        row(
            "[sig-network] Services should serve endpoints on a Service whose targetPort is the name of a port of its pods",
            Stage::Future,
            Outcome::TimedOut,
            Some(600_000),
        ),
        row(
            "[sig-apps] Job should run to completion",
            Stage::Future,
            Outcome::NotRun,
            None,
        ),
    ];
    insta::assert_snapshot!("list_of_tests", results(&rows, false, Some(80)));
    insta::assert_snapshot!("list_of_tests_wide", results(&rows, true, Some(80)));
}

#[test]
fn nothing_is_wider_than_the_terminal() {
    let text = status(&failing(), now(), 80);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(!text.contains('\u{1b}'));
}
