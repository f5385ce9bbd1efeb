//! The JUnit reader on files of both dialects, whole, cut, shuffled and hostile.

use std::io::BufReader;

use conform_suite::{Case, Junit, JunitError, Limits, Outcome, TestName, junit};
use proptest::prelude::*;
use rstest::rstest;

const GINKGO_V1: &str = include_str!("data/ginkgo-v1.xml");
const GINKGO_V2: &str = include_str!("data/ginkgo-v2.xml");

fn read(text: impl AsRef<[u8]>) -> Result<Junit, JunitError> {
    junit::read(text.as_ref(), &Limits::default())
}

fn brief(cases: &[Case]) -> String {
    let line = |case: &Case| {
        let filtered = if case.filtered { " filtered" } else { "" };
        let message = case.message.as_deref().unwrap_or("-");
        format!(
            "{:?}{filtered} {:?} {} | {message:?}",
            case.outcome, case.duration, case.name
        )
    };
    cases.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn ginkgo_v2_says_how_each_test_ended() {
    let junit = read(GINKGO_V2).unwrap();
    assert_eq!(junit.truncated, None);
    insta::assert_snapshot!(brief(&junit.cases), @r#"
    Aborted 1s [sig-apps] Job should abort [Conformance] | "gave up"
    NotRun filtered 0ns [sig-apps] Job should be filtered, isn't "selected" [Conformance] | "-"
    Interrupted 437.3s [sig-apps] Job should be interrupted [Conformance] | "Interrupted by User"
    Failed 1s [sig-apps] Job should be listed twice | "once"
    Passed 83.776µs [sig-apps] Job should be passed [Conformance] | "-"
    Passed 2.5s [sig-apps] Job should be passed on new kubelets [KubeletMinVersion:1.36] | "-"
    Skipped 0ns [sig-apps] Job should be pending | "pending"
    Skipped 200ms [sig-apps] Job should decline [Conformance] | "Requires at least 2 nodes (not 1)"
    Failed 303.6s [sig-apps] Job should fail [Conformance] | "[FAILED] waiting: Timed out after 300.001s.\nExpected <*Pod> to run"
    Panicked 1s [sig-apps] Job should panic [Conformance] | "runtime error: index out of range"
    TimedOut 600s [sig-apps] Job should time out [Conformance] | "A suite timeout occurred"
    "#);
    insta::assert_snapshot!(brief(&junit.nodes), @r#"
    Passed 600µs [ReportBeforeSuite] | "-"
    Passed 200µs [ReportBeforeSuite] | "-"
    Passed 83.2ms [SynchronizedBeforeSuite] | "-"
    Passed 90ms [ReportAfterSuite] Kubernetes e2e suite report | "-"
    "#);
}

#[test]
fn ginkgo_v2_says_how_it_was_run() {
    let properties = read(GINKGO_V2).unwrap().properties;
    assert!(!properties.dry_run);
    assert_eq!(
        (properties.flake_attempts, properties.parallel_total),
        (0, Some(6))
    );
    assert_eq!(properties.random_seed, Some(1_795_324_266));
    assert_eq!(
        (properties.focus, properties.skip),
        (vec![r"\[Conformance\]".into()], vec![r"\[Slow\]".into()])
    );
    assert_eq!(properties.label_filter, None);
    assert_eq!(
        properties.others.last(),
        Some(&("OfTheFuture".into(), "unknown".into()))
    );
}

#[test]
fn ginkgo_v1_says_it_by_what_is_inside() {
    let junit = read(GINKGO_V1).unwrap();
    insta::assert_snapshot!(brief(&junit.cases), @r#"
    NotRun filtered 0ns [sig-apps] Job should be filtered [Slow][LinuxOnly] | "-"
    Passed 12.34s [sig-apps] Job should be passed [Conformance] | "-"
    Skipped 100ms [sig-apps] Job should decline [Conformance] | "test/e2e/apps/job.go:90: Requires at least 2 nodes"
    Failed 301.2s [sig-apps] Job should fail [Conformance] | "test/e2e/apps/job.go:71\nexpected it to pass"
    "#);
    assert!(junit.nodes.is_empty() && junit.truncated.is_none());
}

#[test]
fn a_dry_run_has_no_outcomes() {
    let dry = GINKGO_V2.replace(r#"name="DryRun" value="false""#, r#"name="DryRun" value="true""#);
    let junit = read(dry).unwrap();
    assert!(junit.properties.dry_run);
    assert!(matches!(junit.outcomes(), Err(JunitError::DryRun)));
    assert_eq!(read(GINKGO_V2).unwrap().outcomes().unwrap().count(), 11);
}

#[rstest]
#[case(GINKGO_V1)]
#[case(GINKGO_V2)]
fn a_file_cut_anywhere_gives_what_it_holds(#[case] file: &str) {
    let whole = read(file).unwrap();
    let end = file.trim_end().len();
    let mut held = 0;
    for at in 0..end {
        let junit = read(&file.as_bytes()[..at]).unwrap_or_else(|error| panic!("cut at {at}: {error}"));
        assert_eq!(
            junit.truncated,
            Some(JunitError::Truncated { at: at as u64 }),
            "cut at {at}"
        );
        for case in &junit.cases {
            let known = whole
                .case(&case.name)
                .filter(|known| known.outcome == case.outcome);
            let lost = case.outcome == Outcome::NotRun;
            assert!(known.is_some() || lost, "cut at {at}: {case:?}");
        }
        assert!(junit.cases.len() >= held, "cut at {at}");
        held = junit.cases.len();
    }
    assert_eq!(held, whole.cases.len());
}

#[test]
fn a_cut_case_never_passes_by_what_is_missing() {
    let v1 = "<testsuite><testcase name='a'>";
    assert!(read(v1).unwrap().cases.is_empty());
    let v2 = "<testsuite><testcase name='a' status='failed'><fail";
    assert_eq!(read(v2).unwrap().cases[0].outcome, Outcome::Failed);
}

#[rstest]
#[case(
    "<testcase name='a' status='passed'><failure type='failed'/></testcase>",
    Outcome::Failed
)]
#[case(
    "<testcase name='a' status='passed'><skipped message='skipped'/></testcase>",
    Outcome::NotRun
)]
#[case("<testcase name='a' status='failed'/>", Outcome::Failed)]
#[case("<testcase name='a' status='skipped'/>", Outcome::NotRun)]
#[case("<testcase name='a' status='glowing'/>", Outcome::NotRun)]
#[case("<testcase name='a' status='glowing'><error/></testcase>", Outcome::Failed)]
#[case(
    "<testcase name='a'><error type='panicked'/><skipped/></testcase>",
    Outcome::Panicked
)]
#[case("<testcase name='a'><x><failure/></x></testcase>", Outcome::Failed)]
#[case("<testcase name='a'><x:failure/></testcase>", Outcome::Failed)]
#[case("<testcase name='a' status='passed'><Failure/></testcase>", Outcome::Failed)]
#[case("<testcase name='a'><rerunFailure/></testcase>", Outcome::Failed)]
#[case("<testcase name='a'><flakyError/></testcase>", Outcome::Failed)]
#[case(
    "<testcase name='a'><properties><error/></properties></testcase>",
    Outcome::Failed
)]
#[case(
    "<testcase name='a'><system-err>a failure: &lt;failure/></system-err></testcase>",
    Outcome::Passed
)]
#[case(
    "<testcase name='a'><system-err><![CDATA[<failure/>]]></system-err></testcase>",
    Outcome::Passed
)]
#[case(
    "<testcase name='a'/><testcase name='a'><failure/></testcase>",
    Outcome::Failed
)]
#[case(
    "<testcase name='a'/><testcase name='[It] a'><skipped/></testcase>",
    Outcome::NotRun
)]
fn of_contradictions_the_worse_counts(#[case] cases: &str, #[case] outcome: Outcome) {
    let junit = read(format!("<testsuites><testsuite>{cases}</testsuite></testsuites>")).unwrap();
    assert_eq!(
        junit.cases.iter().map(|case| case.outcome).collect::<Vec<_>>(),
        [outcome]
    );
}

