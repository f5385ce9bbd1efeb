//! Runs with suites of users' own.

use conform_crds::{
    AttemptEndReason, ConformanceProfile, ConformanceRunSpec, OwnSuiteSummary, Stages, TestRecord, conditions,
};
use conform_gateway::claim::{Claimant, ClaimantKind, Definition, preview};
use conform_suite::{Authority, Outcome, OwnGateway, Release, Stage};
use k8s_openapi::api::core::v1::{Container, PodSpec};
use rstest::rstest;
use serde_json::json;

use super::super::{
    children,
    fixtures::{Story, later, now, test},
    own_suite_job::own_suite_job,
};
use crate::preflight::GatewaySeen;

fn profile() -> ConformanceProfile {
    let spec = json!({
        "extends": ["quick"],
        "suites": [
            { "name": "storage", "image": "tests/storage:1", "requiredIn": "1.36",
              "env": [{ "name": "SIZE", "value": "small" }] },
            { "name": "gateway", "image": "tests/gateway:1", "requiredIn": "1.38", "access": "Cluster",
              "command": ["/run"], "timeoutSeconds": 60,
              "resources": { "limits": { "memory": "1Gi" } } },
        ],
        "requirements": [
            { "name": "named", "suite": "storage", "test": "b", "requiredIn": "1.37" },
            { "name": "slow", "tag": "Slow", "requiredIn": "1.36" },
        ],
    });
    ConformanceProfile::new("platform", serde_json::from_value(spec).unwrap())
}

fn spec() -> ConformanceRunSpec {
    ConformanceRunSpec {
        profiles: vec!["platform".into()],
        ..ConformanceRunSpec::default()
    }
}

/// What upstream requires has passed; the first suite is due.
fn story(spec: ConformanceRunSpec) -> Story {
    let mut story = Story::new(spec);
    story.observed.profiles = vec![profile()];
    story.until_started(Stage::Present);
    story.completes(Stage::Present, vec![now("a", Outcome::Passed)]);
    story.until_started(Stage::Future);
    story.completes(Stage::Future, vec![own("slow", 36, Outcome::Passed)]);
    story
}

fn own(name: &str, minor: u16, outcome: Outcome) -> TestRecord {
    TestRecord {
        authority: Authority::User,
        ..test(name, Release::new(1, minor), outcome)
    }
}

fn summaries(story: &Story) -> Vec<OwnSuiteSummary> {
    story.observed.run.status.as_ref().unwrap().own_suites.clone()
}

#[test]
fn suites_run_one_after_the_other_behind_the_kubernetes_suite() {
    let mut story = story(spec());
    let first = story.next_own_suite();
    assert_eq!(
        (first.summary.name.as_str(), first.summary.own_suite.as_deref()),
        ("suite1-1", Some("platform/storage"))
    );
    assert_eq!(first.plan.demands.requirements.len(), 1);
    assert_eq!(first.plan.timeout_seconds, 3600);
    story.suite_reports(
        vec![own("[Suite:platform/storage] a", 36, Outcome::Passed)],
        AttemptEndReason::Completed,
    );
    let second = story.next_own_suite();
    assert_eq!(second.summary.name, "suite2-1");
    story.suite_reports(
        vec![own("[Suite:platform/gateway] a", 38, Outcome::Failed)],
        AttemptEndReason::Completed,
    );
    story.step();
    // What comes later warns, as everything of the future does.
    story.says(conditions::SUCCEEDED, "True", "TestsPassed");
    story.says(conditions::PRESENT_CONFORMANT, "True", "AllPassed");
    story.says(conditions::FUTURE_CONFORMANT, "False", "TestsFailed");
    let told: Vec<String> = summaries(&story)
        .iter()
        .map(|suite| {
            let OwnSuiteSummary {
                suite: name,
                total,
                passed,
                failed,
                ..
            } = suite;
            format!("{name} {passed}/{total} {failed} {:?}", suite.end)
        })
        .collect();
    assert_eq!(
        told,
        [
            "platform/storage 1/1 0 Some(Completed)",
            "platform/gateway 0/1 1 Some(Completed)"
        ]
    );
}

