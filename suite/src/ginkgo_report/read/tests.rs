use std::io::Cursor;

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::{Outcome, TestName};

const REPORT: &str = r#"[{"SuitePath":"/usr/local/bin","SuiteLabels":[],"SpecialSuiteFailureReasons":["Interrupted by User"],
"SuiteConfig":{"RandomSeed":1795324266,"FocusStrings":["\\[Conformance\\]"],"SkipStrings":null,"FlakeAttempts":2,"DryRun":false,
"LabelFilter":"","ParallelTotal":6,"Timeout":3600000000000},
"SpecReports":[
{"ContainerHierarchyTexts":null,"LeafNodeType":"SynchronizedBeforeSuite","LeafNodeText":"","State":"passed","RunTime":7},
{"ContainerHierarchyTexts":["[sig-apps] Job"],"ContainerHierarchyLabels":[["sig-apps"]],"LeafNodeType":"It",
 "LeafNodeText":"should pass [Conformance]","State":"passed","RunTime":2500000000,"NumAttempts":1},
{"ContainerHierarchyTexts":["[sig-apps] Job","deep"],"LeafNodeType":"It","LeafNodeText":"should be flaky","State":"passed","NumAttempts":2,"MaxFlakeAttempts":2},
{"ContainerHierarchyTexts":["[sig-apps] Job"],"LeafNodeType":"It","LeafNodeText":"should repeat","State":"passed","NumAttempts":2,"MaxMustPassRepeatedly":2},
{"ContainerHierarchyTexts":["[sig-apps] Job"],"LeafNodeType":"It","LeafNodeText":"should fail","State":"failed","NumAttempts":2,"Failure":{"Message":"no \u001b[31mpod","Location":{"Line":7}}},
{"ContainerHierarchyTexts":["[sig-apps] Job"],"LeafNodeType":"It","LeafNodeText":"should decline","State":"skipped","Failure":{"Message":"2 nodes"}},
{"ContainerHierarchyTexts":["[sig-apps] Job"],"LeafNodeType":"It","LeafNodeText":"should be filtered","State":"skipped"},
{"ContainerHierarchyTexts":["[sig-apps] Job"],"LeafNodeType":"It","LeafNodeText":"should be pending","State":"pending"},
{"ContainerHierarchyTexts":["[sig-apps] Job"],"LeafNodeType":"It","LeafNodeText":"should be cut","State":"interrupted","Failure":{"Message":"Interrupted"}},
{"ContainerHierarchyTexts":["[sig-apps] Job"],"LeafNodeType":"It","LeafNodeText":"should be odd","State":"glowing"}
]}]"#;

fn of(text: impl AsRef<[u8]>) -> Result<GinkgoReport, ReportError> {
    read(Cursor::new(text), &Limits::default())
}

