//! The runner beside a suite of a user's own.

use std::{fs, process::Stdio};

use conform_crds::AttemptEndReason;
use conform_suite::{Outcome, Release};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::{checked_cluster::OWN_POD, stories::Pod};

const PLAN: &str = r#"{"demands":{"profile":"platform","suite":"storage","requiredIn":"1.36","requirements":[{"name":"named","suite":"storage","test":"b","requiredIn":"1.38"}]},"timeoutSeconds":1}"#;
const JUNIT: &str =
    "<testsuite><testcase name='a'/><testcase name='b'><failure message='no disk'/></testcase></testsuite>";
const REPORT: &str = "kind: ConformanceReport\n";

fn collector(pod: &Pod) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conform-runner"));
    command
        .arg("collect")
        .arg("--results-dir")
        .arg(pod.path("results"))
        .args([
            "--look-interval",
            "50ms",
            "--patience",
            "20s",
            "--stop-grace",
            "100ms",
        ])
        .env("KUBECONFIG", pod.path("kubeconfig"))
        .env("CONFORM_OWN_PLAN", PLAN)
        .env("CONFORM_RUN", "demo")
        .env("CONFORM_ATTEMPT", "suite1-1")
        .env("CONFORM_NAMESPACE", "conform-system")
        .env("CONFORM_POD", OWN_POD)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// A pod whose suite is in this state and has written these files.
async fn pod(state: Value, files: &[(&str, &str)]) -> Pod {
    let pod = Pod::new().await;
    fs::create_dir(pod.path("results")).unwrap();
    for (name, content) in files {
        fs::write(pod.path("results").join(name), content).unwrap();
    }
    pod.server.with(|known| known.cluster.own_suite = state);
    pod
}

#[tokio::test]
async fn what_the_suite_wrote_is_told_and_kept() {
    let ended = json!({ "terminated": { "exitCode": 1, "reason": "Error" } });
    let pod = pod(
        ended,
        &[("TEST-a.xml", JUNIT), ("report.yaml", REPORT), ("x.txt", "")],
    )
    .await;
    let output = collector(&pod).output().await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let attempt = pod.server.attempt();
    let end = attempt.end.as_ref().unwrap();
    assert_eq!(end.reason, AttemptEndReason::Completed, "{}", end.message);
    assert_eq!(end.exit_code, Some(1));
    assert_eq!(attempt.own_suite.as_deref(), Some("platform/storage"));
    let tests: Vec<(&str, Release, Outcome)> = attempt
        .tests
        .iter()
        .map(|test| (test.name.as_str(), test.required_in, test.outcome))
        .collect();
    assert_eq!(
        tests,
        [
            ("[Suite:platform/storage] a", Release::new(1, 36), Outcome::Passed),
            ("[Suite:platform/storage] b", Release::new(1, 38), Outcome::Failed),
        ]
    );
    let kept: Vec<&str> = attempt.artifacts.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(kept, ["junit_01.xml", "report.yaml"]);
    assert_eq!(pod.server.with(|known| known.config_maps.len()), 2);
}

#[tokio::test]
async fn no_file_is_no_measurement() {
    let ended = json!({ "terminated": { "exitCode": 0, "reason": "Completed" } });
    let pod = pod(ended, &[]).await;
    let output = collector(&pod).output().await.unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let end = pod.server.attempt().end.unwrap();
    assert_eq!(end.reason, AttemptEndReason::JUnitMissing);
    assert!(
        end.message.contains("left no JUnit file in $CONFORM_RESULTS_DIR"),
        "{}",
        end.message
    );
}

#[tokio::test]
async fn a_suite_that_takes_too_long_is_ended_with_its_pod() {
    let pod = pod(json!({ "running": {} }), &[("a.xml", JUNIT)]).await;
    let output = collector(&pod).output().await.unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let attempt = pod.server.attempt();
    let end = attempt.end.unwrap();
    assert_eq!(end.reason, AttemptEndReason::SuiteError);
    assert!(
        end.message.starts_with("The suite took longer than its 1 s"),
        "{}",
        end.message
    );
    assert_eq!(attempt.tests.len(), 2);
    assert!(pod.server.with(|known| known.cluster.own_pod_deleted));
}

#[tokio::test]
async fn a_pod_that_has_to_end_tells_what_there_is() {
    let pod = pod(json!({ "waiting": {} }), &[]).await;
    let child = collector(&pod).spawn().unwrap();
    let id = i32::try_from(child.id().unwrap()).unwrap();
    // It has reported its start.
    while pod.server.with(|known| known.applied.is_empty()) {
        tokio::task::yield_now().await;
    }
    let runner = rustix::process::Pid::from_raw(id).unwrap();
    rustix::process::kill_process(runner, rustix::process::Signal::TERM).unwrap();
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert_eq!(
        pod.server.attempt().end.unwrap().reason,
        AttemptEndReason::Interrupted
    );
}
