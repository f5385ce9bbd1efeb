//! Each rule of the verdict that the operator has a part in is one test.

use conform_crds::{
    AttemptEndReason, Basis, Capability, CapabilityCheck, CapabilityStatus, CheckState, Checks, Component,
    ConformanceRunSpec, FutureFailures, Readiness, ServiceCidrCheck, ServiceCidrFinding, ServiceCidrReport,
    ServiceCidrTopic, Stages, conditions, conditions::reasons,
};
use conform_suite::{Outcome, Stage};
use rstest::rstest;

use super::{
    super::{
        decision::{Decision, Step},
        fixtures::{Story, later, now},
    },
    pair, quick, told,
};

#[test]
fn a_present_failure_is_not_conformant() {
    let story = told(quick(), &[Outcome::Passed, Outcome::Failed], &[Outcome::Passed]);
    story.says(conditions::SUCCEEDED, "False", "PresentTestsFailed");
    story.says(conditions::PRESENT_CONFORMANT, "False", "TestsFailed");
    assert_eq!(story.observed.run.status.unwrap().failures.len(), 1);
}

#[test]
fn a_future_failure_changes_neither_present_nor_success() {
    let story = told(quick(), &[Outcome::Passed], &[Outcome::Failed]);
    story.says(conditions::SUCCEEDED, "True", "TestsPassed");
    story.says(conditions::PRESENT_CONFORMANT, "True", "AllPassed");
    story.says(conditions::FUTURE_CONFORMANT, "False", "TestsFailed");
}

#[test]
fn a_future_failure_fails_the_run_only_if_it_is_to() {
    let spec = ConformanceRunSpec {
        future_failures: FutureFailures::Fail,
        ..quick()
    };
    let story = told(spec, &[Outcome::Passed], &[Outcome::Failed]);
    story.says(conditions::SUCCEEDED, "False", "FutureTestsFailed");
    story.says(conditions::PRESENT_CONFORMANT, "True", "AllPassed");
}

#[test]
fn what_was_not_selected_is_not_a_pass() {
    let mut story = Story::new(quick());
    story.until_started(Stage::Present);
    let mut left_out = now("left out", Outcome::NotRun);
    left_out.selected = false;
    story.completes(Stage::Present, vec![now("a", Outcome::Passed), left_out]);
    story.until_started(Stage::Future);
    story.report(Stage::Future, Vec::new(), Some(AttemptEndReason::NothingToRun));
    story.step();
    story.says(conditions::PRESENT_CONFORMANT, "Unknown", "NotAllMeasured");
    story.says(conditions::SUCCEEDED, "True", "TestsPassed");
    story.says(conditions::FUTURE_CONFORMANT, "Unknown", "NoneDefined");
    story.says(conditions::CERTIFIABLE, "False", "NotSubmittable");
    // The reasons are there one by one too.
    let status = story.observed.run.status.as_ref().unwrap();
    let mut all = status.conditions.iter();
    let certifiable = all.find(|condition| condition.type_ == conditions::CERTIFIABLE);
    assert_eq!(status.not_submittable.join("; "), certifiable.unwrap().message);
    assert!(status.not_submittable.len() > 1);
}

#[test]
fn every_requirement_is_counted_for_its_sig() {
    let mut story = Story::new(quick());
    story.until_started(Stage::Present);
    let tests = [
        ("[sig-network] a", Outcome::Passed),
        ("[sig-network] b", Outcome::Failed),
        ("[sig-network] c", Outcome::Skipped),
        ("[sig-network] d", Outcome::Flaky),
        ("[sig-node] e", Outcome::TimedOut),
        ("[sig-made-up] f", Outcome::NotRun),
    ];
    let tests = tests.map(|(name, outcome)| now(name, outcome));
    story.completes(Stage::Present, tests.to_vec());
    story.until_started(Stage::Future);
    story.completes(Stage::Future, vec![later("[sig-network] g", Outcome::Passed)]);
    story.step();
    let sigs = story.observed.run.status.unwrap().sigs.into_iter();
    let counted: Vec<_> = sigs
        .map(|of| (of.stage, of.sig.word(), [of.passed, of.failed, of.unevaluated]))
        .collect();
    assert_eq!(
        counted,
        [
            (Stage::Present, "network", [2, 1, 1]),
            (Stage::Present, "node", [0, 1, 0]),
            (Stage::Present, "other", [0, 0, 1]),
            (Stage::Future, "network", [1, 0, 0]),
        ]
    );
}

