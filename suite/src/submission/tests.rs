use std::{fmt::Write, time::Duration};

use jiff::civil::{Date, date};
use rstest::rstest;

use super::*;
use crate::{
    Junit, LogSummary, Outcome, Property, Release, Verdict,
    evaluation::{Criteria, Measured, ReleaseSource, evaluate},
    junit::Claim,
    test_cases::{SEED, case, counted, passed, properties},
};

mod product;
mod run;

const RELEASE: Release = Release::new(1, 36);
const PRODUCT_YAML: &str = "\
vendor: Example
name: Example Kubernetes
version: v7.1
website_url: https://example.org
repo_url: https://example.org/repo
documentation_url: https://docs.example.org/a
product_logo_url: https://example.org/logo.svg
type: distribution
description: A distribution for examples.
contact_email_address: team@example.org
";

fn terms() -> Terms {
    Terms {
        newest: RELEASE,
        is_told: true,
        today: date(2026, 11, 22),
    }
}

/// A file in which everything that a release requires passed.
fn junit(release: Release) -> Junit {
    Junit {
        cases: passed(release),
        properties: properties(),
        ..Junit::default()
    }
}

fn log(junit: &Junit) -> LogSummary {
    let passed = u32::try_from(junit.cases.len()).ok();
    LogSummary {
        random_seed: Some(SEED),
        ran: passed,
        of: passed,
        passed,
        failed: Some(0),
        pending: Some(0),
        skipped: Some(0),
        suite_passed: Some(true),
        ..LogSummary::default()
    }
}

fn judged(given: &mut Submission) {
    let known = given.release().map(|release| (release, ReleaseSource::Given));
    let Some(Ok(junit)) = &mut given.junit else {
        given.judged = None;
        return;
    };
    *junit = counted(std::mem::take(junit));
    junit.cases.sort_by(|a, b| a.name.cmp(&b.name));
    let measured = Measured::of_files("x", std::slice::from_ref(junit), given.log.as_ref(), known);
    given.judged = Some(
        measured
            .map_err(NotJudged::from)
            .and_then(|measured| Ok(evaluate(&measured, &Criteria::default(), true)?)),
    );
}

/// A submission with which nothing is wrong.
fn whole(release: Release) -> Submission {
    let junit = junit(release);
    let file = |name: &str| HandedIn {
        name: name.to_owned(),
        bytes: Some(1),
        fault: None,
    };
    let mut given = Submission {
        title: Some(format!("Conformance results for v{release}/example")),
        commits: Some(1),
        folder: format!("v{release}/example"),
        files: FOUR_FILES.map(file).to_vec(),
        product: Some(Product::read(PRODUCT_YAML.as_bytes())),
        log: Some(log(&junit)),
        junit: Some(Ok(junit)),
        pages: None,
        judged: None,
    };
    judged(&mut given);
    given
}

fn failing(given: &Submission) -> Vec<&'static str> {
    let verification = verify("x", given, terms());
    let failed = verification.checks.iter();
    let failed = failed.filter(|report| report.state == CheckState::Failed);
    failed.map(|report| report.check.id()).collect()
}

#[rstest]
fn whole_submissions_of_certified_releases_pass(#[values(34, 35, 36)] minor: u16) {
    let release = Release::new(1, minor);
    let verification = verify("x", &whole(release), terms());
    let open: Vec<_> = verification
        .checks
        .iter()
        .filter(|report| report.state != CheckState::Passed)
        .map(|report| (report.check, report.state))
        .collect();
    // A mark for 1.34 has run out on that day.
    let expected = match minor {
        34 => vec![
            (Check::ProductPages, CheckState::Unevaluated),
            (Check::MarkValid, CheckState::Failed),
        ],
        _ => vec![(Check::ProductPages, CheckState::Unevaluated)],
    };
    assert_eq!(open, expected);
    if minor > 34 {
        assert_eq!(verification.verdict, Verdict::Conformant);
    }
    let all: Vec<Check> = verification.checks.iter().map(|report| report.check).collect();
    assert_eq!(all, Check::ALL);
    assert_eq!(all.iter().filter(|check| check.is_bots()).count(), 14);
}

type Given = Submission;
type Defect = fn(&mut Given);

fn junit_of(given: &mut Submission) -> &mut Junit {
    given.junit.as_mut().unwrap().as_mut().unwrap()
}

fn log_of(given: &mut Submission) -> &mut LogSummary {
    given.log.as_mut().unwrap()
}

