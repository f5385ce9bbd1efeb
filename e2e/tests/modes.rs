//! The ways a run goes, on a real cluster: failed tests run again, shards, stages together, and a rerun of what failed.
//!
//! The test that fails is made to: a policy denies the one object that it wants to create.

use conform_e2e::{
    apply, kubectl, plugin,
    run::{LIMIT, condition, deleted, ended, get},
    until,
};
use serde_json::{Value, json};

const POLICY: &str = "e2e-no-leases";
const LEASE: &str = "Lease lease API should be available";
const VERSION: &str = "server version should find the server version";

/// Whoever makes a Lease in a test's namespace is told no, as long as this is there.
struct NoLeases;

impl NoLeases {
    fn new() -> Self {
        let policy = json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy",
            "metadata": { "name": POLICY },
            "spec": {
                "matchConstraints": {
                    "namespaceSelector": { "matchExpressions": [{ "key": "e2e-framework", "operator": "Exists" }] },
                    "resourceRules": [{ "apiGroups": ["coordination.k8s.io"], "apiVersions": ["v1"],
                                        "operations": ["CREATE"], "resources": ["leases"] }],
                },
                "validations": [{ "expression": "false", "message": "no leases today" }],
            },
        });
        let binding = json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": { "name": POLICY },
            "spec": { "policyName": POLICY, "validationActions": ["Deny"] },
        });
        let made = [apply(&policy), apply(&binding)];
        assert!(made.iter().all(|answer| answer.code == 0), "{made:?}");
        Self
    }
}

impl Drop for NoLeases {
    fn drop(&mut self) {
        for kind in ["validatingadmissionpolicybinding", "validatingadmissionpolicy"] {
            kubectl(&["delete", kind, POLICY, "--ignore-not-found"]);
        }
    }
}

/// Only present requirements.
const PRESENT: [&str; 2] = ["--stages", "present"];

/// `kubectl conform run NAME` of the tests that one of `tests` is a part of the name of.
fn run(name: &str, tests: &[&str], more: &[&str]) {
    let focus = tests.join("|");
    let mut words = vec!["run", name, "--focus", &focus];
    words.extend_from_slice(more);
    let made = plugin(&words);
    assert_eq!(made.code, 0, "{}", made.stderr);
}

fn attempts(run: &Value) -> Vec<Value> {
    let attempts = run.pointer("/status/attempts").and_then(Value::as_array);
    attempts.cloned().unwrap_or_default()
}

/// Each selected test's outcomes, in the order of the attempts.
fn outcomes(name: &str, test: &str) -> Vec<String> {
    let result = conform_e2e::json(&["conformanceresult", name]);
    let records = attempts(&result).into_iter().flat_map(|attempt| {
        let tests = attempt.get("tests").and_then(Value::as_array);
        tests.cloned().unwrap_or_default()
    });
    let field = |record: &Value, key: &str| record[key].as_str().unwrap_or_default().to_owned();
    records
        .filter(|record| record["selected"] == true && field(record, "name").contains(test))
        .map(|record| field(&record, "outcome"))
        .collect()
}

