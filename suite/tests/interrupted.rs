//! A run that was interrupted, of the size and the shape of a real one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

mod support;

use std::io::Read;

use conform_suite::{
    Junit, Limits, Outcome, Release, TestName, Verdict,
    evaluation::{Criteria, Measured, evaluate},
    junit,
};
use flate2::read::GzDecoder;

/// What [`support::interrupted_run`] makes, as a file of the project.
const FILE: &[u8] = include_bytes!("fixtures/interrupted.xml.gz");

fn text() -> String {
    let mut text = String::new();
    GzDecoder::new(FILE).read_to_string(&mut text).unwrap();
    text
}

fn count(junit: &Junit, outcome: Outcome) -> usize {
    junit.cases.iter().filter(|case| case.outcome == outcome).count()
}

#[test]
fn the_file_is_of_the_project_s_own_making() {
    assert_eq!(text(), support::interrupted_run());
}

#[test]
#[ignore = "writes the file: cargo test -p conform-suite --test interrupted -- --ignored"]
fn make_the_file() {
    let file = std::fs::File::create(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/interrupted.xml.gz"
    ))
    .unwrap();
    let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::best());
    std::io::Write::write_all(&mut packed, support::interrupted_run().as_bytes()).unwrap();
    packed.finish().unwrap();
}

#[test]
fn every_entry_is_counted_once() {
    let text = text();
    let junit = junit::read(text.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(count(&junit, Outcome::Passed), 40);
    assert_eq!(count(&junit, Outcome::Failed), 8);
    assert_eq!(count(&junit, Outcome::Interrupted), 5);
    assert_eq!(count(&junit, Outcome::NotRun), junit.filtered);
    assert_eq!(junit.filtered, support::ENTRIES - 3 - 40 - 8 - 5);
    assert_eq!(
        (junit.nodes.len(), &junit.truncated, junit.properties.dry_run),
        (3, &None, false)
    );

    let requirements = support::requirements();
    assert_eq!(requirements.len(), 446);
    let of = |name: &&str| junit.case(&TestName::new(name).unwrap()).unwrap().outcome;
    let not_run = requirements
        .iter()
        .map(of)
        .filter(|outcome| *outcome == Outcome::NotRun)
        .count();
    assert_eq!(not_run, 446 - 53);
}

#[test]
fn what_tells_nothing_is_not_kept_if_asked() {
    let text = text();
    let junit = junit::read_telling(text.as_bytes(), &Limits::default()).unwrap();
    assert_eq!((junit.cases.len(), junit.filtered), (446, 7540));
    assert_eq!(junit.cases.iter().filter(|case| !case.filtered).count(), 53);
    assert!(junit.cases.iter().all(|case| case.name.has_tag("Conformance")));
}

#[test]
fn the_verdict_has_exact_counts() {
    let junit = junit::read_telling(text().as_bytes(), &Limits::default()).unwrap();
    let measured = Measured::of_files("x", &[junit], None, None).unwrap();
    assert_eq!(measured.release, Release::new(1, 36));
    let report = evaluate(&measured, &Criteria::new(Some(measured.release)), true).unwrap();
    let present = (
        report.present.required,
        report.present.passed,
        report.present.failed,
        report.present.unevaluated,
    );
    assert_eq!(present, (446, 40, 8, 398));
    assert_eq!(report.verdict, Verdict::NotConformant);
    assert!(!report.certifiable.value);
    let tests = report.tests.unwrap();
    let count = |outcome: Outcome| tests.iter().filter(|test| test.outcome == outcome).count();
    assert_eq!((count(Outcome::Interrupted), count(Outcome::NotRun)), (5, 393));
}

#[test]
fn a_cut_file_never_says_more_than_the_whole() {
    let text = text();
    let whole = junit::read(text.as_bytes(), &Limits::default()).unwrap();
    for at in (0..text.len()).step_by(104_729) {
        let cut = junit::read(&text.as_bytes()[..at], &Limits::default()).unwrap();
        assert!(cut.truncated.is_some());
        assert!(count(&cut, Outcome::Passed) <= 40);
        for case in cut.cases.iter().filter(|case| case.outcome == Outcome::Passed) {
            assert_eq!(whole.case(&case.name).unwrap().outcome, Outcome::Passed);
        }
    }
}
