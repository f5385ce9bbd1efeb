//! Results from elsewhere in a real cluster: they mean what they mean, and nothing is started for them.

use std::fs;

use conform_e2e::{
    json, kubectl, plugin, report,
    run::{NAMESPACE, condition, deleted, ended},
};
use serde_json::Value;

const DNS: &str = "[sig-network] DNS should provide DNS for services [Conformance]";

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn an_imported_run_has_a_verdict_and_no_job() {
    assert_eq!(plugin(&["install"]).code, 0);
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, status: &str, child: &str| {
        let path = folder.path().join(name);
        let text = format!(
            "<testsuites><testsuite name=\"x\"><testcase name=\"[It] {DNS}\" status=\"{status}\" time=\"2\">{child}</testcase>\
             </testsuite></testsuites>"
        );
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let good = file("good.xml", "passed", "");
    let bad = file(
        "bad.xml",
        "failed",
        "<failure type=\"failed\">no answer</failure>",
    );

    let local = plugin(&["import", &bad, "--release", "1.36", "--local"]);
    assert_eq!(local.code, 1, "{}", local.stderr);

    let made = plugin(&["import", &good, "--release", "1.36", "--name", "e2e-import-a"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    assert_eq!(made.stdout, "conformancerun.conform.dev/e2e-import-a imported\n");
    let run = ended("e2e-import-a");
    assert_eq!(
        condition(&run, "Succeeded"),
        ("True".into(), "TestsPassed".into()),
        "{run:#}"
    );
    assert_eq!(
        condition(&run, "PresentConformant"),
        ("Unknown".into(), "NotAllMeasured".into())
    );
    assert_eq!(condition(&run, "Certifiable").0, "False");
    let why = run.to_string();
    assert!(why.contains("the outcomes were imported from"), "{why}");
    assert_eq!(run.pointer("/status/startTime"), None, "nothing was started");
    let jobs = json(&["jobs", "-n", NAMESPACE, "-l", "conform.dev/run=e2e-import-a"]);
    let jobs = jobs.pointer("/items").and_then(Value::as_array);
    assert!(jobs.is_none_or(Vec::is_empty), "{jobs:?}");

    let failed = plugin(&[
        "import",
        &bad,
        "--release",
        "1.36",
        "--name",
        "e2e-import-b",
        "--wait",
    ]);
    assert_eq!(failed.code, 1, "{}", failed.stdout);
    assert!(failed.stdout.contains("no answer"), "{}", failed.stdout);
    let again = plugin(&["import", &bad, "--release", "1.36", "--name", "e2e-import-b"]);
    assert_eq!(again.code, 2, "a name is taken once: {}", again.stderr);

    let diff = plugin(&["diff", "e2e-import-a", "e2e-import-b"]);
    assert_eq!(diff.code, 1, "{}", diff.stderr);
    assert!(diff.stdout.contains("newly failing"), "{}", diff.stdout);
    let page = plugin(&["status", "e2e-import-b", "-o", "html"]);
    assert_eq!(page.code, 1, "{}", page.stderr);
    assert!(page.stdout.contains("no answer"));

    for name in ["e2e-import-a", "e2e-import-b"] {
        assert_eq!(deleted(name), Vec::<String>::new());
    }
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn kubectl_waits_for_a_conformant_run() {
    assert_eq!(plugin(&["install"]).code, 0);
    let (_, listed) = report(&["tests", "--release", "1.36", "--stage", "present"]);
    let listed = listed.pointer("/tests").and_then(Value::as_array).cloned();
    let cases = listed.unwrap_or_default().into_iter().filter_map(|test| {
        let name = test
            .get("name")?
            .as_str()?
            .replace('&', "&amp;")
            .replace('<', "&lt;");
        let name = name.replace('"', "&quot;");
        Some(format!(
            "<testcase name=\"[It] {name}\" status=\"passed\" time=\"1\"/>"
        ))
    });
    let cases: Vec<String> = cases.collect();
    assert!(cases.len() > 400, "{} tests are required", cases.len());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("junit_01.xml");
    let text = format!(
        "<testsuites><testsuite name=\"x\">{}</testsuite></testsuites>",
        cases.concat()
    );
    fs::write(&file, text).unwrap();
    let file = file.display().to_string();
    let made = plugin(&["import", &file, "--release", "1.36", "--name", "e2e-import-c"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let waited = kubectl(&[
        "wait",
        "--for=condition=PresentConformant",
        "conformancerun/e2e-import-c",
        "--timeout=5m",
    ]);
    assert_eq!(waited.code, 0, "{}{}", waited.stdout, waited.stderr);
    assert_eq!(deleted("e2e-import-c"), Vec::<String>::new());
}
