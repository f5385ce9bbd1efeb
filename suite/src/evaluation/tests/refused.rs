//! Why files that are conformant cannot be submitted.

use super::*;

/// Why the files of a whole passed run cannot be submitted, once something was changed in them.
fn reasons(change: fn(&mut Junit, &mut LogSummary)) -> (Verdict, Vec<String>) {
    let mut file = passed(newest());
    let mut log = log_of(std::slice::from_ref(&file));
    change(&mut file, &mut log);
    let file = test_cases::counted(file);
    let known = Some((newest(), ReleaseSource::Given));
    let measured = Measured::of_files("x", &[file], Some(&log), known).unwrap();
    let report = evaluate(&measured, &Criteria::default(), false).unwrap();
    assert_eq!(report.certifiable.value, report.certifiable.reasons.is_empty());
    (report.verdict, report.certifiable.reasons)
}

#[rstest]
#[case(|_: &mut Junit, log: &mut LogSummary| log.suite_passed = Some(false), "e2e.log says that the suite failed")]
#[case(
    |file: &mut Junit, _: &mut LogSummary| file.properties.others.push(("SuiteSucceeded".to_owned(), "false".to_owned())),
    "the JUnit file says that the suite failed"
)]
#[case(|_: &mut Junit, log: &mut LogSummary| log.flaked = Some(3), "e2e.log says that 3 tests passed only on a further try")]
#[case(|_: &mut Junit, log: &mut LogSummary| log.passed = Some(3), "e2e.log has 3 passed and 0 failed, the JUnit file 462 and 0; e2e.log says that 462 tests ran, and that 3 passed or failed")]
#[case(|_: &mut Junit, log: &mut LogSummary| log.suite_passed = None, "e2e.log has no last line that says so: it is cut, or of something else")]
fn files_that_say_that_the_suite_failed_cannot_be_submitted(
    #[case] change: fn(&mut Junit, &mut LogSummary),
    #[case] reason: &str,
) {
    let (verdict, reasons) = reasons(change);
    assert_eq!(verdict, Verdict::Conformant);
    assert!(reasons.iter().any(|one| one == reason), "{reasons:?}");
}

#[rstest]
#[case::attempts(
    |file: &mut Junit, _: &mut LogSummary| file.properties.flake_attempts = 6,
    &["the suite tried a failing test up to 6 times"]
)]
#[case::processes(
    |file: &mut Junit, _: &mut LogSummary| file.properties.parallel_total = Some(5),
    &["the tests ran in 5 processes at a time"]
)]
#[case::processes_of_the_log_alone(
    |file: &mut Junit, log: &mut LogSummary| {
        log.told.processes = [5].into();
        file.properties.parallel_total = Some(1);
    },
    &[
        "it is not one number in how many processes tests ran: ParallelTotal 1, e2e.log 5",
        "the tests ran in 5 processes at a time",
    ]
)]
fn how_the_suite_ran_is_a_reason_once(
    #[case] change: fn(&mut Junit, &mut LogSummary),
    #[case] expected: &[&str],
) {
    assert_eq!(
        reasons(change),
        (
            Verdict::Conformant,
            expected.iter().map(ToString::to_string).collect()
        )
    );
}

#[test]
fn an_empty_log_is_no_log_of_the_run() {
    assert!(!reasons(|_, log| *log = LogSummary::default()).1.is_empty());
}

#[test]
fn a_failed_conformance_test_that_is_on_no_list_is_a_reason() {
    let (verdict, reasons) = reasons(|file, log| {
        file.cases
            .push(case("[sig-x] new [Conformance]", Outcome::Failed));
        *log = test_cases::log(&file.cases);
        log.suite_passed = Some(true);
    });
    assert_eq!(verdict, Verdict::Conformant);
    assert_eq!(
        reasons,
        [
            "1 conformance test failed that the release does not require, such as \"[sig-x] new [Conformance]\""
        ]
    );
}

#[test]
fn a_run_that_is_still_to_come_cannot_be_submitted() {
    let mut file = passed(Release::new(1, 36));
    file.properties.started_at = Some(date(2027, 5, 1).at(1, 0, 0, 0));
    let reasons = |today: Date| {
        let measured = measured(std::slice::from_ref(&file)).as_of(today);
        let report = evaluate(&measured, &Criteria::default(), false).unwrap();
        report.certifiable.reasons
    };
    assert_eq!(
        reasons(date(2026, 11, 29)),
        ["the suite started on 2027-05-01, which is still to come"]
    );
    assert_eq!(reasons(date(2027, 5, 2)), [""; 0]);
}
