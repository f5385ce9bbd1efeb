//! What became of a run: what it lost, what it left, and whether it tells the truth. It reads the objects themselves,
//! without conform's own types: a judge must not share the mistakes of whom he judges.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::Value;

use crate::run::condition;

use super::{
    fault::{Ends, Fault, Row},
    objects,
    subject::Subject,
};

/// Outcomes of tests that came to an end of their own.
const TERMINAL: [&str; 7] = [
    "Passed", "Failed", "Flaky", "TimedOut", "Panicked", "Aborted", "Skipped",
];

/// Judges a run that was hurt, deletes it, and looks for what stays.
pub(super) fn judge(
    fault: &Fault,
    subject: &Subject,
    known: &BTreeSet<String>,
    end: Option<&Value>,
    ends: Ends,
    before: &BTreeSet<String>,
) -> Result<Row> {
    let mut row = judge_end(fault, subject, known, end, ends);
    add_leftovers(&mut row, subject, before)?;
    Ok(row)
}

/// Judges a run that was hurt and has ended, or has not.
pub(super) fn judge_end(
    fault: &Fault,
    subject: &Subject,
    known: &BTreeSet<String>,
    end: Option<&Value>,
    ends: Ends,
) -> Row {
    let mut row = fault.row();
    row.seconds = subject.since.elapsed().as_secs();
    let result = subject.result().unwrap_or_default();
    let run = end.cloned().or_else(|| subject.get()).unwrap_or_default();
    row.attempts = list(&run, "/status/attempts").len();
    let (_, reason) = condition(&run, "Succeeded");
    let (measured, selected) = counts(&result);
    row.ended = if end.is_some() {
        format!("{reason}, {measured} of {selected} measured")
    } else {
        row.missed.push(format!("the run did not end: {reason}"));
        format!("did not end ({reason})")
    };
    match ends {
        Ends::Measured if measured < selected => {
            row.missed
                .push(format!("{measured} of {selected} selected tests were measured"));
        }
        Ends::With(reasons) if !reasons.contains(&reason.as_str()) => {
            row.missed.push(format!(
                "it ended with {reason} instead of {}",
                reasons.join(" or ")
            ));
        }
        _ => {}
    }
    let lost = lost(&result, known);
    row.missed.extend(lost.iter().map(|name| format!("lost: {name}")));
    row.lost = Some((known.len(), lost.len()));
    row.missed.extend(untrue(&run, &result));
    row.leftovers = if end.is_some() {
        objects::left_by_the_end(&subject.name)
    } else {
        Vec::new()
    };
    row
}

/// Deletes the run and looks for what stays of it.
pub(super) fn add_leftovers(row: &mut Row, subject: &Subject, before: &BTreeSet<String>) -> Result<()> {
    row.leftovers.extend(objects::left_by_deletion(&subject.name));
    row.leftovers.extend(objects::added_since(before)?);
    row.leftovers.sort_unstable();
    row.leftovers.dedup();
    row.missed
        .extend(row.leftovers.iter().map(|left| format!("left: {left}")));
    Ok(())
}

/// Every selected test that came to an end in some attempt, with its outcome and that attempt's name.
pub(super) fn outcomes(result: &Value) -> BTreeMap<String, (String, String)> {
    let mut found = BTreeMap::new();
    for attempt in list(result, "/status/attempts") {
        for test in list(attempt, "/tests") {
            let outcome = text(test, "/outcome");
            if test.get("selected") == Some(&Value::Bool(true)) && TERMINAL.contains(&outcome) {
                found.insert(
                    text(test, "/name").to_owned(),
                    (outcome.to_owned(), text(attempt, "/name").to_owned()),
                );
            }
        }
    }
    found
}

/// How many tests came to an end, of how many that any attempt was to run.
pub(super) fn counts(result: &Value) -> (usize, usize) {
    let attempts = list(result, "/status/attempts");
    let selected: BTreeSet<&str> = attempts
        .iter()
        .flat_map(|attempt| list(attempt, "/tests"))
        .filter(|test| test.get("selected") == Some(&Value::Bool(true)))
        .map(|test| text(test, "/name"))
        .collect();
    (outcomes(result).len(), selected.len())
}