#[rstest]
#[case(
    "<html></html>",
    "byte 0: a JUnit file starts with <testsuites> or <testsuite>, not with \"html\""
)]
#[case(
    "hello",
    "byte 0: a JUnit file starts with <testsuites> or <testsuite>, not with \"hello\""
)]
#[case("<testsuite/><testsuite/>", "byte 12: a second root element")]
#[case(
    "<!DOCTYPE lolz [<!ENTITY lol 'lol'>]><testsuite/>",
    "byte 0: a document type declaration is refused"
)]
#[case("<testsuite>&lol;</testsuite>", "byte 11: the entity \"lol\" is refused")]
#[case(
    "<testsuite><testcase name='&lol;'/></testsuite>",
    "byte 11: the entity \"lol\" is refused"
)]
#[case("<testsuite><testcase name=''/></testsuite>", "byte 11: a test name is empty")]
#[case(
    "<testsuite><testcase name='a' name='b'/></testsuite>",
    "byte 11: the attribute name comes twice"
)]
#[case(
    "<testsuite><testcase name='a' status='failed' status='passed'/></testsuite>",
    "byte 11: the attribute status comes twice"
)]
#[case(
    "<testsuite><testcase name='a'><testcase name='b'/></testcase></testsuite>",
    "byte 30: a test case inside a test case"
)]
fn what_is_wrong_is_an_error_with_its_place(#[case] file: &str, #[case] message: &str) {
    assert_eq!(read(file).unwrap_err().to_string(), message);
}

