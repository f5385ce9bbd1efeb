//! A hundred conformance tests and more: conform in its two modes beside hydrophone in its two, on the same cluster, one
//! after the other. A row counts only with its outcomes: whoever is faster has to say the same.

use std::{
    collections::BTreeMap,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use conform_crds::names;
use conform_suite::{Limits, Outcome, TestName};
use serde_json::Value;

use super::{
    meter::{self, Cost, Meter},
    peers::{focus, hydrophone},
};
use crate::{
    cluster::Cluster,
    images::Images,
    plugin::plugin,
    printer,
    process::{output, run},
};

/// Tests of many areas that pass on the testbed in at most 15 s each; none of them wants the cluster for itself.
const TESTS: &str = include_str!("../../data/bench-tests.txt");

/// What each test came to.
type Outcomes = BTreeMap<TestName, Outcome>;

struct Row {
    what: String,
    took: Duration,
    outcomes: Outcomes,
    cost: Option<Cost>,
}

/// Runs the list in every way and prints the table; `processes` are those of the parallel rows.
pub fn measure(images: &Images, cluster: &Cluster, processes: &[u16], serial: bool) -> Result<()> {
    let tests: Vec<String> = TESTS.lines().map(str::to_owned).collect();
    let mut rows = Vec::new();
    if serial {
        rows.push(peer(cluster, &tests, 1)?);
        rows.push(ours(images, cluster, &tests, "certified", None)?);
    }
    for &count in processes {
        rows.push(peer(cluster, &tests, count)?);
        rows.push(ours(images, cluster, &tests, "fast", Some(count))?);
    }
    print(&rows, tests.len())
}

fn peer(cluster: &Cluster, tests: &[String], parallel: u16) -> Result<Row> {
    let what = if parallel == 1 {
        "hydrophone".to_owned()
    } else {
        format!("hydrophone --parallel {parallel}")
    };
    printer::step(&what);
    let folder = tempfile::tempdir()?;
    let took = hydrophone(cluster, &focus(tests), parallel, Some(folder.path()))?;
    Ok(Row {
        what,
        took,
        outcomes: of_junit(folder.path(), tests)?,
        cost: None,
    })
}

fn ours(
    images: &Images,
    cluster: &Cluster,
    tests: &[String],
    mode: &str,
    processes: Option<u16>,
) -> Result<Row> {
    let name = format!("bench-{}-{mode}-{}", std::process::id(), processes.unwrap_or(1));
    let focus = short_focus(images, cluster, tests)?;
    let count = processes.map(|count| count.to_string());
    let mut words = vec![
        "run", &name, "--stages", "present", "--mode", mode, "--focus", &focus, "--wait",
    ];
    if let Some(count) = &count {
        words.extend(["--processes", count]);
    }
    let what = match processes {
        Some(count) => format!("conform, {mode}, {count} processes"),
        None => format!("conform, {mode}"),
    };
    printer::step(&what);
    let meter = Meter::start(cluster)?;
    let since = Instant::now();
    let status = plugin(&images.plugin, cluster, &words)
        .stdout(Stdio::null())
        .status()?;
    let took = since.elapsed();
    let cost = meter.stop(cluster)?;
    // 2: a part of what is required decides nothing.
    if status.code() != Some(2) {
        bail!("kubectl conform run ended with {status}");
    }
    let outcomes = of_run(cluster, &name)?;
    run(&mut plugin(&images.plugin, cluster, &["delete", &name]))?;
    Ok(Row {
        what,
        took,
        outcomes,
        cost: Some(cost),
    })
}

/// What the run's result holds of the tests that ran.
fn of_run(cluster: &Cluster, name: &str) -> Result<Outcomes> {
    let result = output(&mut cluster.kubectl(&["get", "conformanceresult", name, "-o", "json"])?)?;
    let result: Value = serde_json::from_str(&result)?;
    let attempts = result.pointer("/status/attempts").and_then(Value::as_array);
    let mut outcomes = Outcomes::new();
    for test in attempts
        .into_iter()
        .flatten()
        .filter_map(|attempt| attempt.get("tests")?.as_array())
        .flatten()
    {
        if test.get("selected") == Some(&Value::Bool(true)) {
            let part = |key: &str| {
                test.get(key)
                    .cloned()
                    .with_context(|| format!("a test of {name} has no {key}"))
            };
            outcomes.insert(
                serde_json::from_value(part("name")?)?,
                serde_json::from_value(part("outcome")?)?,
            );
        }
    }
    Ok(outcomes)
}

/// What a JUnit file says of `tests`.
fn of_junit(folder: &Path, tests: &[String]) -> Result<Outcomes> {
    let path = folder.join(names::JUNIT);
    let text = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let junit = conform_suite::junit::read(&*text, &Limits::default())
        .with_context(|| format!("{} is no JUnit", path.display()))?;
    let wanted: Vec<TestName> = tests
        .iter()
        .map(|test| Ok(TestName::new(test)?))
        .collect::<Result<_>>()?;
    let ours = junit.cases.into_iter().filter(|case| wanted.contains(&case.name));
    Ok(ours.map(|case| (case.name, case.outcome)).collect())
}

/// The tests as a pattern that fits into a run's focus: of each name a piece that no other required test has.
fn short_focus(images: &Images, cluster: &Cluster, tests: &[String]) -> Result<String> {
    let words = [
        "tests",
        "--profile",
        "kubernetes",
        "--stage",
        "present",
        "-o",
        "json",
    ];
    let list = output(&mut plugin(&images.plugin, cluster, &words))?;
    let list: Value = serde_json::from_str(&list)?;
    let all: Vec<&str> = list
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|test| test.get("name")?.as_str())
        .collect();
    ensure!(!all.is_empty(), "kubectl conform tests lists none");
    let pieces: Vec<&str> = tests.iter().map(|test| piece(test, &all)).collect();
    Ok(super::peers::any_of(&pieces))
}

/// The shortest run of characters of `test` that only it has.
fn piece<'a>(test: &'a str, all: &[&str]) -> &'a str {
    let is_own = |piece: &str| all.iter().filter(|other| other.contains(piece)).count() <= 1;
    let starts: Vec<usize> = test
        .char_indices()
        .map(|(at, _)| at)
        .chain([test.len()])
        .collect();
    for length in 4..starts.len() {
        for window in starts.windows(length + 1) {
            if let (Some(&from), Some(&to)) = (window.first(), window.last())
                && let Some(piece) = test.get(from..to)
                && is_own(piece)
            {
                return piece;
            }
        }
    }
    test
}

fn print(rows: &[Row], total: usize) -> Result<()> {
    let first = rows.first().context("nothing was measured")?;
    printer::line("| way | wall | against the first | passed | same outcomes |");
    printer::line("|---|---:|---:|---:|---|");
    for row in rows {
        let passed = row
            .outcomes
            .values()
            .filter(|outcome| **outcome == Outcome::Passed)
            .count();
        let same = if row.outcomes == first.outcomes {
            "yes"
        } else {
            "**no**"
        };
        printer::line(&format!(
            "| {} | {:.0} s | {:.2} x | {passed} of {total} | {same} |",
            row.what,
            row.took.as_secs_f64(),
            first.took.as_secs_f64() / row.took.as_secs_f64(),
        ));
        for (name, outcome) in &row.outcomes {
            if first.outcomes.get(name) != Some(outcome) {
                printer::note(&format!("{outcome:?} in {}: {name}", row.what));
            }
        }
    }
    for row in rows {
        if let Some(cost) = &row.cost {
            printer::line(&meter::told(&row.what, cost, row.outcomes.len()));
        }
    }
    Ok(())
}
