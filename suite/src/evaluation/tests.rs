mod refused;

use jiff::civil::{Date, date};
use rstest::rstest;

use super::*;
use crate::{
    Authority, Case, Junit, JunitError, LogSummary, Outcome, Release, RequirementList, TestName, Verdict,
    catalogue::upstream,
    test_cases::{self, case},
};

/// The newest release that is known.
fn newest() -> Release {
    upstream().newest().unwrap()
}

/// How many tests it requires.
const REQUIRED: i32 = 462;

/// The file of a whole passed run of a release.
fn passed(release: Release) -> Junit {
    Junit {
        cases: test_cases::passed(release),
        properties: test_cases::properties(),
        ..Junit::default()
    }
}

fn measured(files: &[Junit]) -> Measured {
    let log = log_of(files);
    let files: Vec<Junit> = files.iter().cloned().map(test_cases::counted).collect();
    Measured::of_files("x", &files, Some(&log), None).unwrap()
}

/// What the log of these files says.
fn log_of(files: &[Junit]) -> LogSummary {
    let cases: Vec<Case> = files.iter().flat_map(|file| file.cases.clone()).collect();
    test_cases::log(&cases)
}

#[rstest]
fn a_whole_passed_run_of_each_minor_is_conformant(
    #[values(20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37)] minor: u16,
) {
    let release = Release::new(1, minor);
    let measured = measured(&[passed(release)]);
    assert_eq!(
        (measured.release, measured.release_source),
        (release, ReleaseSource::Inferred)
    );
    let report = evaluate(&measured, &Criteria::default(), false).unwrap();
    assert_eq!(report.verdict, Verdict::Conformant);
    assert!(report.certifiable.value, "{:?}", report.certifiable.reasons);
    let binding = upstream()
        .listed(release)
        .filter(|known| known.first() <= release);
    assert_eq!(usize::try_from(report.present.passed).unwrap(), binding.count());
    let later: i32 = report
        .future
        .iter()
        .filter(|future| future.authority == Authority::Upstream)
        .map(|future| future.total)
        .sum();
    // What is not required yet is what later lists have and this one has not; every list was made of the one before.
    let from_now_on = upstream().known().iter();
    let from_now_on = from_now_on.filter(|known| {
        let mut minors = known.names().flat_map(|(_, minors)| minors);
        minors.any(|minor| *minor >= release)
    });
    assert_eq!(
        usize::try_from(later + report.present.required).unwrap(),
        from_now_on.count()
    );
}

/// v1.36.5 demoted three tests of v1.36: the suites of v1.36.4 and before mark them, and those since do not.
#[rstest]
#[case(Outcome::Passed, Verdict::Conformant, true)]
#[case(Outcome::Failed, Verdict::NotConformant, false)]
#[case(Outcome::NotRun, Verdict::Undecided, false)]
fn what_a_later_patch_release_demotes_is_required_by_the_suites_that_mark_it(
    #[case] outcome: Outcome,
    #[case] verdict: Verdict,
    #[case] certifiable: bool,
) {
    let release = Release::new(1, 36);
    let of = |mark: &str, outcome| {
        let mut file = passed(release);
        let left = upstream().known().iter();
        let left = left.filter(|known| known.was_in(release));
        let left = left.map(|known| case(&format!("{}{mark}", known.id()), outcome));
        file.cases.extend(left);
        let measured = measured(&[file]);
        assert_eq!(
            (measured.release, measured.circumstances.suite),
            (release, release)
        );
        evaluate(&measured, &Criteria::default(), false).unwrap()
    };
    let marked = of(" [Conformance]", outcome);
    assert_eq!((marked.present.required, marked.verdict), (446, verdict));
    assert_eq!(
        marked.certifiable.value, certifiable,
        "{:?}",
        marked.certifiable.reasons
    );
    let unmarked = of("", Outcome::NotRun);
    assert_eq!(
        (unmarked.present.required, unmarked.verdict),
        (443, Verdict::Conformant)
    );
    assert!(unmarked.certifiable.value, "{:?}", unmarked.certifiable.reasons);
}

