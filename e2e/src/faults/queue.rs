//! More of something than there is to be.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::{
    apply, kubectl, look,
    run::{NAMESPACE, condition},
    until,
};

use super::{
    fault::{Ends, Fault, Row},
    judge, known, objects,
    subject::{STEP, Size, Subject, object, spec},
    world::{World, must, operator_is_back},
};

/// How many runs are queued.
const RUNS: usize = 50;
/// How many of them are waited for; the rest is deleted while it waits.
const AWAITED: usize = 3;

/// Two operators run from the start, and find out by themselves who is to act.
pub(super) fn two_operators(world: &World, fault: &Fault) -> Result<Row> {
    must(&[
        "scale",
        "deployment/conform-operator",
        "-n",
        NAMESPACE,
        "--replicas=2",
    ])?;
    operator_is_back()?;
    until(STEP, || (world.operators().ok()?.len() == 2).then_some(()))
        .context("there are no two operators")?;
    let before = objects::cluster_objects()?;
    let subject = Subject::create(world, fault.name, Size::Short)?;
    subject.measured(2)?;
    let known = known::now(&subject)?;
    let end = subject.ended(Duration::from_mins(10));
    let jobs = jobs(&subject.name).unwrap_or_default().len();
    let mut row = judge::judge(fault, &subject, &known, end.as_ref(), Ends::Measured, &before)?;
    if jobs != 1 {
        row.missed.push(format!("{jobs} Jobs were made for one attempt"));
    }
    must(&[
        "scale",
        "deployment/conform-operator",
        "-n",
        NAMESPACE,
        "--replicas=1",
    ])?;
    Ok(row)
}

/// Many runs wait for their turn.
pub(super) fn fifty_runs(_: &World, fault: &Fault) -> Result<Row> {
    let before = objects::cluster_objects()?;
    let name = |index: usize| format!("{}-{index:02}", fault.name);
    let runs: Vec<Value> = (1..=RUNS)
        .map(|index| object(&name(index), &spec(Size::One)))
        .collect();
    let since = std::time::Instant::now();
    let made = apply(&json!({ "apiVersion": "v1", "kind": "List", "items": runs }));
    ensure!(made.code == 0, "{}", made.stderr);
    let mut row = fault.row();
    let mut most = 0;
    let mut order: Vec<String> = Vec::new();
    let enough = until(Duration::from_mins(15), || {
        most = most.max(active_jobs()?);
        let runs = look(&["conformanceruns"])?;
        for run in runs.get("items").and_then(Value::as_array)? {
            let name = run.pointer("/metadata/name").and_then(Value::as_str)?.to_owned();
            let (status, reason) = condition(run, "Succeeded");
            if status == "False" {
                row.missed.push(format!("{name} ended with {reason}"));
            }
            if (status == "True" || status == "False") && !order.contains(&name) {
                order.push(name);
            }
        }
        (order.len() >= AWAITED).then_some(())
    });
    row.seconds = since.elapsed().as_secs();
    row.attempts = order.len();
    if enough.is_none() {
        row.missed.push(format!("only {} runs ended", order.len()));
    }
    // Runs that were made within one second have the same age; then their names count.
    let wanted: Vec<String> = (1..=order.len()).map(name).collect();
    if order != wanted {
        row.missed.push(format!("they ended in the order {order:?}"));
    }
    if most > 1 {
        row.missed.push(format!("{most} Jobs ran at once"));
    }
    row.ended = format!(
        "{} of {RUNS} ended in their order, one at a time; the rest was deleted while it waited",
        order.len()
    );
    kubectl(&["delete", "conformanceruns", "--all", "--wait=false"]);
    for index in 1..=RUNS {
        row.leftovers.extend(objects::left_without(&name(index)));
    }
    row.leftovers.extend(objects::added_since(&before)?);
    row.missed.dedup();
    Ok(row)
}

fn jobs(run: &str) -> Option<Vec<String>> {
    let label = format!("conform.dev/run={run}");
    Some(objects::names(&look(&["jobs", "-n", NAMESPACE, "-l", &label])?))
}

/// Jobs that have pods which run.
fn active_jobs() -> Option<usize> {
    let jobs = look(&["jobs", "-n", NAMESPACE])?;
    let active = |job: &&Value| job.pointer("/status/active").and_then(Value::as_u64).unwrap_or(0) > 0;
    Some(jobs.get("items")?.as_array()?.iter().filter(active).count())
}
