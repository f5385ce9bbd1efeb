use super::*;
use crate::{
    Case, Junit,
    evaluation::ReleaseSource,
    test_cases::{case, passed},
};

const RELEASE: Release = Release::new(1, 36);

/// A run in which everything that is required, and everything of the KEP's lists, passed; then what `change` does to it.
fn report(change: impl Fn(&mut Case)) -> WindowsReport {
    let known = NAMES.lines().filter(|line| !line.starts_with('#'));
    let mut cases = passed(RELEASE);
    cases.extend(known.map(|name| case(name, Outcome::Passed)));
    cases.iter_mut().for_each(change);
    judge(cases, None)
}

fn judge(cases: Vec<Case>, os_labels: Option<&[String]>) -> WindowsReport {
    let file = Junit {
        cases,
        ..Junit::default()
    };
    let known = Some((RELEASE, ReleaseSource::Given));
    let measured = Measured::of_files("run", &[file], None, known).unwrap();
    windows_report(&measured, os_labels).unwrap()
}

fn verdicts(report: &WindowsReport) -> Vec<(&'static str, &'static str, Verdict)> {
    let lists = report.lists.iter();
    lists
        .map(|list| (list.profile, list.list, list.verdict))
        .collect()
}

#[test]
fn every_list_of_a_cluster_that_passes_everything_is_met() {
    let report = report(|_| {});
    assert_eq!(report.verdict, Verdict::Conformant);
    assert_eq!(report.not_applicable, None);
    let titles: Vec<_> = report
        .lists
        .iter()
        .map(|list| (list.profile, list.list, list.tally.required))
        .collect();
    insta::assert_debug_snapshot!(titles);
    for list in &report.lists {
        assert_eq!(list.verdict, Verdict::Conformant, "{list:?}");
        assert!(list.open.is_empty());
    }
}

#[test]
fn each_test_that_is_not_met_changes_its_list_and_no_other_part() {
    let names: Vec<&str> = NAMES.lines().filter(|line| !line.starts_with('#')).collect();
    let whole = verdicts(&report(|_| {}));
    let ways = [
        (Outcome::Failed, Verdict::NotConformant),
        (Outcome::Skipped, Verdict::Undecided),
        (Outcome::NotRun, Verdict::Undecided),
    ];
    for (name, (outcome, verdict)) in names.into_iter().zip(ways.into_iter().cycle()) {
        let spoiled = report(|case| {
            if case.name.as_str() == name {
                case.outcome = outcome;
                case.filtered = outcome == Outcome::NotRun;
            }
        });
        let pairs = verdicts(&spoiled).into_iter().zip(whole.clone());
        let changed: Vec<_> = pairs.filter(|(now, whole)| now != whole).collect();
        assert!(!changed.is_empty(), "{name} is in no list");
        let is_right = changed.iter().all(|(now, _)| now.2 == verdict);
        assert!(is_right, "{name}: {changed:?}");
        let of_core = changed.iter().any(|(now, _)| now.0 == "windows");
        assert_eq!(spoiled.verdict != Verdict::Conformant, of_core, "{name}");
    }
}

#[test]
fn a_run_that_leaves_out_what_nobody_marks_says_nothing_of_windows() {
    let report = judge(passed(RELEASE), None);
    assert_eq!(report.verdict, Verdict::Undecided);
    let met: Vec<_> = verdicts(&report)
        .into_iter()
        .filter(|(_, _, verdict)| *verdict == Verdict::Conformant)
        .collect();
    assert_eq!(
        met,
        [(
            "windows",
            "required, and not for Linux alone",
            Verdict::Conformant
        )]
    );
}

#[test]
fn a_cluster_without_windows_nodes_is_told_so() {
    let labels = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>();
    let report = judge(passed(RELEASE), Some(&labels(&["linux"])));
    let because = report.not_applicable.unwrap();
    assert!(because.contains("has none that is schedulable"), "{because}");
    let report = judge(passed(RELEASE), Some(&labels(&["linux", "windows"])));
    assert_eq!(report.not_applicable, None);
}
