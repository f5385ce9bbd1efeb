//! One test for each rule of the table.

use std::time::Duration;

use conform_suite::{Area, Authority, Candidate, Release, Requirement, Stage};

use super::*;

const MAX_MESSAGES: usize = 192 << 10;

fn name(text: &str) -> TestName {
    TestName::new(text).unwrap()
}

fn selection(tests: &[(&str, bool)]) -> Selection {
    let requirements = tests
        .iter()
        .map(|(text, selected)| Candidate {
            requirement: Requirement {
                name: name(text),
                required_in: Release::new(1, 20),
                authority: Authority::Upstream,
                area: Area::Other,
            },
            selected: *selected,
            why: String::new(),
        })
        .collect();
    Selection {
        stage: Stage::Present,
        requirements,
        narrowings: Vec::new(),
        digest: "sha256:0".to_owned(),
        by_mark: true,
    }
}

/// `b`, `a` selected, `left out` not.
fn table() -> Table {
    Table::new(
        &selection(&[("b", true), ("a", true), ("left out", false)]),
        MAX_MESSAGES,
    )
}

fn case(text: &str, outcome: Outcome, message: Option<&str>) -> Case {
    Case {
        name: name(text),
        outcome,
        duration: Duration::from_millis(1500),
        message: message.map(str::to_owned),
        filtered: false,
    }
}

fn filtered(text: &str) -> Case {
    Case {
        filtered: true,
        duration: Duration::ZERO,
        ..case(text, Outcome::NotRun, None)
    }
}

fn junit(cases: Vec<Case>) -> Junit {
    Junit {
        cases,
        ..Junit::default()
    }
}

fn row<'a>(table: &'a Table, text: &str) -> &'a TestRecord {
    table
        .records()
        .iter()
        .find(|record| record.name == name(text))
        .unwrap()
}

fn passed(table: &mut Table, text: &str) -> Observation {
    table.observe(&name(text), Outcome::Passed, None)
}

fn failed(table: &mut Table, text: &str) -> Observation {
    table.observe(&name(text), Outcome::Failed, None)
}

#[test]
fn starts_with_every_requirement_not_run_and_sorted() {
    let table = table();
    let names: Vec<&str> = table
        .records()
        .iter()
        .map(|record| record.name.as_str())
        .collect();
    assert_eq!(names, ["a", "b", "left out"]);
    assert!(
        table
            .records()
            .iter()
            .all(|record| record.outcome == Outcome::NotRun)
    );
}

#[test]
fn progress_records_outcomes_once() {
    let mut table = table();
    assert_eq!(passed(&mut table, "a"), Observation::Recorded);
    assert_eq!(passed(&mut table, "a"), Observation::Known);
    assert_eq!(failed(&mut table, "b"), Observation::Recorded);
}

#[test]
fn progress_of_tests_that_nobody_selected_is_counted_and_not_trusted() {
    let mut table = table();
    assert_eq!(passed(&mut table, "left out"), Observation::Stranger);
    assert_eq!(passed(&mut table, "from nowhere"), Observation::Stranger);
    assert_eq!(table.strangers(), 2);
    assert_eq!(row(&table, "left out").outcome, Outcome::NotRun);
}

#[test]
fn progress_never_turns_a_failure_into_a_pass() {
    let mut table = table();
    failed(&mut table, "a");
    assert_eq!(passed(&mut table, "a"), Observation::Known);
    assert_eq!(row(&table, "a").outcome, Outcome::Failed);
}

#[test]
fn junit_overrides_progress() {
    let mut table = table();
    passed(&mut table, "a");
    table.merge(&junit(vec![case("a", Outcome::TimedOut, Some("too slow\u{7}"))]));
    let row = row(&table, "a");
    assert_eq!(
        (row.outcome, row.duration_milliseconds),
        (Outcome::TimedOut, Some(1500))
    );
    assert_eq!(row.message.as_deref(), Some("too slow"));
}

#[test]
fn junit_says_nothing_of_tests_that_nobody_selected() {
    let mut table = table();
    table.merge(&junit(vec![
        case("left out", Outcome::Passed, None),
        case("other", Outcome::Passed, None),
    ]));
    assert_eq!(row(&table, "left out").outcome, Outcome::NotRun);
    assert_eq!(table.records().len(), 3);
}

