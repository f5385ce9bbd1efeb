//! What goes wrong ends with its own reason, and leaves nothing behind.

use conform_e2e::{
    apply, json, kubectl, plugin,
    run::{NAMESPACE, condition, deleted, ended, measured},
    until,
};
use serde_json::{Value, json as object};

fn install() {
    let installed = plugin(&["install"]);
    assert_eq!(installed.code, 0, "{}", installed.stderr);
}

fn nothing() -> Vec<String> {
    Vec::new()
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn an_unknown_profile_is_named() {
    install();
    let name = "fault-profile";
    let hinted = plugin(&["run", name, "--profile", "nonsense"]);
    assert_eq!(hinted.code, 2);
    assert!(
        hinted.stderr.contains("nonsense") && hinted.stderr.contains("quick"),
        "{}",
        hinted.stderr
    );
    // Past the plugin, as a file in Git would come.
    let run = object!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun",
        "metadata": { "name": name }, "spec": { "profiles": ["nonsense"] },
    });
    assert_eq!(apply(&run).code, 0);
    assert_eq!(
        condition(&ended(name), "Succeeded"),
        ("False".into(), "UnknownProfile".into())
    );
    assert_eq!(plugin(&["status", name]).code, 2);
    assert_eq!(deleted(name), nothing());
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn a_focus_that_selects_nothing_is_an_error() {
    install();
    let name = "fault-focus";
    assert_eq!(
        plugin(&[
            "run",
            name,
            "--profile",
            "quick",
            "--focus",
            "no test has this name"
        ])
        .code,
        0
    );
    let run = ended(name);
    assert_eq!(
        condition(&run, "Succeeded"),
        ("False".into(), "EmptySelection".into()),
        "{run:#}"
    );
    assert_eq!(condition(&run, "PresentConformant").0, "Unknown");
    assert_eq!(deleted(name), nothing());
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn a_cancelled_run_keeps_what_was_measured() {
    install();
    let name = "fault-cancel";
    assert_eq!(plugin(&["run", name, "--profile", "quick"]).code, 0);
    assert!(measured(name, 1));
    assert_eq!(plugin(&["cancel", name]).code, 0);
    let run = ended(name);
    assert_eq!(
        condition(&run, "Succeeded"),
        ("False".into(), "Cancelled".into()),
        "{run:#}"
    );
    let passed = run
        .pointer("/status/present/passed")
        .and_then(Value::as_i64)
        .unwrap();
    assert!(passed >= 1, "what was measured is kept");
    assert_eq!(condition(&run, "PresentConformant").0, "Unknown");
    // The suite wrote its JUnit on the way out.
    let artifacts = json(&["conformanceresult", name]);
    let kept = artifacts
        .pointer("/status/attempts/0/artifacts")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    assert!(
        kept.iter().any(|artifact| artifact["name"] == "junit_01.xml"),
        "{artifacts:#}"
    );
    assert_eq!(deleted(name), nothing());
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn a_run_deleted_in_its_middle_leaves_nothing() {
    install();
    let name = "fault-delete";
    assert_eq!(plugin(&["run", name, "--profile", "quick"]).code, 0);
    assert!(measured(name, 1));
    let result = json(&["conformanceresult", name]);
    let e2e_run = result
        .pointer("/status/attempts/0/suite/runIds/0")
        .and_then(Value::as_str)
        .map(str::to_owned);
    assert_eq!(deleted(name), nothing());
    let label = format!("e2e-run={}", e2e_run.expect("the suite told its id"));
    let left = until(conform_e2e::run::LIMIT, || {
        let left = json(&["namespaces", "-l", &label]);
        left.get("items")
            .and_then(Value::as_array)
            .is_none_or(Vec::is_empty)
            .then_some(())
    });
    assert!(left.is_some(), "namespaces of {label} are left");
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn an_image_that_cannot_be_pulled_ends_the_run() {
    install();
    let elsewhere = plugin(&["install", "--suite-repository", "registry.invalid/conformance"]);
    assert_eq!(elsewhere.code, 0, "{}", elsewhere.stderr);
    let name = "fault-image";
    assert_eq!(plugin(&["run", name, "--profile", "quick"]).code, 0);
    let run = ended(name);
    install();
    assert_eq!(
        condition(&run, "Succeeded"),
        ("False".into(), "ImagePullFailed".into()),
        "{run:#}"
    );
    assert_eq!(deleted(name), nothing());
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn missing_rights_end_the_run_and_are_named() {
    install();
    // The operator may do everything but hand out the suite's rights. (Who may not bind their role at all is not taken for
    // the operator, and may not even say so in a run's status.)
    let patch = r#"[{"op":"remove","path":"/rules/0"}]"#;
    let role = json(&["clusterrole", "conform-operator"]);
    let rules = role.get("rules").and_then(Value::as_array).unwrap();
    let bindings = rules
        .iter()
        .position(|rule| rule["resources"] == object!(["clusterrolebindings"]))
        .expect("a rule of its own for bindings");
    let patch = patch.replace("/rules/0", &format!("/rules/{bindings}"));
    assert_eq!(
        kubectl(&[
            "patch",
            "clusterrole",
            "conform-operator",
            "--type=json",
            "-p",
            &patch
        ])
        .code,
        0
    );
    let name = "fault-rights";
    assert_eq!(plugin(&["run", name, "--profile", "quick"]).code, 0);
    let run = ended(name);
    install();
    assert_eq!(
        condition(&run, "Succeeded"),
        ("False".into(), "Forbidden".into()),
        "{run:#}"
    );
    assert_eq!(deleted(name), nothing());
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn a_user_without_rights_gets_a_sentence() {
    install();
    let answer = plugin(&["get", "--as", "nobody-in-particular"]);
    assert_eq!(answer.code, 2);
    assert!(answer.stdout.is_empty());
    assert!(
        answer.stderr.contains("nobody-in-particular") && answer.stderr.contains("conformanceruns"),
        "{}",
        answer.stderr
    );
}

/// Runs last by its name: it takes the installation away.
#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn z_uninstall_takes_everything_away() {
    install();
    let removed = plugin(&["uninstall"]);
    assert_eq!(removed.code, 0, "{}", removed.stderr);
    for kind in ["clusterroles", "clusterrolebindings", "customresourcedefinitions"] {
        let left = kubectl(&["get", kind, "-o", "name"]).stdout;
        let ours: Vec<&str> = left
            .lines()
            .filter(|name| name.contains("conform") && !name.contains("testbed"))
            .collect();
        assert!(ours.is_empty(), "{ours:?}");
    }
    assert!(json(&["namespace", NAMESPACE]).is_null());
    let missing = plugin(&["get"]);
    assert_eq!(missing.code, 2);
    assert!(
        missing.stderr.contains("kubectl conform install"),
        "{}",
        missing.stderr
    );
    assert_eq!(plugin(&["uninstall"]).code, 0, "again is no error");
}
