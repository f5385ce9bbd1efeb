//! The page in a real browser: Debian's Chromium, driven from Node. It needs no cluster.

#![expect(
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use conform_e2e::plugin;
use conform_suite::{Release, Tally, Verdict};
use serde_json::json;

/// As many as a suite has.
const TESTS: usize = 7600;

/// A name that would be more than text if anybody took it for more.
const HOSTILE: &str = "[sig-network] <script>alert(1)</script> \"'&amp; </li></ul><img src=x onerror=alert(1)> {{x}} [Conformance]";

/// What a test says that failed, and one that was skipped.
const FAILURE: &str =
    "<failure type=\"failed\">timed out &lt;b&gt;after&lt;/b&gt; 30s\nIn [It] at: x.go:1</failure>";
const SKIP: &str = "<skipped message=\"skipped\"/>";

#[test]
#[ignore = "needs Node and Chromium: cargo xtask test"]
fn people_can_read_the_page_in_a_browser() {
    conform_testbed::ensure_package("chromium", &["/usr/bin/chromium"]).unwrap();
    let browser = browser_tests();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (list, junit) = suite();
    let list = file("conformance.yaml", &list);
    let fleet = file("fleet.html", &fleet(&list, &junit, &file));
    let trend = file("trend.html", &trend(&list, &junit, &file));
    let runs = file("runs.html", &runs());
    let junit = file("junit_01.xml", &junit);
    let made = plugin(&[
        "evaluate",
        &junit,
        "--release",
        "1.36",
        "--requirements",
        &list,
        "-o",
        "html",
    ]);
    assert_eq!(made.code, 1, "a test failed: {}", made.stderr);
    assert!(made.stdout.len() < 1_000_000, "{} bytes", made.stdout.len());
    // What the last look saw stays, for whoever wants to see it.
    let shots = browser.join("node_modules/.shots");
    fs::create_dir_all(&shots).unwrap();
    let facts = json!({
        "page": file("page.html", &made.stdout), "browser": "/usr/bin/chromium", "shots": shots, "fleet": fleet,
        "network": file("network.html", &network()), "trend": trend, "runs": runs,
        "least": TESTS, "hostile": HOSTILE, "search": "Volumes 077",
    });
    let mut look = Command::new("node");
    look.arg("page.mjs")
        .arg(file("facts.json", &facts.to_string()))
        .current_dir(&browser);
    assert!(look.status().unwrap().success());
}

/// A page of three clusters: one that fails, one of which nothing can be read, and one that conforms.
fn fleet(list: &str, bad: &str, file: &impl Fn(&str, &str) -> String) -> String {
    file("e2e.log", "I1 e2e.go:152] kube-apiserver version: v1.36.3\n");
    let good = bad
        .replace(FAILURE, "")
        .replace(SKIP, "")
        .replace("status=\"failed\"", "status=\"passed\"")
        .replace("status=\"skipped\"", "status=\"passed\"");
    let (good, bad) = (file("good.xml", &good), file("bad.xml", bad));
    let unreadable = file("unreadable.xml", "no results");
    let clusters = [good.as_str(), unreadable.as_str(), bad.as_str()];
    let words = [
        ["report", "fleet"].as_slice(),
        &clusters,
        &["--requirements", list, "-o", "html"],
    ]
    .concat();
    let made = plugin(&words);
    assert_eq!(made.code, 1, "{}", made.stderr);
    made.stdout
}

/// The page of three runs, of which two are of one day.
fn trend(list: &str, bad: &str, file: &impl Fn(&str, &str) -> String) -> String {
    let at = |name: &str, text: &str, time: &str| {
        let suite = "<testsuite name=\"Kubernetes e2e suite\"";
        file(
            name,
            &text.replace(suite, &format!("{suite} timestamp=\"{time}\"")),
        )
    };
    let good = bad
        .replace(FAILURE, "")
        .replace("status=\"failed\"", "status=\"passed\"");
    let paths = [
        at("nightly-2.xml", bad, "2026-11-22T02:00:00"),
        at("nightly-3.xml", &good, "2026-11-22T14:30:00"),
        at("nightly-1.xml", &good, "2026-11-21T02:00:00"),
    ];
    let paths = paths.each_ref().map(String::as_str);
    let words = [
        ["report", "trend"].as_slice(),
        &paths,
        &["--name", "nightly", "--requirements", list, "-o", "html"],
    ]
    .concat();
    let made = plugin(&words);
    assert_eq!(made.code, 0, "{}", made.stderr);
    made.stdout
}

