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
    apply,
    charts::{self, helmed},
    json, kubectl, plugin,
    run::{LIMIT, NAMESPACE, condition, ended},
    until,
};
use serde_json::{Value, json as object};

const SCHEDULE: &str = "e2e-chart";

/// The API server takes every object in these files as it stands: known fields alone, by the kinds' schemas and rules. Nothing is
/// made. Kinds that nobody has defined here are passed over, and named.
fn taken(files: &[PathBuf]) -> Vec<String> {
    let mut unknown = Vec::new();
    for file in files {
        let path = file.display().to_string();
        let answer = kubectl(&[
            "create",
            "--dry-run=server",
            "--validate=strict",
            "--namespace",
            NAMESPACE,
            "-f",
            &path,
        ]);
        let unexpected = answer.stderr.lines().filter(|line| {
            let is_unknown = line.contains("no matches for kind");
            if is_unknown {
                unknown.push((*line).to_owned());
            }
            // What lives in the cluster already is taken too.
            let is_well = ["AlreadyExists", "ensure CRDs are installed first"]
                .iter()
                .any(|part| line.contains(part));
            !is_unknown && !is_well && !line.trim().is_empty() && !line.starts_with("Warning:")
        });
        let unexpected: Vec<&str> = unexpected.collect();
        assert!(unexpected.is_empty(), "{path}: {}", unexpected.join("\n"));
    }
    unknown
}

/// Documents of a file or of what Helm renders, each in a file of its own, and those that are in another namespace as if they were in
/// ours.
fn apart(yaml: &str, folder: &Path, name: &str) -> Vec<PathBuf> {
    let documents = yaml.split("\n---").enumerate();
    let documents = documents.filter(|(_, document)| document.lines().any(|line| line.starts_with("kind:")));
    let written = documents.map(|(number, document)| {
        let file = folder.join(format!("{name}-{number}.yaml"));
        let document = document.trim_start_matches("---");
        let lines = document.lines().map(|line| {
            if line.starts_with("  namespace: ") {
                format!("  namespace: {NAMESPACE}")
            } else {
                line.to_owned()
            }
        });
        fs::write(&file, lines.collect::<Vec<_>>().join("\n")).unwrap();
        file
    });
    written.collect()
}

fn examples() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    [
        "gitops/argocd/application.yaml",
        "gitops/argocd/argocd-cm.yaml",
        "gitops/flux/conform.yaml",
        "gitops/conformance/schedule.yaml",
        "profiles/platform.yaml",
    ]
    .map(|file| root.join(file))
    .to_vec()
}

/// What the charts render with everything switched on, and the examples, as an API server sees them that has the kinds of others too.
fn everything_is_taken() {
    let foreign = std::env::var_os("CONFORM_E2E_FOREIGN_CRDS").expect("CONFORM_E2E_FOREIGN_CRDS names files");
    let foreign: Vec<PathBuf> = std::env::split_paths(&foreign).collect();
    for file in &foreign {
        let path = file.display().to_string();
        let applied = kubectl(&["apply", "--server-side", "--force-conflicts", "-f", &path]);
        assert_eq!(applied.code, 0, "{}", applied.stderr);
        // A definition that is not looked at yet has no conditions, which kubectl takes for an error.
        let ready = until(LIMIT, || {
            let waited = kubectl(&["wait", "--for=condition=Established", "--timeout=1m", "-f", &path]);
            (waited.code == 0).then_some(())
        });
        assert!(ready.is_some(), "{path} is served");
    }
    let folder = tempfile::tempdir().unwrap();
    let (chart, values) = (
        charts::folder().join("conform"),
        charts::folder().join("conform/tests/everything.yaml"),
    );
    let rendered = helmed(&[
        "template",
        "conform",
        &chart.display().to_string(),
        "--values",
        &values.display().to_string(),
        "--kube-version",
        "1.36.0",
    ]);
    let mut files = apart(&rendered, folder.path(), "rendered");
    assert!(files.len() > 20, "{}", files.len());
    for (number, example) in examples().iter().enumerate() {
        let text = fs::read_to_string(example).unwrap();
        files.extend(apart(&text, folder.path(), &format!("example{number}")));
    }
    let unknown = taken(&files);
    // Flux's modules with the other two kinds cannot be had by the versions that the toolchain builds.
    assert!(unknown.iter().all(|line| line.contains("Helm")), "{unknown:?}");
    for file in &foreign {
        let gone = kubectl(&["delete", "--wait=false", "-f", &file.display().to_string()]);
        assert_eq!(gone.code, 0, "{}", gone.stderr);
    }
}

/// What is finished can be deleted when no operator is left.
fn finished_runs_go(runs: &[&str]) {
    for run in runs {
        let has_finalizer = || {
            json(&["conformancerun", run])
                .pointer("/metadata/finalizers/0")
                .is_some()
        };
        assert!(
            !has_finalizer(),
            "run {run} has finished and waits for an operator"
        );
    }
    for words in [["conformanceschedule", SCHEDULE], ["conformanceruns", "--all"]] {
        let [kind, which] = words;
        let deleted = kubectl(&["delete", kind, which, "--ignore-not-found", "--timeout=1m"]);
        assert_eq!(deleted.code, 0, "{}", deleted.stderr);
    }
    for run in runs {
        let files = format!("conform.dev/run={run}");
        let gone = until(LIMIT, || {
            let maps = json(&["configmaps", "-n", NAMESPACE, "-l", &files]);
            // kubectl prints nothing where there is nothing.
            let none = maps
                .get("items")
                .and_then(Value::as_array)
                .is_none_or(Vec::is_empty);
            (none && json(&["conformanceresult", run]).is_null()).then_some(())
        });
        assert!(gone.is_some(), "the result and the files of run {run} go with it");
    }
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
    copied(&charts::folder(), folder);
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
    helmed(&[
        "install",
        "conform-crds",
        &at(folder.path(), "conform-crds"),
        "--create-namespace",
        "--wait",
    ]);
    helmed(&[
        "install",
        "conform",
        &at(folder.path(), "conform"),
        "--wait",
        "--timeout=5m",
    ]);
    everything_is_taken();
    let run = live_objects();
    let before = (
        uid("conformanceschedule", SCHEDULE),
        uid("conformancerun", &run),
        uid("conformanceresult", &run),
    );

    helmed(&[
        "upgrade",
        "conform-crds",
        &at(&charts::folder(), "conform-crds"),
        "--wait",
    ]);
    helmed(&[
        "upgrade",
        "conform",
        &at(&charts::folder(), "conform"),
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

    let released = until(LIMIT, || {
        let run = json(&["conformancerun", &second]);
        run.pointer("/metadata/finalizers/0").is_none().then_some(())
    });
    assert!(released.is_some(), "a finished run needs no operator");
    helmed(&["uninstall", "conform", "--wait"]);
    helmed(&["uninstall", "conform-crds", "--wait"]);
    assert!(
        !json(&["conformanceresult", &second]).is_null(),
        "what was measured stays"
    );
    assert!(json(&["deployment", "conform-operator", "-n", NAMESPACE]).is_null());

    finished_runs_go(&[&run, &second]);

    charts::remove_kept();
}
