//! Whether what files hold could be submitted, whatever their form.

#![expect(
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

mod support;

use std::fs;

use conform_suite::{Release, catalogue::upstream};
use serde_json::Value;

use self::support::{Files, conform, end, junit};

/// A JUnit file of a whole run of a release; `status` says how a test ended by its name.
fn of_run(minor: u16, status: impl Fn(&str) -> &'static str) -> String {
    junit(minor, support::HEAD, status)
}

const LOG: &str =
    "I1 e2e.go:146] e2e test version: v1.35.4\nI1 e2e.go:152] kube-apiserver version: v1.35.4\n";

/// Why what an input holds cannot be submitted.
fn reasons(input: &str, words: &[&str]) -> Vec<String> {
    let (json, _) = conform(&[&["evaluate", input, "-o", "json"], words].concat(), 0);
    let report: Value = serde_json::from_str(&json).unwrap();
    let reasons = report.pointer("/inputs/0/certifiable/reasons").unwrap();
    let reasons = reasons.as_array().unwrap().iter();
    reasons.map(|one| one.as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_suite_of_another_release_cannot_be_submitted_though_no_log_names_it() {
    let runs = Files::new();
    // The suite of 1.36 has every test of 1.35.
    runs.put("a/junit_01.xml", &of_run(36, |_| "passed"));
    runs.put("a/e2e.log", &end(36));
    assert_eq!(
        reasons(&runs.path("a"), &["--release", "1.35"]),
        ["the suite is of release 1.36, the cluster of 1.35"]
    );
    assert_eq!(reasons(&runs.path("a"), &["--release", "1.36"]), [""; 0]);
}

#[test]
fn several_files_count_the_same_in_a_folder_and_in_an_archive() {
    let runs = Files::new();
    let status = |name: &str| {
        if name.contains("DNS for services") {
            "failed"
        } else {
            "passed"
        }
    };
    let write = |folder: &str, second: &str| {
        runs.put(&format!("{folder}/junit_01.xml"), &of_run(35, |_| "passed"));
        runs.put(&format!("{folder}/junit_02.xml"), second);
        runs.put(&format!("{folder}/e2e.log"), LOG);
        let mut tar = tar::Builder::new(Vec::new());
        for name in ["junit_01.xml", "junit_02.xml", "e2e.log"] {
            tar.append_path_with_name(
                runs.path(&format!("{folder}/{name}")),
                format!("plugins/e2e/results/global/{name}"),
            )
            .unwrap();
        }
        let archive = runs.path(&format!("{folder}.tar"));
        fs::write(&archive, tar.into_inner().unwrap()).unwrap();
        [runs.path(folder), archive]
    };
    for input in write("passed", &of_run(35, |_| "passed")) {
        assert_eq!(
            reasons(&input, &[]),
            [
                "the outcomes come from more than one suite run",
                "there are 2 JUnit files, and a submission holds one"
            ],
            "{input}"
        );
    }
    // A pass in one file does not mend what failed in another.
    for input in write("failed", &of_run(35, status)) {
        conform(&["evaluate", &input], 1);
    }
}

#[test]
fn a_report_of_ginkgo_s_is_no_junit_file() {
    let runs = Files::new();
    let release = Release::new(1, 35);
    let specs: Vec<String> = upstream()
        .listed(release)
        .map(|known| {
            let name = known.requirement_in(release).unwrap().name.to_string();
            format!("{{\"LeafNodeType\":\"It\",\"LeafNodeText\":{name:?},\"State\":\"passed\"}}")
        })
        .collect();
    let report = format!("[{{\"SpecReports\":[{}]}}]", specs.join(","));
    let file = runs.put("a/report.json", &report);
    runs.put("a/e2e.log", LOG);
    runs.put("b/plugins/e2e/results/global/report.json", &report);
    runs.put("b/plugins/e2e/results/global/e2e.log", LOG);
    for input in [file, runs.path("b")] {
        let reasons = reasons(&input, &[]);
        assert_eq!(
            reasons.last().unwrap(),
            "there is no JUnit file",
            "{input}: {reasons:?}"
        );
    }
}

#[test]
fn a_gzipped_file_counts_as_the_file() {
    let runs = Files::new();
    let pack = |name: &str, text: &str| {
        let path = runs.path(name);
        let mut gzip =
            flate2::write::GzEncoder::new(fs::File::create(&path).unwrap(), flate2::Compression::fast());
        std::io::Write::write_all(&mut gzip, text.as_bytes()).unwrap();
        gzip.finish().unwrap();
        path
    };
    let text = of_run(35, |_| "passed");
    conform(&["evaluate", &pack("junit_01.xml.gz", &text)], 0);
    let half = text.split_at(text.len() / 2).0;
    conform(&["evaluate", "--release", "1.35", &pack("half.xml.gz", half)], 2);
    let whole = fs::read(runs.path("junit_01.xml.gz")).unwrap();
    fs::write(runs.path("cut.xml.gz"), whole.split_at(whole.len() / 2).0).unwrap();
    conform(&["evaluate", "--release", "1.35", &runs.path("cut.xml.gz")], 2);
}

#[test]
fn files_that_verify_refuses_cannot_be_submitted() {
    let runs = Files::new();
    let log = end(36);
    runs.put("a/junit_01.xml", &of_run(36, |_| "passed"));
    for (text, reason) in [
        (
            log.replace("SUCCESS!", "FAIL!"),
            "e2e.log says that the suite failed",
        ),
        (
            log.replace(" | 0 Pending", " | 3 Flaked"),
            "e2e.log says that 3 tests passed only on a further try",
        ),
        (String::new(), "e2e.log has no line with counts"),
    ] {
        runs.put("a/e2e.log", &text);
        let reasons = reasons(&runs.path("a"), &[]);
        assert!(
            reasons.iter().any(|one| one.contains(reason)),
            "{reason}: {reasons:?}"
        );
    }
}

#[test]
fn an_input_that_ends_early_decides_nothing() {
    let runs = Files::new();
    let whole = of_run(36, |_| "passed");
    let cut = whole.strip_suffix("</testsuite></testsuites>").unwrap();
    runs.put("cut/junit_01.xml", cut);
    let (table, _) = conform(&["evaluate", &runs.path("cut")], 2);
    assert!(table.contains("the JUnit file ends early"), "{table}");
    assert!(!table.contains("Conformant"), "{table}");
    let (_, error) = conform(&["import", &runs.path("cut")], 2);
    assert!(
        error.contains("ends early, and what is missing may have failed"),
        "{error}"
    );
    let (badge, _) = conform(&["evaluate", &runs.path("cut"), "-o", "badge"], 2);
    assert!(badge.contains("undecided"), "{badge}");
    let (html, _) = conform(&["evaluate", &runs.path("cut"), "-o", "html"], 2);
    assert!(html.contains("Undecided: the JUnit file ends early"));

    runs.put("a/junit_01.xml", &whole);
    let mut tar = tar::Builder::new(Vec::new());
    tar.append_path_with_name(
        runs.path("a/junit_01.xml"),
        "plugins/e2e/results/global/junit_01.xml",
    )
    .unwrap();
    let mut bytes = tar.into_inner().unwrap();
    // The next file has its head and not its content.
    let mut second = tar::Builder::new(Vec::new());
    let name = "plugins/e2e/results/global/junit_02.xml";
    second
        .append_path_with_name(runs.path("a/junit_01.xml"), name)
        .unwrap();
    let second = second.into_inner().unwrap();
    bytes.truncate(bytes.len() - 1024);
    bytes.extend_from_slice(&second[..700]);
    let archive = runs.path("cut.tar");
    fs::write(&archive, bytes).unwrap();
    let (table, _) = conform(&["evaluate", &archive], 2);
    assert!(table.contains("the archive ends early"), "{table}");
}

#[test]
fn what_is_no_input_is_told_in_words() {
    let runs = Files::new();
    let empty = runs.put("empty.xml", "");
    let (_, error) = conform(&["evaluate", &empty], 2);
    assert!(error.contains("the file is empty"), "{error}");
    let (_, error) = conform(&["verify", &empty], 2);
    assert!(
        error
            .contains("it is no folder: give the folder with README.md, PRODUCT.yaml, e2e.log, junit_01.xml"),
        "{error}"
    );
}
