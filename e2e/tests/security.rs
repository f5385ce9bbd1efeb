//! Who may only create runs gets no more than runs, and nobody gets at a run's rights.

use conform_e2e::{
    apply, apply_as, json, kubectl, plugin,
    run::{LIMIT, NAMESPACE, condition, deleted, ended, measured},
    until,
};
use serde_json::{Value, json as object};

/// May make runs and results, and whatever the built-in role edit allows, in every namespace.
const EDITOR: &str = "e2e-editor";

fn install() {
    let installed = plugin(&["install"]);
    assert_eq!(installed.code, 0, "{}", installed.stderr);
}

/// Binds the editor's roles; may be repeated.
fn editor() {
    kubectl(&[
        "create",
        "clusterrole",
        "e2e-results",
        "--verb=get,create,patch",
        "--resource=conformanceresults.conform.dev,conformanceresults.conform.dev/status",
    ]);
    for role in ["edit", "conform-edit", "e2e-results"] {
        let binding = object!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
            "metadata": { "name": format!("e2e-{role}") },
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role },
            "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": EDITOR }],
        });
        let made = apply(&binding);
        assert!(
            made.code == 0 || made.stderr.contains("already exists"),
            "{}",
            made.stderr
        );
    }
}

fn no_editor() {
    kubectl(&[
        "delete",
        "clusterrolebinding",
        "e2e-edit",
        "e2e-conform-edit",
        "e2e-e2e-results",
        "--ignore-not-found",
    ]);
    kubectl(&["delete", "clusterrole", "e2e-results", "--ignore-not-found"]);
}

/// What the editor is told when it asks for `words`.
fn refused(words: &[&str]) {
    refused_as(EDITOR, words);
}

/// The same of another user.
fn refused_as(user: &str, words: &[&str]) {
    let mut all = vec!["--as", user, "-n", NAMESPACE];
    all.extend_from_slice(words);
    let answer = kubectl(&all);
    assert_ne!(answer.code, 0, "{words:?}: {}", answer.stdout);
    assert!(
        answer.stderr.contains("forbidden") || answer.stderr.contains("denied"),
        "{words:?}: {}",
        answer.stderr
    );
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn an_editor_gets_at_no_runs_rights() {
    install();
    editor();
    let name = "security-rights";
    let made = plugin(&["run", name, "--profile", "quick", "--as", EDITOR]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    assert!(measured(name, 1), "the suite's account is there, and bound");
    let account = format!("{name}-suite");
    let pod = format!("{name}-present-1");
    refused(&["create", "token", &account]);
    refused(&["exec", &format!("job/{pod}"), "-c", "suite", "--", "true"]);
    refused(&["create", "job", "own", "--image=example.com/own"]);
    refused(&[
        "create",
        "cronjob",
        "own",
        "--schedule=* * * * *",
        "--image=example.com/own",
    ]);
    refused(&["create", "deployment", "own", "--image=example.com/own"]);
    refused(&["run", "own", "--image=example.com/own"]);
    refused(&[
        "set",
        "image",
        "deployment/conform-operator",
        "operator=example.com/own",
    ]);
    refused(&[
        "create",
        "clusterrolebinding",
        "own",
        "--clusterrole=conform-suite",
        &format!("--user={EDITOR}"),
    ]);
    refused(&[
        "patch",
        "conformanceresult",
        name,
        "--subresource=status",
        "--type=merge",
        "-p",
        r#"{"status":{"attempts":[]}}"#,
    ]);
    assert_eq!(deleted(name), Vec::<String>::new());
    no_editor();
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn a_run_names_no_image_argument_or_account() {
    install();
    for (field, value) in [
        ("image", object!("example.com/own")),
        ("args", object!(["--clean-start"])),
        ("serviceAccountName", object!("conform-operator")),
    ] {
        for at_spec in [true, false] {
            let spec = if at_spec {
                object!({ "profiles": ["quick"], field: value })
            } else {
                object!({ "profiles": ["quick"], "execution": { field: value } })
            };
            let run = object!({
                "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun",
                "metadata": { "name": "security-fields" }, "spec": spec,
            });
            let answer = apply(&run);
            assert_ne!(answer.code, 0, "{field}");
            assert!(answer.stderr.contains("unknown field"), "{}", answer.stderr);
        }
    }
}

/// A result that somebody prepared would be a verdict that nobody measured.
#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn a_result_that_was_there_before_is_not_the_runs() {
    install();
    let name = "security-forged";
    let forged = object!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceResult",
        "metadata": { "name": name }, "spec": { "runName": name },
    });
    assert_eq!(apply(&forged).code, 0, "an administrator may");
    assert_eq!(plugin(&["run", name, "--profile", "quick"]).code, 0);
    assert_eq!(
        condition(&ended(name), "Succeeded"),
        ("False".into(), "NameTaken".into())
    );
    kubectl(&["delete", "conformanceresult", name]);
    assert_eq!(deleted(name), Vec::<String>::new());
}