/// The file does not say it.
fn unsay(given: &mut Submission, property: Property) {
    assert!(junit_of(given).properties.named.remove(&property));
}

/// The file says something that cannot be read.
fn spoil(given: &mut Submission, property: Property) {
    junit_of(given)
        .properties
        .faults
        .insert(property, "\"x\" is no number".to_owned());
}

/// The file says this besides.
fn say(given: &mut Submission, property: Property, value: &str) {
    let said = (property.word().to_owned(), value.to_owned());
    junit_of(given).properties.others.push(said);
}

fn claim(given: &mut Submission, tests: Option<u64>, bad: Option<u64>) {
    junit_of(given).claims.whole = Some(Claim { tests, bad });
}

fn field(given: &mut Submission, name: &str, value: &str) {
    let mut text = String::new();
    for line in PRODUCT_YAML.lines() {
        match line.split_once(": ") {
            Some((this, _)) if this == name => writeln!(text, "{name}: {value}").unwrap(),
            _ => writeln!(text, "{line}").unwrap(),
        }
    }
    given.product = Some(Product::read(text.as_bytes()));
}

#[rstest]
#[case::title_given(|g: &mut Given| g.title = Some(" ".into()), &["title-given", "title-form", "title-release"])]
#[case::title_form(|g: &mut Given| g.title = Some("Results".into()), &["title-form", "title-release"])]
#[case::title_release(|g: &mut Given| g.title = Some("Conformance results for v1.35/x".into()), &["title-release"])]
#[case::no_readme(|g: &mut Given| { g.files.remove(0); }, &["files-complete"])]
#[case::readme_of_blanks(|g: &mut Given| g.files[0].fault = readme_fault(b" \n"), &["files-complete"])]
#[case::empty_log(|g: &mut Given| g.files[2].bytes = Some(0), &["files-complete"])]
#[case::linked_log(|g: &mut Given| g.files[2].bytes = None, &["files-complete"])]
#[case::product_is_no_yaml(
    |g: &mut Given| g.product = Some(Product::read(b"a: [")),
    &["files-complete", "product-complete", "product-syntax", "product-pages", "product-type"]
)]
#[case::fifth_file(|g: &mut Given| g.files.push(HandedIn { name: "x.tar.gz".into(), bytes: Some(1), fault: None }), &["files-only"])]
#[case::other_case(|g: &mut Given| g.files[1].name = "product.yaml".into(), &["files-only"])]
#[case::empty_in_other_case(
    |g: &mut Given| (g.files[1].name, g.files[1].bytes) = ("product.yaml".into(), Some(0)),
    &["files-complete", "files-only"]
)]
#[case::folder(
    |g: &mut Given| g.folder = "results/example".into(),
    &["folder", "title-release", "release-supported"]
)]
#[case::vendor(|g: &mut Given| field(g, "vendor", ""), &["product-complete"])]
#[case::url(|g: &mut Given| field(g, "website_url", "example.org"), &["product-syntax"])]
#[case::list_of_urls(
    |g: &mut Given| g.product = Some(Product::read(format!("{PRODUCT_YAML}x: 1\n").replace("https://example.org/repo", "[1]").as_bytes())),
    &["product-syntax"]
)]
#[case::contact(|g: &mut Given| field(g, "contact_email_address", "team"), &["product-syntax"])]
#[case::kind(|g: &mut Given| field(g, "type", ""), &["product-complete", "product-type"])]
#[case::commits(|g: &mut Given| g.commits = Some(3), &["one-commit"])]
#[case::missing_test(|g: &mut Given| { junit_of(g).cases.remove(5); }, &["tests-complete", "counts-agree"])]
#[case::skipped_test(|g: &mut Given| junit_of(g).cases[5].outcome = Outcome::Skipped, &["tests-complete", "counts-agree"])]
#[case::failed_test(|g: &mut Given| junit_of(g).cases[5].outcome = Outcome::Failed, &["tests-passed", "counts-agree"])]
#[case::extra_failed_test(
    |g: &mut Given| junit_of(g).cases.push(case("[sig-x] z [Conformance]", Outcome::Failed)),
    &["tests-passed", "counts-agree"]
)]
#[case::dry_run(|g: &mut Given| junit_of(g).properties.dry_run = true, &["really-run"])]
#[case::hidden_dry_run(
    |g: &mut Given| junit_of(g).cases.iter_mut().for_each(|case| case.duration = Duration::ZERO),
    &["really-run"]
)]
#[case::flake_attempts(|g: &mut Given| junit_of(g).properties.flake_attempts = 6, &["tried-once"])]
#[case::parallel_in_the_log(|g: &mut Given| log_of(g).told.processes = [4].into(), &["serial"])]
#[case::unsaid_dry_run(|g: &mut Given| unsay(g, Property::DryRun), &["really-run"])]
#[case::one_test_without_time(|g: &mut Given| junit_of(g).cases[5].duration = Duration::ZERO, &["really-run"])]
#[case::unsaid_attempts(|g: &mut Given| unsay(g, Property::FlakeAttempts), &["tried-once"])]
#[case::unsaid_focus(|g: &mut Given| unsay(g, Property::FocusStrings), &["whole-selection"])]
#[case::other_focus(|g: &mut Given| junit_of(g).properties.focus[0] = "sig-network".into(), &["whole-selection"])]
#[case::no_pattern(|g: &mut Given| junit_of(g).properties.focus[0] = "(".into(), &["whole-selection"])]
#[case::unsaid_skip(|g: &mut Given| unsay(g, Property::SkipStrings), &["skip-strings"])]
#[case::skip(|g: &mut Given| junit_of(g).properties.skip.push("foo,DNS".into()), &["skip-strings"])]
#[case::labels(|g: &mut Given| junit_of(g).properties.label_filter = Some("!Slow".into()), &["skip-strings"])]
#[case::files(|g: &mut Given| say(g, Property::SkipFiles, "dns.go"), &["skip-strings"])]
#[case::focus_of_source(|g: &mut Given| say(g, Property::ProgrammaticFocus, "true"), &["skip-strings"])]
#[case::unsaid_processes(|g: &mut Given| unsay(g, Property::ParallelTotal), &["serial"])]
#[case::unreadable_processes(|g: &mut Given| spoil(g, Property::ParallelTotal), &["serial"])]
#[case::unsaid_success(|g: &mut Given| unsay(g, Property::SuiteSucceeded), &["suite-succeeded"])]
#[case::success_and_failure(|g: &mut Given| say(g, Property::SuiteSucceeded, "false"), &["suite-succeeded"])]
#[case::reason_to_fail(
    |g: &mut Given| say(g, Property::SpecialSuiteFailureReason, "Interrupted by User"),
    &["suite-succeeded"]
)]
#[case::failed_node(
    |g: &mut Given| junit_of(g).nodes.push(case("[SynchronizedBeforeSuite]", Outcome::Failed)),
    &["suite-succeeded"]
)]
#[case::one_end_failed(|g: &mut Given| log_of(g).told.failures.push(9), &["suite-succeeded"])]
#[case::two_ends(|g: &mut Given| log_of(g).told.successes = vec![9, 99], &["suite-succeeded"])]
#[case::ran_twice(|g: &mut Given| log_of(g).told.counts = vec![9, 99], &["suite-succeeded"])]
#[case::started_twice(|g: &mut Given| log_of(g).told.starts = vec![9, 99], &["suite-succeeded"])]
#[case::sign_of_failure(
    |g: &mut Given| log_of(g).told.signs.push((9, "Test Suite Failed".into())),
    &["suite-succeeded"]
)]
#[case::log_ran(|g: &mut Given| log_of(g).ran = Some(12), &["counts-agree"])]
#[case::log_has_no_ran(|g: &mut Given| log_of(g).ran = None, &["counts-agree"])]
#[case::log_has_more(|g: &mut Given| log_of(g).of = Some(7579), &["counts-agree"])]
#[case::log_skipped(|g: &mut Given| log_of(g).skipped = Some(1), &["counts-agree"])]
#[case::log_pending(|g: &mut Given| log_of(g).pending = Some(5), &["counts-agree"])]
#[case::claimed_failures(|g: &mut Given| claim(g, None, Some(2)), &["counts-agree"])]
#[case::claimed_entries(|g: &mut Given| claim(g, Some(447), Some(0)), &["counts-agree"])]
#[case::twice(
    |g: &mut Given| { let name = junit_of(g).cases[5].name.clone(); junit_of(g).repeated.push(name); },
    &["counts-agree"]
)]
#[case::unsaid_seed(|g: &mut Given| unsay(g, Property::RandomSeed), &["seeds-agree"])]
#[case::log_without_seed(|g: &mut Given| log_of(g).random_seed = None, &["seeds-agree"])]
#[case::two_seeds(|g: &mut Given| log_of(g).told.seeds = [7, 8].into(), &["seeds-agree"])]
#[case::two_servers(
    |g: &mut Given| log_of(g).told.server_versions = ["v1.35.0".to_owned(), "v1.36.3".to_owned()].into(),
    &["versions"]
)]
#[case::unsaid_start(|g: &mut Given| unsay(g, Property::Timestamp), &["age"])]
#[case::unreadable_start(|g: &mut Given| spoil(g, Property::Timestamp), &["age"])]
#[case::no_mark(
    |g: &mut Given| {
        let name = junit_of(g).cases[5].name.as_str().replace(" [Conformance]", "");
        junit_of(g).cases[5] = case(&name, Outcome::Passed);
    },
    &["tests-complete"]
)]
#[case::cut(
    |g: &mut Given| junit_of(g).truncated = Some(crate::JunitError::Truncated { at: 9 }),
    &["junit-whole"]
)]
#[case::suite_failed(|g: &mut Given| junit_of(g).properties.others[0].1 = "false".into(), &["suite-succeeded"])]
#[case::log_failed(|g: &mut Given| g.log.as_mut().unwrap().suite_passed = Some(false), &["suite-succeeded"])]
#[case::log_cut(|g: &mut Given| g.log.as_mut().unwrap().suite_passed = None, &["suite-succeeded"])]
#[case::flaked(|g: &mut Given| g.log.as_mut().unwrap().flaked = Some(1), &["suite-succeeded"])]
#[case::counts(|g: &mut Given| g.log.as_mut().unwrap().passed = Some(12), &["counts-agree"])]
#[case::seeds(|g: &mut Given| g.log.as_mut().unwrap().random_seed = Some(8), &["seeds-agree"])]
#[case::other_server(|g: &mut Given| g.log.as_mut().unwrap().server_version = Some("v1.35.1".into()), &["versions"])]
#[case::other_tests(
    |g: &mut Given| { let other = junit(Release::new(1, 34)); g.log = Some(log(&other)); g.junit = Some(Ok(other)); },
    &["tests-complete", "versions"]
)]
#[case::from_the_future(
    |g: &mut Given| junit_of(g).properties.started_at = Some(date(2026, 12, 1).at(0, 0, 0, 0)),
    &["age"]
)]
#[case::before_the_release(
    |g: &mut Given| junit_of(g).properties.started_at = Some(date(2026, 4, 1).at(0, 0, 0, 0)),
    &["age"]
)]
fn each_defect_fails_its_check(#[case] defect: Defect, #[case] checks: &[&str]) {
    let mut given = whole(RELEASE);
    defect(&mut given);
    judged(&mut given);
    assert_eq!(failing(&given), checks);
    assert_eq!(verify("x", &given, terms()).verdict, Verdict::NotConformant);
}

