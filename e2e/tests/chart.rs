//! The charts on a real cluster: from their installation to their removal, with objects that live through it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use conform_e2e::{
    apply, json, kubectl, plugin,
    run::{LIMIT, NAMESPACE, condition, ended},
    until,
};
use serde_json::{Value, json as object};

const SCHEDULE: &str = "e2e-chart";

fn charts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../charts")
}

fn helm(words: &[&str]) {
    let answer = conform_e2e::helm(words);
    assert_eq!(
        answer.code,
        0,
        "helm {}: {}{}",
        words.join(" "),
        answer.stdout,
        answer.stderr
    );
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copied(&from, &to);
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}

/// The charts as an earlier version would have them: of another number, and without the definition that came last.
fn earlier(folder: &Path) {
    copied(&charts(), folder);
    for chart in ["conform", "conform-crds"] {
        let file = folder.join(chart).join("Chart.yaml");
        let text = fs::read_to_string(&file).unwrap();
        let lines = text.lines().map(|line| match line.split_once(": ") {
            Some(("version", _)) => "version: 0.0.1",
            _ => line,
        });
        fs::write(&file, lines.collect::<Vec<_>>().join("\n")).unwrap();
    }
}

fn uid(kind: &str, name: &str) -> Value {
    json(&[kind, name])
        .pointer("/metadata/uid")
        .cloned()
        .unwrap_or_default()
}

/// Makes a schedule whose run ends, and gives the run's name.
fn live_objects() -> String {
    let made = apply(&object!({
        "apiVersion": "conform.dev/v1alpha1",
        "kind": "ConformanceSchedule",
        "metadata": { "name": SCHEDULE, "annotations": { "conform.dev/run-now": "1" } },
        "spec": {
            "schedule": "0 0 1 1 *",
            "runTemplate": { "spec": {
                "profiles": ["quick"], "stages": "Present", "focus": "EndpointSlice should support creating",
            } },
        },
    }));
    assert_eq!(made.code, 0, "{}", made.stderr);
    let run = until(LIMIT, || {
        let schedule = json(&["conformanceschedule", SCHEDULE]);
        let run = schedule.pointer("/status/lastRun/name").and_then(Value::as_str);
        run.map(str::to_owned)
    });
    let run = run.expect("the schedule's run ends");
    assert_eq!(condition(&ended(&run), "Succeeded").0, "True");
    run
}

#[test]
#[ignore = "needs the testbed: cargo xtask test"]
fn what_lives_survives_an_upgrade_and_what_was_measured_the_removal() {
    assert_eq!(plugin(&["uninstall"]).code, 0);
    let folder = tempfile::tempdir().unwrap();
    earlier(folder.path());
    let at = |root: &Path, chart: &str| root.join(chart).display().to_string();
    helm(&[
        "install",
        "conform-crds",
        &at(folder.path(), "conform-crds"),
        "--create-namespace",
        "--wait",
    ]);
    helm(&[
        "install",
        "conform",
        &at(folder.path(), "conform"),
        "--wait",
        "--timeout=5m",
    ]);
    let run = live_objects();
    let before = (
        uid("conformanceschedule", SCHEDULE),
        uid("conformancerun", &run),
        uid("conformanceresult", &run),
    );

    helm(&[
        "upgrade",
        "conform-crds",
        &at(&charts(), "conform-crds"),
        "--wait",
    ]);
    helm(&[
        "upgrade",
        "conform",
        &at(&charts(), "conform"),
        "--set=replicas=2",
        "--wait",
        "--timeout=5m",
    ]);
    let after = (
        uid("conformanceschedule", SCHEDULE),
        uid("conformancerun", &run),
        uid("conformanceresult", &run),
    );
    assert_eq!(before, after);
    let asked = kubectl(&[
        "annotate",
        "--overwrite",
        "conformanceschedule",
        SCHEDULE,
        "conform.dev/run-now=2",
    ]);
    assert_eq!(asked.code, 0, "{}", asked.stderr);
    let second = until(LIMIT, || {
        let schedule = json(&["conformanceschedule", SCHEDULE]);
        let last = schedule.pointer("/status/lastRun/name").and_then(Value::as_str)?;
        (last != run).then(|| last.to_owned())
    });
    let second = second.expect("the operator of the newer chart goes on with the schedule");
    assert_eq!(condition(&ended(&second), "Succeeded").0, "True");

    helm(&["uninstall", "conform", "--wait"]);
    helm(&["uninstall", "conform-crds", "--wait"]);
    assert!(
        !json(&["conformanceresult", &second]).is_null(),
        "what was measured stays"
    );
    assert!(json(&["deployment", "conform-operator", "-n", NAMESPACE]).is_null());

    // The plugin takes over what the chart has kept, and can take it away.
    let installed = plugin(&["install"]);
    assert_eq!(installed.code, 0, "{}", installed.stderr);
    let removed = plugin(&["uninstall"]);
    assert_eq!(removed.code, 0, "{}", removed.stderr);
    assert_eq!(
        kubectl(&["delete", "namespace", NAMESPACE, "--ignore-not-found"]).code,
        0
    );
}
