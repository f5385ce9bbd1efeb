//! `verify` on submissions as each era of the suite left them: Ginkgo v1 until 1.24, verbose logs until 1.26 and of some tools
//! later, the suite's own nodes and properties of today, and tests that ran beside each other. The forms are those of accepted
//! submissions; numbers are made here.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

mod support;

use std::fmt::Write;

use conform_suite::{Release, catalogue::upstream, submission::released};
use jiff::{ToSpan, civil::Date};
use rstest::rstest;
use serde_json::Value;

use self::support::{Files, bundling, conform};

/// How many tests ran that nobody selected.
const OTHERS: usize = 300;

/// One release's submission.
struct Era {
    minor: u16,
    /// When its suite ran.
    day: Date,
    names: Vec<String>,
    /// How many processes ran it.
    processes: usize,
    /// From 1.27 on: the log has more than dots.
    is_verbose: bool,
}

impl Era {
    fn new(minor: u16) -> Self {
        let day = released(Release::new(1, minor)).unwrap();
        Self {
            minor,
            day: day.checked_add(60.days()).unwrap(),
            names: names(minor),
            processes: 1,
            is_verbose: false,
        }
    }

    /// Ginkgo v1: one suite, no status and no properties; what was not selected has an empty child.
    fn junit_of_ginkgo_1(&self) -> String {
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n  <testsuite name=\"Kubernetes e2e suite\" tests=\"{}\" failures=\"0\" \
             errors=\"0\" time=\"4902.052\">\n",
            self.names.len()
        );
        for (at, name) in others().enumerate() {
            write!(
                text,
                "      <testcase name=\"{name}\" classname=\"Kubernetes e2e suite\" time=\"0\">\n          \
                <skipped></skipped>\n      </testcase>\n"
            )
            .unwrap();
            if let Some(name) = self.names.get(at) {
                one_of_ginkgo_1(&mut text, name);
            }
        }
        for name in self.names.iter().skip(OTHERS) {
            one_of_ginkgo_1(&mut text, name);
        }
        text + "  </testsuite>"
    }

    /// Ginkgo v2: suites in each other, properties, a status each, `[It]` before names, and the suite's own nodes.
    fn junit_of_ginkgo_2(&self) -> String {
        let processes = self.processes.to_string();
        let since = |minor, name, value| (self.minor >= minor).then_some((name, value));
        let properties = [
            since(25, "SuiteSucceeded", "true"),
            since(25, "SuiteHasProgrammaticFocus", "false"),
            since(25, "SpecialSuiteFailureReason", ""),
            since(25, "SuiteLabels", "[]"),
            since(35, "SuiteSemVerConstraints", "[]"),
            since(36, "SuiteComponentSemVerConstraints", "[]"),
            since(25, "RandomSeed", "1667862547"),
            since(25, "RandomizeAllSpecs", "true"),
            since(25, "LabelFilter", ""),
            since(35, "SemVerFilter", ""),
            since(25, "FocusStrings", r"\[Conformance\]"),
            since(25, "SkipStrings", ""),
            since(25, "FocusFiles", ""),
            since(25, "SkipFiles", ""),
            since(25, "FailOnPending", "false"),
            since(33, "FailOnEmpty", "false"),
            since(25, "FailFast", "false"),
            since(25, "FlakeAttempts", "0"),
            since(25, "EmitSpecProgress", "false").filter(|_| self.minor == 25),
            since(25, "DryRun", "false"),
            since(25, "ParallelTotal", processes.as_str()),
            since(25, "OutputInterceptorMode", ""),
        ];
        let count = self.names.len() + OTHERS;
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n  <testsuites tests=\"{count}\" disabled=\"{OTHERS}\" errors=\"0\" \
             failures=\"0\" time=\"5714.7\">\n      <testsuite name=\"Kubernetes e2e suite\" package=\"/usr/local/bin\" \
             tests=\"{count}\" disabled=\"0\" skipped=\"{OTHERS}\" errors=\"0\" failures=\"0\" time=\"5714.7\" \
             timestamp=\"{}T00:21:54\">\n          <properties>\n",
            self.day
        );
        for (name, value) in properties.into_iter().flatten() {
            writeln!(
                text,
                "              <property name=\"{name}\" value=\"{value}\"></property>"
            )
            .unwrap();
        }
        text += "          </properties>\n";
        let node = |text: &mut String, name: &str| one_of_ginkgo_2(text, name, "passed", "1.7e-05");
        for _ in 0..self.processes {
            node(&mut text, "[SynchronizedBeforeSuite]");
        }
        for (since, name) in [(27, "[ReportBeforeSuite]"), (36, "[ReportBeforeSuite]")] {
            if self.minor >= since {
                node(&mut text, name);
            }
        }
        for name in others() {
            one_of_ginkgo_2(&mut text, &format!("[It] {name}"), "skipped", "0");
        }
        for name in &self.names {
            one_of_ginkgo_2(
                &mut text,
                &format!("[It] {}", escaped(name)),
                "passed",
                "20.371047773",
            );
        }
        for _ in 0..self.processes {
            node(&mut text, "[SynchronizedAfterSuite]");
        }
        for (since, name) in [
            (25, "[ReportAfterSuite] Kubernetes e2e suite report"),
            (35, "[ReportAfterSuite] Invariant Metrics"),
            (36, "[ReportAfterSuite] [sig-testing] Log Check"),
        ] {
            if self.minor >= since {
                node(&mut text, name);
            }
        }
        text + "      </testsuite>\n  </testsuites>"
    }

    fn junit(&self) -> String {
        if self.minor < 25 {
            self.junit_of_ginkgo_1()
        } else {
            self.junit_of_ginkgo_2()
        }
    }

    /// Verbose until 1.26, with versions; then dots. Ginkgo v1 and sonobuoy's progress wrote lines of JSON between.
    fn log(&self) -> String {
        let (minor, count) = (self.minor, self.names.len());
        let of = count + OTHERS;
        let mut text = "  I0824 03:00:27.731107      22 e2e.go:129] Starting e2e run \
            \"a9bd7d5d-67ba-4ec2-b39e-4e565057b4fd\" on Ginkgo node 1\n"
            .to_owned();
        if minor < 26 {
            writeln!(text, "{{\"msg\":\"Test Suite starting\",\"total\":{count},\"completed\":0,\"skipped\":0,\"failed\":0}}").unwrap();
        }
        let title = if minor < 25 { "" } else { " - /usr/local/bin" };
        write!(
            text,
            "Running Suite: Kubernetes e2e suite{title}\n====\nRandom Seed: \u{1b}[1m1667862547\u{1b}[0m - will randomize all \
             specs\n\nWill run \u{1b}[1m{count}\u{1b}[0m of \u{1b}[1m{of}\u{1b}[0m specs\n"
        )
        .unwrap();
        if self.processes > 1 {
            let what = if minor < 25 { "nodes" } else { "processes" };
            let count = self.processes;
            write!(
                text,
                "\nRunning in parallel across \u{1b}[1m{count}\u{1b}[0m {what}\n\n"
            )
            .unwrap();
        }
        if minor < 27 {
            write!(
                text,
                "Aug 24 03:00:27.835: INFO: e2e test version: v1.{minor}.7\nAug 24 03:00:27.837: INFO: kube-apiserver version: \
                 v1.{minor}.7-gke.300\n"
            )
            .unwrap();
            for at in 0..4000 {
                writeln!(text, "Aug 24 03:00:27.845: INFO: stdout: \"Ran {at} of 9 Specs, and much else besides, -- 7 Passed\"").unwrap();
            }
        } else if self.is_verbose {
            self.tell_tests(&mut text);
        } else {
            text += &"SS•".repeat(2500);
        }
        write!(
            text,
            "\n\nRan {count} of {of} Specs in 4902.052 seconds\nSUCCESS! -- {count} Passed | 0 Failed | 0 Pending | {OTHERS} \
             Skipped\nPASS\n\nGinkgo ran 1 suite in 1h21m43.4s\nTest Suite Passed\n"
        )
        .unwrap();
        if (25..27).contains(&minor) {
            text += "You're using deprecated Ginkgo functionality:\n===\n  --noColor is deprecated, use --no-color instead\n";
        }
        text
    }

    /// What a suite of today says of each test, between statements of its own with a time and a place in the source.
    fn tell_tests(&self, text: &mut String) {
        let minor = self.minor;
        for what in ["e2e test", "kube-apiserver"] {
            writeln!(
                text,
                "  I0101 00:00:00.000000      40 e2e.go:245] {what} version: v1.{minor}.3"
            )
            .unwrap();
        }
        for name in &self.names {
            write!(
                text,
                "------------------------------\n\u{1b}[38;5;243m{name}\u{1b}[0m\n  STEP: Making a pod @ 01/01/26 00:00:00.000\n  \
                 I0101 00:00:01.000000      40 pods.go:9] stdout: \"kube-apiserver version: v1.9.0\"\n  \
                 Running in parallel across 3 processes\n\u{1b}[38;5;10m•\u{1b}[0m [1.000 seconds]\n"
            )
            .unwrap();
        }
    }

    /// Until 1.25 nobody had to name a contact. The words for a hosted product are those of real ones.
    fn product(&self) -> String {
        let kinds = [
            "hosted platform",
            "platform",
            "hosted",
            "installer",
            "distribution",
            "Distribution",
            "Example - Setup",
        ];
        let kind = kinds[usize::from(self.minor) % kinds.len()];
        let mut text = format!(
            "vendor: Example\nname: Example (https://example.org) on a cloud\nversion: v1.{}.7\nwebsite_url: https://example.org\n\
             documentation_url: https://docs.example.org/a/b.html\n\
             product_logo_url: https://example.org/i2/O1CN01_!!60-55-tps-200-200.svg\ntype: {kind}\n\
             description: 'Kubernetes: for examples & more'\n",
            self.minor
        );
        if self.minor >= 26 {
            text += "contact_email_address: 'team+cncf@example.org'\n";
        }
        text
    }

    fn put(&self, files: &Files) {
        for (name, text) in [
            ("README.md", "# To repeat it\n".to_owned()),
            ("PRODUCT.yaml", self.product()),
            ("e2e.log", self.log()),
            ("junit_01.xml", self.junit()),
        ] {
            files.put(&format!("v1.{}/example/{name}", self.minor), &text);
        }
    }

    /// Checks that did not pass, as verified ten days after the run.
    fn open(&self, files: &Files, code: i32) -> (Vec<String>, Vec<String>) {
        let day = self.day.checked_add(10.days()).unwrap().to_string();
        let (folder, newest) = (
            files.path(&format!("v1.{}/example", self.minor)),
            format!("1.{}", self.minor),
        );
        let words = [
            "verify", &folder, "--day", &day, "--newest", &newest, "-o", "json",
        ];
        let title = format!("Conformance results for v1.{}/example", self.minor);
        let about = ["--title", title.as_str(), "--commits", "1"];
        let (json, _) = conform(&[&words, &about[..]].concat(), code);
        let verification: Value = serde_json::from_str(&json).unwrap();
        let of = |state: &str| {
            let checks = verification["checks"].as_array().unwrap().iter();
            let checks = checks.filter(|check| check["state"] == state);
            checks
                .map(|check| check["check"].as_str().unwrap().to_owned())
                .collect()
        };
        (of("Failed"), of("Unevaluated"))
    }
}

