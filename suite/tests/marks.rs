//! Marks of future requirements, from the file to the verdict: every shape that KEP-5922 has proposed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::fmt::Write;

use conform_suite::{
    Authority, Junit, Limits, LogSummary, Outcome, Release, RequirementList, Verdict,
    catalogue::upstream,
    evaluation::{Criteria, InputReport, Measured, MeasuredError, RequirementsSource, TestReport, evaluate},
    ginkgo_report, junit,
};
use rstest::rstest;

/// The newest release that is known.
const RELEASE: Release = Release::new(1, 37);

/// A whole passed run of that release and one more entry, the name as a file spells it.
fn file(name: &str, status: &str) -> Junit {
    let required = upstream()
        .listed(RELEASE)
        .filter_map(|known| known.name_in(RELEASE));
    let mut text = "<testsuites><testsuite>".to_owned();
    for name in required {
        let name = name
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&quot;");
        write!(
            text,
            "<testcase name=\"[It] {name} [Conformance]\" status=\"passed\"></testcase>"
        )
        .unwrap();
    }
    write!(
        text,
        "<testcase name=\"[It] {name}\" status=\"{status}\"></testcase></testsuite></testsuites>"
    )
    .unwrap();
    junit::read_telling(text.as_bytes(), &Limits::default()).unwrap()
}

fn judged(file: Junit, criteria: &Criteria) -> InputReport {
    let log = LogSummary::default();
    let measured = Measured::of_files("x", &[file], Some(&log), None).unwrap();
    evaluate(&measured, criteria, true).unwrap()
}

fn future(report: &InputReport, part: &str) -> Option<TestReport> {
    let mut tests = report.tests.iter().flatten();
    tests.find(|test| test.name.as_str().contains(part)).cloned()
}

#[rstest]
#[case("[sig-x] a [FutureConformance]", 38)]
#[case("[sig-x] a [FutureConformance] [Conformance: [>=1.40]]", 40)]
#[case("[sig-x] a [FutureConformance] [FutureConformance: [>=1.40]]", 40)]
#[case(
    "[sig-x] a [Slow] [FutureConformance] [Conformance: [>=1.38]] [kubelet: [>=1.36]]",
    38
)]
#[case("[sig-x] a [Conformance] [Conformance: [>=1.40]]", 40)]
#[case("[sig-x] a [Conformance: [>=1.41.0]]", 41)]
#[case("[sig-x] a [FutureConformance] [Conformance: [>=1.20]]", 38)]
fn a_mark_in_a_file_counts_for_its_own_release(#[case] name: &str, #[case] minor: u16) {
    for (status, passed, failed, unevaluated) in
        [("passed", 1, 0, 0), ("failed", 0, 1, 0), ("skipped", 0, 0, 1)]
    {
        let report = judged(file(name, status), &Criteria::default());
        let test = future(&report, "[sig-x] a").unwrap();
        assert_eq!(
            (test.required_in.minor(), test.authority),
            (minor, Authority::Upstream)
        );
        let row = report.future[0];
        assert_eq!(
            (
                row.release.minor(),
                row.total,
                row.passed,
                row.failed,
                row.unevaluated
            ),
            (minor, 1, passed, failed, unevaluated)
        );
        assert_eq!(
            (report.verdict, report.present.passed),
            (Verdict::Conformant, 462)
        );
        let near = judged(file(name, status), &Criteria::new(Some(RELEASE)));
        assert_eq!(near.future, []);
    }
}

#[test]
fn a_constraint_on_what_is_required_already_changes_nothing() {
    let report = judged(
        file("[sig-x] a [Conformance: [>=1.21]]", "failed"),
        &Criteria::default(),
    );
    assert_eq!(
        (future(&report, "[sig-x] a"), report.present.required),
        (None, 462)
    );
    let known = "[sig-network] Services should serve a basic endpoint from pods [Conformance] [Conformance: [>=1.50]]";
    let report = judged(file(known, "failed"), &Criteria::default());
    assert_eq!(
        (report.present.required, report.verdict),
        (462, Verdict::NotConformant)
    );
}

#[test]
fn a_mark_takes_the_place_of_what_conform_expects() {
    let name = "[sig-network] Services should support named targetPorts that resolve to different ports on different endpoints";
    let expected = judged(file("[sig-x] b", "passed"), &Criteria::default());
    assert_eq!(
        future(&expected, "named targetPorts").unwrap().authority,
        Authority::Advisory
    );
    let marked = format!("{name} [FutureConformance] [Conformance: [>=1.44]]");
    let report = judged(file(&marked, "passed"), &Criteria::default());
    let test = future(&report, "named targetPorts").unwrap();
    assert_eq!(
        (test.authority, test.required_in.minor(), test.outcome),
        (Authority::Upstream, 44, Outcome::Passed)
    );
    // What upstream puts off is not expected earlier.
    let near = judged(file(&marked, "passed"), &Criteria::new(Some(Release::new(1, 43))));
    assert_eq!(future(&near, "named targetPorts"), None);
}

