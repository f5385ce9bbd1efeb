//! Reports in the forms that are handed in, well and badly written.

use conform_gateway::{
    Findings, Severity, checklist::Folder, report, tree::duplicates, validate, validate_at, yaml,
};
use rstest::rstest;

/// A report as the suite of today writes it.
const TODAY: &str = "\
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
    result: partial
    skippedTests:
    - HTTPRouteHeaderMatching
    statistics:
      Failed: 0
      Passed: 39
      Skipped: 1
  extended:
    result: success
    statistics:
      Failed: 0
      Passed: 3
      Skipped: 0
    supportedFeatures:
    - HTTPRouteCORS
    - HTTPRouteMethodMatching
    unsupportedFeatures:
    - GatewayPort8080
  name: GATEWAY-HTTP
  summary: Core tests partially succeeded with 1 test skips. Extended tests succeeded.
succeededProvisionalTests:
- BackendTLSPolicyPreserveForeignStatus
";

/// The place where `TODAY` lies by the rules.
const PLACE: &str = "reports/v1.7/acme-operator/standard-v2.13.0-default-report.yaml";

/// Rules that are broken, with their lines, errors first.
fn broken(text: &str) -> Vec<String> {
    let findings = validate(PLACE, text.as_bytes()).findings.into_sorted();
    let word = |severity| {
        if severity == Severity::Error {
            "error"
        } else {
            "warning"
        }
    };
    let told = findings
        .iter()
        .map(|one| format!("{} {} {} {}", one.line, word(one.severity), one.rule, one.path));
    told.map(|line| line.trim_end().to_owned()).collect()
}

fn changed(from: &str, to: &str) -> Vec<String> {
    assert!(TODAY.contains(from), "{from}");
    broken(&TODAY.replacen(from, to, 1))
}

#[test]
fn what_the_suite_writes_is_as_it_has_to_be_and_is_written_again_byte_for_byte() {
    assert_eq!(broken(TODAY), [""; 0]);
    let validated = validate(PLACE, TODAY.as_bytes());
    assert_eq!(validated.subject, "acme/operator v2.13.0, Gateway API v1.7.0");
    assert_eq!(validated.reports[0].0.to_yaml(), TODAY);
}

