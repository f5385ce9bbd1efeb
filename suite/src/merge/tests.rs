use proptest::prelude::*;
use rstest::rstest;

use super::*;
use Outcome::{Aborted, Failed, Flaky, Interrupted, NotRun, Panicked, Passed, Skipped, TimedOut};

fn name() -> TestName {
    TestName::new("[sig-network] Services serve").unwrap()
}

fn merged(attempts: &[Outcome]) -> (Outcome, i32) {
    merge(attempts.iter().map(|outcome| (name(), *outcome)))[&name()]
}

#[rstest]
#[case(&[Passed], Passed, 1)]
#[case(&[Failed, Passed], Flaky, 2)]
#[case(&[TimedOut, Passed, Passed], Flaky, 3)]
#[case(&[Failed, Skipped, Passed], Flaky, 3)]
#[case(&[Failed, Flaky], Flaky, 2)]
#[case(&[Passed, Passed], Passed, 2)]
#[case(&[Passed, Failed], Failed, 2)]
#[case(&[Flaky, Failed], Failed, 2)]
#[case(&[Failed, TimedOut], TimedOut, 2)]
#[case(&[Failed, NotRun], Failed, 1)]
#[case(&[Failed, Interrupted], Failed, 2)]
#[case(&[Passed, NotRun], Passed, 1)]
#[case(&[Passed, Interrupted], Passed, 2)]
#[case(&[Interrupted, Passed], Passed, 2)]
#[case(&[NotRun, Interrupted], Interrupted, 1)]
#[case(&[Interrupted, NotRun], Interrupted, 1)]
#[case(&[Interrupted, Skipped], Skipped, 2)]
#[case(&[Skipped, Interrupted], Skipped, 2)]
#[case(&[Skipped, Passed], Passed, 2)]
#[case(&[Passed, Skipped], Passed, 2)]
#[case(&[NotRun, NotRun], NotRun, 0)]
#[case(&[Panicked, Aborted], Aborted, 2)]
fn attempts_make_one_outcome(#[case] attempts: &[Outcome], #[case] outcome: Outcome, #[case] starts: i32) {
    assert_eq!(merged(attempts), (outcome, starts));
}

fn attempts() -> impl Strategy<Value = Vec<Outcome>> {
    let outcomes = vec![
        Passed,
        Flaky,
        Failed,
        TimedOut,
        Panicked,
        Aborted,
        Interrupted,
        Skipped,
        NotRun,
    ];
    prop::collection::vec(prop::sample::select(outcomes), 1..8)
}

proptest! {
    #[test]
    fn an_attempt_that_did_not_start_the_test_changes_nothing(outcomes in attempts(), at in any::<prop::sample::Index>()) {
        let mut more = outcomes.clone();
        more.insert(at.index(outcomes.len() + 1), NotRun);
        prop_assert_eq!(merged(&outcomes), merged(&more));
    }

    #[test]
    fn nothing_passes_that_never_passed(outcomes in attempts()) {
        let passed = outcomes.iter().any(|outcome| outcome.standing() == Standing::Met);
        prop_assert!(passed || merged(&outcomes).0.standing() != Standing::Met);
    }

    #[test]
    fn a_plain_pass_means_that_no_attempt_missed_after_the_last_pass_or_before_it(outcomes in attempts()) {
        if merged(&outcomes).0 == Passed {
            let missed = outcomes.iter().any(|outcome| outcome.standing() == Standing::Missed);
            prop_assert!(!missed);
        }
    }

    #[test]
    fn merging_goes_on_from_where_it_was(outcomes in attempts(), more in attempts()) {
        let (so_far, starts) = merged(&outcomes);
        let all: Vec<Outcome> = outcomes.iter().chain(&more).copied().collect();
        let resumed: Vec<Outcome> = std::iter::once(so_far).chain(more.iter().copied()).collect();
        prop_assert_eq!(merged(&all).0, merged(&resumed).0);
        prop_assert_eq!(merged(&all).1, starts + merged(&more).1);
    }
}
