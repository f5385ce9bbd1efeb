//! A run from `run` to `retrieve`, through an operator that is killed in its middle.

use std::{collections::BTreeSet, process::Command};

use conform_e2e::{
    json, plugin,
    run::{NAMESPACE, condition, deleted, ended, measured},
    until,
};
use serde_json::Value;

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn a_quick_run_survives_its_operator_and_tells_the_truth() {
    let name = "e2e-story";
    let installed = plugin(&["install"]);
    assert_eq!(installed.code, 0, "{}", installed.stderr);
    let made = plugin(&["run", name, "--profile", "quick"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    assert!(made.stdout.contains("e2e-story created"), "{}", made.stdout);

    assert!(measured(name, 2), "tests are being measured");
    let killed = Command::new("pkill")
        .args(["-KILL", "-x", "conform-operato"])
        .status()
        .unwrap();
    assert!(killed.success(), "the operator runs on this machine");

    let run = ended(name);
    assert_eq!(
        condition(&run, "Succeeded"),
        ("True".into(), "TestsPassed".into()),
        "{run:#}"
    );
    assert!(
        until(conform_e2e::run::LIMIT, || (restarts() > 0).then_some(())).is_some(),
        "it was really killed"
    );

    // A part of what is required was measured, and nothing claims more.
    assert_eq!(
        condition(&run, "PresentConformant"),
        ("Unknown".into(), "NotAllMeasured".into())
    );
    assert_eq!(
        condition(&run, "FutureConformant"),
        ("True".into(), "AllPassed".into())
    );
    assert_eq!(condition(&run, "Certifiable").0, "False");
    let number = |pointer: &str| run.pointer(pointer).and_then(Value::as_i64).unwrap();
    let passed = number("/status/present/passed");
    assert!((10..=20).contains(&passed), "{passed}");
    assert_eq!(
        number("/status/present/required"),
        passed + number("/status/present/unevaluated")
    );
    let jobs = run
        .pointer("/status/attempts")
        .and_then(Value::as_array)
        .unwrap()
        .len();
    assert_eq!(jobs, 2, "one Job a stage, in spite of the kill");

    // The table, for people.
    let status = plugin(&["status", name]);
    assert_eq!(status.code, 2, "a part is not the whole: {}", status.stdout);
    assert!(
        status.stdout.contains("present") && status.stdout.contains("future"),
        "{}",
        status.stdout
    );
    assert!(
        status.stdout.lines().all(|line| line.chars().count() <= 80),
        "{}",
        status.stdout
    );

    // The files are the suite's own, and hold what the result holds.
    let folder = tempfile::tempdir().unwrap();
    let kept = plugin(&["retrieve", name, "--out", &folder.path().to_string_lossy()]);
    assert_eq!(kept.code, 0, "{}", kept.stderr);
    let junit = std::fs::read_to_string(folder.path().join("junit_01.xml")).unwrap();
    let log = std::fs::read_to_string(folder.path().join("e2e.log")).unwrap();
    assert!(log.contains(&format!("{passed} Passed")), "{log}");
    let result = json(&["conformanceresult", name]);
    let tests = result
        .pointer("/status/attempts/0/tests")
        .and_then(Value::as_array)
        .unwrap();
    let passed_names: BTreeSet<&str> = tests
        .iter()
        .filter(|test| test["outcome"] == "Passed")
        .map(|test| test["name"].as_str().unwrap())
        .collect();
    assert_eq!(i64::try_from(passed_names.len()).unwrap(), passed);
    for test in &passed_names {
        let escaped = test
            .replace('&', "&amp;")
            .replace('"', "&#34;")
            .replace('\'', "&#39;");
        assert!(junit.contains(&format!("[It] {escaped}")), "{test}");
    }
    assert!(folder.path().join("future/junit_01.xml").exists());

    // Rights end with the run; files stay until it is deleted; then nothing stays.
    let rights = conform_e2e::run::children(name);
    assert!(
        rights
            .iter()
            .all(|child| !child.starts_with("ClusterRoleBinding/")),
        "{rights:?}"
    );
    assert!(
        rights.iter().all(|child| !child.starts_with("ServiceAccount/")),
        "{rights:?}"
    );
    assert_eq!(deleted(name), Vec::<String>::new());
}

fn restarts() -> i64 {
    let pods = json(&[
        "pods",
        "-n",
        NAMESPACE,
        "-l",
        "app.kubernetes.io/name=conform-operator",
    ]);
    let pods = pods
        .get("items")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let restarts = |pod: &Value| {
        pod.pointer("/status/containerStatuses/0/restartCount")
            .and_then(Value::as_i64)
    };
    pods.iter().filter_map(restarts).sum()
}
