use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::Area;

const SERVER: Release = Release::new(1, 36);

fn record(stage: Stage, number: usize, outcome: Outcome) -> Record {
    let minor = if stage == Stage::Present { 20 } else { 38 };
    let requirement = Requirement {
        name: TestName::new(&format!("[sig-network] test {number}")).unwrap(),
        required_in: Release::new(1, minor),
        authority: Authority::Upstream,
        area: Area::ServiceProxy,
    };
    Record {
        requirement,
        stage,
        outcome,
        attempts: 1,
        message: None,
    }
}

fn of(stage: Stage, outcomes: &[Outcome]) -> Vec<Record> {
    outcomes
        .iter()
        .enumerate()
        .map(|(number, outcome)| record(stage, number, *outcome))
        .collect()
}

#[rstest]
#[case(&[Outcome::Passed, Outcome::Flaky], Verdict::Conformant)]
#[case(&[Outcome::Passed, Outcome::Failed], Verdict::NotConformant)]
#[case(&[Outcome::Passed, Outcome::TimedOut], Verdict::NotConformant)]
#[case(&[Outcome::Passed, Outcome::Panicked], Verdict::NotConformant)]
#[case(&[Outcome::Passed, Outcome::Aborted], Verdict::NotConformant)]
#[case(&[Outcome::NotRun, Outcome::Failed], Verdict::NotConformant)]
#[case(&[Outcome::Passed, Outcome::Interrupted], Verdict::Undecided)]
#[case(&[Outcome::Passed, Outcome::NotRun], Verdict::Undecided)]
#[case(&[Outcome::Passed, Outcome::Skipped], Verdict::Undecided)]
#[case(&[], Verdict::Undecided)]
fn a_cluster_conforms_only_if_everything_required_was_seen_to_pass(
    #[case] outcomes: &[Outcome],
    #[case] verdict: Verdict,
) {
    let present = assess(SERVER, &of(Stage::Present, outcomes));
    assert_eq!(
        (present.present_verdict, present.future_verdict),
        (verdict, Verdict::Undecided)
    );
    let future = assess(SERVER, &of(Stage::Future, outcomes));
    assert_eq!(
        (future.present_verdict, future.future_verdict),
        (Verdict::Undecided, verdict)
    );
}

#[test]
fn a_future_failure_never_reaches_the_present_verdict() {
    let mut records = of(Stage::Present, &[Outcome::Passed]);
    records.extend(of(Stage::Future, &[Outcome::Failed, Outcome::Aborted]));
    let assessment = assess(SERVER, &records);
    assert_eq!(assessment.present_verdict, Verdict::Conformant);
    assert_eq!(assessment.future_verdict, Verdict::NotConformant);
}

#[test]
fn future_requirements_are_counted_by_release_and_authority() {
    let mut records = of(
        Stage::Future,
        &[Outcome::Passed, Outcome::Failed, Outcome::NotRun],
    );
    records[0].requirement.authority = Authority::Advisory;
    records[2].requirement.required_in = Release::new(1, 37);
    let future = assess(SERVER, &records).future;
    let order: Vec<_> = future
        .iter()
        .map(|one| (one.release.minor(), one.authority, one.tally.failed))
        .collect();
    assert_eq!(
        order,
        [
            (37, Authority::Upstream, 0),
            (38, Authority::Upstream, 1),
            (38, Authority::Advisory, 0)
        ]
    );
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop::sample::select(vec![
        Outcome::Passed,
        Outcome::Flaky,
        Outcome::Failed,
        Outcome::TimedOut,
        Outcome::Interrupted,
        Outcome::Skipped,
        Outcome::NotRun,
    ])
}

fn run() -> impl Strategy<Value = Vec<Record>> {
    let one = (any::<bool>(), outcome());
    prop::collection::vec(one, 0..40).prop_map(|all| {
        let stage = |present: bool| if present { Stage::Present } else { Stage::Future };
        all.into_iter()
            .enumerate()
            .map(|(n, (present, outcome))| record(stage(present), n, outcome))
            .collect()
    })
}

proptest! {
    #[test]
    fn order_never_changes_an_assessment(records in run(), seed in any::<u64>()) {
        let mut shuffled = records.clone();
        // A permutation that depends on the seed alone.
        shuffled.sort_by_key(|record| {
            record.requirement.name.as_str().bytes().fold(seed, |hash, byte| hash.wrapping_mul(31).rotate_left(7) ^ u64::from(byte))
        });
        prop_assert_eq!(assess(SERVER, &records), assess(SERVER, &shuffled));
    }

    #[test]
    fn losing_a_required_pass_never_leaves_conformant(records in run(), lost in any::<prop::sample::Index>()) {
        let assessment = assess(SERVER, &records);
        let passed: Vec<usize> = records
            .iter()
            .enumerate()
            .filter(|(_, record)| record.stage == Stage::Present && record.outcome.standing() == Standing::Met)
            .map(|(index, _)| index)
            .collect();
        prop_assume!(!passed.is_empty());
        let mut without = records.clone();
        without[passed[lost.index(passed.len())]].outcome = Outcome::NotRun;
        let verdict = assess(SERVER, &without).present_verdict;
        prop_assert_ne!(verdict, Verdict::Conformant);
        prop_assert!(assessment.present_verdict != Verdict::NotConformant || verdict == Verdict::NotConformant);
    }

    #[test]
    fn every_requirement_is_counted_once(records in run()) {
        let assessment = assess(SERVER, &records);
        let tallies = assessment.future.iter().map(|future| future.tally).chain([assessment.present]);
        let mut required = 0;
        for tally in tallies {
            prop_assert_eq!(tally.required, tally.passed + tally.failed + tally.unevaluated);
            required += tally.required;
        }
        prop_assert_eq!(usize::try_from(required).unwrap(), records.len());
    }
}

#[test]
fn what_was_never_listed_has_not_passed() {
    let passed = assess(SERVER, &of(Stage::Present, &[Outcome::Passed]));
    assert_eq!(passed.clone().with_unlisted(Stage::Present, 0), passed);
    let short = passed.with_unlisted(Stage::Present, 2);
    assert_eq!((short.present.required, short.present.unevaluated), (3, 2));
    assert_eq!(short.present_verdict, Verdict::Undecided);
    let failed = assess(SERVER, &of(Stage::Present, &[Outcome::Failed]));
    assert_eq!(
        failed.with_unlisted(Stage::Present, 2).present_verdict,
        Verdict::NotConformant
    );
    let future = assess(SERVER, &of(Stage::Future, &[Outcome::Passed]));
    assert_eq!(
        future.with_unlisted(Stage::Future, 1).future_verdict,
        Verdict::Undecided
    );
}