#[rstest]
#[case(
    "apiVersion: gateway.networking.k8s.io/v1\n",
    "",
    "1 error missing apiVersion"
)]
#[case("k8s.io/v1\n", "k8s.io/v2\n", "1 error api-version apiVersion")]
#[case("kind: ConformanceReport", "kind: Report", "12 error kind kind")]
#[case("mode: default\n", "", "1 error missing mode")]
#[case("2026-11-02T09:30:00Z", "2026-11-02 09:30", "2 warning date date")]
#[case("Channel: standard", "Channel: beta", "3 warning channel gatewayAPIChannel")]
#[case("  project: operator\n", "", "6 error missing implementation.project")]
#[case(
    "  project: operator",
    "  project: []",
    "9 error wrong-type implementation.project"
)]
#[case(
    "  contact:\n  - '@acme/maintainers'\n",
    "",
    "6 error missing implementation.contact"
)]
#[case("'@acme/maintainers'", "@acme/maintainers", "7 error yaml")]
#[case(
    "'@acme/maintainers'",
    "the maintainers",
    "7 warning contact implementation.contact[0]"
)]
#[case("'@acme/maintainers'", "{}", "7 error wrong-type implementation.contact[0]")]
#[case(
    "https://example.org/operator",
    "example.org",
    "10 warning url implementation.url"
)]
#[case("v2.13.0", "main", "11 warning branch implementation.version")]
#[case(
    "result: partial",
    "result: skipped",
    "16 error result profiles[0].core.result"
)]
#[case(
    "result: partial",
    "result: success",
    "16 error statistics profiles[0].core.result"
)]
#[case("Skipped: 1", "Skipped: 2", "19 error statistics profiles[0].core.statistics")]
#[case(
    "Skipped: 1",
    "skipped: 1",
    "20 warning lower-case profiles[0].core.statistics"
)]
#[case(
    "Passed: 39",
    "Passed: many",
    "21 error wrong-type profiles[0].core.statistics.Passed"
)]
#[case(
    "Passed: 39",
    "Passed: -1",
    "21 error wrong-type profiles[0].core.statistics.Passed"
)]
#[case(
    "Passed: 39",
    "Passed: '39'",
    "21 error wrong-type profiles[0].core.statistics.Passed"
)]
#[case(
    "      Passed: 39\n",
    "",
    "20 error missing profiles[0].core.statistics.Passed"
)]
#[case(
    "- HTTPRouteHeaderMatching",
    "- HTTPRouteTelepathy",
    "18 warning unknown-test profiles[0].core.skippedTests[0]"
)]
#[case(
    "- GatewayPort8080",
    "- HTTPRouteCORS",
    "33 error duplicate-feature profiles[0].extended.unsupportedFeatures[0]"
)]
#[case(
    "- GatewayPort8080",
    "- Telepathy",
    "32 warning unknown-feature profiles[0].extended.unsupportedFeatures"
)]
#[case(
    "- GatewayPort8080",
    "- TLSRouteModeMixed",
    "32 warning feature-elsewhere profiles[0].extended.unsupportedFeatures"
)]
#[case(
    "- GatewayPort8080",
    "- HTTPRoute",
    "32 warning core-features profiles[0].extended.unsupportedFeatures"
)]
#[case(
    "Passed: 3\n",
    "Passed: 0\n",
    "29 warning nothing-measured profiles[0].extended.supportedFeatures"
)]
#[case(
    "name: GATEWAY-HTTP",
    "name: GATEWAY-SMTP",
    "34 warning unknown-profile profiles[0].name"
)]
#[case("v1.7.0", "v1.6.0", "4 warning early-report gatewayAPIVersion")]
#[case("v1.7.0", "UNDEFINED", "4 warning version gatewayAPIVersion")]
#[case(
    "mode: default",
    "mode: default\nmode: default",
    "14 error duplicate-key mode"
)]
#[case(
    "mode: default",
    "mode: default\ncolour: green",
    "14 warning unknown-field colour"
)]
#[case("mode: default", "mode: *x", "13 error yaml")]
#[case("mode: default", "mode: ''", "13 error empty mode")]
#[case("mode: default", "mode: \"a\\e[31m\"", "13 error mode mode")]
#[case("mode: default", "mode: 'a b'", "13 warning mode mode")]
#[case("2026-11-02T09:30:00Z", "1999-11-02T09:30:00Z", "2 warning date date")]
#[case("v1.7.0", "v9.9.9", "4 warning unknown-release gatewayAPIVersion")]
#[case("v1.7.0", "v1.8.0", "4 warning unknown-release gatewayAPIVersion")]
#[case("v1.7.0", "v0.9.0", "4 warning unknown-release gatewayAPIVersion")]
#[case(
    "Passed: 39",
    "Passed: 5000",
    "19 warning test-count profiles[0].core.statistics"
)]
#[case(
    "Passed: 39",
    "Passed: 3",
    "19 warning test-count profiles[0].core.statistics"
)]
#[case(
    "Passed: 3\n",
    "Passed: 300\n",
    "25 warning test-count profiles[0].extended.statistics"
)]
fn each_defect_is_named_with_its_line(#[case] from: &str, #[case] to: &str, #[case] expected: &str) {
    let found = changed(from, to);
    assert!(
        found.iter().any(|line| line == expected),
        "{expected}: {found:#?}"
    );
}