#[test]
fn each_single_required_test_decides() {
    let whole = measured(&[passed(newest())]);
    let required = Criteria::new(Some(newest())).demands(newest()).unwrap();
    assert_eq!(
        required.requirements().count(),
        usize::try_from(REQUIRED).unwrap()
    );
    let verdict_with = |name: &TestName, outcome: Option<Outcome>| {
        let mut one = whole.clone();
        match outcome {
            Some(outcome) => one.seen.get_mut(name).unwrap().outcome = outcome,
            None => drop(one.seen.remove(name)),
        }
        let report = judge(&one, &required, false);
        assert!(!report.certifiable.value);
        (report.verdict, report.present.passed)
    };
    for name in whole.seen.keys() {
        assert_eq!(
            verdict_with(name, None),
            (Verdict::Undecided, REQUIRED - 1),
            "{name}"
        );
        for undecided in [Outcome::Skipped, Outcome::Interrupted] {
            assert_eq!(
                verdict_with(name, Some(undecided)),
                (Verdict::Undecided, REQUIRED - 1),
                "{name}"
            );
        }
        for missed in [Outcome::Failed, Outcome::TimedOut] {
            assert_eq!(
                verdict_with(name, Some(missed)),
                (Verdict::NotConformant, REQUIRED - 1),
                "{name}"
            );
        }
    }
}

#[test]
fn a_test_under_an_earlier_name_shows_the_later_requirement() {
    let mut file = passed(Release::new(1, 34));
    // The suite of 1.34 has this test, though its release does not require it.
    file.cases.push(case("[sig-network] Services should support named targetPorts that resolve to different ports on different endpoints", Outcome::Failed));
    let report = evaluate(&measured(&[file]), &Criteria::default(), true).unwrap();
    let later: Vec<_> = report
        .future
        .iter()
        .map(|one| (one.release.minor(), one.authority, one.failed))
        .collect();
    assert_eq!(
        later,
        [
            (35, Authority::Upstream, 0),
            (36, Authority::Upstream, 0),
            (37, Authority::Upstream, 0),
            (41, Authority::Advisory, 1)
        ]
    );
    assert_eq!(report.verdict, Verdict::Conformant);
    assert_eq!(report.missed.len(), 1);
    let tests = report.tests.unwrap();
    assert!(tests.iter().all(|test| test.name.as_str()
        != "[sig-network] API Server should provide secure master service [Conformance]"));
}

#[test]
fn a_mark_in_the_file_is_upstream_s_word() {
    let mut file = passed(newest());
    file.cases.push(case(
        "[sig-network] Services may do [FutureConformance]",
        Outcome::Failed,
    ));
    let report = evaluate(
        &measured(&[file.clone()]),
        &Criteria::new(Some(Release::new(1, 40))),
        false,
    )
    .unwrap();
    let only = &report.future[0];
    assert_eq!(
        (report.future.len(), only.release, only.authority),
        (1, newest().plus(1), Authority::Upstream)
    );
    assert_eq!(report.verdict, Verdict::Conformant);
    assert_eq!(
        report.certifiable.reasons,
        [
            "e2e.log says that the suite failed",
            "future tests ran in the same suite run"
        ]
    );
}

#[test]
fn the_release_comes_from_whoever_knows_best() {
    let log = LogSummary {
        suite_version: Some("v1.36.3".to_owned()),
        server_version: Some("v1.35.1+vendor".to_owned()),
        ..test_cases::log(&test_cases::passed(Release::new(1, 36)))
    };
    let file = test_cases::counted(passed(Release::new(1, 36)));
    let of = |known| Measured::of_files("x", std::slice::from_ref(&file), Some(&log), known).unwrap();
    assert_eq!(
        (of(None).release, of(None).release_source),
        (Release::new(1, 35), ReleaseSource::Log)
    );
    let given = of(Some((Release::new(1, 34), ReleaseSource::Given)));
    assert_eq!(
        (given.release, given.release_source),
        (Release::new(1, 34), ReleaseSource::Given)
    );
    let report = evaluate(&of(None), &Criteria::default(), false).unwrap();
    assert_eq!(report.verdict, Verdict::Conformant);
    assert_eq!(
        report.certifiable.reasons,
        ["the suite is of release 1.36, the cluster of 1.35"]
    );
    let error = Measured::of_files("x", &[Junit::default()], None, None).unwrap_err();
    assert_eq!(error, MeasuredError::NoRelease);
    let unknown = evaluate(
        &of(Some((Release::new(1, 19), ReleaseSource::Given))),
        &Criteria::default(),
        false,
    )
    .unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "what release 1.19 requires is not known: the catalogue has 1.20 to 1.37"
    );
}

