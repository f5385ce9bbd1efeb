//! Profiles that users write.

use conform_e2e::{
    apply, json, kubectl, plugin,
    run::{LIMIT, condition, deleted, ended},
    until,
};
use serde_json::{Value, json as object};

const TEST: &str = "[sig-network] Services should support named targetPorts that resolve to different ports on different endpoints";

fn profile(name: &str, spec: &Value) -> Value {
    object!({
        "apiVersion": "conform.dev/v1alpha1",
        "kind": "ConformanceProfile",
        "metadata": { "name": name },
        "spec": spec,
    })
}

fn refused(name: &str, spec: &Value, because: &str) {
    let answer = apply(&profile(name, spec));
    assert_ne!(answer.code, 0, "{name} was accepted: {}", answer.stdout);
    assert!(answer.stderr.contains(because), "{name}: {}", answer.stderr);
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn bad_profiles_are_refused_at_the_door() {
    assert_eq!(plugin(&["install"]).code, 0);
    refused("quick", &object!({ "extends": ["dns"] }), "built-in profile");
    refused(
        "e2e-empty",
        &object!({ "summary": "x" }),
        "neither extends one nor requires",
    );
    refused(
        "e2e-extends",
        &object!({ "extends": ["nonesuch"] }),
        "kubectl conform profiles",
    );
    let two = object!([{ "name": "x", "tag": "a", "nameContains": "abc", "requiredIn": "1.36" }]);
    refused(
        "e2e-two",
        &object!({ "requirements": two }),
        "exactly one of test, tag and nameContains",
    );
    let none = object!([{ "name": "x", "requiredIn": "1.36" }]);
    refused(
        "e2e-none",
        &object!({ "requirements": none }),
        "exactly one of test, tag and nameContains",
    );
    let release = object!([{ "name": "x", "tag": "a", "requiredIn": "soon" }]);
    refused("e2e-release", &object!({ "requirements": release }), "requiredIn");
    refused(
        &"x".repeat(64),
        &object!({ "extends": ["dns"] }),
        "at most 63 characters",
    );
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn a_run_goes_by_a_profile_of_the_cluster() {
    assert_eq!(plugin(&["install"]).code, 0);
    let name = "e2e-platform";
    let unknown = plugin(&["run", name, "--profile", name]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("is no profile"), "{}", unknown.stderr);
    let requirements = object!([{ "name": "ports", "test": TEST, "requiredIn": "1.30" }]);
    let made = apply(&profile(
        name,
        &object!({ "summary": "Ours", "requirements": requirements }),
    ));
    assert_eq!(made.code, 0, "{}", made.stderr);
    let ready = until(LIMIT, || {
        let profile = json(&["conformanceprofile", name]);
        (condition(&profile, "Ready").0 == "True").then_some(())
    });
    assert!(ready.is_some());
    let listed = plugin(&["profiles"]).stdout;
    assert!(listed.contains("Ours (1 requirement)"), "{listed}");

    let run = plugin(&["run", name, "--profile", name, "--stages", "future", "--wait"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("Met (your profile)"), "{}", run.stdout);
    let object = ended(name);
    assert_eq!(
        condition(&object, "Succeeded"),
        ("True".into(), "TestsPassed".into())
    );
    assert_eq!(
        object.pointer("/status/future/0/authority"),
        Some(&object!("User"))
    );
    assert_eq!(object.pointer("/status/ownProfiles/0/name"), Some(&object!(name)));
    assert_eq!(deleted(name), Vec::<String>::new());

    // What nobody can measure is not met.
    let requirements = object!([{ "name": "gone", "test": "[sig-x] no suite has it", "requiredIn": "1.30" }]);
    let patch = object!({ "spec": { "requirements": requirements } }).to_string();
    assert_eq!(
        kubectl(&["patch", "conformanceprofile", name, "--type=merge", "-p", &patch]).code,
        0
    );
    let run = plugin(&["run", name, "--profile", name, "--stages", "future", "--wait"]);
    assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
    assert_eq!(
        condition(&ended(name), "Succeeded"),
        ("False".into(), "Incomplete".into())
    );
    assert_eq!(deleted(name), Vec::<String>::new());
    assert_eq!(kubectl(&["delete", "conformanceprofile", name]).code, 0);
}
