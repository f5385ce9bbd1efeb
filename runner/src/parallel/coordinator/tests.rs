use std::collections::BTreeSet;

use conform_suite::Durations;
use rstest::rstest;

use super::*;

/// What `e2e.test` v1.36.3 posted, apart from the places in its source.
const BEGIN: &[u8] = include_bytes!("../recorded/suite-will-begin.json");
const BEFORE_SUITE: &[u8] = include_bytes!("../recorded/before-suite-completed.json");
const NODE: &[u8] = include_bytes!("../recorded/did-run-before-suite.json");
const TEST: &[u8] = include_bytes!("../recorded/did-run.json");
const FILTERED: &[u8] = include_bytes!("../recorded/did-run-filtered.json");

const NAME: &str = "[sig-node] ConfigMap should run through a ConfigMap lifecycle [Conformance]";

fn name(text: &str) -> TestName {
    TestName::new(text).unwrap()
}

/// A coordinator whose order has the recorded test at place 1.
fn coordinator(total: u16) -> Coordinator {
    let mut coordinator = Coordinator::new(total);
    let order = [name("[sig-node] other"), name(NAME), name("[sig-apps] last")];
    let selected: BTreeSet<TestName> = order.iter().skip(1).cloned().collect();
    assert!(coordinator.queue.plan(&order, &selected, &Durations::default()));
    coordinator
}

fn status(coordinator: &mut Coordinator, process: u16, endpoint: Endpoint) -> Reply {
    coordinator.answer(process, endpoint, b"").0
}

fn report(coordinator: &mut Coordinator) -> serde_json::Value {
    let Reply::Json(report) = status(coordinator, PRIMARY, Endpoint::OthersReport) else {
        panic!("there is no report")
    };
    serde_json::from_slice(&report).unwrap()
}

