//! The verbs that need no cluster, on files as runs leave them.

#![expect(
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

mod support;

use std::{fmt::Write, fs};

use conform_suite::{Release, catalogue::upstream};
use serde_json::Value;

use self::support::{Files, HEAD, conform, end, junit};

/// A JUnit file of a whole run of a release; `status` says how a test ended by its name.
fn of_run(minor: u16, status: impl Fn(&str) -> &'static str) -> String {
    junit(minor, support::HEAD, status)
}

const LOG: &str =
    "I1 e2e.go:146] e2e test version: v1.35.4\nI1 e2e.go:152] kube-apiserver version: v1.35.4\n";

#[test]
fn a_passed_folder_is_conformant_and_can_be_submitted() {
    let runs = Files::new();
    runs.put("a/junit_01.xml", &of_run(35, |_| "passed"));
    runs.put("a/e2e.log", &format!("{LOG}{}", end(35)));
    let (json, _) = conform(&["evaluate", &runs.path("a"), "-o", "json", "--tests"], 0);
    let report: Value = serde_json::from_str(&json).unwrap();
    let input = &report["inputs"][0];
    assert_eq!(report["apiVersion"], "conform.dev/report/v1alpha1");
    assert_eq!(
        (&input["release"], &input["releaseSource"]),
        (&"1.35".into(), &"Log".into())
    );
    assert_eq!(input["present"]["passed"], 438);
    assert_eq!(
        (&input["verdict"], &input["certifiable"]["value"]),
        (&"Conformant".into(), &true.into())
    );
    assert_eq!(input["future"][0]["authority"], "Upstream");
    assert_eq!(input["future"][0]["total"], 5);
    assert_eq!(input["tests"].as_array().unwrap().len(), 438 + 5 + 19 + 19);
    let (narrow, _) = conform(&["evaluate", &runs.path("a"), "-o", "json", "--to", "1.36"], 0);
    let report: Value = serde_json::from_str(&narrow).unwrap();
    assert_eq!(report["inputs"][0]["future"].as_array().unwrap().len(), 1);
    assert!(report["inputs"][0].get("tests").is_none());
}

#[test]
fn a_tarball_counts_as_the_run_that_it_holds_packed_or_not() {
    let runs = Files::new();
    let junit = of_run(35, |_| "passed");
    let files = [
        ("plugins/e2e/results/global/junit_01.xml", junit.as_str()),
        ("plugins/e2e/results/global/e2e.log", LOG),
        (
            "serverversion.json",
            r#"{"major":"1","minor":"35","gitVersion":"v1.35.4"}"#,
        ),
    ];
    let packed = runs.path("sonobuoy.tar.gz");
    let gzip = flate2::write::GzEncoder::new(fs::File::create(&packed).unwrap(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gzip);
    for (name, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len().try_into().unwrap());
        header.set_mode(0o644);
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
        runs.put(&format!("unpacked/{name}"), text);
    }
    tar.into_inner().unwrap().finish().unwrap();
    for input in [packed, runs.path("unpacked")] {
        let (json, note) = conform(&["evaluate", &input, "-o", "json"], 0);
        let report: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(report["inputs"][0]["release"], "1.35", "{note}");
        assert_eq!(report["inputs"][0]["releaseSource"], "Archive");
        assert_eq!(report["inputs"][0]["present"]["passed"], 438);
        assert_eq!(report["inputs"][0]["verdict"], "Conformant");
    }
}

#[test]
fn a_report_of_ginkgo_s_counts_as_the_run_that_it_tells() {
    let runs = Files::new();
    let release = Release::new(1, 35);
    let report = |state: &str| {
        let specs: Vec<String> = upstream()
            .listed(release)
            .map(|known| {
                let name = format!("{} [Conformance]", known.name_in(release).unwrap());
                format!("{{\"LeafNodeType\":\"It\",\"LeafNodeText\":{name:?},\"State\":\"{state}\"}}")
            })
            .collect();
        format!("[{{\"SpecReports\":[{}]}}]", specs.join(","))
    };
    let file = runs.put("report.json", &report("passed"));
    let (json, _) = conform(&["evaluate", &file, "-o", "json"], 0);
    let read: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(read["inputs"][0]["present"]["passed"], 438);
    conform(
        &["evaluate", &runs.put("timed/report.json", &report("timedout"))],
        1,
    );
    let whole = report("passed");
    let cut = runs.put("cut.json", whole.split_at(whole.len() / 2).0);
    let (_, note) = conform(&["evaluate", &cut, "--release", "1.35"], 2);
    assert!(note.contains("what it holds counts"), "{note}");
    let broken = runs.put("broken.json", "[{\"SpecReports\":7}]");
    let (_, error) = conform(&["evaluate", &broken], 2);
    assert!(error.starts_with("error: cannot judge"), "{error}");
}

