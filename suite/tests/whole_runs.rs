//! Whole runs of real suites: every test that `e2e.test` of a release lists, each with an outcome.
//!
//! The lists are the names of the test cases in the report of a dry run (`e2e.test --ginkgo.dry-run --report-dir=DIR
//! --provider=skeleton`), a name a line, sorted. A further release is one more such file and one more case here.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

use std::{fmt::Write, io::Read};

use conform_suite::{
    Limits, Release, TestName, Verdict,
    evaluation::{Criteria, Measured, ReleaseSource, evaluate},
    junit,
};
use flate2::read::GzDecoder;
use quick_xml::escape::escape;
use rstest::rstest;

/// The mark of what is required or is to be.
const MARK: &str = "[Conformance]";

const V1_29: &[u8] = include_bytes!("fixtures/names/v1.29.6.txt.gz");
const V1_30: &[u8] = include_bytes!("fixtures/names/v1.30.14.txt.gz");
const V1_31: &[u8] = include_bytes!("fixtures/names/v1.31.0.txt.gz");
const V1_32: &[u8] = include_bytes!("fixtures/names/v1.32.2.txt.gz");
const V1_33: &[u8] = include_bytes!("fixtures/names/v1.33.13.txt.gz");
const V1_34: &[u8] = include_bytes!("fixtures/names/v1.34.4.txt.gz");
const V1_35: &[u8] = include_bytes!("fixtures/names/v1.35.4.txt.gz");
const V1_36: &[u8] = include_bytes!("fixtures/names/v1.36.3.txt.gz");
const V1_37: &[u8] = include_bytes!("fixtures/names/v1.37.2.txt.gz");

fn names(packed: &[u8]) -> String {
    let mut names = String::new();
    GzDecoder::new(packed).read_to_string(&mut names).unwrap();
    names
}

/// The JUnit file of a run of all marked tests, as Ginkgo writes it: what was not selected is skipped. `lost` are not in it.
fn run_of(names: &str, lost: &[&str]) -> String {
    let mut file = String::from("<testsuites><testsuite name=\"Kubernetes e2e suite\">\n");
    for name in names.lines().filter(|name| !lost.contains(name)) {
        let name_there = escape(name);
        if name.contains(MARK) {
            writeln!(
                file,
                "<testcase name=\"[It] {name_there}\" classname=\"Kubernetes e2e suite\" status=\"passed\" time=\"1.5\"></testcase>"
            )
        } else {
            writeln!(
                file,
                "<testcase name=\"[It] {name_there}\" classname=\"Kubernetes e2e suite\" status=\"skipped\" time=\"0\"><skipped \
                 message=\"skipped\"></skipped></testcase>"
            )
        }
        .unwrap();
    }
    file.push_str("</testsuite></testsuites>\n");
    file
}

fn verdict(file: &str, release: Option<Release>) -> (Release, Verdict, i32, i32) {
    let read = junit::read(file.as_bytes(), &Limits::default()).unwrap();
    let given = release.map(|release| (release, ReleaseSource::Given));
    let measured = Measured::of_files("run", &[read], None, given).unwrap();
    let report = evaluate(&measured, &Criteria::default(), false).unwrap();
    let present = &report.present;
    assert_eq!(present.failed, 0);
    (
        measured.release,
        report.verdict,
        present.passed,
        present.unevaluated,
    )
}

/// What a suite marks and what its release requires: that of v1.33 marks two tests that bind from 1.34 on.
#[rstest]
#[case::v1_29(29, V1_29, 388, 388)]
#[case::v1_30(30, V1_30, 402, 402)]
#[case::v1_31(31, V1_31, 404, 404)]
#[case::v1_32(32, V1_32, 411, 411)]
#[case::v1_33(33, V1_33, 419, 417)]
#[case::v1_34(34, V1_34, 424, 424)]
#[case::v1_35(35, V1_35, 441, 441)]
#[case::v1_36(36, V1_36, 446, 446)]
#[case::v1_37(37, V1_37, 462, 462)]
fn a_whole_run_of_a_real_suite_is_conformant(
    #[case] minor: u16,
    #[case] packed: &[u8],
    #[case] all_marked: i32,
    #[case] required: i32,
) {
    let release = Release::new(1, minor);
    let names = names(packed);
    let marked: Vec<&str> = names.lines().filter(|name| name.contains(MARK)).collect();
    assert_eq!(i32::try_from(marked.len()), Ok(all_marked));
    let whole = run_of(&names, &[]);
    assert_eq!(verdict(&whole, None), (release, Verdict::Conformant, required, 0));
    for lost in marked.chunks(40).filter_map(|chunk| chunk.first()) {
        let partial = run_of(&names, &[lost]);
        assert_eq!(
            verdict(&partial, Some(release)),
            (release, Verdict::Undecided, required - 1, 1),
            "without {lost}"
        );
    }
}

#[rstest]
#[case::v1_29(29, V1_29)]
#[case::v1_30(30, V1_30)]
#[case::v1_31(31, V1_31)]
#[case::v1_32(32, V1_32)]
#[case::v1_33(33, V1_33)]
#[case::v1_34(34, V1_34)]
#[case::v1_35(35, V1_35)]
#[case::v1_36(36, V1_36)]
#[case::v1_37(37, V1_37)]
fn suites_have_what_is_required_under_its_exact_name(#[case] minor: u16, #[case] packed: &[u8]) {
    let release = Release::new(1, minor);
    let names = names(packed);
    let of_suite: Vec<TestName> = names.lines().map(|name| TestName::new(name).unwrap()).collect();
    let demands = Criteria::default().demands(release).unwrap();
    let required = demands.requirements().filter(|one| one.required_in <= release);
    let other: Vec<&str> = required
        .filter(|one| !of_suite.contains(&one.name))
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(other, [""; 0]);
}

#[test]
fn the_older_run_does_not_make_the_newer_release_conformant() {
    let (_, verdict, passed, unevaluated) = verdict(&run_of(&names(V1_35), &[]), Some(Release::new(1, 36)));
    assert_eq!(verdict, Verdict::Undecided);
    assert_eq!(passed + unevaluated, 446);
    assert!(unevaluated > 0, "1.36 has tests that 1.35 has not");
}