/// The list of that release with one more entry.
fn whole_list(entry: &str) -> String {
    let required = upstream()
        .listed(RELEASE)
        .filter_map(|known| Some((known.name_in(RELEASE)?, known.first())));
    let mut text = String::new();
    for (name, first) in required {
        let name = format!("{name} [Conformance]");
        write!(text, "- testname: t\n  codename: {name:?}\n  release: v{first}\n").unwrap();
    }
    text + entry
}

fn with(lists: &[&str]) -> Criteria {
    let read = |text: &&str| RequirementList::read(text).unwrap();
    Criteria::default().with_lists(lists.iter().map(read))
}

#[test]
fn a_release_above_the_suite_s_own_in_its_list_is_a_mark() {
    let text = whole_list("- {codename: '[sig-x] a [Conformance]', release: v1.38}\n");
    let report = judged(file("[sig-x] b", "passed"), &with(&[&text]));
    assert_eq!(report.requirements_source, RequirementsSource::List);
    assert_eq!(
        (report.verdict, report.present.required),
        (Verdict::Conformant, 462)
    );
    assert_eq!(
        future(&report, "[sig-x] a").unwrap().required_in,
        Release::new(1, 38)
    );
    // The built-in list of 1.33 names two tests of 1.34.
    let old = Criteria::default().demands(Release::new(1, 33)).unwrap();
    let present = old
        .requirements()
        .filter(|one| one.required_in <= Release::new(1, 33));
    assert_eq!(present.count(), 417);
}

#[test]
fn a_list_of_future_requirements_adds_to_what_is_known() {
    let list = "- {codename: '[sig-x] a [FutureConformance]', release: v1.40}\n\
                - {codename: '[sig-x] c [FutureConformance] [Conformance: [>=1.39]]'}\n";
    let report = judged(file("[sig-x] a [FutureConformance]", "failed"), &with(&[list]));
    assert_eq!(report.requirements_source, RequirementsSource::Catalogue);
    assert_eq!(
        (report.verdict, report.present.required, report.present.failed),
        (Verdict::Conformant, 462, 0)
    );
    let of = |part: &str| {
        let test = future(&report, part).unwrap();
        (test.required_in.minor(), test.outcome)
    };
    // The list knows the release that the mark in the file does not say.
    assert_eq!(of("[sig-x] a"), (40, Outcome::Failed));
    assert_eq!(of("[sig-x] c"), (39, Outcome::NotRun));
    let both = with(&[
        &whole_list("- {codename: '[sig-x] a [FutureConformance]'}\n"),
        "- {codename: '[sig-x] a [FutureConformance]', release: v1.42}",
    ]);
    let report = judged(file("[sig-x] b", "passed"), &both);
    assert_eq!(future(&report, "[sig-x] a").unwrap().required_in.minor(), 42);
}

#[test]
fn a_release_beyond_the_catalogue_is_judged_by_its_list() {
    let newer = Release::new(1, 38);
    let text = whole_list("- {codename: '[sig-x] a [Conformance]', release: v1.38}\n");
    let judge = |name: &str, criteria: &Criteria| {
        let known = Some((newer, conform_suite::evaluation::ReleaseSource::Given));
        let measured = Measured::of_files("x", &[file(name, "passed")], None, known).unwrap();
        evaluate(&measured, criteria, false)
    };
    let error = judge("[sig-x] a [Conformance]", &Criteria::default()).unwrap_err();
    assert!(error.is_newer());
    // A list of what is to come does not say what is required.
    let only_future = with(&["- {codename: '[sig-x] a [FutureConformance]'}"]);
    assert_eq!(judge("[sig-x] a", &only_future).unwrap_err(), error);
    let criteria = with(&[&text]);
    let report = judge("[sig-x] a [Conformance]", &criteria).unwrap();
    assert_eq!(
        (report.present.required, report.verdict),
        (463, Verdict::Conformant)
    );
    let report = judge("[sig-x] b", &criteria).unwrap();
    assert_eq!((report.present.passed, report.verdict), (462, Verdict::Undecided));
}

#[test]
fn a_file_that_marks_more_than_the_newest_list_is_not_taken_for_it() {
    let error =
        Measured::of_files("x", &[file("[sig-x] a [Conformance]", "passed")], None, None).unwrap_err();
    assert_eq!(
        error,
        MeasuredError::Newer {
            others: 1,
            newest: RELEASE
        }
    );
    let later = file("[sig-x] a [Conformance] [Conformance: [>=1.40]]", "passed");
    assert_eq!(
        Measured::of_files("x", &[later], None, None).unwrap().release,
        RELEASE
    );
}

#[test]
fn other_readers_keep_the_constraint_too() {
    let report = r#"[{"SpecReports":[{"LeafNodeType":"It","LeafNodeText":"a [FutureConformance] [Conformance: [>=1.40]]","State":"passed"}]}]"#;
    let read = ginkgo_report::read_telling(report.as_bytes(), &Limits::default()).unwrap();
    let part = Junit::from(read);
    assert_eq!(
        part.required_in.values().copied().collect::<Vec<_>>(),
        [Release::new(1, 40)]
    );
    let whole = Junit::join([
        file("a [FutureConformance] [Conformance: [>=1.41]]", "passed"),
        part,
    ])
    .unwrap();
    assert_eq!(
        whole.required_in.values().copied().collect::<Vec<_>>(),
        [Release::new(1, 40)]
    );
}