#[test]
fn a_narrowed_run_is_no_whole_one() {
    let mut given = whole(RELEASE);
    junit_of(&mut given).properties.skip = vec!["no such test".to_owned()];
    judged(&mut given);
    // Whatever the pattern left out of other tests, it cannot leave out what is required.
    assert_eq!(failing(&given), [""; 0]);
    let report = check_of(&given, terms(), Check::SkipStrings);
    assert_eq!(
        report.message,
        "skip \"no such test\" leaves out no required test"
    );
    junit_of(&mut given).cases.remove(0);
    judged(&mut given);
    assert_eq!(
        failing(&given),
        ["tests-complete", "whole-selection", "counts-agree"]
    );
}

#[test]
fn another_focus_that_asks_for_everything_is_named_and_passes() {
    let mut given = whole(RELEASE);
    junit_of(&mut given).properties.focus = vec![r"Conformance,nothing".to_owned()];
    judged(&mut given);
    let report = check_of(&given, terms(), Check::WholeSelection);
    assert_eq!(report.state, CheckState::Passed);
    assert_eq!(
        report.message,
        "focus \"Conformance,nothing\" matches all required tests"
    );
}

#[test]
fn messages_name_lines_and_both_numbers() {
    let mut given = whole(RELEASE);
    let log = log_of(&mut given);
    (log.told.failures, log.told.successes, log.ran) = (vec![53], vec![60], Some(12));
    log.told.signs.push((48, "Summarizing 2 Failures:".to_owned()));
    claim(&mut given, None, Some(2));
    let message = |check| check_of(&given, terms(), check).message;
    assert_eq!(
        message(Check::SuiteSucceeded),
        "line 53 of e2e.log says that the suite failed; e2e.log has 2 ends of a suite, in lines 53, 60: one run has one; line \
         48 of e2e.log is \"Summarizing 2 Failures:\", which only a failed suite prints"
    );
    assert_eq!(
        message(Check::CountsAgree),
        "e2e.log says that 12 tests ran, and that 443 passed or failed; the JUnit file says that it has 2 failures and errors, \
         and it has 0"
    );
}