#[test]
fn a_selected_test_without_an_outcome_is_incomplete() {
    for outcome in [Outcome::NotRun, Outcome::Skipped] {
        let story = told(quick(), &[Outcome::Passed, outcome], &[Outcome::Passed]);
        assert_eq!(
            story.condition(conditions::SUCCEEDED),
            pair("False", "Incomplete"),
            "{outcome:?}"
        );
        story.says(conditions::PRESENT_CONFORMANT, "Unknown", "NotAllMeasured");
    }
}

#[test]
fn a_stage_that_was_not_asked_for_is_not_judged() {
    let mut story = Story::new(ConformanceRunSpec {
        stages: Stages::Future,
        ..quick()
    });
    story.until_started(Stage::Future);
    story.completes(Stage::Future, vec![later("b", Outcome::Failed)]);
    story.step();
    story.says(conditions::PRESENT_CONFORMANT, "Unknown", "NotRequested");
    story.says(conditions::SUCCEEDED, "False", "FutureTestsFailed");
}

#[test]
fn a_focus_on_a_future_test_alone_is_no_mistake() {
    let mut story = Story::new(ConformanceRunSpec {
        focus: Some("named".into()),
        ..quick()
    });
    story.until_started(Stage::Present);
    story.report(Stage::Present, Vec::new(), Some(AttemptEndReason::EmptySelection));
    story.until_started(Stage::Future);
    story.completes(Stage::Future, vec![later("named", Outcome::Passed)]);
    story.step();
    story.says(conditions::SUCCEEDED, "True", "TestsPassed");
    story.says(conditions::FUTURE_CONFORMANT, "True", "AllPassed");
}

#[test]
fn a_future_pod_that_vanishes_leaves_the_present_verdict() {
    let mut story = Story::new(quick());
    story.observed.run.spec.execution.backoff_limit = 0;
    story.until_started(Stage::Present);
    story.completes(Stage::Present, vec![now("a", Outcome::Passed)]);
    story.until_started(Stage::Future);
    story
        .observed
        .jobs
        .retain(|job| job.metadata.name.as_deref() != Some("demo-future-1"));
    story.step();
    story.says(conditions::SUCCEEDED, "True", "FutureNotMeasured");
    story.says(conditions::PRESENT_CONFORMANT, "True", "AllPassed");
    story.says(conditions::FUTURE_CONFORMANT, "Unknown", "PodLost");
}

/// The runner has looked, and found this in the area of every test of the fixtures.
fn looks(story: &mut Story, name: &str) {
    let area = now("a", Outcome::Passed).area;
    let status = story.observed.result.as_mut().unwrap().status.as_mut().unwrap();
    status.attempts[0].components = vec![Component {
        area,
        name: name.to_owned(),
        mode: None,
        version: Some("v1".to_owned()),
        image_digest: None,
        nodes: 2,
        node_names: Vec::new(),
        basis: Basis::Measured,
        evidence: "pods".to_owned(),
    }];
}

#[rstest]
#[case::found(true, true, Some("some-proxy v1"))]
#[case::not_found(true, false, Some("unknown"))]
#[case::not_asked(false, false, None)]
fn a_failure_is_said_to_be_a_components(
    #[case] asked: bool,
    #[case] found: bool,
    #[case] component: Option<&str>,
) {
    let spec = ConformanceRunSpec {
        checks: Checks {
            components: asked,
            ..Checks::default()
        },
        ..quick()
    };
    let mut story = Story::new(spec);
    story.until_started(Stage::Present);
    story.completes(Stage::Present, vec![now("a", Outcome::Failed)]);
    if found {
        looks(&mut story, "some-proxy");
    }
    story.until_started(Stage::Future);
    story.completes(Stage::Future, vec![later("b", Outcome::Failed)]);
    story.step();
    let status = story.observed.run.status.unwrap();
    assert_eq!(status.components.len(), usize::from(found));
    for failure in &status.failures {
        assert_eq!(failure.component.as_deref(), component, "{}", failure.name);
    }
    assert_eq!(status.failures.len(), 2);
}

