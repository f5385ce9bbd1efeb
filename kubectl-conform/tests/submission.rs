//! What is handed in for certification: `verify` and `bundle` on files as runs leave them.

mod support;

use std::{fs, path::PathBuf};

use conform_suite::{Release, catalogue::upstream};
use serde_json::Value;

use self::support::{Files, bundling, conform};

const DAY: [&str; 4] = ["--day", "2026-11-22", "--newest", "1.36"];
const PRODUCT: &str = "\
vendor: Example
name: Example Kubernetes
version: 7.1
website_url: https://example.org
documentation_url: https://docs.example.org
type: distribution
description: For examples.
contact_email_address: team@example.org
";

/// The plugin on a day on which v1.36 is the newest release.
fn on_the_day(words: &[&str], code: i32) -> (String, String) {
    conform(&[words, &DAY].concat(), code)
}

/// A JUnit file as Ginkgo writes it, of a whole passed run.
fn junit(minor: u16) -> String {
    support::junit(minor, support::HEAD, |_| "passed")
}

fn log(minor: u16) -> String {
    let count = upstream().listed(Release::new(1, minor)).count();
    format!(
        "Random Seed: 17 - will randomize all specs\n\nWill run {count} of {count} specs\nS•S\n\nRan {count} of {count} Specs in 1.0 seconds\n\
         SUCCESS! -- {count} Passed | 0 Failed | 0 Pending | 0 Skipped\nPASS\n"
    )
}

struct Folder(Files);

impl Folder {
    /// A folder with a whole submission.
    fn new(minor: u16) -> Self {
        let folder = Self(Files::new());
        folder.put("README.md", "How to repeat it.\n", minor);
        folder.put("PRODUCT.yaml", PRODUCT, minor);
        folder.put("e2e.log", &log(minor), minor);
        folder.put("junit_01.xml", &junit(minor), minor);
        folder
    }

    fn put(&self, name: &str, text: &str, minor: u16) {
        self.0.put(&format!("v1.{minor}/example/{name}"), text);
    }

    fn path(&self, name: &str) -> String {
        self.0.path(name)
    }
}

#[test]
fn a_whole_submission_is_as_it_has_to_be() {
    let folder = Folder::new(36);
    let (json, _) = on_the_day(
        &[
            "verify",
            &folder.path("v1.36/example"),
            "-o",
            "json",
            "--title",
            "Conformance results for v1.36/example",
            "--commits",
            "1",
        ],
        0,
    );
    let verification: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (
            &verification["folder"],
            &verification["verdict"],
            &verification["markValidUntil"]
        ),
        (
            &"v1.36/example".into(),
            &"Conformant".into(),
            &"2027-05-26".into()
        )
    );
    let open = verification["checks"].as_array().unwrap().iter();
    let open: Vec<&Value> = open
        .filter(|check| check["state"] != "Passed")
        .map(|check| &check["check"])
        .collect();
    assert_eq!(open, ["product-pages"]);
    // The folder above has just this one in it.
    let (table, _) = on_the_day(&["verify", &folder.path("")], 0);
    assert!(table.starts_with("v1.36/example: Example Kubernetes"), "{table}");
    assert!(table.ends_with("the submission is as it has to be.\n"), "{table}");
}