/// What a release requires, by the names that its suite has: until 1.20 node tests were of no group, and some names have two
/// blanks or quotes.
fn names(minor: u16) -> Vec<String> {
    let release = Release::new(1, minor);
    let listed = upstream().listed(release);
    let listed = listed.filter_map(|known| known.requirement_in(release));
    listed.map(|one| one.name.to_string()).collect()
}

/// Names of tests that no release requires.
fn others() -> impl Iterator<Item = String> {
    (0..OTHERS).map(|at| {
        format!("[sig-storage] In-tree Volumes [Driver: local][LocalVolumeType: dir] should store data {at} [Slow][LinuxOnly]")
    })
}

fn one_of_ginkgo_1(text: &mut String, name: &str) {
    let name = escaped(name);
    writeln!(
        text,
        "      <testcase name=\"{name}\" classname=\"Kubernetes e2e suite\" time=\"7.209974607\"></testcase>"
    )
    .unwrap();
}

fn one_of_ginkgo_2(text: &mut String, name: &str, status: &str, time: &str) {
    let child = if status == "skipped" {
        "\n              <skipped message=\"skipped\"></skipped>\n          "
    } else {
        ""
    };
    writeln!(
        text,
        "          <testcase name=\"{name}\" classname=\"Kubernetes e2e suite\" status=\"{status}\" time=\"{time}\">{child}</testcase>"
    )
    .unwrap();
}

