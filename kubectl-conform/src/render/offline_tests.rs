//! What people see of files, at 80 columns.

use std::collections::BTreeMap;

use conform_suite::{
    Circumstances, Outcome, Release, Standing, TestName,
    catalogue::upstream,
    diff,
    evaluation::{Criteria, Evaluation, InputReport, Measured, ReleaseSource, Seen, Unreadable, evaluate},
    explanation::explain,
    listing::{self, Filter},
    profile, readiness, windows_report,
};

const RELEASE: Release = Release::new(1, 34);

pub(super) fn run(source: &str, changes: &[(&str, Outcome)]) -> Measured {
    let requirements = upstream()
        .listed(RELEASE)
        .filter_map(|known| known.requirement_in(RELEASE));
    let one = |outcome| Seen {
        outcome,
        attempts: 1,
        milliseconds: Some(1200),
        message: (outcome == Outcome::Failed)
            .then(|| "expected <nil>,\n\u{1b}[31mgot | \"x\" & more".to_owned()),
    };
    let mut seen: BTreeMap<TestName, Seen> = requirements
        .map(|test| (test.name, one(Outcome::Passed)))
        .collect();
    for &(part, outcome) in changes {
        let name = seen.keys().find(|name| name.as_str().contains(part)).cloned();
        let name = name.unwrap_or_else(|| TestName::new(part).unwrap());
        seen.insert(name, one(outcome));
    }
    Measured {
        source: source.to_owned(),
        release: RELEASE,
        release_source: ReleaseSource::Inferred,
        seen,
        marks: BTreeMap::new(),
        circumstances: Circumstances::plain(RELEASE, RELEASE),
        patterns: Vec::new(),
        logs: BTreeMap::new(),
        started_at: None,
    }
}

pub(super) fn failing() -> Measured {
    run(
        "runs/\u{1b}[2Jnightly/junit_01.xml",
        &[
            ("provide DNS for services", Outcome::Failed),
            ("serve a basic endpoint", Outcome::Skipped),
            (
                "[sig-network] Services should support named targetPorts that resolve to different ports on different endpoints",
                Outcome::Failed,
            ),
        ],
    )
}

pub(super) fn report(measured: &Measured) -> InputReport {
    evaluate(measured, &Criteria::default(), true).unwrap()
}

/// The report with a handful of tests, so that people can read the snapshot.
pub(super) fn small() -> Evaluation {
    let mut input = report(&failing());
    let tests = input.tests.as_mut().unwrap();
    let (mut passed, mut open) = (0, 0);
    tests.retain(|test| {
        let counted = match test.outcome.standing() {
            Standing::Missed => return true,
            Standing::Met => &mut passed,
            Standing::Unevaluated => &mut open,
        };
        *counted += 1;
        *counted < 2
    });
    let unread = Unreadable {
        source: "../Broken.xml".to_owned(),
        error: "byte 0: \u{1b}[2Jno".to_owned(),
    };
    Evaluation::new(vec![input], vec![unread])
}

fn fits(page: &str) {
    assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
    assert!(!page.contains('\u{1b}'));
}

#[test]
fn one_input() {
    let page = super::evaluation(&Evaluation::new(vec![report(&failing())], Vec::new()), false, 80);
    fits(&page);
    insta::assert_snapshot!(page);
}

#[test]
fn several_inputs_and_a_total() {
    let unreadable = Unreadable {
        source: "broken.xml".to_owned(),
        error: "byte 0: no".to_owned(),
    };
    let inputs = vec![report(&run("a", &[])), report(&failing())];
    let page = super::evaluation(&Evaluation::new(inputs, vec![unreadable]), false, 80);
    fits(&page);
    insta::assert_snapshot!(page);
}

#[test]
fn a_page_and_a_junit_cannot_be_broken_by_what_tests_say() {
    let evaluation = Evaluation::new(vec![report(&failing())], Vec::new());
    let markdown = super::evaluation_markdown(&evaluation);
    fits(&markdown.replace(|c: char| c != '\u{1b}' && c != '\n', ""));
    insta::assert_snapshot!(markdown);
    let junit = super::evaluation_junit(&evaluation);
    let read = conform_suite::junit::read(junit.as_bytes(), &conform_suite::Limits::default()).unwrap();
    assert_eq!(
        read.cases.len(),
        evaluation.inputs[0].tests.as_ref().unwrap().len()
    );
    let failed = read.cases.iter().filter(|case| case.outcome == Outcome::Failed);
    assert_eq!(failed.count(), 1);
}

#[test]
fn ahead() {
    let ready = readiness(&failing(), Release::new(1, 36), Vec::new()).unwrap();
    let page = super::readiness(&ready, false, 80);
    fits(&page);
    insta::assert_snapshot!(page);
}

#[test]
fn changes() {
    let page = super::diff(
        &diff(&run("before", &[]), &failing(), Vec::new()).unwrap(),
        false,
        80,
    );
    fits(&page);
    insta::assert_snapshot!(page);
    let same = diff(&failing(), &failing(), Vec::new()).unwrap();
    assert!(super::diff(&same, false, 80).ends_with("Nothing changed."));
}

#[test]
fn stories() {
    for (name, query) in [
        ("story_of_a_renamed_test", "provide secure master service"),
        ("story_of_an_issue", "#132954"),
        ("story_of_a_feature_without_tests", "KEP-3836"),
        ("story_of_a_demoted_feature", "#112806"),
    ] {
        let page = super::explanation(&explain(query, Release::new(1, 36)).unwrap(), 80);
        fits(&page);
        insta::assert_snapshot!(name, page);
    }
}

#[test]
fn what_is_required() {
    let dns = Filter {
        profile: Some(profile("dns").unwrap()),
        ..Filter::default()
    };
    let listed = listing::listing(RELEASE, &dns).unwrap();
    insta::assert_snapshot!("what_is_required", super::listing(&listed.tests, false, Some(80)));
    insta::assert_snapshot!(
        "what_is_required_wide",
        super::listing(&listed.tests, true, Some(80))
    );
}

#[test]
fn data_has_every_field() {
    insta::assert_snapshot!("junit_of_few_tests", super::evaluation_junit(&small()));
    insta::assert_json_snapshot!("json_of_few_tests", small());
    insta::assert_yaml_snapshot!("yaml_of_few_tests", small());
}

#[test]
fn windows_nodes_list_by_list() {
    let measured = run(
        "nightly",
        &[
            (
                "[sig-windows] Services should be able to create a functioning NodePort service for Windows",
                Outcome::Passed,
            ),
            (
                "[sig-windows] [Feature:Windows] DNS should support configurable pod DNS servers",
                Outcome::Failed,
            ),
        ],
    );
    let page = |os: &str| {
        let page = super::windows(
            &windows_report(&measured, Some(&[os.to_owned()])).unwrap(),
            false,
            80,
        );
        fits(&page);
        page
    };
    insta::assert_snapshot!("windows_nodes", page("windows"));
    insta::assert_snapshot!("no_windows_nodes", page("linux"));
}