#[rstest]
#[case("<testsuite></testsuites>")]
#[case("<testsuite><testcase name=a/></testsuite>")]
#[case("<testsuite><testcase name='&#0;'/></testsuite>")]
#[case("<testsuite>\u{0}</oops></testsuite>")]
#[case("<testsuite/></testsuite>")]
fn what_is_no_xml_is_malformed(#[case] file: &str) {
    assert!(
        matches!(read(file), Err(JunitError::Malformed { .. })),
        "{:?}",
        read(file)
    );
}

#[rstest]
#[case::a_status_elsewhere("<testcase name='b' status='skipped'><skipped message='skipped'/></testcase>")]
#[case::a_property_of_ginkgo_2("<properties><property name='DryRun' value='false'/></properties>")]
fn a_pass_without_a_status_is_none_where_others_have_one(#[case] other: &str) {
    for file in [
        format!("<testsuite><testcase name='a' time='1'/><testcase name='[AfterSuite]'/>{other}</testsuite>"),
        format!("<testsuite>{other}<testcase name='a' time='1'/><testcase name='[AfterSuite]'/></testsuite>"),
    ] {
        for junit in [
            read(&file).unwrap(),
            junit::read_telling(file.as_bytes(), &Limits::default()).unwrap(),
        ] {
            let outcomes = (junit.cases[0].outcome, junit.nodes[0].outcome);
            assert_eq!(outcomes, (Outcome::NotRun, Outcome::NotRun));
            assert!(!junit.cases[0].filtered && junit.cases[0].message.is_some());
            assert_eq!((junit.entries.passed, junit.entries.nodes), (0, 1));
        }
    }
    let old = "<testsuite timestamp='2020-01-01T00:00:00'><testcase name='a' time='1'/></testsuite>";
    assert_eq!(read(old).unwrap().cases[0].outcome, Outcome::Passed);
}

#[rstest]
#[case::output("<testsuite><system-out><testcase name='a' status='STATUS'/></system-out></testsuite>")]
#[case::properties("<testsuite><properties><testcase name='a' status='STATUS'/></properties></testsuite>")]
#[case::suite_in_output(
    "<testsuite><system-out><testsuite><testcase name='a' status='STATUS'/></testsuite></system-out></testsuite>"
)]
#[case::no_suite("<testsuites><testcase name='a' status='STATUS'/></testsuites>")]
fn an_entry_outside_of_a_suite_is_no_pass(#[case] file: &str) {
    let outcome = |status: &str| read(file.replace("STATUS", status)).unwrap().cases[0].outcome;
    assert_eq!(
        (outcome("passed"), outcome("failed")),
        (Outcome::NotRun, Outcome::Failed)
    );
    let nested = "<testsuites><testsuite><testsuite><testcase name='a' status='passed'/></testsuite></testsuite></testsuites>";
    assert_eq!(read(nested).unwrap().cases[0].outcome, Outcome::Passed);
}

