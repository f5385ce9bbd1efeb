//! `report`: reports of Gateway API's suite and checklists of AI conformance, as people hand them in.

#![expect(
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

mod support;

use conform_gateway::known;
use serde_json::Value;

use self::support::{Files, conform};

/// A report as the suite writes it.
pub const REPORT: &str = "\
apiVersion: gateway.networking.k8s.io/v1
date: \"2026-11-02T09:30:00Z\"
gatewayAPIChannel: standard
gatewayAPIVersion: v1.7.0
implementation:
  contact:
  - '@acme/maintainers'
  organization: acme
  project: operator
  url: https://example.org/operator
  version: v2.13.0
kind: ConformanceReport
mode: default
profiles:
- core:
    result: success
    statistics:
      Failed: 0
      Passed: 40
      Skipped: 0
  name: GATEWAY-HTTP
  summary: Core tests succeeded.
";

const README: &str =
    "# Acme\n\n| Report |\n|---|\n| [v2.13.0](./standard-v2.13.0-default-report.yaml) |\n\n## Reproduce\n";

/// A tree with one report in it that is as it has to be.
fn tree() -> Files {
    let files = Files::new();
    files.put("v1.7/acme-operator/standard-v2.13.0-default-report.yaml", REPORT);
    files.put("v1.7/acme-operator/README.md", README);
    files
}

#[test]
fn a_good_tree_is_good() {
    let files = tree();
    let (table, note) = conform(&["report", "validate", &files.path("")], 0);
    assert_eq!(table, "2 files: 0 errors, 0 warnings, 2 without either\n");
    assert_eq!(note, "");
    let (json, _) = conform(&["report", "validate", &files.path(""), "-o", "json"], 0);
    let validation: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(validation["kind"], "ReportValidation");
    assert_eq!(
        validation["files"][1]["subject"],
        "acme/operator v2.13.0, Gateway API v1.7.0"
    );
}

#[test]
fn errors_and_warnings_are_apart_and_have_their_places() {
    let files = tree();
    let bad = REPORT
        .replace("Skipped: 0", "Skipped: 1")
        .replace("Passed: 40", "Passed: 39")
        .replace("standard", "beta");
    let path = files.put("v1.7/acme-operator/other-report.yaml", &bad);
    let (table, _) = conform(&["report", "validate", &path], 1);
    let table = table.replace(&files.path(""), "DIR/");
    insta::assert_snapshot!(table);
    // What only breaks a rule is no error, unless one wants it to be.
    let path = files.put("report.yaml", &REPORT.replace("v2.13.0", "main"));
    conform(&["report", "validate", &path], 0);
    conform(&["report", "validate", &path, "--strict"], 1);
    let copy = files.put("copy-report.yaml", &REPORT.replace("v2.13.0", "main"));
    let (table, _) = conform(&["report", "validate", &path, &copy], 1);
    assert!(table.contains("duplicate-report"), "{table}");
}

#[test]
fn what_cannot_be_read_is_told_from_what_is_wrong() {
    let files = tree();
    let (table, _) = conform(&["report", "validate", &files.path("nothing")], 2);
    assert!(
        table.contains("nothing could not be read: No such file"),
        "{table}"
    );
    let long = files.put("long-report.yaml", &" ".repeat((1 << 20) + 1));
    let (table, _) = conform(&["report", "validate", &long], 1);
    assert!(table.contains("it is longer than 1048576 bytes"), "{table}");
    let broken = files.put("broken-report.yaml", "contact:\n  - @acme/maintainers\n");
    let (table, _) = conform(&["report", "validate", &broken], 1);
    assert!(table.contains("write it in"), "{table}");
    let other = files.put("values.yaml", "replicas: 3\n");
    conform(&["report", "validate", &other], 1);
    // In a folder a file that is no report is passed over.
    let (_, note) = conform(
        &["report", "validate", &files.path("v1.7"), &files.path("v1.7")],
        0,
    );
    assert_eq!(note, "");
    let folder = Files::new();
    folder.put("values.yaml", "replicas: 3\n");
    let (_, note) = conform(&["report", "validate", &folder.path("")], 2);
    assert!(
        note.contains("values.yaml is passed over: it is no report"),
        "{note}"
    );
}