#[test]
fn half_a_tarball_is_never_conformant() {
    let runs = Files::new();
    let packed = runs.path("cut.tar.gz");
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gzip);
    let text = of_run(35, |_| "passed");
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len().try_into().unwrap());
    tar.append_data(
        &mut header,
        "plugins/e2e/results/global/junit_01.xml",
        text.as_bytes(),
    )
    .unwrap();
    let whole = tar.into_inner().unwrap().finish().unwrap();
    fs::write(&packed, whole.split_at(whole.len() / 2).0).unwrap();
    let (json, _) = conform(&["evaluate", &packed, "-o", "json", "--release", "1.35"], 2);
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["inputs"][0]["verdict"], "Undecided");
}

#[test]
fn an_interrupted_run_has_exact_counts() {
    let runs = Files::new();
    // As a run that was stopped leaves it: 40 passed, 8 failed, 5 cut off, and the rest was never reached.
    let release = Release::new(1, 36);
    let order: Vec<&str> = upstream()
        .listed(release)
        .filter_map(|known| known.name_in(release))
        .collect();
    let status = |name: &str| match order.iter().position(|one| *one == name).unwrap() {
        0..40 => "passed",
        40..48 => "failed",
        48..53 => "interrupted",
        _ => "skipped",
    };
    let file = runs.put("junit_01.xml", &of_run(36, status));
    let (table, _) = conform(&["evaluate", &file], 1);
    assert!(
        table.contains("present  1.36         40/443       8            395  Not conformant"),
        "{table}"
    );
    assert!(table.contains("release 1.36, inferred from the tests"), "{table}");
    let undecided = |name: &str| {
        if status(name) == "failed" {
            "passed"
        } else {
            status(name)
        }
    };
    let file = runs.put("b/junit_01.xml", &of_run(36, undecided));
    conform(&["evaluate", &file], 2);
}

#[test]
fn what_cannot_be_read_is_named_with_its_place() {
    let runs = Files::new();
    let broken = runs.put("x.xml", "<html><body/></html>");
    let (_, error) = conform(&["evaluate", &broken], 2);
    assert_eq!(
        error,
        format!(
            "error: cannot judge {broken}: byte 0: a JUnit file starts with <testsuites> or <testsuite>, not with \"html\"\n"
        )
    );
    let (_, error) = conform(&["evaluate", &runs.path("none")], 2);
    assert!(error.contains("cannot read") && error.contains("none"), "{error}");
    let (_, error) = conform(&["evaluate", &runs.path("")], 2);
    assert!(error.contains("it holds no JUnit file"), "{error}");
    let good = runs.put("good.xml", &of_run(36, |_| "passed"));
    let (table, _) = conform(&["evaluate", &good, &broken], 2);
    assert!(
        table.contains("2 inputs, 1 conformant, 0 not, 0 undecided, 1 unreadable"),
        "{table}"
    );
    conform(&["evaluate", &good, "--release", "1.20"], 2);
    conform(&["evaluate", &good, "--release", "v1.21, v1.35"], 2);
    let cut = of_run(36, |_| "passed");
    let cut = runs.put("cut.xml", cut.split_at(cut.len() / 2).0);
    let (_, note) = conform(&["evaluate", &cut], 2);
    assert!(note.contains("ends at byte"), "{note}");
}

/// What the newest release that is known requires as a list, and entries more.
fn list(release: u16, entries: &[&str]) -> String {
    let newest = upstream().newest().unwrap();
    let mut text = String::new();
    for known in upstream().listed(newest) {
        let name = known.requirement_in(newest).unwrap().name.to_string();
        writeln!(text, "- testname: t\n  codename: {name:?}\n  release: v1.9").unwrap();
    }
    for name in entries {
        writeln!(text, "- codename: '{name}'\n  release: v1.{release}").unwrap();
    }
    text
}