#[rstest]
#[case("1.5", 1500)]
#[case("0", 0)]
#[case("-5", 0)]
#[case("NaN", 0)]
#[case("inf", 0)]
#[case("1e300", 0)]
#[case("3000000", 0)]
#[case("soon", 0)]
fn what_no_test_can_take_is_no_time(#[case] time: &str, #[case] milliseconds: u128) {
    let junit = read(format!(
        "<testsuite><testcase name='a' status='passed' time='{time}'/></testsuite>"
    ));
    assert_eq!(junit.unwrap().cases[0].duration.as_millis(), milliseconds);
}

#[test]
fn entries_are_counted_and_so_is_what_the_file_says_of_them() {
    let skipped = "<testcase name='c' status='skipped'><skipped message='skipped'></skipped></testcase>";
    let file = format!(
        "<testsuites tests='9' failures='1' errors='2'><testsuite tests='8' failures='0' errors='0'>\
         <testcase name='[AfterSuite]' status='failed'/><testcase name='a' status='passed'/>\
         <testcase name='[It] a' status='passed'/><testcase name='b' status='failed'/>{skipped}{skipped}\
         </testsuite></testsuites>"
    );
    for junit in [
        read(&file).unwrap(),
        junit::read_telling(file.as_bytes(), &Limits::default()).unwrap(),
    ] {
        let entries = junit.entries;
        assert_eq!(
            (entries.tests, entries.passed, entries.bad, entries.idle()),
            (5, 2, 1, 2)
        );
        assert_eq!((entries.nodes, entries.bad_nodes), (1, 1));
        let repeated: Vec<&str> = junit
            .repeated
            .iter()
            .map(conform_suite::TestName::as_str)
            .collect();
        assert_eq!(repeated, ["a"]);
        let claims: Vec<_> = junit
            .claims
            .iter()
            .map(|claim| (claim.tests, claim.bad))
            .collect();
        assert_eq!(claims, [(Some(9), Some(3)), (Some(8), Some(0))]);
    }
}

#[test]
fn invalid_utf8_is_malformed_and_never_guessed() {
    assert!(matches!(
        read(b"<testsuite><testcase name='\xff'/></testsuite>"),
        Err(JunitError::Malformed { .. })
    ));
}

#[test]
fn names_cannot_steer_a_terminal() {
    let junit = read("<testsuite><testcase name='a &#27;[2J &#x202e;b'/></testsuite>").unwrap();
    assert_eq!(junit.cases[0].name.as_str(), "a \u{fffd}[2J \u{fffd}b");
}