#[rstest]
#[case(
    "Passed: 39",
    "Passed: -4",
    "21 error wrong-type profiles[0].core.statistics.Passed"
)]
#[case(
    "Passed: 39",
    "Passed: 4.5",
    "21 error wrong-type profiles[0].core.statistics.Passed"
)]
#[case(
    "Passed: 39",
    "Passed: \"40\"",
    "21 error wrong-type profiles[0].core.statistics.Passed"
)]
#[case(
    "Passed: 39",
    "Passed: null",
    "20 error missing profiles[0].core.statistics.Passed"
)]
#[case(
    "mode: default",
    "mode: default\nmode: default",
    "14 error duplicate-key mode"
)]
#[case("mode: default", "mode: [a]", "13 error wrong-type mode")]
#[case("mode: default", "mode: null", "1 error missing mode")]
#[case(
    "Channel: standard",
    "Channel: {a: b}",
    "3 error wrong-type gatewayAPIChannel"
)]
#[case(
    "  contact:\n  - '@acme/maintainers'",
    "  contact: acme",
    "6 error wrong-type implementation.contact"
)]
#[case(
    "    skippedTests:\n    - HTTPRouteHeaderMatching",
    "    skippedTests: HTTPRouteHeaderMatching",
    "17 error wrong-type profiles[0].core.skippedTests"
)]
#[case(
    "  summary: Core",
    "  summary: null\n  more: Core",
    "36 warning unknown-field profiles[0].more"
)]
fn of_a_wrong_value_is_one_finding(#[case] from: &str, #[case] to: &str, #[case] expected: &str) {
    assert_eq!(changed(from, to), [expected]);
}

#[test]
fn of_profiles_that_are_none_is_one_finding() {
    let (head, _) = TODAY.split_once("profiles:").unwrap();
    let text = format!("{head}profiles: nope\n");
    assert_eq!(broken(&text), ["14 error wrong-type profiles"]);
}

#[test]
fn what_is_in_the_future_was_not_measured() {
    let rules = |now: &str| {
        let found = validate_at(PLACE, TODAY.as_bytes(), &Folder::default(), now.parse().unwrap()).findings;
        found.into_sorted().iter().map(|one| one.rule).collect::<Vec<_>>()
    };
    assert_eq!(rules("2026-10-31T09:30:00Z"), ["date"]);
    // Clocks differ.
    assert_eq!(rules("2026-11-02T00:00:00Z"), [""; 0]);
}

#[test]
fn numbers_are_held_against_the_suite_of_that_very_release() {
    let of = |version: &str, passed: &str| {
        let text = TODAY.replace("v1.7.0", version).replace("Passed: 39", passed);
        let counts = broken(&text)
            .into_iter()
            .filter(|line| line.contains("test-count"));
        counts.count()
    };
    // 38 of 40: two tests are provisional, and can be left out.
    assert_eq!([of("v1.7.0", "Passed: 37"), of("v1.7.0", "Passed: 36")], [0, 1]);
    assert_eq!([of("v1.7.0", "Passed: 39"), of("v1.7.0", "Passed: 40")], [0, 1]);
    // Another patch release has other tests, which are not known.
    assert_eq!([of("v1.6.2", "Passed: 36"), of("v1.6.2", "Passed: 5")], [0, 0]);
    assert_eq!(
        [of("v1.6.2", "Passed: 5000"), of("v1.8.0", "Passed: 5000")],
        [1, 0]
    );
}

#[test]
fn a_report_lies_where_it_belongs() {
    let rules = |place: &str| {
        let findings = validate(place, TODAY.as_bytes()).findings.into_sorted();
        findings.iter().map(|one| one.rule).collect::<Vec<_>>()
    };
    assert_eq!(rules("report.yaml"), [""; 0]);
    assert_eq!(
        rules("v1.7.0/acme-operator/standard-2.13.0-default-report.yaml"),
        [""; 0]
    );
    assert_eq!(
        rules("v1.6/acme-operator/standard-v2.13.0-default-report.yaml"),
        ["folder-release"]
    );
    assert_eq!(rules("v1.7/acme-operator/my-report.yaml"), ["file-name"]);
}

/// The forms that early and hand-made reports have.
const EARLY: &str = "\
apiVersion: gateway.networking.k8s.io/v1alpha1
kind: ConformanceReport
date: 2023-11-02T09:30:00Z
gatewayAPIVersion: v1.0.0
implementation: {organization: acme, project: operator, url: 'https://example.org', version: 1.20, contact: ['@acme/x']}
profileReports:
  - name: HTTP
    core:
      result: success
      summary: |
        First of all.
      statistics: {passed: 28, skipped: 0, failed: 0}
      failedTests: []
    extended:
      status:
        result: success
        statistics: {passed: 3, skipped: 0, failed: 0}
      supportedFeatures: [HTTPRouteMethodMatching]
