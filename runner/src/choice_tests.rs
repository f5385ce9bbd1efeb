//! Which tests a pod runs, and that every requirement is listed by somebody.

use conform_crds::{ConformanceResultSpec, ConformanceResultStatus, TestRecord};
use conform_suite::{Area, Authority, Candidate, Release, Stage};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::*;

fn name(text: &str) -> TestName {
    TestName::new(text).unwrap()
}

fn requirement(text: &str) -> Requirement {
    Requirement {
        name: name(text),
        required_in: Release::new(1, 20),
        authority: Authority::Upstream,
        area: Area::Other,
    }
}

/// `a`, `b` and `c [Serial]` are selected; `left out` is not.
fn selection() -> Selection {
    let row = |text: &str, selected| Candidate {
        requirement: requirement(text),
        selected,
        why: String::new(),
    };
    Selection {
        stage: Stage::Present,
        requirements: vec![
            row("a", true),
            row("b", true),
            row("c [Serial]", true),
            row("left out", false),
        ],
        narrowings: Vec::new(),
        digest: "sha256:0".to_owned(),
        by_mark: true,
    }
}

fn plan(scope: Scope, pick: Pick, after: &[&str]) -> AttemptPlan {
    AttemptPlan {
        requests: Vec::new(),
        scope,
        pick,
        after: after.iter().map(|name| (*name).to_owned()).collect(),
        rerun: None,
        shards: 1,
        processes: 1,
        preflight: None,
        checks: None,
        agent_image: None,
        durations_from: None,
    }
}

/// A test, whether it was to run, and its outcome.
type Row<'a> = (&'a str, bool, Outcome);