#[test]
fn the_kubernetes_suite_is_told_nothing_of_them() {
    let mut story = Story::new(spec());
    story.observed.profiles = vec![profile()];
    let start = story.next_attempt();
    let own = &start.plan.requests[0].own[0];
    assert!(own.suites.is_empty());
    assert_eq!(own.requirements.len(), 1);
}

#[rstest]
#[case::failed(Outcome::Failed, AttemptEndReason::Completed, "OwnTestsFailed")]
#[case::skipped(Outcome::Skipped, AttemptEndReason::Completed, "Incomplete")]
#[case::exit_code(Outcome::Passed, AttemptEndReason::SuiteError, "SuiteError")]
fn what_is_due_and_not_met_fails_the_run(
    #[case] outcome: Outcome,
    #[case] end: AttemptEndReason,
    #[case] reason: &str,
) {
    let mut story = story(spec());
    story.next_own_suite();
    story.suite_reports(vec![own("[Suite:platform/storage] a", 36, outcome)], end);
    story.next_own_suite();
    story.suite_reports(
        vec![own("[Suite:platform/gateway] a", 38, Outcome::Passed)],
        AttemptEndReason::Completed,
    );
    story.step();
    story.says(conditions::SUCCEEDED, "False", reason);
    story.says(conditions::PRESENT_CONFORMANT, "True", "AllPassed");
}

#[test]
fn a_suite_without_a_file_has_measured_nothing_and_the_next_one_still_runs() {
    let mut story = story(spec());
    story.next_own_suite();
    story.suite_reports(Vec::new(), AttemptEndReason::JUnitMissing);
    assert_eq!(story.next_own_suite().summary.name, "suite2-1");
    story.suite_reports(
        vec![own("[Suite:platform/gateway] a", 38, Outcome::Passed)],
        AttemptEndReason::Completed,
    );
    story.step();
    story.says(conditions::SUCCEEDED, "False", "JUnitMissing");
    // All that is known passed, and that is not all.
    story.says(conditions::FUTURE_CONFORMANT, "Unknown", "JUnitMissing");
    assert_eq!(summaries(&story)[0].end, Some(AttemptEndReason::JUnitMissing));
}

#[test]
fn a_lost_pod_is_made_again_and_not_for_ever() {
    let mut story = story(spec());
    let limit = story.observed.run.spec.execution.backoff_limit;
    for attempt in 0..=limit {
        let start = story.next_own_suite();
        assert_eq!(start.summary.name, format!("suite1-{}", attempt + 1));
        story.end_job(Stage::Future);
    }
    assert_eq!(story.next_own_suite().summary.name, "suite2-1");
}

#[rstest]
#[case::present_alone(ConformanceRunSpec { stages: Stages::Present, ..spec() })]
#[case::a_part(ConformanceRunSpec { focus: Some("a".into()), ..spec() })]
fn a_run_of_something_else_leaves_them_out(#[case] spec: ConformanceRunSpec) {
    let stages = spec.stages;
    let mut story = Story::new(spec);
    story.observed.profiles = vec![profile()];
    story.until_started(Stage::Present);
    story.completes(Stage::Present, vec![now("a", Outcome::Passed)]);
    if stages == Stages::Present {
        story.step();
    } else {
        story.until_started(Stage::Future);
        story.completes(Stage::Future, vec![later("x", Outcome::Passed)]);
        story.step();
        story.says(conditions::FUTURE_CONFORMANT, "Unknown", "NotAllMeasured");
    }
    story.says(conditions::SUCCEEDED, "True", "TestsPassed");
    let all = summaries(&story);
    assert!(all.iter().all(|suite| suite.end.is_none() && suite.total == 0));
}

fn pod(story: &mut Story) -> PodSpec {
    let start = story.next_own_suite();
    let job = own_suite_job(&story.observed.run, &story.observed.settings, &start).unwrap();
    job.spec.unwrap().template.spec.unwrap()
}

fn mounts(container: &Container) -> Vec<&str> {
    let mounts = container.volume_mounts.as_ref().unwrap();
    mounts.iter().map(|mount| mount.name.as_str()).collect()
}