#[test]
fn each_defect_of_the_files_is_named() {
    type Spoil = fn(&Folder);
    let spoils: [(Spoil, &str); 6] = [
        (|folder| folder.put("sonobuoy.tar.gz", "x", 36), "files-only"),
        (|folder| folder.put("e2e.log", "", 36), "files-complete"),
        (
            |folder| folder.put("PRODUCT.yaml", "name: [", 36),
            "product-complete",
        ),
        (|folder| folder.put("junit_01.xml", "<html>", 36), "tests-passed"),
        (|folder| folder.put("e2e.log", &log(35), 36), "counts-agree"),
        (
            |folder| {
                folder.put(
                    "junit_01.xml",
                    &junit(36).replace("\"DryRun\" value=\"false", "\"DryRun\" value=\"true"),
                    36,
                );
            },
            "really-run",
        ),
    ];
    for (spoil, check) in spoils {
        let folder = Folder::new(36);
        spoil(&folder);
        let (json, _) = on_the_day(&["verify", &folder.path("v1.36/example"), "-o", "json"], 1);
        let verification: Value = serde_json::from_str(&json).unwrap();
        let mut checks = verification["checks"].as_array().unwrap().iter();
        let found = checks.find(|one| one["check"] == check).unwrap();
        assert_eq!(found["state"], "Failed", "{check}");
    }
    let folder = Folder::new(36);
    let file = folder.0.folder().join("v1.36/example/e2e.log");
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &file).unwrap();
    let (table, _) = on_the_day(&["verify", &folder.path("v1.36/example"), "-o", "wide"], 1);
    assert!(table.contains("e2e.log is no plain file"), "{table}");
    let (_, error) = on_the_day(&["verify", &folder.path("nothing")], 2);
    assert!(error.contains("cannot read"), "{error}");
    // What 1.30 requires is known; it is only no more certified.
    let old = Folder::new(30);
    let (table, _) = on_the_day(&["verify", &old.path(""), "-o", "wide"], 1);
    let failed = table.lines().filter(|line| line.contains("  failed  "));
    let failed: Vec<&str> = failed.map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(failed, ["release-supported", "mark-valid"]);
}

#[test]
fn a_file_in_another_case_is_read_and_does_not_belong_there() {
    let folder = Folder::new(36);
    let at = |name: &str| folder.0.folder().join("v1.36/example").join(name);
    for (name, other) in [
        ("PRODUCT.yaml", "product.yaml"),
        ("README.md", "Readme.md"),
        ("e2e.log", "E2E.log"),
        ("junit_01.xml", "JUnit_01.xml"),
    ] {
        fs::rename(at(name), at(other)).unwrap();
        let (table, _) = on_the_day(&["verify", &folder.path("v1.36/example"), "-o", "wide"], 1);
        let failed = table.lines().filter(|line| line.contains("  failed  "));
        let failed: Vec<&str> = failed.map(|line| line.split(' ').next().unwrap()).collect();
        assert_eq!(failed, ["files-only"], "{table}");
        fs::rename(at(other), at(name)).unwrap();
    }
    // What is wrong with its text is found too.
    fs::remove_file(at("README.md")).unwrap();
    folder.put("readme.md", " \n", 36);
    let (table, _) = on_the_day(&["verify", &folder.path("v1.36/example"), "-o", "wide"], 1);
    assert!(table.contains("README.md: it has nothing but blanks"), "{table}");
}