#[test]
fn what_the_junit_lacks_stays_as_progress_saw_it() {
    let mut table = table();
    passed(&mut table, "a");
    failed(&mut table, "b");
    table.merge(&junit(Vec::new()));
    assert_eq!(
        (row(&table, "a").outcome, row(&table, "b").outcome),
        (Outcome::Passed, Outcome::Failed)
    );
}

#[test]
fn a_filtered_test_was_not_run() {
    let mut table = table();
    passed(&mut table, "a");
    table.merge(&junit(vec![filtered("a"), filtered("b")]));
    assert_eq!(
        (row(&table, "a").outcome, row(&table, "b").outcome),
        (Outcome::NotRun, Outcome::NotRun)
    );
    assert_eq!(row(&table, "b").duration_milliseconds, None);
}

#[test]
fn a_test_that_declined_is_skipped_with_its_reason() {
    let mut table = table();
    table.merge(&junit(vec![case("a", Outcome::Skipped, Some("needs 3 zones"))]));
    assert_eq!(row(&table, "a").outcome, Outcome::Skipped);
    assert_eq!(row(&table, "a").message.as_deref(), Some("needs 3 zones"));
}

#[test]
fn a_case_without_a_terminal_state_is_never_a_pass() {
    let mut table = table();
    table.merge(&junit(vec![
        case("a", Outcome::NotRun, None),
        case("b", Outcome::Interrupted, None),
    ]));
    assert_eq!(
        (row(&table, "a").outcome, row(&table, "b").outcome),
        (Outcome::NotRun, Outcome::Interrupted)
    );
}

#[test]
fn a_dry_run_leaves_no_outcome_at_all() {
    let mut table = table();
    passed(&mut table, "a");
    let mut dry = junit(vec![case("a", Outcome::Passed, None)]);
    dry.properties.dry_run = true;
    table.merge(&dry);
    assert!(
        table
            .records()
            .iter()
            .all(|record| record.outcome == Outcome::NotRun)
    );
}

#[test]
fn a_pass_carries_no_message() {
    let mut table = table();
    table.merge(&junit(vec![case("a", Outcome::Passed, Some("noise"))]));
    assert_eq!(row(&table, "a").message, None);
}

#[test]
fn messages_are_bounded_one_by_one_and_together() {
    let tests: Vec<String> = (0..400).map(|number| format!("test {number:03}")).collect();
    let all: Vec<(&str, bool)> = tests.iter().map(|test| (test.as_str(), true)).collect();
    let mut table = Table::new(&selection(&all), MAX_MESSAGES);
    let long = "é".repeat(3000);
    table.merge(&junit(
        tests
            .iter()
            .map(|test| case(test, Outcome::Failed, Some(&long)))
            .collect(),
    ));
    let lengths: Vec<usize> = table
        .records()
        .iter()
        .map(|record| record.message.as_ref().map_or(0, String::len))
        .collect();
    assert!(lengths.iter().all(|length| *length <= text::MAX_MESSAGE));
    assert_eq!(lengths.iter().sum::<usize>(), MAX_MESSAGES);
    assert!(
        table
            .records()
            .iter()
            .all(|record| record.outcome == Outcome::Failed)
    );
}

#[test]
fn counts_only_what_was_selected() {
    let mut table = table();
    table.merge(&junit(vec![
        case("a", Outcome::Panicked, None),
        case("b", Outcome::Skipped, None),
    ]));
    let counts = table.counts();
    assert_eq!(
        (
            counts.selected,
            counts.met,
            counts.missed,
            counts.skipped,
            counts.not_run
        ),
        (2, 0, 1, 1, 0)
    );
}

#[test]
fn a_failure_while_the_api_server_was_away_is_an_interruption_whatever_the_junit_says() {
    let mut table = table();
    table.observe(&name("a"), Outcome::Failed, None);
    table.excuse(&name("a"));
    assert_eq!(
        table.observe(&name("a"), Outcome::Passed, None),
        Observation::Known
    );
    table.merge(&junit(vec![
        case("a", Outcome::Failed, Some("connection refused")),
        case("b", Outcome::Failed, Some("wrong")),
    ]));
    let [a, b, _] = table.records() else { panic!() };
    assert_eq!((a.outcome, b.outcome), (Outcome::Interrupted, Outcome::Failed));
    assert!(a.message.as_ref().unwrap().contains("connection refused"));
}

#[test]
fn an_excuse_does_not_take_a_pass_away() {
    let mut table = table();
    table.excuse(&name("a"));
    table.merge(&junit(vec![case("a", Outcome::Passed, None)]));
    assert_eq!(table.records()[0].outcome, Outcome::Passed);
}