/// Known tests that have no outcome any more, or were run again by a later attempt although they had one.
fn lost(result: &Value, known: &BTreeSet<String>) -> Vec<String> {
    let now = outcomes(result);
    let attempts = list(result, "/status/attempts");
    let runs_of = |name: &String| {
        let selects = |attempt: &&Value| {
            list(attempt, "/tests")
                .iter()
                .any(|test| test.get("selected") == Some(&Value::Bool(true)) && text(test, "/name") == name)
        };
        attempts.iter().filter(selects).count()
    };
    known
        .iter()
        .filter(|name| !now.contains_key(*name) || runs_of(name) > 1)
        .cloned()
        .collect()
}

/// What the run's status says although it was not measured.
fn untrue(run: &Value, result: &Value) -> Vec<String> {
    let mut untrue = Vec::new();
    let (measured, selected) = counts(result);
    // Every run of a fault is focused: a part of what is required says nothing of the whole.
    if condition(run, "PresentConformant").0 == "True" {
        untrue.push(format!("PresentConformant is True after {measured} tests"));
    }
    if condition(run, "Succeeded").0 == "True" && (measured < selected || selected == 0) {
        untrue.push(format!(
            "Succeeded is True, with {measured} of {selected} tests measured"
        ));
    }
    if condition(run, "Certifiable").0 == "True" {
        untrue.push("Certifiable is True".to_owned());
    }
    let passed = outcomes(result)
        .values()
        .filter(|(outcome, _)| outcome == "Passed" || outcome == "Flaky")
        .count();
    let claimed = run.pointer("/status/present/passed").and_then(Value::as_u64);
    if claimed.is_some_and(|claimed| claimed > passed as u64) {
        untrue.push(format!("it says that {claimed:?} passed, and {passed} did"));
    }
    untrue
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    let found = value.pointer(pointer).and_then(Value::as_array);
    found.map(Vec::as_slice).unwrap_or_default()
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn attempt(name: &str, tests: &[(&str, &str)]) -> Value {
        let tests: Vec<Value> = tests
            .iter()
            .map(|(name, outcome)| json!({ "name": name, "outcome": outcome, "selected": true }))
            .collect();
        json!({ "name": name, "tests": tests })
    }

    fn result(attempts: &[Value]) -> Value {
        json!({ "status": { "attempts": attempts } })
    }

    fn known(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn what_is_gone_or_run_again_is_lost() {
        let first = attempt(
            "present-1",
            &[("a", "Passed"), ("b", "Interrupted"), ("c", "NotRun")],
        );
        let rest = attempt("present-2", &[("b", "Passed"), ("c", "Failed")]);
        let resumed = result(&[first.clone(), rest]);
        assert_eq!(counts(&resumed), (3, 3));
        assert!(lost(&resumed, &known(&["a"])).is_empty());
        assert_eq!(
            lost(&result(std::slice::from_ref(&first)), &known(&["a", "b"])),
            ["b"]
        );
        let again = attempt("present-2", &[("a", "Passed")]);
        assert_eq!(lost(&result(&[first, again]), &known(&["a"])), ["a"]);
        assert_eq!(lost(&Value::Null, &known(&["a"])), ["a"]);
    }

    #[test]
    fn a_part_is_never_the_whole() {
        let run = |kind: &str| json!({ "status": { "conditions": [{ "type": kind, "status": "True" }], "present": { "passed": 1 } } });
        let half = result(&[attempt("present-1", &[("a", "Passed"), ("b", "NotRun")])]);
        assert_eq!(untrue(&run("PresentConformant"), &half).len(), 1);
        assert_eq!(untrue(&run("Succeeded"), &half).len(), 1);
        assert_eq!(untrue(&run("Succeeded"), &Value::Null).len(), 2);
        let whole = result(&[attempt("present-1", &[("a", "Passed")])]);
        assert_eq!(untrue(&run("Succeeded"), &whole), Vec::<String>::new());
        assert_eq!(untrue(&run("Certifiable"), &whole).len(), 1);
    }
}