#[test]
fn only_who_is_to_have_the_token_has_it() {
    let mut story = story(spec());
    let storage = pod(&mut story);
    assert_eq!(storage.automount_service_account_token, Some(false));
    assert_eq!(mounts(&storage.containers[0]), ["tmp", "results"]);
    assert_eq!(mounts(&storage.containers[1]), ["results", "collector", "token"]);
    assert_eq!(
        storage.containers[0].security_context,
        Some(children::restricted())
    );
    assert!(
        storage
            .containers
            .iter()
            .all(|one| one.security_context.is_some())
    );
    story.suite_reports(Vec::new(), AttemptEndReason::JUnitMissing);
    let gateway = pod(&mut story);
    assert_eq!(mounts(&gateway.containers[0]), ["tmp", "results", "token"]);
    let limits = gateway.containers[0]
        .resources
        .as_ref()
        .unwrap()
        .limits
        .as_ref()
        .unwrap();
    assert_eq!(limits["memory"].0, "1Gi");
}

#[test]
fn what_conform_sets_comes_last_and_counts() {
    let mut story = story(spec());
    let pod = pod(&mut story);
    let env: Vec<String> = pod.containers[0]
        .env
        .iter()
        .flatten()
        .map(|one| format!("{}={}", one.name, one.value.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(
        env,
        [
            "HOME=/tmp",
            "SIZE=small",
            "CONFORM_RESULTS_DIR=/tmp/results",
            "CONFORM_SERVER_VERSION=v1.36.3",
            "CONFORM_SUITE=platform/storage",
        ]
    );
}

#[test]
fn a_suite_of_gateway_apis_is_told_what_the_cluster_claims() {
    let mut profile = profile();
    profile.spec.suites.truncate(1);
    profile.spec.suites[0].gateway = Some(OwnGateway {
        gateway_class: Some("acme".into()),
        mesh: None,
        profiles: vec!["GATEWAY-HTTP".into(), "GATEWAY-TLS".into()],
    });
    profile.spec.requirements.clear();
    let claimant = Claimant {
        kind: ClaimantKind::GatewayClass,
        name: "acme".into(),
        controller: "example.org/acme".into(),
        accepted: Some(true),
        features: vec!["HTTPRoute".into(), "Gateway".into(), "Teleport".into()],
    };
    let definition = Definition {
        name: "gateways".into(),
        version: Some("v1.7.0".into()),
        channel: Some("standard".into()),
    };
    let mut story = Story::new(spec());
    story.observed.profiles = vec![profile];
    story.observed.cluster.as_mut().unwrap().gateways = vec![GatewaySeen {
        suite: "platform/storage".into(),
        profiles: vec!["GATEWAY-HTTP".into()],
        features: Ok(preview(claimant, &[definition])),
    }];
    story.until_started(Stage::Present);
    let status = story.observed.run.status.as_ref().unwrap();
    assert_eq!(status.gateways[0].version, "v1.7.0");
    story.completes(Stage::Present, vec![now("a", Outcome::Passed)]);
    story.until_started(Stage::Future);
    story.completes(Stage::Future, Vec::new());
    let pod = pod(&mut story);
    let env: Vec<(&str, Option<&str>)> = pod.containers[0]
        .env
        .iter()
        .flatten()
        .map(|one| (one.name.as_str(), one.value.as_deref()))
        .collect();
    for told in [
        ("CONFORM_GATEWAY_CLASS", Some("acme")),
        ("CONFORM_GATEWAY_PROFILES", Some("GATEWAY-HTTP,GATEWAY-TLS")),
        ("CONFORM_SUPPORTED_FEATURES", Some("Gateway,HTTPRoute")),
    ] {
        assert!(env.contains(&told), "{told:?} in {env:?}");
    }
}

#[test]
fn a_run_whose_gateway_is_not_there_does_not_start() {
    let mut story = Story::new(spec());
    story.observed.profiles = vec![profile()];
    story.observed.cluster.as_mut().unwrap().gateways = vec![GatewaySeen {
        suite: "platform/gateway".into(),
        profiles: vec!["GATEWAY-HTTP".into()],
        features: Err("there is no GatewayClass \"acme\" in the cluster".into()),
    }];
    for _ in 0..3 {
        story.step();
    }
    assert_eq!(
        story.condition(conditions::SUCCEEDED),
        ("False".into(), conditions::reasons::PREFLIGHT_FAILED.into())
    );
    let status = story.observed.run.status.as_ref().unwrap();
    assert!(status.attempts.is_empty() && status.gateways.is_empty());
}