fn tally(run: &Value) -> (i64, i64) {
    let number = |key: &str| run.pointer(key).and_then(Value::as_i64).unwrap_or_default();
    (number("/status/present/passed"), number("/status/present/failed"))
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn what_fails_once_is_flaky_and_what_fails_is_run_again_on_demand() {
    assert_eq!(plugin(&["install"]).code, 0);
    let (flaky, failing, again) = ("e2e-flaky", "e2e-failing", "e2e-again");

    let policy = NoLeases::new();
    run(
        flaky,
        &[LEASE, VERSION],
        &[&PRESENT[..], &["--retry-failed", "1"]].concat(),
    );
    let failed = until(LIMIT, || (outcomes(flaky, LEASE) == ["Failed"]).then_some(()));
    drop(policy);
    assert!(failed.is_some(), "{:#}", get(flaky));
    let end = ended(flaky);
    assert_eq!(outcomes(flaky, LEASE), ["Failed", "Passed"], "{end:#}");
    assert_eq!(
        outcomes(flaky, VERSION),
        ["Passed"],
        "what passed is not run again"
    );
    assert_eq!(tally(&end), (2, 0));
    assert_eq!(condition(&end, "Succeeded").0, "True");
    assert_eq!(condition(&end, "Certifiable").0, "False");
    let status = plugin(&["results", flaky]);
    assert!(
        status.stdout.to_lowercase().contains("flaky"),
        "{}",
        status.stdout
    );

    let policy = NoLeases::new();
    run(failing, &[LEASE, VERSION], &PRESENT);
    let end = ended(failing);
    drop(policy);
    assert_eq!(
        condition(&end, "Succeeded"),
        ("False".into(), "PresentTestsFailed".into())
    );
    assert_eq!(condition(&end, "PresentConformant").0, "False");
    assert_eq!(tally(&end), (1, 1));

    let rerun = plugin(&["rerun", failing, again, "--failed", "--wait"]);
    assert_eq!(
        rerun.code, 2,
        "a part decides nothing: {} {}",
        rerun.stdout, rerun.stderr
    );
    assert_eq!(outcomes(again, LEASE), ["Passed"]);
    assert_eq!(outcomes(again, VERSION), Vec::<String>::new());
    for name in [flaky, failing, again] {
        assert_eq!(deleted(name), Vec::<String>::new());
    }
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn shards_share_the_tests_and_leave_those_that_run_alone_for_the_end() {
    assert_eq!(plugin(&["install"]).code, 0);
    let name = "e2e-shards";
    let tests = [
        LEASE,
        VERSION,
        "SubjectReview should support SubjectReview API operations",
        "EndpointSlice should support creating EndpointSlice API operations",
        "ConfigMap should run through a ConfigMap lifecycle",
        "Namespaces .Serial. should patch a Namespace",
    ];
    run(
        name,
        &tests,
        &[
            &PRESENT[..],
            &["--mode", "fast", "--shards", "2", "--processes", "2"],
        ]
        .concat(),
    );
    let end = ended(name);
    assert_eq!(
        condition(&end, "Succeeded"),
        ("True".into(), "TestsPassed".into()),
        "{end:#}"
    );
    assert_eq!(tally(&end), (6, 0));
    assert_eq!(condition(&end, "Certifiable").0, "False");
    let result = conform_e2e::json(&["conformanceresult", name]);
    let names: Vec<Vec<String>> = attempts(&result).iter().map(ran).collect();
    assert_eq!(
        names.iter().map(Vec::len).sum::<usize>(),
        6,
        "each ran once: {names:?}"
    );
    let alone: Vec<_> = names
        .iter()
        .filter(|names| names.iter().any(|name| name.contains("[Serial]")))
        .collect();
    assert_eq!(alone.len(), 1);
    assert_eq!(alone[0].len(), 1, "nothing ran beside it: {names:?}");
    assert_eq!(
        names.iter().filter(|names| !names.is_empty()).count(),
        3,
        "two shards and the rest: {names:?}"
    );
    assert_eq!(deleted(name), Vec::<String>::new());
}

fn ran(attempt: &Value) -> Vec<String> {
    let tests = attempt["tests"].as_array().cloned().unwrap_or_default();
    tests
        .iter()
        .filter(|test| test["selected"] == true)
        .map(|test| test["name"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn together_first_and_the_present_alone_only_if_something_failed() {
    assert_eq!(plugin(&["install"]).code, 0);
    let (good, bad) = ("e2e-together", "e2e-together-bad");
    let order = ["--order", "combined-then-present"];

    run(good, &[LEASE, VERSION], &order);
    let end = ended(good);
    assert_eq!(condition(&end, "Succeeded").0, "True", "{end:#}");
    assert_eq!((attempts(&end).len(), tally(&end)), (1, (2, 0)));

    let policy = NoLeases::new();
    run(bad, &[LEASE, VERSION], &order);
    let end = ended(bad);
    drop(policy);
    assert_eq!(
        condition(&end, "Succeeded"),
        ("False".into(), "PresentTestsFailed".into())
    );
    assert_eq!((attempts(&end).len(), tally(&end)), (2, (1, 1)), "{end:#}");
    assert_eq!(outcomes(bad, LEASE), ["Failed", "Failed"], "together, and alone");
    for name in [good, bad] {
        assert_eq!(deleted(name), Vec::<String>::new());
    }
}