#[test]
fn a_whole_run_of_two_processes() {
    let mut all = coordinator(2);
    assert_eq!((all.start_next(1), all.start_next(1)), (Some(1), None));
    assert_eq!(status(&mut all, 2, Endpoint::BeforeSuiteState), Reply::TooEarly);

    let (reply, told) = all.answer(1, Endpoint::SuiteWillBegin, BEGIN);
    let counts = Told::Counts {
        total: 7579,
        chosen: 2,
    };
    assert_eq!((reply, told), (Reply::Done, vec![Told::Up, counts]));
    assert_eq!(all.start_next(1), Some(2));
    assert_eq!(
        all.answer(1, Endpoint::BeforeSuiteCompleted, BEFORE_SUITE).0,
        Reply::Done
    );
    assert_eq!(
        status(&mut all, 2, Endpoint::BeforeSuiteState),
        Reply::Json(BEFORE_SUITE.to_vec())
    );
    all.answer(2, Endpoint::SuiteWillBegin, BEGIN);
    assert_eq!(all.answer(2, Endpoint::DidRun, NODE), (Reply::Done, vec![]));

    assert_eq!(
        status(&mut all, 2, Endpoint::Counter),
        Reply::Json(b"{\"Index\":1}".to_vec())
    );
    let (reply, told) = all.answer(2, Endpoint::DidRun, TEST);
    assert_eq!(reply, Reply::Done);
    assert!(
        matches!(told.as_slice(), [Told::Ended { name, outcome: Outcome::Passed, .. }] if name.as_str() == NAME),
        "{told:?}"
    );
    assert_eq!(
        status(&mut all, 1, Endpoint::Counter),
        Reply::Json(b"{\"Index\":2}".to_vec())
    );

    let end = Reply::Json(b"{\"Index\":2147483647}".to_vec());
    assert_eq!(status(&mut all, 2, Endpoint::Counter), end);
    // What the suite's focus leaves out is walked past.
    assert_eq!(all.answer(2, Endpoint::DidRun, FILTERED), (Reply::Done, vec![]));

    assert_eq!(status(&mut all, 1, Endpoint::OthersFinished), Reply::TooEarly);
    assert_eq!(status(&mut all, 2, Endpoint::SuiteDidEnd), Reply::Done);
    assert_eq!(status(&mut all, 1, Endpoint::OthersReport), Reply::TooEarly);
    assert_eq!(all.ended(2, true, "ended with exit code 0"), None);
    assert_eq!(status(&mut all, 1, Endpoint::OthersFinished), Reply::Done);
    let report = report(&mut all);
    assert_eq!(report["SuiteSucceeded"], true);
    let texts: Vec<&str> = report["SpecReports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|spec| spec["LeafNodeType"].as_str().unwrap())
        .collect();
    assert_eq!(texts, ["SynchronizedBeforeSuite", "It"]);
}

#[test]
fn a_process_that_dies_costs_its_own_test_and_is_named() {
    let mut all = coordinator(3);
    all.answer(2, Endpoint::SuiteWillBegin, BEGIN);
    status(&mut all, 2, Endpoint::Counter);
    all.answer(2, Endpoint::DidRun, TEST);
    status(&mut all, 2, Endpoint::Counter);
    assert_eq!(
        all.ended(2, false, "was ended by signal 9").unwrap(),
        "process 2 was ended by signal 9 while it ran [sig-apps] last"
    );
    // Process 3 was not started; nobody waits for it.
    let report = report(&mut all);
    assert_eq!(report["SpecReports"].as_array().unwrap().len(), 1);
    assert_eq!(report["SuiteSucceeded"], false);
    assert!(
        report["SpecialSuiteFailureReasons"][0]
            .as_str()
            .unwrap()
            .contains("signal 9")
    );
    assert_eq!(all.start_next(9), None);
}

#[test]
fn another_test_than_expected_is_told_under_its_own_name() {
    let mut all = Coordinator::new(2);
    let order = [name("[sig-node] x"), name("[sig-node] y")];
    all.queue
        .plan(&order, &order.iter().cloned().collect(), &Durations::default());
    status(&mut all, 2, Endpoint::Counter);
    let (_, told) = all.answer(2, Endpoint::DidRun, TEST);
    assert!(
        matches!(told.as_slice(), [Told::Differs { index: 0, .. }, Told::Ended { name, .. }] if name.as_str() == NAME),
        "{told:?}"
    );
    assert_eq!(
        status(&mut all, 2, Endpoint::Counter),
        Reply::Json(b"{\"Index\":1}".to_vec())
    );
}

#[test]
fn processes_start_a_few_at_a_time_and_only_for_work() {
    let mut all = coordinator(9);
    assert_eq!((all.start_next(2), all.start_next(2)), (Some(1), Some(2)));
    assert_eq!(all.start_next(2), None);
    all.answer(1, Endpoint::SuiteWillBegin, BEGIN);
    assert_eq!(all.start_next(2), Some(3));
    all.answer(2, Endpoint::SuiteWillBegin, BEGIN);
    all.answer(3, Endpoint::SuiteWillBegin, BEGIN);
    status(&mut all, 1, Endpoint::Counter);
    status(&mut all, 2, Endpoint::Counter);
    // Both tests are handed out.
    assert_eq!(all.start_next(2), None);
}

#[test]
fn without_process_1_nobody_begins() {
    let mut all = coordinator(3);
    all.start_next(1);
    all.ended(1, false, "ended with exit code 1");
    assert_eq!(all.start_next(3), None);
    assert_eq!(status(&mut all, 2, Endpoint::BeforeSuiteState), Reply::Gone);
    assert_eq!(status(&mut all, 2, Endpoint::ReportBeforeSuiteState), Reply::Gone);
}

#[test]
fn an_abort_reaches_everybody() {
    let mut all = coordinator(2);
    assert_eq!(status(&mut all, 1, Endpoint::ShouldAbort), Reply::Done);
    assert_eq!(status(&mut all, 2, Endpoint::Abort), Reply::Done);
    assert_eq!(status(&mut all, 1, Endpoint::ShouldAbort), Reply::Gone);
    assert_eq!(
        status(&mut all, 1, Endpoint::Counter),
        Reply::Json(b"{\"Index\":2147483647}".to_vec())
    );
}

#[rstest]
#[case(Endpoint::SuiteWillBegin)]
#[case(Endpoint::DidRun)]
#[case(Endpoint::BeforeSuiteCompleted)]
#[case(Endpoint::ReportBeforeSuiteCompleted)]
fn what_ginkgo_does_not_send_is_refused(#[case] endpoint: Endpoint) {
    for body in [&b""[..], b"{", b"\xff", b"{\"LeafNodeText\":7}x"] {
        assert_eq!(coordinator(2).answer(1, endpoint, body), (Reply::Bad, vec![]));
    }
}

#[test]
fn only_process_1_speaks_for_the_suite() {
    let mut all = coordinator(2);
    assert_eq!(
        all.answer(2, Endpoint::BeforeSuiteCompleted, BEFORE_SUITE).0,
        Reply::Bad
    );
    assert_eq!(status(&mut all, 2, Endpoint::BeforeSuiteState), Reply::TooEarly);
}
