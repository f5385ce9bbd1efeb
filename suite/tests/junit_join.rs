//! Several JUnit files of one parallel run.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

use conform_suite::{Junit, Limits, Outcome, junit};
use proptest::prelude::*;

fn part(cases: &str) -> Junit {
    junit::read(
        format!("<testsuite>{cases}</testsuite>").as_bytes(),
        &Limits::default(),
    )
    .unwrap()
}

fn outcomes(junit: &Junit) -> Vec<(&str, Outcome)> {
    junit
        .cases
        .iter()
        .map(|case| (case.name.as_str(), case.outcome))
        .collect()
}

#[test]
fn what_one_process_ran_counts_and_what_another_left_does_not() {
    let first = part("<testcase name='a'/><testcase name='b'><skipped/></testcase><testcase name='c'/>");
    let second =
        part("<testcase name='a'><skipped/></testcase><testcase name='b'><failure>x</failure></testcase>");
    let third =
        part("<testcase name='c'><failure>y</failure></testcase><testcase name='d'><skipped/></testcase>");
    let whole = Junit::join([first, second, third]).unwrap();
    assert_eq!(
        outcomes(&whole),
        [
            ("a", Outcome::Passed),
            ("b", Outcome::Failed),
            ("c", Outcome::Failed),
            ("d", Outcome::NotRun)
        ]
    );
    assert_eq!(whole.filtered, 3);
    assert_eq!(Junit::join([]), None);
}

#[test]
fn one_dry_or_cut_file_is_known_of_the_whole() {
    let cut = junit::read(
        &b"<testsuite><property name='DryRun' value='true'/>"[..],
        &Limits::default(),
    )
    .unwrap();
    let whole = Junit::join([part("<testcase name='a'/>"), cut]).unwrap();
    assert!(whole.properties.dry_run && whole.truncated.is_some());
}

fn cases() -> impl Strategy<Value = Vec<(String, &'static str)>> {
    let inside = prop::sample::select(
        &[
            "",
            "<failure>x</failure>",
            "<skipped/>",
            "<skipped>why</skipped>",
            "<error/>",
        ][..],
    );
    prop::collection::vec(("[a-e]", inside), 0..6)
}

proptest! {
    #[test]
    fn the_order_of_the_files_says_nothing(parts in prop::collection::vec(cases(), 1..5), rotation in 0..5_usize) {
        let mut files: Vec<Junit> = parts
            .iter()
            .map(|cases| {
                let entry = |(name, inside): &(String, _)| format!("<testcase name='{name}'>{inside}</testcase>");
                part(&cases.iter().map(entry).collect::<Vec<_>>().concat())
            })
            .collect();
        let whole = Junit::join(files.clone()).unwrap();
        let middle = rotation % files.len();
        files.rotate_left(middle);
        files.reverse();
        prop_assert_eq!(&Junit::join(files.clone()).unwrap(), &whole);
        files.extend(files.clone());
        prop_assert_eq!(Junit::join(files).unwrap().cases, whole.cases);
    }
}