#[test]
fn what_is_not_known_is_not_passed() {
    let mut given = whole(RELEASE);
    (given.title, given.commits) = (None, None);
    assert_eq!(verify("x", &given, terms()).verdict, Verdict::Conformant);
    let mut given = whole(RELEASE);
    (given.junit, given.judged) = (None, None);
    given.files.remove(3);
    let verification = verify("x", &given, terms());
    let state = |check: Check| {
        let mut all = verification.checks.iter();
        all.find(|report| report.check == check).unwrap().state
    };
    assert_eq!(state(Check::TestsComplete), CheckState::Unevaluated);
    assert_eq!(state(Check::TestsPassed), CheckState::Failed);
    assert_eq!(state(Check::ReallyRun), CheckState::Unevaluated);
}

#[rstest]
#[case(20, CheckState::Failed)]
#[case(33, CheckState::Failed)]
#[case(34, CheckState::Passed)]
#[case(36, CheckState::Passed)]
#[case(37, CheckState::Unevaluated)]
fn three_releases_are_certified(#[case] minor: u16, #[case] state: CheckState) {
    let mut given = whole(RELEASE);
    given.folder = format!("v1.{minor}/example");
    judged(&mut given);
    let verification = verify("x", &given, terms());
    let found = &verification.checks[10];
    assert_eq!((found.check, found.state), (Check::ReleaseSupported, state));
    // The tests are those of 1.36.
    assert_eq!(verification.verdict == Verdict::Conformant, minor == 36);
    let then = Terms {
        newest: Release::new(1, minor),
        ..terms()
    };
    assert_eq!(verify("x", &given, then).checks[10].state, CheckState::Passed);
}