";

#[test]
fn no_value_of_an_early_report_is_lost() {
    let validated = validate("v1.0.0/acme-operator/1.20-report.yaml", EARLY.as_bytes());
    let (report, _) = &validated.reports[0];
    assert_eq!(report.implementation.version.as_deref(), Some("1.20"));
    let profile = &report.profiles[0];
    assert_eq!(profile.core.statistics.passed, Some(28));
    assert_eq!(profile.core.summary.as_deref(), Some("First of all.\n"));
    let extended = profile.extended.as_ref().unwrap();
    assert_eq!(extended.statistics.passed, Some(3));
    assert_eq!(extended.supported_features, ["HTTPRouteMethodMatching"]);
    assert!(!validated.findings.has_errors());
    insta::assert_snapshot!(report.to_yaml());
    // What was written can be read, and nobody warns of it.
    let again = validate(
        "v1.0.0/acme-operator/1.20-report.yaml",
        report.to_yaml().as_bytes(),
    );
    assert_eq!(again.reports[0].0.profiles, report.profiles);
    assert_eq!(again.reports[0].0.implementation, report.implementation);
}

#[test]
fn a_file_can_hold_several_reports_and_no_report_is_there_twice() {
    let second = TODAY.replace("v2.13.0", "v2.14.0");
    let mut files = [validate("all.yaml", format!("{TODAY}---\n{second}").as_bytes())];
    duplicates(&mut files);
    assert_eq!(files[0].reports.len(), 2);
    assert!(!files[0].findings.has_errors());
    let mut files = [
        validate("a.yaml", TODAY.as_bytes()),
        validate("b.yaml", TODAY.as_bytes()),
    ];
    duplicates(&mut files);
    assert!(!files[0].findings.has_errors());
    let findings = files[1].findings.clone().into_sorted();
    assert_eq!((findings[0].rule, findings[0].line), ("duplicate-report", 5));
    assert!(
        findings[0].message.starts_with("a.yaml is a report"),
        "{}",
        findings[0].message
    );
}

#[test]
fn an_unquoted_contact_is_told_what_to_do() {
    let validated = validate(
        "x.yaml",
        TODAY
            .replace("'@acme/maintainers'", "@acme/maintainers")
            .as_bytes(),
    );
    let findings = validated.findings.into_sorted();
    assert_eq!(
        findings[0].message,
        "@acme/maintainers starts with @, which YAML keeps for itself: write it in quotes"
    );
}

#[test]
fn hostile_files_end_with_an_error() {
    let deep = "a: ".to_owned() + &"[".repeat(1000);
    let bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n";
    let wide = "- a\n".repeat(yaml::MAX_NODES + 1);
    let long = " ".repeat(yaml::MAX_BYTES + 1);
    let mut block = String::new();
    for depth in 0..200 {
        block += &" ".repeat(depth);
        block += "a:\n";
    }
    let many = "--- a\n".repeat(yaml::MAX_DOCUMENTS + 1);
    for text in [
        &deep,
        bomb,
        &wide,
        &long,
        &block,
        &many,
        "a: b: c",
        "\u{0}",
        "!!binary x",
        "? [a]: b",
    ] {
        let mut findings = Findings::default();
        let errors = match yaml::read(text.as_bytes()) {
            Err(_) => true,
            Ok(documents) => documents.into_iter().all(|document| {
                report::read(document, &mut findings);
                findings.has_errors()
            }),
        };
        assert!(errors, "{}", text.get(..40).unwrap_or(text));
    }
    let error = yaml::read(b"a: 1\nb: \xff\n").unwrap_err();
    assert_eq!(
        (error.to_string().as_str(), error.place().unwrap().line),
        ("byte 8 is not UTF-8", 2)
    );
    assert!(
        yaml::read(bomb.as_bytes())
            .unwrap_err()
            .to_string()
            .contains("alias")
    );
}
