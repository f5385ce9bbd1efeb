//! Checklists of AI conformance, well and badly filled in.

#![expect(
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

use std::{
    collections::BTreeMap,
    fmt::Write,
    io::{BufRead, Cursor},
};

use conform_gateway::{
    Finding, Severity,
    checklist::{Demand, Files, Folder, NoFile, requirements},
    validate, validate_at,
};
use rstest::rstest;

/// A checklist of a release in which everything that must be there is.
fn checklist(minor: u16) -> String {
    let mut text = format!(
        "metadata:\n  kubernetesVersion: v1.{minor}\n  platformName: Example\n  platformVersion: 7.1.2\n  vendorName: Example Inc\n  \
         websiteUrl: https://example.org\n  productLogoUrl: https://example.org/logo.svg\n  documentationUrl: https://docs.example.org\n  description: For examples.\n  \
         contactEmailAddress: team@example.org\n  k8sConformanceUrl: \
         https://github.com/cncf/k8s-conformance/tree/master/v1.{minor}/example\nspec:\n"
    );
    let mut category = "";
    for one in requirements() {
        let Some(demand) = one.in_release(minor) else {
            continue;
        };
        if category != one.category {
            category = one.category;
            let _ = writeln!(text, "  {category}:");
        }
        let is_measured = [
            "secure_accelerator_access",
            "gang_scheduling",
            "cluster_autoscaling",
        ]
        .contains(&one.id);
        let (status, evidence) = match demand {
            Demand::Must if is_measured && minor >= 37 => ("Implemented", "[tests/junit.xml]"),
            Demand::Must => ("Implemented", "[https://docs.example.org/ai]"),
            Demand::Should => ("''", "[]"),
        };
        let _ = writeln!(
            text,
            "    - {{id: {}, level: {}, status: {status}, evidence: {evidence}, notes: ''}}",
            one.id,
            demand.word()
        );
    }
    text
}

/// The rules that a checklist breaks.
fn broken(text: &str) -> Vec<String> {
    let findings = validate("example/PRODUCT.yaml", text.as_bytes())
        .findings
        .into_sorted();
    rules(&findings)
}

fn rules(findings: &[Finding]) -> Vec<String> {
    let word = |severity| {
        if severity == Severity::Error {
            "error"
        } else {
            "warning"
        }
    };
    findings
        .iter()
        .map(|one| format!("{} {}", word(one.severity), one.rule))
        .collect()
}

#[rstest]
fn what_a_release_asks_for_is_enough(#[values(33, 34, 35, 36, 37)] minor: u16) {
    assert_eq!(broken(&checklist(minor)), [""; 0]);
}

#[test]
fn what_should_be_there_comes_to_have_to() {
    // The list of v1.33, in which dra_support is a SHOULD that nobody filled in, handed in for v1.34.
    let text = checklist(33).replace("v1.33", "v1.34");
    assert_eq!(broken(&text), ["error level", "error status"]);
    // For v1.36 it is asked for no more, and there are six others.
    let text = checklist(33).replace("v1.33", "v1.36");
    let found = broken(&text);
    let missing = found
        .iter()
        .filter(|line| *line == "error missing-requirement")
        .count();
    assert_eq!((missing, found.len()), (6, 7));
    assert!(found.contains(&"warning unknown-requirement".to_owned()));
}

#[rstest]
#[case("id: gang_scheduling, level: MUST, status: Implemented", "id: gang_scheduling, level: MUST, status: N/A", &["error must", "error notes"])]
#[case("id: gang_scheduling, level: MUST, status: Implemented, evidence: [https://docs.example.org/ai], notes: ''",
       "id: gang_scheduling, level: MUST, status: N/A, evidence: [], notes: no accelerators", &["error must"])]
#[case("id: cluster_autoscaling, level: MUST, status: Implemented, evidence: [https://docs.example.org/ai], notes: ''",
       "id: cluster_autoscaling, level: MUST, status: N/A, evidence: [], notes: fixed nodes", &["warning must"])]