#[test]
fn links_in_a_folder_are_not_followed() {
    let files = tree();
    let outside = Files::new();
    outside.put("report.yaml", "kind: ConformanceReport\n");
    let link = files.folder().join("v1.6");
    std::os::unix::fs::symlink(outside.folder(), &link).unwrap();
    std::os::unix::fs::symlink(
        "/etc/passwd",
        files.folder().join("v1.7/acme-operator/x-report.yaml"),
    )
    .unwrap();
    let (table, note) = conform(&["report", "validate", &files.path("")], 0);
    assert!(table.starts_with("2 files: 0 errors"), "{table}");
    assert!(
        note.starts_with("links are not followed: ") && note.contains("x-report.yaml"),
        "{note}"
    );
}

#[test]
fn nothing_in_a_file_steers_the_terminal() {
    let files = Files::new();
    let report = REPORT.replace("operator\n", "\"\\e[2Jx\"\n");
    let path = files.put(
        "report.yaml",
        &report.replace("url: https", "url: \"\\e[31m\"\n  u: https"),
    );
    let (table, _) = conform(&["report", "validate", &path], 0);
    assert!(!table.contains('\u{1b}'), "{table:?}");
}

#[test]
fn a_checklist_is_judged_by_its_release() {
    let files = Files::new();
    let text = "metadata:\n  kubernetesVersion: v1.36\n  platformName: Example\nspec:\n  security:\n  - id: secure_accelerator_access\n    \
                level: MUST\n    status: Not Implemented\n";
    let path = files.put("v1.36/example/PRODUCT.yaml", text);
    let (json, _) = conform(&["report", "validate", &path, "-o", "json"], 1);
    let validation: Value = serde_json::from_str(&json).unwrap();
    let file = &validation["files"][0];
    assert_eq!(
        (&file["kind"], &file["subject"]),
        (&"AiChecklist".into(), &"Example v1.36".into())
    );
    let findings = file["findings"].as_array().unwrap();
    let must = findings.iter().find(|one| one["rule"] == "must").unwrap();
    assert_eq!(
        (&must["line"], &must["path"]),
        (&6.into(), &"spec.security[0]".into())
    );
    assert_eq!(
        findings
            .iter()
            .filter(|one| one["rule"] == "missing-requirement")
            .count(),
        13
    );
}

#[cfg(unix)]
#[test]
fn evidence_of_a_checklist_is_looked_at_in_its_folder_alone() {
    let files = Files::new();
    let evidence = [
        "tests/junit.xml",
        "file://v1.37/example/tests/junit.xml#TestGangScheduling",
        "notes.md",
        "tests/",
        "junit.xml",
        "../other/notes.md",
        "link.md",
        "linked/notes.md",
        "notes.md/x",
    ];
    let text = format!(
        "metadata:\n  kubernetesVersion: v1.37\n  platformName: Example\nspec:\n  schedulingOrchestration:\n  - id: gang_scheduling\n    \
         level: MUST\n    status: Implemented\n    evidence: [\"{}\"]\n",
        evidence.join("\", \"")
    );
    let path = files.put("v1.37/example/PRODUCT.yaml", &text);
    let junit = "<testsuite><testcase name=\"TestGangScheduling\" time=\"1\"/></testsuite>";
    files.put("v1.37/example/tests/junit.xml", junit);
    files.put("v1.37/example/notes.md", "");
    files.put("v1.37/other/notes.md", "");
    let link = |to: &str, name: &str| {
        std::os::unix::fs::symlink(files.path(to), files.path(&format!("v1.37/example/{name}"))).unwrap();
    };
    link("v1.37/other/notes.md", "link.md");
    link("v1.37/other", "linked");
    let (json, _) = conform(&["report", "validate", &path, "-o", "json"], 1);
    let validation: Value = serde_json::from_str(&json).unwrap();
    let findings = validation["files"][0]["findings"].as_array().unwrap();
    let messages: Vec<&str> = findings
        .iter()
        .filter(|one| one["rule"] == "evidence-file" || one["rule"] == "evidence-test")
        .map(|one| one["message"].as_str().unwrap())
        .collect();
    assert_eq!(
        messages,
        [
            "\"junit.xml\": there is no such file in the product's folder",
            "\"../other/notes.md\": it leads out of the product's folder",
            "\"link.md\": it is a link or lies behind one, and whoever fetches the folder may not have what it leads to",
            "\"linked/notes.md\": it is a link or lies behind one, and whoever fetches the folder may not have what it leads to",
            "\"notes.md/x\": it is neither an address nor a file in the product's folder",
        ]
    );
}