fn escaped(name: &str) -> String {
    name.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&#34;")
        .replace('\'', "&#39;")
}

/// What those that have neither properties nor versions leave open, and may.
fn silent(minor: u16) -> Vec<&'static str> {
    let mut open = vec!["product-pages"];
    if minor < 25 {
        // Without properties: neither tries, nor patterns, nor processes, nor a seed, nor a time.
        open.extend([
            "tried-once",
            "whole-selection",
            "skip-strings",
            "serial",
            "seeds-agree",
            "age",
        ]);
    }
    open
}

#[rstest]
fn submissions_of_each_release_pass(
    #[values(20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36)] minor: u16,
) {
    let (era, files) = (Era::new(minor), Files::new());
    era.put(&files);
    let (failed, open) = era.open(&files, 0);
    assert_eq!(
        (failed, open),
        (Vec::new(), silent(minor).into_iter().map(str::to_owned).collect())
    );
}

#[rstest]
fn verbose_logs_of_today_name_versions(#[values(27, 28, 35, 36)] minor: u16) {
    let (mut era, files) = (Era::new(minor), Files::new());
    era.is_verbose = true;
    era.put(&files);
    let (failed, open) = era.open(&files, 0);
    assert_eq!((failed, open), (Vec::new(), vec!["product-pages".to_owned()]));
}

