use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn name(text: &str) -> TestName {
    TestName::new(text).unwrap()
}

fn case(name_of: &str, outcome: Outcome, seconds: f64) -> Case {
    Case {
        name: name(name_of),
        outcome,
        duration: Duration::from_secs_f64(seconds),
        message: None,
        filtered: false,
    }
}

#[test]
fn the_built_in_table_is_one() {
    let text = include_str!("../../data/durations.txt");
    let durations = Durations::parse(text).unwrap();
    assert!(durations.known.len() > 100, "{}", durations.known.len());
    assert_eq!(Durations::built_in(), &durations);
}

#[test]
fn history_comes_first_then_the_table_then_its_median() {
    let table = Durations::parse("# x\n1.5\ta\n20.0\tb\n3.0\tc\n").unwrap();
    let seconds = |durations: &Durations, of: &str| durations.estimate(&name(of)).as_secs_f64();
    assert_eq!(
        (seconds(&table, "b [Conformance]"), seconds(&table, "new")),
        (20.0, 3.0)
    );
    let own = table.with_history([(name("b [Conformance]"), Duration::from_secs(7))]);
    assert_eq!((seconds(&own, "b"), seconds(&own, "a")), (7.0, 1.5));
}

#[test]
fn an_empty_table_knows_nothing() {
    assert_eq!(Durations::parse("").unwrap().estimate(&name("a")), UNKNOWN);
}

#[rstest]
#[case("1.0 a", "there is no tab")]
#[case("a\tb", "the seconds are no number")]
#[case("-1\tb", "no test takes so long")]
#[case("NaN\tb", "no test takes so long")]
#[case("1e99\tb", "no test takes so long")]
#[case("1\t", "there is no name")]
fn refuses_what_is_no_table(#[case] line: &str, #[case] problem: &str) {
    let error = Durations::parse(&format!("# x\n{line}\n")).unwrap_err();
    assert_eq!((error.line, error.problem), (2, problem));
}

#[test]
fn only_passes_are_measures() {
    let text = generate([
        case("b [Conformance]", Outcome::Passed, 4.04),
        case("a", Outcome::Passed, 1.0),
        case("a [Conformance]", Outcome::Passed, 3.0),
        case("a", Outcome::Passed, 2.0),
        case("c", Outcome::Failed, 300.0),
        case("d", Outcome::Skipped, 0.1),
        case("e", Outcome::Flaky, 0.1),
    ]);
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(lines, ["2.0\ta", "4.0\tb"]);
    assert!(Durations::parse(&text).is_ok());
}

proptest! {
    #[test]
    fn any_text_is_read(text in any::<String>()) {
        let _ = Durations::parse(&text);
    }
}