#[test]
fn a_bundle_is_written_whole_or_not_at_all() {
    let folder = Folder::new(36);
    let (from, product) = (
        folder.path("v1.36/example"),
        folder.path("v1.36/example/PRODUCT.yaml"),
    );
    let out = folder.path("out");
    let words = ["bundle", &from, "--product", &product, "--out", &out];
    let (written, _) = on_the_day(&words, 0);
    let folder_of = PathBuf::from(&out).join("v1.36/example-kubernetes");
    let names: Vec<&str> = written
        .lines()
        .map(|line| line.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(names, ["README.md", "PRODUCT.yaml", "e2e.log", "junit_01.xml"]);
    assert_eq!(
        fs::read_to_string(folder_of.join("junit_01.xml")).unwrap(),
        junit(36)
    );
    let readme = fs::read_to_string(folder_of.join("README.md")).unwrap();
    assert!(
        readme.starts_with("# Conformance of Example Kubernetes 7.1 with Kubernetes v1.36\n"),
        "{readme}"
    );
    on_the_day(&["verify", &out], 0);
    on_the_day(&words, 0);

    folder.put(
        "junit_01.xml",
        &junit(36).replacen("status=\"passed\"", "status=\"failed\"", 1),
        36,
    );
    let refused = folder.path("refused");
    let (_, error) = on_the_day(&["bundle", &from, "--product", &product, "--out", &refused], 1);
    assert!(error.contains("tests-passed: 1 of 443 did not pass"), "{error}");
    assert!(!PathBuf::from(&refused).exists());
    let (_, error) = on_the_day(&["bundle", "./nothing", "--product", &product], 2);
    assert!(error.contains("there is no folder"), "{error}");
}

#[test]
fn what_is_wrong_with_a_bundle_is_told_from_what_cannot_be_read() {
    type Spoil = fn(&Folder);
    let spoils: [(Spoil, &str); 5] = [
        (
            |folder| folder.put("PRODUCT.yaml", "name: [", 36),
            "files-complete: PRODUCT.yaml cannot be read: it is no YAML",
        ),
        (
            |folder| folder.put("junit_01.xml", "<html/>", 36),
            "junit_01.xml: ",
        ),
        (
            |folder| {
                folder.put(
                    "junit_01.xml",
                    &junit(36).replace("\"DryRun\" value=\"false", "\"DryRun\" value=\"true"),
                    36,
                );
            },
            "junit_01.xml: the JUnit file is of a dry run",
        ),
        (
            |folder| folder.put("README.md", "", 36),
            "files-complete: README.md is empty",
        ),
        (
            |folder| folder.put("e2e.log", "", 36),
            "files-complete: e2e.log is empty",
        ),
    ];
    for (spoil, reason) in spoils {
        let folder = Folder::new(36);
        spoil(&folder);
        let (from, out) = (folder.path("v1.36/example"), folder.path("out"));
        let (product, readme) = (format!("{from}/PRODUCT.yaml"), format!("{from}/README.md"));
        let words = [
            "bundle",
            &from,
            "--product",
            &product,
            "--readme",
            &readme,
            "--out",
            &out,
        ];
        let (_, error) = on_the_day(&words, 1);
        assert!(error.contains(reason), "{reason}: {error}");
        assert!(error.lines().all(|line| line.len() < 400), "{error}");
        assert!(!PathBuf::from(&out).exists());
    }
    let folder = Folder::new(36);
    let from = folder.path("v1.36/example");
    let (_, error) = on_the_day(&["bundle", &from, "--product", &folder.path("none.yaml")], 2);
    assert!(error.contains("cannot read"), "{error}");
    // A file that names no test of any release may be of one that is not known.
    folder.put(
        "junit_01.xml",
        "<testsuites><testcase name=\"x\" status=\"passed\"/></testsuites>",
        36,
    );
    let product = format!("{from}/PRODUCT.yaml");
    let (_, error) = on_the_day(&["bundle", &from, "--product", &product], 2);
    assert!(error.contains("--release"), "{error}");
}

#[test]
fn why_nothing_is_written_is_told_by_who_objects() {
    let folder = Folder::new(36);
    let (from, out) = (folder.path("v1.36/example"), folder.path("out"));
    let product = format!("{from}/PRODUCT.yaml");
    let words = bundling(&from, &product, &out);
    let of_old = ["--day", "2026-11-22", "--newest", "1.35"];
    let (_, error) = conform(&[&words[..], &of_old].concat(), 2);
    assert!(
        error.starts_with("Nothing is written, since not every check could be made:\n")
            && error.contains("  release-supported: "),
        "{error}"
    );
    folder.put("e2e.log", &log(36).replace("SUCCESS!", "FAIL!"), 36);
    let (_, error) = on_the_day(&words, 1);
    assert!(
        error.contains("since conform objects to it:\n  suite-succeeded: "),
        "{error}"
    );
    folder.put("PRODUCT.yaml", &PRODUCT.replace("distribution", "''"), 36);
    let (_, error) = on_the_day(&words, 1);
    assert!(
        error.contains("since it would not be taken:\n  product-"),
        "{error}"
    );
    // `verify` tells them apart as well.
    let (table, _) = on_the_day(&["verify", &from, "-o", "wide"], 1);
    assert!(
        table.replace('\n', " ").ends_with(
            "The bot would refuse the submission: 2 checks failed; conform objects: 1 check failed. "
        ),
        "{table}"
    );
}

#[test]
fn a_bundle_says_only_what_its_files_say() {
    let folder = Folder::new(36);
    let (from, out) = (folder.path("v1.36/example"), folder.path("out"));
    let product = format!("{from}/PRODUCT.yaml");
    folder.put("PRODUCT.yaml", &PRODUCT.replace("7.1", "1.20"), 36);
    let words = bundling(&from, &product, &out);
    on_the_day(&words, 0);
    let readme = folder.0.read("out/v1.36/mine/README.md");
    assert!(
        readme.starts_with("# Conformance of Example Kubernetes 1.20 with Kubernetes v1.36\n"),
        "{readme}"
    );
    assert!(
        readme.contains("Any tool that runs the image so will do"),
        "{readme}"
    );
    assert!(
        !readme.contains("conform runs the conformance image"),
        "who ran it is not known: {readme}"
    );
    // Nothing else may lie where it is written.
    folder.0.put("out/v1.36/mine/sonobuoy.tar.gz", "x");
    let (_, error) = on_the_day(&words, 1);
    assert!(error.contains("holds sonobuoy.tar.gz"), "{error}");
}

#[test]
fn a_list_of_a_part_is_not_what_a_known_release_requires() {
    let folder = Folder::new(36);
    let from = folder.path("v1.36/example");
    let names = upstream()
        .listed(Release::new(1, 36))
        .map(|known| known.requirement_in(Release::new(1, 36)).unwrap().name);
    let names: Vec<String> = names.map(|name| format!("{:?}", name.as_str())).collect();
    let list = |names: &[String]| -> String {
        let entries = names
            .iter()
            .map(|name| format!("- {{codename: {name}, release: v1.9}}"));
        entries.collect::<Vec<_>>().join("\n")
    };
    let part = folder.0.put("part.yaml", &list(&names[..1]));
    let whole = folder.0.put("whole.yaml", &list(&names));
    let (product, out) = (format!("{from}/PRODUCT.yaml"), folder.path("out"));
    let bundle = ["bundle", &from, "--product", &product, "--out", &out];
    for words in [&["verify", &from][..], &bundle] {
        let (_, error) = on_the_day(&[words, &["--requirements", &part]].concat(), 2);
        assert!(
            error.contains("part.yaml: 442 tests that release 1.36 requires are not in it, such as"),
            "{error}"
        );
        assert!(!PathBuf::from(&out).exists());
    }
    for words in [&["verify", &from][..], &bundle] {
        on_the_day(&[words, &["--requirements", &whole]].concat(), 0);
    }
}

#[test]
fn a_bundle_leaves_what_it_would_not_finish() {
    let folder = Folder::new(36);
    let from = folder.path("v1.36/example");
    let (product, out) = (format!("{from}/PRODUCT.yaml"), folder.path("out"));
    let words = bundling(&from, &product, &out);
    // The last of the four is another.
    folder.0.put("out/v1.36/mine/junit_01.xml", "x");
    let (_, error) = on_the_day(&words, 2);
    assert!(error.contains("junit_01.xml exists and differs"), "{error}");
    let inside = || fs::read_dir(folder.path("out/v1.36/mine")).unwrap().count();
    assert_eq!(inside(), 1);
    on_the_day(&[&words[..], &["--force"]].concat(), 0);
    assert_eq!(inside(), 4);
    for name in ["ä", ".", "..", "a b", "a/b"] {
        let words = [
            "bundle",
            &from,
            "--product",
            &product,
            "--out",
            &out,
            "--name",
            name,
        ];
        let (_, error) = on_the_day(&words, 2);
        assert!(
            error.contains("the name of a product's folder has only letters"),
            "{error}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_bundle_is_not_written_to_where_a_link_leads() {
    let folder = Folder::new(36);
    let from = folder.path("v1.36/example");
    let (product, out) = (format!("{from}/PRODUCT.yaml"), folder.path("out"));
    fs::create_dir_all(folder.path("elsewhere")).unwrap();
    fs::create_dir_all(folder.path("out/v1.36")).unwrap();
    std::os::unix::fs::symlink(folder.path("elsewhere"), folder.path("out/v1.36/mine")).unwrap();
    let words = bundling(&from, &product, &out);
    let (_, error) = on_the_day(&words, 1);
    assert!(error.contains("is a link"), "{error}");
    assert_eq!(fs::read_dir(folder.path("elsewhere")).unwrap().count(), 0);
}