#[test]
fn a_dry_run_says_nothing() {
    let mut file = passed(newest());
    file.properties.dry_run = true;
    let error = Measured::of_files("x", &[file], None, None).unwrap_err();
    assert_eq!(error, MeasuredError::Junit(JunitError::DryRun));
}

#[test]
fn files_of_a_parallel_run_are_one_run() {
    let whole = passed(newest());
    let half = |odd: usize| {
        let other = |index: usize| {
            if index % 2 == odd {
                Outcome::Passed
            } else {
                Outcome::NotRun
            }
        };
        let cases = whole.cases.iter().enumerate();
        let cases = cases
            .map(|(index, one)| case(one.name.as_str(), other(index)))
            .collect();
        Junit {
            cases,
            ..Junit::default()
        }
    };
    let report = evaluate(&measured(&[half(0), half(1)]), &Criteria::default(), false).unwrap();
    assert_eq!(report.verdict, Verdict::Conformant);
    assert!(!report.certifiable.value);
}

#[test]
fn what_a_pattern_left_out_is_a_reason() {
    let mut file = passed(newest());
    file.properties.skip = vec!["Slow".to_owned()];
    assert!(
        evaluate(&measured(&[file.clone()]), &Criteria::default(), false)
            .unwrap()
            .certifiable
            .value
    );
    file.cases.truncate(456);
    let report = evaluate(&measured(&[file]), &Criteria::default(), false).unwrap();
    assert_eq!(
        report.certifiable.reasons,
        [
            "6 required tests were skipped or not run",
            "skip \"Slow\" leaves out 6 tests"
        ]
    );
}

#[rstest]
#[case(&[], false, Verdict::Undecided)]
#[case(&[Verdict::Conformant], false, Verdict::Conformant)]
#[case(&[Verdict::Conformant], true, Verdict::Undecided)]
#[case(&[Verdict::Conformant, Verdict::Undecided], false, Verdict::Undecided)]
#[case(&[Verdict::NotConformant, Verdict::Undecided], true, Verdict::NotConformant)]
fn the_total_is_no_better_than_its_parts(
    #[case] verdicts: &[Verdict],
    #[case] broken: bool,
    #[case] total: Verdict,
) {
    let whole = evaluate(&measured(&[passed(newest())]), &Criteria::default(), false).unwrap();
    let inputs = verdicts.iter().map(|&verdict| InputReport {
        verdict,
        ..whole.clone()
    });
    let unreadable = broken.then(|| Unreadable {
        source: "y".to_owned(),
        error: "z".to_owned(),
    });
    let evaluation = Evaluation::new(inputs.collect(), unreadable.into_iter().collect());
    assert_eq!(evaluation.total.verdict, total);
    assert_eq!(evaluation.total.inputs, verdicts.len() + usize::from(broken));
}

#[test]
fn a_suite_that_its_log_does_not_name_is_told_by_its_tests() {
    let of = |files: &[Junit], server: u16| {
        let log = log_of(files);
        let files: Vec<Junit> = files.iter().cloned().map(test_cases::counted).collect();
        let known = Some((Release::new(1, server), ReleaseSource::Given));
        let measured = Measured::of_files("x", &files, Some(&log), known).unwrap();
        let report = evaluate(&measured, &Criteria::default(), false).unwrap();
        (measured.circumstances.suite.minor(), report.certifiable.reasons)
    };
    let (suite, reasons) = of(&[passed(Release::new(1, 36))], 35);
    assert_eq!(suite, 36);
    assert_eq!(reasons, ["the suite is of release 1.36, the cluster of 1.35"]);
    assert_eq!(of(&[passed(Release::new(1, 36))], 36), (36, Vec::new()));
    // What does not fit exactly tells nothing.
    let mut part = passed(Release::new(1, 36));
    part.cases.truncate(100);
    assert_eq!(of(&[part], 35).0, 35);
}

