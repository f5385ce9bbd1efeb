//! What a run is made of is deleted under it.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{kubectl, look, plugin, run::NAMESPACE, until};

use super::{
    fault::{Fault, Row},
    judge, objects,
    subject::{STEP, Size, Subject, spec},
    world::{World, must, note},
};

/// Somebody deletes conform's API, and with it the run.
pub(super) fn delete_api(world: &World, fault: &Fault) -> Result<Row> {
    let before = objects::cluster_objects()?;
    let subject = Subject::create(world, fault.name, Size::Short)?;
    subject.measured(2)?;
    let since = std::time::Instant::now();
    must(&[
        "delete",
        "customresourcedefinitions",
        "conformanceruns.conform.dev",
        "conformanceresults.conform.dev",
        "--wait=false",
    ])?;
    let mut row = fault.row();
    row.attempts = 1;
    row.leftovers = objects::left_without_api(&subject.name);
    row.seconds = since.elapsed().as_secs();
    "gone with its API".clone_into(&mut row.ended);
    let installed = plugin(&["install"]);
    if installed.code != 0 {
        row.missed
            .push(format!("it cannot be installed again: {}", installed.stderr));
    }
    row.leftovers.extend(objects::added_since(&before)?);
    row.missed
        .extend(row.leftovers.iter().map(|left| format!("left: {left}")));
    Ok(row)
}

/// A state in which a run is deleted.
struct State {
    name: &'static str,
    /// Brings a new run there.
    reach: fn(&str) -> Result<()>,
}

const STATES: [State; 7] = [
    State {
        name: "suspended",
        reach: |name| {
            let mut spec = spec(Size::Short);
            if let Some(spec) = spec.as_object_mut() {
                spec.insert("suspend".into(), json!(true));
            }
            Subject::with(name, &spec)?.reaches("a first status", |run| {
                run.pointer("/status/conditions").is_some()
            })
        },
    },
    State {
        name: "queued",
        reach: |name| {
            Subject::with(&format!("{name}-first"), &spec(Size::Short))?
                .reaches("its start", |run| run.pointer("/status/startTime").is_some())?;
            Subject::with(name, &spec(Size::Short))?
                .reaches("the queue", |run| run.pointer("/status/conditions").is_some())
        },
    },
    State {
        name: "accepted",
        reach: |name| {
            Subject::with(name, &spec(Size::Short))?.reaches("its finalizer", |run| {
                run.pointer("/metadata/finalizers/0").is_some()
            })
        },
    },
    State {
        name: "started",
        reach: |name| {
            Subject::with(name, &spec(Size::Short))?;
            until(STEP, || (!objects_of(name)?.is_empty()).then_some(())).context("no Job is made")
        },
    },
    State {
        name: "measuring",
        reach: |name| Subject::with(name, &spec(Size::Short))?.measured(2),
    },
    State {
        name: "stopping",
        reach: |name| {
            let subject = Subject::with(name, &spec(Size::Short))?;
            subject.measured(1)?;
            plugin(&["cancel", name]);
            Ok(())
        },
    },
    State {
        name: "ended",
        reach: |name| {
            let subject = Subject::with(name, &spec(Size::One))?;
            subject.ended(STEP).map(drop).context("it does not end")
        },
    },
];

fn objects_of(run: &str) -> Option<Vec<String>> {
    let label = format!("conform.dev/run={run}");
    Some(objects::names(&look(&["jobs", "-n", NAMESPACE, "-l", &label])?))
}

/// A run is deleted in each of its states.
pub(super) fn delete_in_each_state(_: &World, fault: &Fault) -> Result<Row> {
    let before = objects::cluster_objects()?;
    let mut row = fault.row();
    let since = std::time::Instant::now();
    for State { name: state, reach } in &STATES {
        let name = format!("{}-{state}", fault.name);
        reach(&name)?;
        let result = look(&["conformanceresult", &name]).unwrap_or(Value::Null);
        note(&format!(
            "deleted while {state}, {} outcomes",
            judge::outcomes(&result).len()
        ));
        kubectl(&["delete", "conformanceruns", "--all", "--wait=false"]);
        row.attempts += 1;
        let left = objects::left_without(&name);
        row.missed
            .extend(left.iter().map(|left| format!("left when {state}: {left}")));
        row.leftovers.extend(left);
    }
    row.seconds = since.elapsed().as_secs();
    row.leftovers.extend(objects::added_since(&before)?);
    row.ended = format!("gone each time ({} runs)", STATES.len());
    Ok(row)
}