/// The page that leads to those of runs.
fn runs() -> String {
    let run = |name: &str, verdict, failed, state: &str| conform_report::RunLine {
        name: name.to_owned(),
        verdict,
        release: Some(Release::new(1, 36)),
        present: Tally {
            required: 446,
            passed: 446 - failed,
            failed,
            unevaluated: 0,
        },
        ended: Some("2026-11-22T02:00:00Z".to_owned()),
        state: state.to_owned(),
    };
    let runs = [
        run(
            "nightly-3",
            Verdict::Undecided,
            0,
            "running: 12 of 446 tests ended",
        ),
        run(
            "nightly-2",
            Verdict::NotConformant,
            76,
            "failed, <script>alert(4)</script>",
        ),
        run("nightly-1", Verdict::Conformant, 0, "done"),
    ];
    conform_report::runs_html(&runs, true).unwrap()
}

/// The page of a run that measured what the network does: one feature is there, one is not, and one has no table.
fn network() -> String {
    let feature = |name: &str, status: &str, cells: &[&str]| {
        let table = (!cells.is_empty()).then(|| {
            json!({
                "from": ["pod on node-a", "node node-a", "pod on node-b"],
                "to": ["cluster IP 10.96.0.12:80 TCP of <i>local</i>", "node port 192.168.0.3:30000 TCP of local"],
                "cells": cells,
            })
        });
        let because: Vec<&str> = if status == "Supported" {
            Vec::new()
        } else {
            vec!["<script>alert(3)</script> 96×"]
        };
        json!({
            "feature": name, "source": "KEP-2086", "status": status, "component": "kube-proxy nftables", "same": 4, "cells": 6,
            "telling": 2, "because": because, "table": table,
        })
    };
    let run = json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun", "metadata": { "name": "nightly" },
        "spec": { "profiles": ["quick"] },
        "status": {
            "serverVersion": "v1.36.3",
            "present": { "release": "1.36", "required": 446, "passed": 18, "failed": 0, "unevaluated": 428 },
        },
    });
    let result = json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceResult", "metadata": { "name": "nightly" },
        "spec": { "runName": "nightly" },
        "status": { "attempts": [{
            "name": "present-1", "stage": "Present", "startTime": "2026-11-22T10:00:00Z",
            "capabilities": [
                feature("internal-traffic-policy", "Supported", &["==.", "==="]),
                feature("external-traffic-policy", "Unsupported", &["=x?", "=x."]),
                feature("topology-aware", "NotApplicable", &[]),
            ],
        }] },
    });
    let (run, result) = (
        serde_json::from_value(run).unwrap(),
        serde_json::from_value(result).unwrap(),
    );
    let evaluation = conform_report::evaluation(&run, Some(&result)).unwrap();
    conform_report::evaluation_html(&evaluation).unwrap()
}

/// The folder of the browser tests, with the packages that its lock file names.
fn browser_tests() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
    let mut install = Command::new("npm");
    install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]);
    assert!(
        install.current_dir(&folder).status().unwrap().success(),
        "npm installs"
    );
    folder
}

/// A list of requirements, and what a run said of them: most passed, one in a hundred failed, and some did not run.
fn suite() -> (String, String) {
    let mut list = String::new();
    let mut junit = "<testsuites><testsuite name=\"Kubernetes e2e suite\">".to_owned();
    let names = (1..TESTS).map(|number| {
        format!("[sig-storage] Volumes {number:04} of [Driver: local] dynamic provisioning (ext4) should store data [Conformance]")
    });
    for (at, name) in std::iter::once(HOSTILE.to_owned()).chain(names).enumerate() {
        writeln!(
            list,
            "- testname: t\n  codename: {}\n  release: v1.30\n  file: x",
            json!(name)
        )
        .unwrap();
        let escaped = name
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&#34;");
        let (status, child) = match at {
            _ if at % 100 == 0 => ("failed", FAILURE),
            _ if at % 70 == 0 => ("skipped", SKIP),
            _ => ("passed", ""),
        };
        write!(
            junit,
            "<testcase name=\"[It] {escaped}\" status=\"{status}\" time=\"1\">{child}</testcase>"
        )
        .unwrap();
    }
    (list, junit + "</testsuite></testsuites>")
}