#[rstest]
#[case::known_to_be_newest(date(2026, 9, 9), false, 34, CheckState::Passed)]
#[case::a_newer_one_is_likely_out(date(2026, 9, 10), false, 34, CheckState::Unevaluated)]
#[case::told(date(2026, 9, 10), true, 34, CheckState::Passed)]
#[case::certified_in_any_case(date(2026, 9, 10), false, 35, CheckState::Passed)]
#[case::not_certified_in_any_case(date(2026, 9, 10), false, 33, CheckState::Failed)]
fn a_catalogue_grows_old(
    #[case] today: Date,
    #[case] is_told: bool,
    #[case] minor: u16,
    #[case] state: CheckState,
) {
    let mut given = whole(Release::new(1, minor));
    given.folder = format!("v1.{minor}/example");
    let then = Terms {
        is_told,
        today,
        ..terms()
    };
    let report = check_of(&given, then, Check::ReleaseSupported);
    assert_eq!(report.state, state, "{}", report.message);
}

fn check_of(given: &Submission, terms: Terms, check: Check) -> CheckReport {
    let verification = verify("x", given, terms);
    let mut reports = verification.checks.into_iter();
    reports.find(|report| report.check == check).unwrap()
}

#[rstest]
#[case(b"# To repeat it\n", None)]
#[case(b" \n", Some("it has nothing but blanks"))]
#[case(b"\xef\xbb\xbf\n", Some("it has nothing but blanks"))]
#[case(b"\0a", Some("it is no text: it has control characters"))]
#[case(b"a\xff", Some("byte 1 is not UTF-8"))]
fn a_readme_is_text(#[case] bytes: &[u8], #[case] fault: Option<&str>) {
    assert_eq!(readme_fault(bytes).as_deref(), fault);
}

#[rstest]
#[case("v1.36/example", true)]
#[case("v1.9/example", false)]
#[case("v1.100/example", false)]
#[case("v2.36/example", false)]
fn folders_are_of_releases_that_the_bot_takes(#[case] folder: &str, #[case] taken: bool) {
    let mut given = whole(RELEASE);
    given.folder = folder.to_owned();
    assert_eq!(given.release().is_some(), taken);
}

#[test]
fn names_of_checks_are_those_of_json() {
    for check in Check::ALL {
        assert_eq!(serde_json::to_value(check).unwrap(), check.id());
    }
}

#[test]
fn the_form_of_a_verification() {
    let mut given = whole(RELEASE);
    given.folder = "v1.36/\u{1b}[2Jx".to_owned();
    insta::assert_json_snapshot!(verify("x", &given, terms()));
}
