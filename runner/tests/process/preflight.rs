//! The checks before the suite, in a cluster that is played.

use std::collections::BTreeMap;

use conform_crds::{AttemptEndReason, Check, CheckState};
use rstest::rstest;

use crate::stories::{Pod, end};

/// The real clock and files of this machine, and a stream that is more than the played server can, are left out.
const HERE: &str = r#"["Dns", "LogsAndExec"]"#;

fn plan(only: bool) -> String {
    format!(
        r#"{{"requests":[{{"profiles":["kubernetes"],"stage":"Present","server":"1.36"}}],"scope":"All","pick":"Everything",
        "shards":1,"processes":1,"preflight":{{"skip":{HERE},"only":{only}}}}}"#
    )
}

/// Runs the runner; how the attempt ended and what the checks found.
async fn run(pod: &Pod, only: bool) -> (AttemptEndReason, BTreeMap<Check, (CheckState, String)>) {
    let mut command = pod.command("pass", "");
    command.env("CONFORM_PLAN", plan(only));
    let output = end(command.spawn().unwrap()).await;
    assert!(
        output.status.code().is_some(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let attempt = pod.server.attempt();
    let found = attempt.preflight.into_iter();
    (
        attempt.end.unwrap().reason,
        found
            .map(|result| (result.check, (result.state, result.message)))
            .collect(),
    )
}

#[tokio::test]
async fn a_fit_cluster_is_told_and_the_suite_runs() {
    let pod = Pod::new().await;
    let (reason, found) = run(&pod, false).await;
    assert_eq!(reason, AttemptEndReason::Completed);
    for check in [
        Check::Images,
        Check::Admission,
        Check::NewNamespaces,
        Check::Clocks,
    ] {
        assert_eq!(
            found[&check].0,
            CheckState::Passed,
            "{check}: {}",
            found[&check].1
        );
    }
    for check in [Check::Dns, Check::LogsAndExec] {
        assert_eq!(found[&check].0, CheckState::Skipped);
    }
    pod.server.with(|known| {
        assert!(known.cluster.namespaces.is_empty(), "it is removed");
        assert_eq!(known.cluster.pods.len(), 2, "one on each node");
        // agnhost is there already: only the others are pulled.
        let images = known.cluster.pods[0]["spec"]["containers"].as_array().unwrap();
        assert_eq!(images.len(), 4, "{images:?}");
    });
}

#[tokio::test]
async fn a_run_that_only_looks_runs_nothing() {
    let pod = Pod::new().await;
    let (reason, found) = run(&pod, true).await;
    assert_eq!(reason, AttemptEndReason::PreflightPassed);
    assert_eq!(found[&Check::Images].0, CheckState::Passed);
    assert!(!pod.path("args").exists(), "ginkgo was started");
}

#[rstest]
#[case::refused(
    "admission webhook \"deny.example.com\" denied the request",
    "",
    Check::Admission,
    "deny.example.com"
)]
#[case::missing(
    "",
    "registry.k8s.io/pause:3.10.2",
    Check::Images,
    "pause:3.10.2 on a, b (no such image)"
)]
#[tokio::test]
async fn a_check_that_fails_ends_the_attempt_before_the_suite(
    #[case] refusal: &str,
    #[case] missing: &str,
    #[case] check: Check,
    #[case] words: &str,
) {
    let pod = Pod::new().await;
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    pod.server.with(|known| {
        known.cluster.refusal = some(refusal);
        known.cluster.missing_image = some(missing);
    });
    let (reason, found) = run(&pod, false).await;
    assert_eq!(reason, AttemptEndReason::PreflightFailed);
    assert_eq!(found[&check].0, CheckState::Failed);
    assert!(found[&check].1.contains(words), "{}", found[&check].1);
    assert!(!pod.path("args").exists(), "ginkgo was started");
    pod.server
        .with(|known| assert!(known.cluster.namespaces.is_empty()));
}