#[case("id: cluster_autoscaling, level: MUST, status: Implemented", "id: cluster_autoscaling, level: MUST, status: N/A", &["error must", "error notes"])]
#[case("id: gang_scheduling, level: MUST", "id: gang_scheduling, level: SHOULD", &["error level"])]
#[case("id: gang_scheduling, level: MUST, status: Implemented", "id: gang_scheduling, level: MUST, status: Done", &["error status"])]
#[case("id: gang_scheduling", "id: pod_autoscaling", &["error duplicate-requirement", "error missing-requirement"])]
#[case("[https://docs.example.org/ai]", "https://docs.example.org/ai", &["error evidence"])]
#[case("[https://docs.example.org/ai]", "[]", &["warning evidence"])]
#[case("[https://docs.example.org/ai]", "['', ' ']", &["warning evidence"])]
#[case("status: '', evidence: []", "status: '', evidence: ['']", &["error status"])]
#[case("  operator:\n", "  ran:\n", &["error category"])]
#[case("  security:\n", "", &["error category"])]
#[case("platformName: Example", "platformName: '[Name of the platform]'", &["error placeholder"])]
#[case("platformName", "platform_name", &[])]
#[case("  vendorName: Example Inc\n", "", &["error missing"])]
#[case("websiteUrl: https://example.org", "websiteUrl: example.org", &["warning url"])]
#[case("websiteUrl: https://example.org", "websiteUrl: '[Website URL]'", &["error placeholder"])]
#[case("websiteUrl: https://example.org", "websiteUrl: ''", &["error empty"])]
#[case("spec:\n", "  repoUrl: N/A\nspec:\n", &["warning url"])]
#[case("spec:\n", "  repoUrl: ''\nspec:\n", &[])]
#[case("  productLogoUrl: https://example.org/logo.svg\n", "", &["warning missing"])]
#[case("logo.svg", "logo.png", &["error logo"])]
#[case("logo.svg", "logo.svg?raw=true", &["error logo"])]
#[case("logo.svg", "logo.EPS", &[])]
#[case("logo.svg", "logo.ai", &[])]
#[case("https://example.org/logo.svg", "logo.png", &["warning url"])]
#[case("tree/master/v1.36/example", "pull/7", &["error certification"])]
#[case("tree/master/v1.36/example", "tree/main/v1.36/example/", &[])]
#[case("tree/master/v1.36/example", "tree/master/v1.36/example//", &["error certification"])]
#[case("tree/master/v1.36/example", "tree/master/v1.36/example/PRODUCT.yaml", &["error certification"])]
#[case("tree/master/v1.36/example", "tree/master/v1.36.2/example", &["error certification"])]
#[case("tree/master/v1.36/example", "tree/master/v1.36/", &["error certification"])]
#[case("https://github.com/cncf", "http://github.com/cncf", &["error certification"])]
#[case("tree/master/v1.36/example", "tree/master/v1.35/example", &["warning certification"])]
#[case("kubernetesVersion: v1.36", "kubernetesVersion: v1.36.3", &["warning release"])]
#[case("platformVersion: 7.1.2", "platformVersion: 7.10", &["error unquoted"])]
#[case("platformVersion: 7.1.2", "platformVersion: 2026-11-02", &["error unquoted"])]
#[case("platformVersion: 7.1.2", "platformVersion: '2026-11-02'", &[])]
#[case("platformVersion: 7.1.2", "platformVersion: true", &["error unquoted"])]
#[case("platformVersion: 7.1.2", "platformVersion: off", &["warning unquoted"])]
#[case("notes: ''", "notes: 7", &["warning unquoted"])]
#[case("spec:\n", "colour: green\nspec:\n", &["warning unknown-field"])]
fn each_defect_is_named(#[case] from: &str, #[case] to: &str, #[case] expected: &[&str]) {
    let good = checklist(36);
    assert!(good.contains(from), "{from}");
    let mut found = broken(&good.replacen(from, to, 1));
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn a_release_that_is_not_known_is_judged_by_its_own_levels() {
    let text = checklist(37).replace("v1.37", "v1.40");
    assert_eq!(broken(&text), ["warning release"]);
    let text = text.replacen("status: Implemented", "status: Not Implemented", 1);
    assert_eq!(broken(&text), ["warning release", "error must"]);
}

#[test]
fn a_folder_of_another_release_is_told() {
    let rules_in = |place| rules(&validate(place, checklist(36).as_bytes()).findings.into_sorted());
    assert_eq!(rules_in("v1.36/example/PRODUCT.yaml"), [""; 0]);
    assert_eq!(
        rules_in("x/v1.35/example/PRODUCT.yaml"),
        ["warning folder-release"]
    );
    assert_eq!(rules_in("PRODUCT.yaml"), [""; 0]);
}

/// Files by their paths, and `link` for one that leads elsewhere.
struct Beside(BTreeMap<&'static str, &'static str>);

impl Files for Beside {
    fn open(&self, path: &str) -> Result<Box<dyn BufRead + '_>, NoFile> {
        match self.0.get(path) {
            Some(text) => Ok(Box::new(Cursor::new(text.as_bytes()))),
            None if path == "link" => Err(NoFile::Link),
            None if path == "tests" => Err(NoFile::Folder),
            None => Err(NoFile::Missing),
        }
    }
}

const GANG: &str = "<testsuite><testcase name=\"TestGangScheduling\" time=\"1\"/></testsuite>";
const EVENTS: &str = "{\"Action\":\"pass\",\"Package\":\"p\",\"Test\":\"TestGangScheduling\"}\n";
const LOG: &str = "--- SKIP: TestGangScheduling (0.00s)\n--- PASS: TestOther (0.00s)\n";
const FAILED: &str = "--- PASS: TestGangScheduling (0.00s)\n--- FAIL: TestOther (0.00s)\n";