#[rstest]
fn tests_that_ran_beside_each_other_are_taken(#[values(22, 25, 35, 36)] minor: u16) {
    let (mut era, files) = (Era::new(minor), Files::new());
    era.processes = 5;
    era.put(&files);
    let (failed, open) = era.open(&files, 0);
    let mut expected = silent(minor);
    // Logs of old suites tell it too.
    expected.retain(|check| *check != "serial");
    assert_eq!(
        (failed, open),
        (Vec::new(), expected.into_iter().map(str::to_owned).collect())
    );
}

#[test]
fn tests_that_ran_beside_each_other_are_not_bundled() {
    let (mut era, files) = (Era::new(36), Files::new());
    era.processes = 5;
    era.put(&files);
    let (from, out) = (files.path("v1.36/example"), files.path("out"));
    let product = format!("{from}/PRODUCT.yaml");
    let day = era.day.to_string();
    let about = ["--day", &day, "--newest", "1.36"];
    let (_, error) = conform(&[&bundling(&from, &product, &out)[..], &about].concat(), 1);
    assert!(
        error.contains("since conform objects to it:\n  the tests ran in 5 processes at a time"),
        "{error}"
    );
    assert!(!files.folder().join("out").exists());
    // Whoever changes the number in one place leaves the others.
    let file = files.read("v1.36/example/junit_01.xml");
    let changed = file.replace("\"ParallelTotal\" value=\"5\"", "\"ParallelTotal\" value=\"1\"");
    assert_ne!(changed, file);
    files.put("v1.36/example/junit_01.xml", &changed);
    let (failed, _) = era.open(&files, 1);
    assert_eq!(failed, ["serial"]);
    let (table, _) = conform(&[&["verify", &from, "-o", "wide"], &about[..]].concat(), 1);
    assert!(
        table
            .replace('\n', " ")
            .ends_with("the bot would take the submission, but conform objects: 1 check failed. "),
        "{table}"
    );
}