#[test]
fn a_lost_first_attempt_is_no_reason_not_to_look() {
    let mut story = Story::new(quick());
    let asked = |decision: &Decision| match &decision.step {
        Step::StartAttempt(start) => start.plan.checks,
        step => panic!("{step:?}"),
    };
    let first = first_start(&mut story);
    assert_eq!(asked(&first), Some(Checks::default()));
    story.completes(Stage::Present, vec![now("a", Outcome::Passed)]);
    let second = first_start(&mut story);
    assert_eq!(asked(&second), Some(Checks::default()), "nothing was told yet");
    looks(&mut story, "some-proxy");
    story.completes(Stage::Future, vec![later("b", Outcome::Passed)]);
    story.step();
    assert_eq!(story.observed.run.status.unwrap().components.len(), 1);
}

#[test]
fn what_a_probe_measured_is_told_in_short_beside_upstream_tests_and_not_asked_again() {
    let mut story = Story::new(ConformanceRunSpec {
        checks: Checks {
            capabilities: CapabilityCheck::Probe,
            ..Checks::default()
        },
        ..quick()
    });
    let plan = |decision: Decision| match decision.step {
        Step::StartAttempt(start) => start.plan,
        step => panic!("{step:?}"),
    };
    let first = plan(first_start(&mut story));
    assert_eq!(first.agent_image.as_deref(), Some("runner:1"));
    let upstream = "[sig-network] Services should respect internalTrafficPolicy=Local Pod to Pod";
    story.completes(Stage::Present, vec![now(upstream, Outcome::Passed)]);
    let status = story.observed.result.as_mut().unwrap().status.as_mut().unwrap();
    status.attempts[0].capabilities = vec![Capability {
        feature: "internal-traffic-policy".to_owned(),
        source: "KEP-2086".to_owned(),
        status: CapabilityStatus::Unsupported,
        basis: Some(Basis::Measured),
        component: "some-proxy v1".to_owned(),
        same: 1,
        cells: 3,
        telling: 3,
        because: vec!["one".to_owned(), "two".to_owned()],
        upstream: None,
        table: conform_suite::TruthTable::new([(
            "a".to_owned(),
            "b".to_owned(),
            conform_suite::Answer::Same,
        )]),
    }];
    let second = plan(first_start(&mut story));
    assert_eq!(second.agent_image, None);
    let told = &story.observed.run.status.unwrap().capabilities;
    assert_eq!(told[0].because, ["one"]);
    let tests = told[0].upstream.clone().unwrap();
    assert_eq!((tests.passed, tests.failed, tests.not_run), (1, 0, 2));
    assert!(tests.disagreement.unwrap().contains(upstream));
}

/// Steps until an attempt starts.
fn first_start(story: &mut Story) -> Decision {
    (0..10)
        .map(|_| story.step())
        .find(|decision| matches!(decision.step, Step::StartAttempt(_)))
        .unwrap()
}

#[test]
fn what_the_runner_says_of_service_ranges_becomes_a_condition() {
    let mut story = Story::new(quick());
    story.until_started(Stage::Present);
    story.report(
        Stage::Present,
        vec![now("a", Outcome::Passed)],
        Some(AttemptEndReason::Completed),
    );
    let status = story.observed.result.as_mut().unwrap().status.as_mut().unwrap();
    status.attempts[0].service_cidr = Some(ServiceCidrReport {
        readiness: Readiness::NotReady,
        reason: "OverlappingRanges".to_owned(),
        message: "Overlapping.".to_owned(),
        findings: Vec::new(),
    });
    let second = first_start(&mut story);
    assert_eq!(
        story.condition(conditions::SERVICE_CIDR_READY),
        pair("False", "OverlappingRanges")
    );
    let Step::StartAttempt(start) = second.step else {
        panic!("{second:?}");
    };
    let checks = start.plan.checks.unwrap();
    assert_eq!(checks.service_cidr, ServiceCidrCheck::Off, "it is known");
}

