//! Parallel runs, with processes that speak as Ginkgo's do.

use std::{fs, time::Duration};

use conform_crds::AttemptEndReason;
use conform_suite::Outcome;

use crate::stories::{Pod, end, signal, until};

const PLAN: &str = r#"{"requests":[{"profiles":["kubernetes"],"stage":"Present","server":"1.36"}],"scope":"All","pick":"Everything","shards":1,"processes":2}"#;

#[tokio::test]
async fn each_selected_test_runs_once_in_one_of_two_processes() {
    let pod = Pod::new().await;
    let output = end(pod.command("pass", PLAN).spawn().unwrap()).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(pod.reason(), AttemptEndReason::Completed, "{said}");
    assert_eq!(pod.outcomes(), [Outcome::Passed; 3]);

    let handed = fs::read_to_string(pod.path("handed")).unwrap();
    let mut tests: Vec<&str> = handed.lines().map(|line| &line[2..]).collect();
    tests.sort_unstable();
    // What nobody selected is not handed out.
    assert_eq!(tests, ["one", "three", "two"]);
    let processes = fs::read_to_string(pod.path("processes")).unwrap();
    assert_eq!(processes, "1 HTTP\n2 HTTP\n");

    let attempt = pod.server.attempt();
    let suite = attempt.suite.unwrap();
    let ends: Vec<_> = suite.run_ids.iter().map(|id| &id[id.len() - 4..]).collect();
    assert_eq!(ends, ["8a11", "8a12"]);
    let log = fs::read_to_string(pod.path("pod/results/e2e.log")).unwrap();
    let read = conform_suite::log::read_tail(&log);
    assert_eq!(
        (read.ran, read.passed, read.suite_passed),
        (Some(3), Some(3), Some(true))
    );
}

#[tokio::test]
async fn a_process_that_dies_loses_one_test() {
    let pod = Pod::new().await;
    let output = end(pod.command("die", PLAN).spawn().unwrap()).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let outcomes = pod.outcomes();
    let passed = outcomes
        .iter()
        .filter(|outcome| **outcome == Outcome::Passed)
        .count();
    let lost = outcomes
        .iter()
        .filter(|outcome| **outcome == Outcome::NotRun)
        .count();
    assert_eq!((passed, lost), (2, 1), "{said}");
    let end = pod.server.attempt().end.unwrap();
    assert!(
        end.message
            .contains("process 2 was ended by signal 9 while it ran [sig-node] "),
        "{}",
        end.message
    );
}

#[tokio::test]
async fn sigterm_reaches_every_process_and_keeps_the_junit() {
    let pod = Pod::new().await;
    let mut command = pod.command("hang", PLAN);
    command.env("CONFORM_STOP_GRACE", "20s");
    let child = command.spawn().unwrap();
    until("both processes run a test", || {
        fs::read_to_string(pod.path("handed")).is_ok_and(|handed| handed.lines().count() == 2)
    })
    .await;
    signal(&child, rustix::process::Signal::TERM);
    let output = tokio::time::timeout(Duration::from_mins(1), end(child))
        .await
        .unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(pod.reason(), AttemptEndReason::Interrupted, "{said}");
    let outcomes = pod.outcomes();
    let cut = outcomes
        .iter()
        .filter(|outcome| **outcome == Outcome::Interrupted)
        .count();
    assert_eq!(cut, 2, "{said}");
    // What hung is named.
    assert!(said.contains("stopped while process 2 ran [sig-node] "), "{said}");
}