/// What is wrong with a checklist in a folder if this is the evidence, and the status, of gang_scheduling.
fn of_evidence(minor: u16, evidence: &str, status: &str) -> Vec<Finding> {
    let folder_files = Beside(BTreeMap::from([
        ("junit.xml", GANG),
        ("results.json", EVENTS),
        ("e2e.log", LOG),
        ("failed/e2e.log", FAILED),
        ("cut/junit.xml", "<testsuite>"),
        ("notes.md", "# DRA"),
        (
            "tests/junit.xml",
            "<testsuite><testcase name=\"TestGangScheduling\"/><testcase name=\"TestSecureAcceleratorAccess\"/>\
          <testcase name=\"TestAcceleratorClusterAutoscaling\"/></testsuite>",
        ),
    ]));
    let start = "id: gang_scheduling, level: MUST, status: ";
    let good = checklist(minor);
    let (before, rest) = good.split_once(start).unwrap();
    let (_, after) = rest.split_once(", notes").unwrap();
    let text = format!("{before}{start}{status}, evidence: [{evidence}], notes{after}");
    let place = format!("v1.{minor}/example/PRODUCT.yaml");
    let folder = Folder::of(&place).with(&folder_files);
    let now = "2026-11-02T10:00:00Z".parse().unwrap();
    validate_at(&place, text.as_bytes(), &folder, now)
        .findings
        .into_sorted()
}

#[rstest]
#[case("notes.md", &[])]
#[case("file://v1.37/example/notes.md#start", &[])]
#[case("tests", &[])]
#[case("see notes.md", &["error evidence-file"])]
#[case("N/A", &["error evidence-file"])]
#[case("'', https://docs.example.org/ai", &[])]
#[case("link", &["error evidence-file"])]
#[case("../example/notes.md", &["error evidence-file"])]
#[case("file:///notes.md", &["error evidence-file"])]
#[case("file://v1.37/other/notes.md", &["error evidence-file"])]
#[case("file://v1.36/example/notes.md", &["error evidence-file"])]
#[case("'tests\\notes.md'", &["error evidence-file"])]
fn evidence_is_an_address_or_a_file_of_the_folder(#[case] evidence: &str, #[case] expected: &[&str]) {
    let evidence = format!("junit.xml, {evidence}");
    assert_eq!(rules(&of_evidence(37, &evidence, "Implemented")), expected);
}

#[rstest]
#[case("junit.xml", "Implemented", None)]
#[case("results.json", "Implemented", None)]
#[case("file://v1.37/example/junit.xml#TestGangScheduling", "Implemented", None)]
#[case(
    "junit.xml#TestOther",
    "Implemented",
    Some("junit.xml: there is no TestOther in it")
)]
#[case(
    "e2e.log",
    "Implemented",
    Some("e2e.log: TestGangScheduling was skipped, and what is implemented has to have passed")
)]
#[case("e2e.log#TestOther", "Implemented", None)]
#[case("failed/e2e.log", "Implemented", Some("failed/e2e.log: 1 failed: TestOther"))]
#[case(
    "cut/junit.xml",
    "Implemented",
    Some("\"cut/junit.xml\": the JUnit file ends at byte 11, before its end tag")
)]
#[case(
    "gone/junit.xml",
    "Implemented",
    Some("\"gone/junit.xml\": there is no such file in the product's folder")
)]
fn the_test_that_measures_has_passed(
    #[case] evidence: &str,
    #[case] status: &str,
    #[case] expected: Option<&str>,
) {
    let found = of_evidence(37, evidence, status);
    let found: Vec<&str> = found.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
}

#[test]
fn what_is_not_said_to_be_implemented_may_be_skipped() {
    assert_eq!(
        rules(&of_evidence(37, "e2e.log", "Not Implemented")),
        ["error must"]
    );
}

#[test]
fn a_file_that_failed_is_told_once() {
    let found = of_evidence(
        37,
        "failed/e2e.log, failed/e2e.log#TestGangScheduling",
        "Implemented",
    );
    assert_eq!(rules(&found), ["error evidence-test"]);
    assert_eq!(found[0].path, "spec.schedulingOrchestration[0].evidence[0]");
    assert!(found[0].line > 0, "{found:?}");
}

#[test]
fn many_files_with_results_are_not_read() {
    let many: Vec<String> = (0..20).map(|at| format!("{at}/junit.xml")).collect();
    let found = of_evidence(36, &many.join(", "), "Implemented");
    let refused = found
        .iter()
        .filter(|one| one.message.contains("more than 16 files"));
    assert_eq!((found.len(), refused.count()), (20, 4));
}

#[test]
fn from_the_release_that_has_tests_on_their_results_are_asked_for() {
    let address = "https://docs.example.org/ai";
    assert_eq!(rules(&of_evidence(36, address, "Implemented")), [""; 0]);
    assert_eq!(
        rules(&of_evidence(37, address, "Implemented")),
        ["warning evidence-test"]
    );
    assert_eq!(
        rules(&of_evidence(37, address, "Not Implemented")),
        ["error must"]
    );
}

#[test]
fn files_are_not_looked_at_if_nobody_says_what_there_is() {
    let text = checklist(36).replace(
        "[https://docs.example.org/ai]",
        "[../gone.md, gone/junit.xml, see elsewhere]",
    );
    assert_eq!(broken(&text), [""; 0]);
}