#[test]
fn of_two_names_of_one_requirement_the_worse_counts() {
    let marked = "[sig-network] DNS should provide DNS for services [Conformance]";
    let plain = "[sig-network] DNS should provide DNS for services";
    let verdict = |of_marked: Outcome, of_plain: Outcome| {
        let mut file = passed(newest());
        for one in &mut file.cases {
            if one.name.as_str() == marked {
                one.outcome = of_marked;
            }
        }
        file.cases.push(case(plain, of_plain));
        evaluate(&measured(&[file]), &Criteria::default(), false)
            .unwrap()
            .verdict
    };
    assert_eq!(verdict(Outcome::Failed, Outcome::Passed), Verdict::NotConformant);
    assert_eq!(verdict(Outcome::Passed, Outcome::Failed), Verdict::NotConformant);
    assert_eq!(verdict(Outcome::Skipped, Outcome::Passed), Verdict::Undecided);
    assert_eq!(verdict(Outcome::Passed, Outcome::NotRun), Verdict::Conformant);
    assert_eq!(verdict(Outcome::NotRun, Outcome::Passed), Verdict::Conformant);
}

#[test]
fn a_pass_in_another_file_does_not_mend_a_failure() {
    let dns = "[sig-network] DNS should provide DNS for services [Conformance]";
    let with = |outcome: Outcome| {
        let mut file = passed(newest());
        for one in &mut file.cases {
            if one.name.as_str() == dns {
                one.outcome = outcome;
            }
        }
        file
    };
    for files in [
        [Outcome::Failed, Outcome::Passed],
        [Outcome::Passed, Outcome::Failed],
    ] {
        let measured = measured(&files.map(with));
        assert_eq!(measured.seen[&TestName::new(dns).unwrap()].attempts, 2);
        let report = evaluate(&measured, &Criteria::default(), false).unwrap();
        assert_eq!(report.verdict, Verdict::NotConformant);
    }
}

#[test]
fn what_ends_early_decides_nothing_unless_something_failed() {
    let mut file = passed(newest());
    file.truncated = Some(JunitError::Truncated { at: 7 });
    let report = |measured: &Measured| evaluate(measured, &Criteria::default(), false).unwrap();
    let cut = report(&measured(std::slice::from_ref(&file)));
    assert_eq!(
        (
            cut.verdict,
            cut.present.passed,
            cut.certifiable.reasons.as_slice()
        ),
        (
            Verdict::Undecided,
            REQUIRED,
            ["the JUnit file ends early".to_owned()].as_slice()
        )
    );
    assert!(
        cut.rows[0]
            .verdict
            .starts_with("Undecided: the JUnit file ends early")
    );
    let archive = report(&measured(&[passed(newest())]).of_cut_archive());
    assert_eq!(archive.verdict, Verdict::Undecided);
    assert_eq!(archive.certifiable.reasons, ["the archive ends early"]);
    assert!(
        archive.rows[0]
            .verdict
            .starts_with("Undecided: the archive ends early")
    );
    file.cases[0].outcome = Outcome::Failed;
    assert_eq!(report(&measured(&[file])).verdict, Verdict::NotConformant);
}

#[test]
fn a_list_that_lacks_required_tests_judges_and_cannot_be_submitted() {
    let list = |count: usize| {
        let known = upstream().listed(newest()).take(count);
        let entry = |name: TestName| format!("- {{codename: {:?}, release: v1.9}}\n", name.as_str());
        let text: String = known
            .filter_map(|known| known.requirement_in(newest()))
            .map(|one| entry(one.name))
            .collect();
        RequirementList::read(&text).unwrap()
    };
    let whole = measured(&[passed(newest())]);
    let judged = |lists: Vec<RequirementList>| {
        let criteria = Criteria::default().with_lists(lists);
        evaluate(&whole, &criteria, false).unwrap()
    };
    let one = judged(vec![list(1)]);
    assert_eq!((one.verdict, one.present.required), (Verdict::Conformant, 1));
    assert_eq!(one.certifiable.reasons.len(), 1);
    assert!(
        one.certifiable.reasons[0].starts_with("the list that was given lacks 461 required tests, such as"),
        "{:?}",
        one.certifiable.reasons
    );
    assert!(judged(vec![list(usize::MAX)]).certifiable.value);
    assert!(judged(vec![list(1), list(usize::MAX)]).certifiable.value);
}