/// A binding that only has the name of a run's is not deleted with the run.
#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn a_binding_of_somebody_elses_stays() {
    install();
    let name = "security-binding";
    let binding = format!("{name}-suite");
    let made = kubectl(&[
        "create",
        "clusterrolebinding",
        &binding,
        "--clusterrole=view",
        "--user=somebody",
    ]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    assert_eq!(plugin(&["run", name, "--profile", "quick"]).code, 0);
    assert_eq!(
        condition(&ended(name), "Succeeded"),
        ("False".into(), "NameTaken".into())
    );
    assert_eq!(deleted(name), Vec::<String>::new());
    assert!(!json(&["clusterrolebinding", &binding]).is_null());
    kubectl(&["delete", "clusterrolebinding", &binding]);
}

/// The namespace enforces the restricted Pod Security Standard, and the suite's pod runs in it.
#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn the_suites_pod_is_restricted_and_what_it_makes_is_signed() {
    install();
    let namespace = json(&["namespace", NAMESPACE]);
    let enforced = namespace.pointer("/metadata/labels/pod-security.kubernetes.io~1enforce");
    assert_eq!(enforced.and_then(Value::as_str), Some("restricted"));
    let name = "security-pod";
    assert_eq!(plugin(&["run", name, "--profile", "quick"]).code, 0);
    assert!(measured(name, 1), "the pod was admitted, and runs");
    // A namespace that a test has made says in its managed fields which attempt of which run did.
    let run = json(&["conformancerun", name]);
    let uid = run.pointer("/metadata/uid").and_then(Value::as_str).unwrap();
    let maker = format!("conform:{name}:{uid}:present-1");
    let signed = until(LIMIT, || {
        let found = kubectl(&[
            "get",
            "namespaces",
            "-l",
            "e2e-run",
            "--show-managed-fields",
            "-o",
            "json",
        ]);
        found.stdout.contains(&maker).then_some(())
    });
    assert!(signed.is_some(), "{maker}");
    // While it runs nothing of it is a leftover; when its operator is past it, nothing is left.
    let left = plugin(&["cleanup", "--dry-run", "-o", "name", name]);
    assert_eq!((left.code, left.stdout.as_str()), (0, ""), "{}", left.stderr);
    assert_eq!(deleted(name), Vec::<String>::new());
    let gone = until(LIMIT, || {
        let left = plugin(&["cleanup", "--dry-run", "-o", "name", name]);
        (left.code == 0 && left.stdout.is_empty()).then_some(())
    });
    assert!(gone.is_some());
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn who_writes_profiles_gets_no_more_than_profiles() {
    install();
    let writer = "e2e-writer";
    let binding = object!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
        "metadata": { "name": writer },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "conform-admin" },
        "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": writer }],
    });
    assert_eq!(apply(&binding).code, 0);
    let profile = |access: &str| {
        object!({
            "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceProfile", "metadata": { "name": writer },
            "spec": { "suites": [{ "name": "s", "image": "example.com/s", "requiredIn": "1.36", "access": access }] },
        })
    };
    let with_rights = apply_as(writer, &profile("Cluster"));
    assert_ne!(with_rights.code, 0, "{}", with_rights.stdout);
    assert!(
        with_rights.stderr.contains("may bind ClusterRole conform-suite"),
        "{}",
        with_rights.stderr
    );
    let without = apply_as(writer, &profile("None"));
    assert_eq!(without.code, 0, "{}", without.stderr);
    let patch = r#"{"spec":{"suites":[{"name":"s","image":"example.com/s","requiredIn":"1.36","access":"Cluster"}]}}"#;
    let words = ["patch", "conformanceprofile", writer, "--type=merge", "-p", patch];
    refused_as(writer, &words);
    assert_eq!(kubectl(&["delete", "conformanceprofile", writer]).code, 0);
    assert_eq!(kubectl(&["delete", "clusterrolebinding", writer]).code, 0);
}