#[test]
fn every_limit_holds() {
    let limits = Limits {
        bytes: 4000,
        depth: 4,
        tag: 200,
        text: 300,
        cases: 10,
        properties: 3,
    };
    let what = |body: String| match junit::read(format!("<testsuite>{body}</testsuite>").as_bytes(), &limits)
    {
        Err(JunitError::TooLarge { what, .. }) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(what("<testcase name='a'/> ".repeat(11)), "test cases");
    assert_eq!(what("<property name='a' value='b'/>".repeat(4)), "properties");
    assert_eq!(what("<a>".repeat(4)), "nested elements");
    assert_eq!(what(format!("<a b='{}'/>", "x".repeat(250))), "bytes in one tag");
    assert_eq!(
        what(format!("<a b='{}'/>", "x".repeat(2500))),
        "bytes in one piece"
    );
    assert_eq!(what("x".repeat(2500)), "bytes in one piece");
    assert_eq!(what("<a></a>".repeat(1000)), "bytes");
}

#[test]
fn one_huge_attribute_costs_no_more_than_its_limit() {
    let endless = std::io::Read::chain(&b"<testsuite><testcase name='"[..], std::io::repeat(b'x'));
    let result = junit::read(BufReader::new(endless), &Limits::default());
    assert!(
        matches!(
            result,
            Err(JunitError::TooLarge {
                what: "bytes in one piece",
                ..
            })
        ),
        "{result:?}"
    );
}

#[test]
fn messages_are_bounded() {
    let text = format!(
        "<testsuite><testcase name='a'><failure>{}</failure></testcase></testsuite>",
        "&lt;x\n".repeat(9999)
    );
    let message = read(text).unwrap().cases[0].message.clone().unwrap();
    assert!(message.len() <= 4096 && message.starts_with("<x\n<x"));
}

const STATUSES: [&str; 6] = [
    "passed",
    "failed",
    "timedout",
    "skipped",
    "interrupted",
    "panicked",
];

fn testcase(number: usize, status: &str, swapped: bool, space: &str) -> String {
    let status = format!("status=\"{status}\"");
    let name = format!("name=\"[It] [sig-apps] Job {number}\"");
    let (first, second) = if swapped {
        (&status, &name)
    } else {
        (&name, &status)
    };
    format!("<testcase{space} {first}{space} {second}{space}>{space}</testcase{space}>{space}")
}

fn file(cases: &[(usize, &str)], swapped: bool, space: &str) -> String {
    let cases: String = cases
        .iter()
        .map(|(number, status)| testcase(*number, status, swapped, space))
        .collect();
    format!("<testsuites>{space}<testsuite>{space}{cases}</testsuite></testsuites>")
}

proptest! {
    #[test]
    fn order_and_layout_say_nothing(
        cases in prop::collection::vec((0..20_usize, prop::sample::select(&STATUSES[..])), 0..30),
        swapped: bool,
        space in "[ \n\t]{0,3}",
        rotation in 0..30_usize,
    ) {
        let plain = read(file(&cases, false, "")).unwrap();
        let mut turned = cases.clone();
        turned.rotate_left(rotation % cases.len().max(1));
        turned.reverse();
        prop_assert_eq!(plain, read(file(&turned, swapped, &space)).unwrap());
    }

    #[test]
    fn how_the_bytes_arrive_says_nothing(capacity in 1..300_usize) {
        let bytewise = junit::read(BufReader::with_capacity(capacity, GINKGO_V2.as_bytes()), &Limits::default());
        prop_assert_eq!(bytewise, read(GINKGO_V2));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
        let _ = read([b"<testsuite>".as_slice(), &bytes].concat());
    }

    #[test]
    fn any_damage_is_read_or_refused(at in 0..GINKGO_V2.len(), byte: u8, length in 0..40_usize) {
        let mut bytes = GINKGO_V2.as_bytes().to_vec();
        bytes.splice(at..(at + length).min(GINKGO_V2.len()), [byte]);
        let _ = read(&bytes);
    }
}

#[test]
fn the_end_of_a_log_is_kept_of_what_failed() {
    let lines: Vec<String> = (0..5000).map(|at| format!("I {at} &lt;x&gt;")).collect();
    let output = lines.join("\n") + "\n";
    let file = format!(
        "<testsuites><testsuite><testcase name=\"[It] a\" status=\"failed\"><failure type=\"failed\">no answer</failure>\
         <system-out>first\u{9}said</system-out><system-err>{output}<![CDATA[<last> line]]></system-err></testcase>\
         <testcase name=\"[It] b\" status=\"passed\"><system-err>well</system-err></testcase>\
         <testcase name=\"[It] c\" status=\"failed\"><failure/></testcase>\
         <system-err>of the suite</system-err></testsuite></testsuites>"
    );
    let junit = read(&file).unwrap();
    let name = |text| TestName::new(text).unwrap();
    assert_eq!(
        junit.case(&name("a")).unwrap().message.as_deref(),
        Some("no answer")
    );
    let names: Vec<&str> = junit.logs.keys().map(TestName::as_str).collect();
    assert_eq!(names, ["a"]);
    let log = &junit.logs[&name("a")];
    assert!(log.len() <= 2048, "{}", log.len());
    assert!(log.ends_with("\nI 4999 <x>\n<last> line"), "{log}");
}