#[test]
fn says_how_each_test_ended() {
    let report = of(REPORT).unwrap();
    let line = |case: &crate::Case| {
        format!(
            "{:?} {} {} {:?}",
            case.outcome, case.filtered, case.name, case.message
        )
    };
    insta::assert_snapshot!(report.cases.iter().map(line).collect::<Vec<_>>().join("\n"), @r#"
    Flaky false [sig-apps] Job deep should be flaky None
    Interrupted false [sig-apps] Job should be cut Some("Interrupted")
    NotRun true [sig-apps] Job should be filtered None
    NotRun false [sig-apps] Job should be odd Some("the status \"glowing\" means nothing here")
    Skipped false [sig-apps] Job should be pending Some("pending")
    Skipped false [sig-apps] Job should decline Some("2 nodes")
    Failed false [sig-apps] Job should fail Some("no �[31mpod")
    Passed false [sig-apps] Job should pass [Conformance] None
    Passed false [sig-apps] Job should repeat None
    "#);
    assert_eq!(report.nodes[0].name.as_str(), "[SynchronizedBeforeSuite]");
    assert_eq!((report.filtered, report.properties.flake_attempts), (1, 2));
    assert_eq!(report.properties.focus, [r"\[Conformance\]"]);
    assert_eq!(report.truncated, None);
    let measured = read_telling(REPORT.as_bytes(), &Limits::default()).unwrap();
    assert_eq!((measured.cases.len(), measured.filtered), (8, 1));
}

#[test]
fn the_order_is_that_of_the_report_and_whole_or_an_error() {
    let order = read_order(REPORT.as_bytes(), &Limits::default()).unwrap();
    let names: Vec<&str> = order.iter().map(TestName::as_str).collect();
    assert_eq!(names.len(), 9);
    assert_eq!(names[0], "[sig-apps] Job should pass [Conformance]");
    assert_eq!(names[1], "[sig-apps] Job deep should be flaky");
    let cut = REPORT.len() - 9;
    assert!(matches!(
        read_order(&REPORT.as_bytes()[..cut], &Limits::default()),
        Err(ReportError::Truncated { .. })
    ));
}

#[test]
fn a_report_cut_anywhere_gives_what_it_holds() {
    let whole = of(REPORT).unwrap();
    let mut held = 0;
    for at in 0..REPORT.len() {
        let report = of(&REPORT.as_bytes()[..at]).unwrap_or_else(|error| panic!("cut at {at}: {error}"));
        assert_eq!(
            report.truncated,
            Some(ReportError::Truncated { at: at as u64 }),
            "cut at {at}"
        );
        assert!(
            report.cases.iter().all(|case| whole.cases.contains(case)),
            "cut at {at}"
        );
        assert!(report.cases.len() >= held, "cut at {at}");
        held = report.cases.len();
    }
    assert_eq!(held, whole.cases.len());
}

#[rstest]
#[case("{}")]
#[case("[7]")]
#[case("[{\"SpecReports\":7}]")]
#[case("[{\"SpecReports\":[{\"State\":7}]}]")]
#[case("[] x")]
#[case("[{\"SpecReports\":[{\"LeafNodeText\":\"\u{0}\"}]}]")]
fn what_is_no_report_is_malformed(#[case] text: &str) {
    assert!(
        matches!(of(text), Err(ReportError::Malformed { .. })),
        "{:?}",
        of(text)
    );
}

#[test]
fn a_test_needs_a_name_and_bytes_need_be_text() {
    let nameless = r#"[{"SpecReports":[{"LeafNodeType":"It"}]}]"#;
    assert!(matches!(of(nameless), Err(ReportError::Name { .. })));
    let invalid = b"[{\"SpecReports\":[{\"LeafNodeText\":\"\xff\"}]}]";
    assert!(matches!(of(invalid), Err(ReportError::Malformed { .. })));
    assert!(matches!(of("[".repeat(9999)), Err(ReportError::Malformed { .. })));
}

#[test]
fn every_limit_holds() {
    let endless = |start: &'static str, again: &'static str| {
        let again = std::iter::repeat(again.as_bytes()).flatten().copied();
        let mut bytes = start.bytes().chain(again);
        let input = std::io::BufReader::new(Endless(move || bytes.next()));
        match read(
            input,
            &Limits {
                cases: 1000,
                text: 1 << 20,
                bytes: 4 << 20,
                ..Limits::default()
            },
        ) {
            Err(ReportError::TooLarge { what, .. }) => what,
            other => panic!("{other:?}"),
        }
    };
    let spec = "{\"LeafNodeType\":\"It\",\"LeafNodeText\":\"a\"},";
    assert_eq!(endless("[{\"SpecReports\":[", spec), "specs");
    assert_eq!(
        endless("[{\"SpecReports\":[{\"LeafNodeText\":\"", "x"),
        "bytes in one spec"
    );
    assert_eq!(
        endless("[{\"SpecReports\":[{\"Other\":\"", "x"),
        "bytes in one spec"
    );
    assert_eq!(endless("[{\"A\":1},", "{\"A\":1},"), "bytes in one spec");
}

struct Endless<F>(F);

impl<F: FnMut() -> Option<u8>> Read for Endless<F> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        for place in &mut *buffer {
            *place = (self.0)().unwrap_or_default();
        }
        Ok(buffer.len())
    }
}

#[test]
fn the_worst_of_a_name_counts() {
    let twice = r#"[{"SpecReports":[{"LeafNodeType":"It","LeafNodeText":"a","State":"passed"},
        {"LeafNodeType":"It","LeafNodeText":"a","State":"panicked"}]}]"#;
    let report = of(twice).unwrap();
    assert_eq!(report.cases.len(), 1);
    assert_eq!(report.cases[0].outcome, Outcome::Panicked);
    assert_eq!(
        Junit::from(report)
            .case(&TestName::new("a").unwrap())
            .unwrap()
            .outcome,
        Outcome::Panicked
    );
}

proptest! {
    #[test]
    fn any_damage_is_read_or_refused(at in 0..REPORT.len(), byte: u8, length in 0..40_usize) {
        let mut bytes = REPORT.as_bytes().to_vec();
        bytes.splice(at..(at + length).min(REPORT.len()), [byte]);
        let _ = of(&bytes);
    }
}