#[test]
fn a_newer_release_is_judged_by_the_list_that_is_given() {
    let runs = Files::new();
    let file = runs.put("junit_01.xml", &of_run(37, |_| "passed"));
    let words = ["evaluate", &file, "--release", "1.38"];
    let (_, error) = conform(&words, 2);
    assert!(
        error.contains("the catalogue has 1.20 to 1.37. Give its list with --requirements FILE"),
        "{error}"
    );
    let same = runs.put("same.yaml", &list(38, &[]));
    let more = runs.put("more.yaml", &list(38, &["[sig-x] new [Conformance]"]));
    let with = |list: &str, code: i32| {
        let (json, _) = conform(
            &[&words[..], &["--requirements", list, "-o", "json"]].concat(),
            code,
        );
        let report: Value = serde_json::from_str(&json).unwrap();
        report["inputs"][0].clone()
    };
    assert_eq!(with(&same, 0)["requirementsSource"], "List");
    let undecided = with(&more, 2);
    assert_eq!(
        (
            &undecided["present"]["passed"],
            &undecided["present"]["unevaluated"]
        ),
        (&462.into(), &1.into())
    );
    let (table, _) = conform(&[&words[..], &["--requirements", &same]].concat(), 0);
    assert!(table.contains("judged by the list that was given"), "{table}");
    let future = runs.put(
        "future-conformance.yaml",
        "- codename: '[sig-x] later [FutureConformance]'\n  release: v1.40\n",
    );
    let (json, _) = conform(
        &[
            "evaluate",
            &file,
            "--requirements",
            &future,
            "--to",
            "1.40",
            "-o",
            "json",
        ],
        0,
    );
    let report: Value = serde_json::from_str(&json).unwrap();
    let row = &report["inputs"][0]["future"][0];
    assert_eq!(
        (&row["release"], &row["authority"]),
        (&"1.40".into(), &"Upstream".into())
    );

    let broken = runs.put("broken.yaml", "- codename: a\n  release: v1.9\n- codename: b\n");
    let (_, error) = conform(&["evaluate", &file, "--requirements", &broken], 2);
    assert_eq!(
        error,
        format!(
            "error: cannot use {broken}: list of requirements, entry 2 at line 3 (b): \"\" is not a Kubernetes release: write \
             it like 1.36\n"
        )
    );
    let bytes = runs.path("bytes.yaml");
    fs::write(&bytes, b"- \xff").unwrap();
    let (_, error) = conform(&["evaluate", &file, "--requirements", &bytes], 2);
    assert!(error.ends_with("byte 2 is not UTF-8\n"), "{error}");
}

#[test]
fn people_see_the_start_of_a_long_pattern_and_programs_all_of_it() {
    let runs = Files::new();
    let pattern = "serve a basic endpoint|".repeat(40);
    let properties =
        format!("<properties><property name=\"FocusStrings\" value=\"{pattern}\"/></properties>");
    let text = of_run(36, |_| "skipped");
    let text = text.replace(HEAD, &format!(">{properties}"));
    let file = runs.put("junit_01.xml", &text);
    let (table, _) = conform(&["evaluate", &file], 2);
    assert!(
        table.contains("characters)") && !table.contains(&pattern),
        "{table}"
    );
    let (page, _) = conform(&["evaluate", &file, "-o", "markdown"], 2);
    assert!(page.contains("characters)"), "{page}");
    for format in ["wide", "json"] {
        let (whole, _) = conform(&["evaluate", &file, "-o", format], 2);
        let flat = whole.replace('\n', " ");
        assert!(flat.contains(pattern.trim_end()), "{whole}");
    }
}

#[test]
fn readiness_and_diff_end_with_what_they_found() {
    let runs = Files::new();
    let good = runs.put("good.xml", &of_run(36, |_| "passed"));
    let bad = runs.put(
        "bad.xml",
        &of_run(36, |name| {
            if name.contains("DNS for services") {
                "failed"
            } else {
                "passed"
            }
        }),
    );
    conform(
        &["readiness", "--from", &good, "--to", "1.36", "--release", "1.35"],
        0,
    );
    conform(&["readiness", "--from", &bad, "--to", "1.36"], 1);
    let old = runs.put("old.xml", &of_run(34, |_| "passed"));
    conform(&["readiness", "--from", &old, "--to", "1.36"], 2);
    let (table, _) = conform(&["diff", &good, &bad], 1);
    assert!(table.contains("newly failing"), "{table}");
    let (_, _) = conform(&["diff", &bad, &good], 0);
    let (json, _) = conform(&["diff", &old, &good, "-o", "json"], 0);
    let diff: Value = serde_json::from_str(&json).unwrap();
    let count = |kind: &str| {
        diff["changes"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["kind"] == kind)
            .count()
    };
    assert_eq!((count("NewlyRequired"), count("Renamed")), (19, 7));
}

