//! Checklists of AI conformance, well and badly filled in.

use std::fmt::Write;

use conform_gateway::{
    Severity,
    checklist::{Demand, requirements},
    validate,
};
use rstest::rstest;

/// A checklist of a release in which everything that must be there is.
fn checklist(minor: u16) -> String {
    let mut text = format!(
        "metadata:\n  kubernetesVersion: v1.{minor}\n  platformName: Example\n  platformVersion: 7.1.2\n  vendorName: Example Inc\n  \
         websiteUrl: https://example.org\n  documentationUrl: https://docs.example.org\n  description: For examples.\n  \
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
        let (status, evidence) = match demand {
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

fn broken(text: &str) -> Vec<String> {
    let findings = validate("v1.36/example/PRODUCT.yaml", text.as_bytes())
        .findings
        .into_sorted();
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
       "id: gang_scheduling, level: MUST, status: N/A, evidence: [], notes: no accelerators", &["warning must"])]
#[case("id: gang_scheduling, level: MUST", "id: gang_scheduling, level: SHOULD", &["error level"])]
#[case("id: gang_scheduling, level: MUST, status: Implemented", "id: gang_scheduling, level: MUST, status: Done", &["error status"])]
#[case("id: gang_scheduling", "id: pod_autoscaling", &["error duplicate-requirement", "error missing-requirement"])]
#[case("[https://docs.example.org/ai]", "https://docs.example.org/ai", &["warning evidence"])]
#[case("[https://docs.example.org/ai]", "[]", &["warning evidence"])]
#[case("[https://docs.example.org/ai]", "['', ' ']", &["warning evidence"])]
#[case("platformName: Example", "platformName: '[Name of the platform]'", &["error placeholder"])]
#[case("platformName", "platform_name", &[])]
#[case("  vendorName: Example Inc\n", "", &["error missing"])]
#[case("websiteUrl: https://example.org", "websiteUrl: example.org", &["error url"])]
#[case("k8s-conformance/tree/master/v1.36/example", "k8s-conformance/pull/7", &["error certification"])]
#[case("kubernetesVersion: v1.36", "kubernetesVersion: v1.36.3", &["warning release"])]
#[case("platformVersion: 7.1.2", "platformVersion: 7.10", &["warning unquoted"])]
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
    let text = checklist(36).replace("v1.36", "v1.40");
    assert_eq!(broken(&text), ["warning release"]);
    let text = text.replacen("status: Implemented", "status: Not Implemented", 1);
    assert_eq!(broken(&text), ["warning release", "error must"]);
}