fn result(entries: &[(&str, &[Row<'_>])]) -> ConformanceResult {
    let attempts = entries.iter().map(|(entry, tests)| Attempt {
        name: (*entry).to_owned(),
        stage: Stage::Present,
        combined: false,
        own_suite: None,
        start_time: Time(Timestamp::UNIX_EPOCH),
        suite: None,
        selection: None,
        preflight: Vec::new(),
        components: Vec::new(),
        service_cidr: None,
        capabilities: Vec::new(),
        running: Vec::new(),
        tests: tests
            .iter()
            .map(|(test, selected, outcome)| TestRecord {
                name: name(test),
                required_in: Release::new(1, 20),
                authority: Authority::Upstream,
                area: Area::Other,
                selected: *selected,
                outcome: *outcome,
                duration_milliseconds: None,
                message: None,
            })
            .collect(),
        end: None,
        artifacts: Vec::new(),
    });
    let mut result = ConformanceResult::new(
        "demo",
        ConformanceResultSpec {
            run_name: "demo".to_owned(),
        },
    );
    result.status = Some(ConformanceResultStatus {
        attempts: attempts.collect(),
        stored: None,
    });
    result
}

fn nothing() -> ConformanceResult {
    result(&[])
}

fn rows(choice: &Choice) -> Vec<(&str, bool)> {
    let rows = choice.selection.requirements.iter();
    rows.map(|row| (row.requirement.name.as_str(), row.selected))
        .collect()
}

#[test]
fn the_first_attempt_runs_and_lists_everything() {
    let choice = choose(
        selection(),
        &plan(Scope::All, Pick::Everything, &[]),
        0,
        &nothing(),
        |due| due,
    );
    assert_eq!(
        rows(&choice),
        [
            ("a", true),
            ("b", true),
            ("c [Serial]", true),
            ("left out", false)
        ]
    );
    assert!(choice.selection.by_mark);
    let SelectionSummary {
        required,
        selected,
        due,
        total,
        ..
    } = choice.summary;
    assert_eq!((required, selected, due, total), (4, 3, 3, 3));
}

#[test]
fn a_further_attempt_runs_exactly_the_rest() {
    let before = result(&[(
        "present-1",
        &[
            ("a", true, Outcome::Passed),
            ("b", true, Outcome::Interrupted),
            ("c [Serial]", true, Outcome::NotRun),
            ("left out", false, Outcome::NotRun),
        ],
    )]);
    let choice = choose(
        selection(),
        &plan(Scope::All, Pick::Unfinished, &["present-1"]),
        0,
        &before,
        |due| due,
    );
    assert_eq!(rows(&choice), [("b", true), ("c [Serial]", true)]);
    assert!(!choice.selection.by_mark, "the mark is on finished tests too");
    assert_eq!((choice.summary.selected, choice.summary.due), (3, 2));
}

#[test]
fn failures_are_ends_unless_they_are_what_is_asked_for() {
    let before = result(&[(
        "present-1",
        &[
            ("a", true, Outcome::Failed),
            ("b", true, Outcome::Passed),
            ("c [Serial]", true, Outcome::Skipped),
        ],
    )]);
    let pick = |pick| {
        let choice = choose(
            selection(),
            &plan(Scope::All, pick, &["present-1"]),
            0,
            &before,
            |due| due,
        );
        choice
            .selection
            .selected()
            .map(|one| one.name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(pick(Pick::Unfinished), []);
    assert_eq!(pick(Pick::Failed), [name("a")]);
}

#[test]
fn an_attempt_that_left_no_word_is_done_again_and_listed_again() {
    let choice = choose(
        selection(),
        &plan(Scope::All, Pick::Unfinished, &["present-1"]),
        0,
        &nothing(),
        |due| due,
    );
    assert_eq!(choice.summary.due, 3);
    assert_eq!(rows(&choice).len(), 4);
}

#[test]
fn tests_that_run_alone_are_apart() {
    let parallel = choose(
        selection(),
        &plan(Scope::Parallel, Pick::Everything, &[]),
        0,
        &nothing(),
        |due| due,
    );
    assert_eq!(
        rows(&parallel),
        [
            ("a", true),
            ("b", true),
            ("c [Serial]", false),
            ("left out", false)
        ],
        "pod 0 lists what nobody runs yet"
    );
    let serial = choose(
        selection(),
        &plan(Scope::Serial, Pick::Everything, &["present-1"]),
        0,
        &result(&[(
            "present-1-0",
            &[
                ("a", true, Outcome::Passed),
                ("c [Serial]", false, Outcome::NotRun),
                ("left out", false, Outcome::NotRun),
            ],
        )]),
        |due| due,
    );
    assert_eq!(
        rows(&serial),
        [("b", false), ("c [Serial]", true)],
        "b was never listed: its pod left no word"
    );
}

#[test]
fn pods_share_the_tests_and_one_of_them_lists_the_others() {
    let plan = plan(Scope::Parallel, Pick::Everything, &[]);
    let pod = |index: i32| {
        choose(selection(), &plan, index, &nothing(), |due| {
            due.into_iter()
                .skip(usize::try_from(index).unwrap())
                .take(1)
                .collect()
        })
    };
    assert_eq!(
        rows(&pod(0)),
        [("a", true), ("c [Serial]", false), ("left out", false)]
    );
    assert_eq!(rows(&pod(1)), [("b", true)]);
    assert_eq!((pod(1).summary.due, pod(1).summary.total), (2, 1));
}

#[test]
fn a_rerun_takes_what_failed_before_and_says_so() {
    let other = result(&[(
        "present-1",
        &[
            ("a", true, Outcome::Failed),
            ("b", true, Outcome::NotRun),
            ("c [Serial]", true, Outcome::Passed),
        ],
    )]);
    let rerun = |tests| {
        only_again(
            selection(),
            &Rerun {
                run: "old".to_owned(),
                tests,
            },
            &other,
        )
    };
    let names = |selection: &Selection| {
        selection
            .selected()
            .map(|one| one.name.clone())
            .collect::<Vec<_>>()
    };
    let failed = rerun(RerunTests::Failed);
    assert_eq!(names(&failed), [name("a")]);
    assert_eq!(failed.narrowings.len(), 1);
    assert_ne!(failed.digest, selection().digest);
    assert_eq!(names(&rerun(RerunTests::NotPassed)), [name("a"), name("b")]);
}