#[test]
fn readiness_and_diff_go_by_lists_too() {
    let runs = Files::new();
    let file = runs.put("junit_01.xml", &of_run(37, |_| "passed"));
    let future = runs.put("more.yaml", &list(38, &["[sig-x] new [Conformance]"]));
    let ahead = ["readiness", "--from", &file, "--to", "1.38"];
    conform(&ahead, 0);
    let (json, _) = conform(
        &[&ahead[..], &["--requirements", &future, "-o", "json"]].concat(),
        2,
    );
    let ready: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (
            &ready["steps"][0]["release"],
            &ready["steps"][0]["tally"]["unevaluated"]
        ),
        (&"1.38".into(), &1.into())
    );
    let beyond = ["diff", &file, &file, "--after-release", "1.38"];
    let (_, error) = conform(&beyond, 2);
    assert!(
        error.contains("Give its list with --requirements FILE"),
        "{error}"
    );
    let (json, _) = conform(
        &[&beyond[..], &["--requirements", &future, "-o", "json"]].concat(),
        0,
    );
    let report: Value = serde_json::from_str(&json).unwrap();
    let changes = report["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(
        (&changes[0]["kind"], &changes[0]["name"]),
        (&"NewlyRequired".into(), &"[sig-x] new".into())
    );
    let broken = runs.put("broken.yaml", "x: [\n");
    for verb in [&ahead[..], &beyond[..]] {
        let (_, error) = conform(&[verb, &["--requirements", &broken]].concat(), 2);
        assert!(error.contains(&broken), "{error}");
    }
}

#[test]
fn windows_profiles_say_whom_they_are_about() {
    let (table, _) = conform(&["profiles"], 0);
    let of = |name: &str| {
        let mut lines = table.lines().filter(|line| line.starts_with(name));
        lines
            .next()
            .unwrap()
            .split_whitespace()
            .nth(1)
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        (of("windows "), of("dns ")),
        ("Windows".to_owned(), "any".to_owned())
    );
    let (_, note) = conform(&["tests", "--profile", "windows"], 0);
    assert!(
        note.contains(
            "Profile windows is about Windows nodes: to a cluster without them it is not applicable"
        ),
        "{note}"
    );
    let (_, note) = conform(&["tests", "--profile", "dns"], 0);
    assert_eq!(note, "");
}

#[test]
fn lists_and_stories_need_nothing() {
    let (json, _) = conform(
        &["tests", "--release", "1.33", "--stage", "present", "-o", "json"],
        0,
    );
    let listed: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&listed["apiVersion"], &listed["kind"], &listed["release"]),
        (
            &"conform.dev/report/v1alpha1".into(),
            &"TestList".into(),
            &"1.33".into()
        )
    );
    assert_eq!(listed["tests"].as_array().unwrap().len(), 417);
    let (table, _) = conform(&["tests", "--profile", "windows-host-process"], 0);
    assert!(table.contains("HostProcess"), "{table}");
    // Nothing is required of it, which is an answer.
    conform(&["tests", "--area", "gateway"], 0);
    let (_, error) = conform(&["tests", "--area", "nonsense"], 2);
    assert!(
        error.contains("the areas are") && error.contains("pod-network"),
        "{error}"
    );
    let (story, _) = conform(&["explain", "KEP-1138"], 0);
    assert!(story.contains("none upstream"), "{story}");
    let (_, error) = conform(&["explain", "no such test"], 2);
    assert!(error.contains("no known test"), "{error}");
}

#[test]
fn a_run_without_a_test_for_windows_decides_nothing_about_windows() {
    let runs = Files::new();
    runs.put("a/junit_01.xml", &of_run(36, |_| "passed"));
    let (json, _) = conform(&["report", "windows", &runs.path("a"), "-o", "json"], 2);
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["kind"], "WindowsReport");
    assert_eq!(
        (&report["lists"][0]["tally"]["passed"], &report["verdict"]),
        (&397.into(), &"Undecided".into())
    );
    let failed = |name: &str| {
        if name.contains("[LinuxOnly]") {
            "failed"
        } else {
            "passed"
        }
    };
    runs.put("b/junit_01.xml", &of_run(36, failed));
    let (json, _) = conform(&["report", "windows", &runs.path("b"), "-o", "json"], 2);
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["lists"][0]["verdict"], "Conformant");
}