/// What `go test -json` prints of a suite: each of these tests with its end.
fn events(ends: &[(String, &str)]) -> String {
    let mut text = String::new();
    for (name, end) in ends {
        let full = format!("TestConformance/{name}");
        let mut line = |action: &str, output: &str| {
            let event =
                serde_json::json!({ "Action": action, "Package": "x", "Test": full, "Output": output });
            text += &event.to_string();
            text += "\n";
        };
        line("run", "");
        match *end {
            "unsupported" => {
                line("output", "Skipping: suite does not support something");
                line("skip", "");
            }
            "lost" => line("pause", ""),
            end => line(end, ""),
        }
    }
    text
}

/// Every test of the suite of v1.7 for gateways and HTTP; those with `HTTPRouteCORS` are not asked for.
fn of_http() -> Vec<(String, &'static str)> {
    let profile = known::profile("GATEWAY-HTTP").unwrap();
    let tests = known::known()
        .tests_of(Some(7))
        .filter(|test| test.level(profile).is_some());
    let end = |test: &known::Test| {
        if test.features.contains(&"HTTPRouteCORS") {
            "unsupported"
        } else {
            "pass"
        }
    };
    tests.map(|test| (test.name.to_owned(), end(test))).collect()
}

const ABOUT: [&str; 16] = [
    "--profile",
    "GATEWAY-HTTP",
    "--organization",
    "acme",
    "--project",
    "operator",
    "--url",
    "https://example.org",
    "--of-version",
    "v2.13.0",
    "--contact",
    "@acme/maintainers",
    "--gateway-api-version",
    "v1.7.0",
    "--channel",
    "standard",
];

#[test]
fn a_report_is_made_of_ends_and_is_as_it_has_to_be() {
    let files = Files::new();
    let stream = files.put("events.json", &events(&of_http()));
    let out = files.path("v1.7/acme-operator/standard-v2.13.0-default-report.yaml");
    let words = [
        &["report", "generate", &stream, "--date", "2026-11-02T09:30:00Z"][..],
        &ABOUT,
    ]
    .concat();
    let (yaml, note) = conform(&words, 0);
    assert!(note.contains("provisional tests"), "{note}");
    insta::assert_snapshot!(yaml);
    conform(&[&words[..], &["--out", &out]].concat(), 0);
    let (table, _) = conform(&["report", "validate", &out], 0);
    assert!(table.contains(" 0 errors"), "{table}");
    // The suite's own report agrees, or there is none.
    conform(&["report", "generate", &out, &stream], 0);
    let counted = yaml.lines().find(|line| line.contains("Passed: ")).unwrap();
    let early = files.put("early.yaml", &yaml.replacen(counted, "      Passed: 999", 1));
    let (_, why) = conform(&["report", "generate", &early, &stream], 1);
    assert!(
        why.contains("the report says that 999 core tests passed"),
        "{why}"
    );
    let (_, why) = conform(&["report", "generate", &out], 1);
    assert!(why.contains("no evidence of its own"), "{why}");
    // What was measured is not told otherwise, and no report is passed over.
    let other = ["report", "generate", &out, &stream, "--channel", "experimental"];
    let (_, why) = conform(&other, 1);
    assert!(why.contains("the suite's report says standard"), "{why}");
    let (_, why) = conform(&["report", "generate", &out, &early, &stream], 2);
    assert!(why.contains("give one"), "{why}");
}

#[test]
fn nothing_is_reported_that_was_not_measured() {
    let files = Files::new();
    let mut ends = of_http();
    ends[0].1 = "lost";
    let stream = files.put("events.json", &events(&ends));
    let words = [&["report", "generate", &stream][..], &ABOUT].concat();
    let (out, why) = conform(&words, 1);
    assert_eq!(out, "");
    assert!(why.contains("tests of GATEWAY-HTTP were not measured"), "{why}");
    let stream = files.put("some.json", &events(&of_http()[..3]));
    let (_, why) = conform(&[&["report", "generate", &stream][..], &ABOUT].concat(), 1);
    assert!(why.contains("nobody saw their end"), "{why}");
    let (_, why) = conform(&["report", "generate", &stream], 2);
    assert!(why.contains("a report needs --organization, --project"), "{why}");
    let junk = files.put("junk.json", "not an event\n");
    let (_, why) = conform(&[&["report", "generate", &junk][..], &ABOUT].concat(), 2);
    assert!(why.contains("no line of it is an event"), "{why}");
    // Files of Kubernetes' own suite hold no test of Gateway API's.
    let junit = files.put("junit_01.xml", &support::junit(36, support::HEAD, |_| "passed"));
    let (_, why) = conform(&[&["report", "generate", &junit][..], &ABOUT].concat(), 1);
    assert!(why.contains("nothing was heard"), "{why}");
}

