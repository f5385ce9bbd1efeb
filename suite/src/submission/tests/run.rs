//! How the suite was run, as far as its files say it.

use super::*;
use crate::{JunitError, evaluation::MeasuredError};

/// The file says so many processes, and has so many of the parts that each process runs; the log says it, and how many tests
/// will run.
fn ran(said: Option<u32>, nodes: usize, log_says: &[u32]) -> Submission {
    let mut given = whole(RELEASE);
    let junit = junit_of(&mut given);
    junit.properties.parallel_total = said;
    junit.nodes = vec![case("[SynchronizedBeforeSuite]", Outcome::Passed); nodes];
    junit
        .nodes
        .push(case("[SynchronizedAfterSuite]", Outcome::Passed));
    let told = &mut log_of(&mut given).told;
    (told.starts, told.processes) = (vec![4], log_says.iter().copied().collect());
    judged(&mut given);
    given
}

const ALONE: &str = "one test ran after the other";
const BESIDE: &str = "the tests ran in 5 processes at a time: the programme takes that, but conform bundles only what ran one after \
                      the other";

#[rstest]
#[case::alone(Some(1), 1, &[], CheckState::Passed, ALONE)]
#[case::alone_by_another_word(Some(0), 1, &[], CheckState::Passed, ALONE)]
#[case::alone_without_nodes(Some(1), 0, &[], CheckState::Passed, ALONE)]
#[case::beside(Some(5), 5, &[5], CheckState::Passed, BESIDE)]
#[case::changed(
    Some(1), 1, &[5], CheckState::Failed,
    "it is not one number in how many processes tests ran: ParallelTotal 1, [SynchronizedBeforeSuite] 1, e2e.log 5"
)]
#[case::nodes_are_left(
    Some(1), 5, &[], CheckState::Failed,
    "it is not one number in how many processes tests ran: ParallelTotal 1, [SynchronizedBeforeSuite] 5, e2e.log 1"
)]
#[case::silent_log(
    Some(5), 0, &[], CheckState::Failed,
    "it is not one number in how many processes tests ran: ParallelTotal 5, e2e.log 1"
)]
#[case::two_logs(
    Some(5), 0, &[5, 7], CheckState::Failed,
    "it is not one number in how many processes tests ran: ParallelTotal 5, e2e.log 5, e2e.log 7"
)]
fn all_that_is_said_of_processes_is_one_number(
    #[case] said: Option<u32>,
    #[case] nodes: usize,
    #[case] log_says: &[u32],
    #[case] state: CheckState,
    #[case] message: &str,
) {
    let report = check_of(&ran(said, nodes, log_says), terms(), Check::Serial);
    assert_eq!((report.state, report.message.as_str()), (state, message));
}

#[test]
fn a_log_that_is_cut_before_its_start_says_nothing_of_processes() {
    let mut given = ran(Some(5), 5, &[]);
    log_of(&mut given).told.starts.clear();
    assert_eq!(check_of(&given, terms(), Check::Serial).state, CheckState::Passed);
    given.log = None;
    assert_eq!(check_of(&given, terms(), Check::Serial).state, CheckState::Passed);
}

#[rstest]
#[case::silent(&[], CheckState::Unevaluated)]
#[case::beside(&[25], CheckState::Passed)]
#[case::two_logs(&[5, 25], CheckState::Failed)]
fn of_processes_of_old_suites_the_log_alone_tells(#[case] log_says: &[u32], #[case] state: CheckState) {
    let mut given = ran(None, 1, log_says);
    given.folder = "v1.24/example".to_owned();
    unsay(&mut given, Property::ParallelTotal);
    assert_eq!(check_of(&given, terms(), Check::Serial).state, state);
}

#[test]
fn properties_tell_without_a_list_of_what_is_required() {
    for attempts in [0, 1, 2] {
        let mut given = ran(Some(5), 5, &[5]);
        junit_of(&mut given).properties.flake_attempts = attempts;
        given.judged = Some(Err(NotJudged::from(MeasuredError::NoRelease)));
        let state = |check| check_of(&given, terms(), check).state;
        let expected = if attempts > 1 {
            CheckState::Failed
        } else {
            CheckState::Passed
        };
        assert_eq!(state(Check::TriedOnce), expected);
        assert_eq!(state(Check::Serial), CheckState::Passed);
    }
    let mut dry = ran(Some(1), 1, &[]);
    junit_of(&mut dry).properties.dry_run = true;
    dry.judged = Some(Err(NotJudged::from(MeasuredError::Junit(JunitError::DryRun))));
    for check in [Check::TriedOnce, Check::Serial, Check::WholeSelection] {
        let report = check_of(&dry, terms(), check);
        assert_eq!(
            (report.state, report.message.as_str()),
            (CheckState::Unevaluated, "a dry run says nothing")
        );
    }
}

#[test]
fn what_the_bot_takes_is_told_from_what_only_conform_objects_to() {
    let bots = |given: &Submission| {
        let verification = verify("x", given, terms());
        (verification.verdict, verification.bots_verdict())
    };
    let mut given = ran(Some(1), 1, &[5]);
    assert_eq!(bots(&given), (Verdict::NotConformant, Verdict::Conformant));
    given.title = None;
    assert_eq!(bots(&given), (Verdict::NotConformant, Verdict::Conformant));
    given.judged = Some(Err(NotJudged::from(MeasuredError::NoRelease)));
    assert_eq!(bots(&given), (Verdict::NotConformant, Verdict::Undecided));
    given.commits = Some(2);
    assert_eq!(bots(&given), (Verdict::NotConformant, Verdict::NotConformant));
    let beside = ran(Some(5), 5, &[5]);
    assert_eq!(bots(&beside), (Verdict::Conformant, Verdict::Conformant));
    // That conform does not certify it is said all the same.
    let Some(Ok(report)) = &beside.judged else {
        unreachable!()
    };
    assert_eq!(
        report.certifiable.reasons,
        ["the tests ran in 5 processes at a time"]
    );
}

#[test]
fn suites_before_properties_owe_none() {
    let mut given = whole(RELEASE);
    given.folder = "v1.24/example".to_owned();
    let properties = &mut junit_of(&mut given).properties;
    (properties.named, properties.others) = (std::collections::BTreeSet::new(), Vec::new());
    (
        properties.random_seed,
        properties.started_at,
        properties.parallel_total,
    ) = (None, None, None);
    properties.focus.clear();
    log_of(&mut given).ran = None;
    // Without a list for 1.24 it is not known what it requires: judged as if the tests of 1.36 were that.
    given.judged = whole(RELEASE).judged;
    let state = |check| check_of(&given, terms(), check).state;
    for check in [
        Check::TriedOnce,
        Check::WholeSelection,
        Check::SkipStrings,
        Check::Serial,
        Check::SeedsAgree,
        Check::Age,
    ] {
        assert_eq!(state(check), CheckState::Unevaluated, "{check:?}");
    }
    for check in [Check::ReallyRun, Check::SuiteSucceeded, Check::CountsAgree] {
        assert_eq!(state(check), CheckState::Passed, "{check:?}");
    }
}