#[test]
fn a_range_that_was_only_observed_is_probed_by_the_next_attempt_and_packets_say_the_last_word() {
    let mut story = Story::new(ConformanceRunSpec {
        checks: Checks {
            service_cidr: ServiceCidrCheck::Probe,
            ..Checks::default()
        },
        ..quick()
    });
    let plan = |decision: Decision| match decision.step {
        Step::StartAttempt(start) => start.plan,
        step => panic!("{step:?}"),
    };
    let first = plan(first_start(&mut story));
    assert_eq!(
        first.agent_image.as_deref(),
        Some("runner:1"),
        "a probe takes agents"
    );
    let report = |readiness, reason: &str, topic| ServiceCidrReport {
        readiness,
        reason: reason.to_owned(),
        message: "So.".to_owned(),
        findings: vec![ServiceCidrFinding {
            topic,
            state: CheckState::Passed,
            component: None,
            message: "So.".to_owned(),
        }],
    };
    story.completes(Stage::Present, vec![now("a", Outcome::Passed)]);
    let status = story.observed.result.as_mut().unwrap().status.as_mut().unwrap();
    status.attempts[0].service_cidr = Some(report(
        Readiness::Unknown,
        reasons::NOT_PROBED,
        ServiceCidrTopic::Api,
    ));
    let second = plan(first_start(&mut story));
    assert_eq!(
        story.condition(conditions::SERVICE_CIDR_READY),
        pair("Unknown", "NotProbed")
    );
    assert_eq!(second.checks.unwrap().service_cidr, ServiceCidrCheck::Probe);
    story.completes(Stage::Future, vec![later("b", Outcome::Passed)]);
    let status = story.observed.result.as_mut().unwrap().status.as_mut().unwrap();
    status.attempts[1].service_cidr = Some(report(
        Readiness::Ready,
        reasons::PROBED,
        ServiceCidrTopic::Traffic,
    ));
    story.step();
    assert_eq!(
        story.condition(conditions::SERVICE_CIDR_READY),
        pair("True", "Probed")
    );
}

fn capability(feature: &str, status: CapabilityStatus) -> Capability {
    Capability {
        feature: feature.to_owned(),
        source: "Services".to_owned(),
        status,
        basis: None,
        component: "some-proxy v1".to_owned(),
        same: 0,
        cells: 0,
        telling: 0,
        because: Vec::new(),
        upstream: None,
        table: None,
    }
}

#[rstest]
#[case::all(&[("cluster-ip", CapabilityStatus::Supported), ("node-port", CapabilityStatus::Unsupported)], "True", "AllMeasured", "1 features supported, 1 not, 0 without meaning here.")]
#[case::by_name(&[("cluster-ip", CapabilityStatus::Supported), ("service-cidr", CapabilityStatus::Unevaluated)], "True", "AllMeasured", "1 features supported, 0 not, 0 without meaning here.")]
#[case::some(&[("cluster-ip", CapabilityStatus::Supported), ("sctp", CapabilityStatus::Unevaluated)], "False", "NotAllMeasured", "Not evaluated: sctp.")]
#[case::none(&[], "Unknown", "NotProbed", "The network was not probed; the message of the attempt says why.")]
fn whether_the_networks_capabilities_are_known_is_a_condition(
    #[case] told: &[(&str, CapabilityStatus)],
    #[case] truth: &str,
    #[case] reason: &str,
    #[case] message: &str,
) {
    let mut story = Story::new(ConformanceRunSpec {
        checks: Checks {
            capabilities: CapabilityCheck::Probe,
            ..Checks::default()
        },
        ..quick()
    });
    story.until_started(Stage::Present);
    story.step();
    assert_eq!(
        story.condition(conditions::CAPABILITIES_KNOWN),
        pair("Unknown", "Pending")
    );
    story.completes(Stage::Present, vec![now("a", Outcome::Passed)]);
    let status = story.observed.result.as_mut().unwrap().status.as_mut().unwrap();
    status.attempts[0].capabilities = told.iter().map(|(id, status)| capability(id, *status)).collect();
    story.step();
    assert_eq!(
        story.condition(conditions::CAPABILITIES_KNOWN),
        pair(truth, reason)
    );
    let status = story.observed.run.status.unwrap();
    let mut all = status.conditions.iter();
    let condition = all.find(|condition| condition.type_ == conditions::CAPABILITIES_KNOWN);
    assert_eq!(condition.unwrap().message, message);
}

#[test]
fn of_a_network_that_nobody_is_to_probe_nothing_is_said() {
    let mut story = Story::new(quick());
    story.until_started(Stage::Present);
    story.completes(Stage::Present, vec![now("a", Outcome::Passed)]);
    story.step();
    let status = story.observed.run.status.unwrap();
    let mut all = status.conditions.iter();
    assert!(!all.any(|condition| condition.type_ == conditions::CAPABILITIES_KNOWN));
}