#[test]
fn what_is_written_is_looked_at_first() {
    let files = Files::new();
    let stream = files.put("events.json", &events(&of_http()));
    let words = [&["report", "generate", &stream][..], &ABOUT].concat();
    for (flag, word) in [("--mode", "a\u{1b}[31m"), ("--contact", "a\nb"), ("--url", " ")] {
        let given = words.iter().position(|word| *word == flag);
        let mut words = words.clone();
        match given {
            Some(at) => words[at + 1] = word,
            None => words.extend([flag, word]),
        }
        let (out, why) = conform(&words, 2);
        assert!(out.is_empty() && why.contains(flag), "{why}");
    }
    let out = files.path("v1.6/acme-operator/x-report.yaml");
    let words = [
        &words[..],
        &["--date", "2999-01-01T00:00:00Z", "--mode", "a b", "--out", &out],
    ]
    .concat();
    let (_, note) = conform(&words, 0);
    for rule in ["mode: mode", "date: date", "folder-release", "file-name"] {
        assert!(note.contains(&format!("warning {rule}")), "{rule}: {note}");
    }
}

#[test]
fn a_tree_is_indexed_once_and_then_current() {
    let files = tree();
    let root = files.path("");
    conform(&["report", "index", &root, "--check"], 1);
    let (written, _) = conform(&["report", "index", &root], 0);
    assert_eq!(written.lines().count(), 3);
    let (nothing, _) = conform(&["report", "index", &root, "--check"], 0);
    assert_eq!(nothing, "");
    conform(&["report", "index", &root], 0);
    insta::assert_snapshot!(files.read("README.md"));
    assert!(
        files
            .read("v1.7/acme-operator/README.md")
            .contains("## Reproduce")
    );
    assert!(
        files
            .read("v1.7/acme-operator/badge-GATEWAY-HTTP.svg")
            .contains("conformant")
    );
    conform(&["report", "validate", &root], 0);
    // What a badge stood for is gone; other pictures are nobody's but their owner's.
    let badge = files.read("v1.7/acme-operator/badge-GATEWAY-HTTP.svg");
    files.put("v1.7/acme-operator/badge-MESH-HTTP.svg", &badge);
    files.put(
        "v1.7/acme-operator/badge-own.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
    );
    let (stale, _) = conform(&["report", "index", &root, "--check"], 1);
    let (removed, _) = conform(&["report", "index", &root], 0);
    assert_eq!(stale, removed);
    assert!(
        removed.ends_with("badge-MESH-HTTP.svg (removed: no report has its profile)\n"),
        "{removed}"
    );
    assert_eq!(removed.lines().count(), 1);
    let left = |name: &str| files.folder().join("v1.7/acme-operator").join(name).exists();
    assert!(!left("badge-MESH-HTTP.svg") && left("badge-own.svg") && left("badge-GATEWAY-HTTP.svg"));
    conform(&["report", "index", &root, "--check"], 0);
    // A table without its end is nobody's to overwrite.
    let page = files.read("v1.7/acme-operator/README.md");
    let cut = page.replace("<!-- conform: end -->", "");
    files.put("v1.7/acme-operator/README.md", &cut);
    let (_, why) = conform(&["report", "index", &root], 2);
    assert!(
        why.contains("v1.7/acme-operator/README.md") && why.contains("put them right"),
        "{why}"
    );
    assert_eq!(files.read("v1.7/acme-operator/README.md"), cut);
    files.put("v1.7/acme-operator/README.md", &page);
    // A report with an error is in no table.
    files.put("v1.7/acme-operator/bad-report.yaml", "kind: ConformanceReport\n");
    let (_, why) = conform(&["report", "index", &root], 1);
    assert!(why.contains("bad-report.yaml"), "{why}");
    let (_, why) = conform(&["report", "index", &files.path("v1.7/acme-operator")], 1);
    assert!(why.contains("Nothing is written"), "{why}");
    let (_, why) = conform(&["report", "index", &files.path("nothing")], 2);
    assert!(why.contains("could not be read"), "{why}");
}
