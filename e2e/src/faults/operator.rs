//! The operator is killed.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    process::Child,
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use conform_testbed::PodProcess;
use serde_json::{Value, json};

use crate::{kubectl, run::NAMESPACE, until, watch};

use super::{
    fault::{Ends, Fault, Row},
    judge, objects,
    subject::{STEP, Subject},
    world::{World, note, replace_operator, suite_nodes},
};

/// How long all of it may take.
const LIMIT: Duration = Duration::from_mins(20);

/// What shows that the operator has done a step: a kind of object, what it is called here, and which of its fields count.
const WATCHED: [(&str, &str, &str); 4] = [
    (
        "conformanceruns",
        "run",
        r#"{.metadata.name}{"\t"}{.metadata.deletionTimestamp}{.metadata.finalizers}{"\t"}{.status.conditions[?(@.type=="Succeeded")].reason}{"\t"}{.status.attempts[*].name}{"\t"}{.status.attempts[*].end}{"\n"}"#,
    ),
    ("serviceaccounts", "ServiceAccount", r#"{.metadata.name}{"\n"}"#),
    ("clusterrolebindings", "binding", r#"{.metadata.name}{"\n"}"#),
    (
        "jobs",
        "Job",
        r#"{.metadata.name}{"\t"}{.metadata.deletionTimestamp}{"\t"}{.status.conditions[*].type}{"\n"}"#,
    ),
];

/// In the middle of a run.
pub(super) fn kill_once(world: &World, _: &Subject) -> Result<()> {
    world.operators()?.iter().for_each(PodProcess::kill);
    Ok(())
}

/// At each step of a run that its objects show, from its creation to its deletion: as soon as something is there that
/// was not there before, the operator that did it is killed.
pub(super) fn kill_at_each_step(world: &World, fault: &Fault) -> Result<Row> {
    let before = objects::cluster_objects()?;
    let name = format!("{}-{}", fault.name, world.number());
    // A watch that has told of one run will tell of the next. This one does nothing.
    Subject::with(&format!("not-{name}"), &json!({ "suspend": true }))?;
    let watches = Watches::start(&name)?;
    let subject = Subject::with(
        &name,
        &json!({
            "stages": "PresentAndFuture",
            "focus": "(server version should|SubjectReview should|named targetPorts)",
            "execution": { "nodeSelector": suite_nodes() },
        }),
    )?;
    let mut known = BTreeSet::new();
    let mut steps = kills(world, &watches, &subject, &mut known, |run| {
        run.is_some_and(|run| run.pointer("/status/completionTime").is_some())
    })?;
    let end = subject.ended(STEP);
    let seconds = subject.since.elapsed().as_secs();
    // What the end leaves is looked at with an operator that lives; its deletion is a step again.
    let mut row = judge::judge_end(fault, &subject, &known, end.as_ref(), Ends::Measured);
    row.seconds = seconds;
    kubectl(&["delete", "conformancerun", &name, "--wait=false"]);
    steps.extend(kills(world, &watches, &subject, &mut known, |run| run.is_none())?);
    kubectl(&["delete", "conformancerun", &format!("not-{name}")]);
    judge::add_leftovers(&mut row, &subject, &before)?;
    row.when = format!("at each of {} steps of a run with two stages", steps.len());
    for step in &steps {
        note(&format!("killed after: {step}"));
    }
    if steps.len() < 8 {
        row.missed
            .push(format!("only {} steps were seen: {steps:?}", steps.len()));
    }
    Ok(row)
}

/// Kills the operator at each step until `done` holds of the run, which is nothing once it is gone. Gives the steps;
/// outcomes that were there at one of them go into `known`.
fn kills(
    world: &World,
    watches: &Watches,
    subject: &Subject,
    known: &mut BTreeSet<String>,
    done: impl Fn(Option<&Value>) -> bool,
) -> Result<Vec<String>> {
    let end = Instant::now() + LIMIT;
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut steps = Vec::new();
    let mut operators = living(world)?;
    loop {
        match watches.steps.recv_timeout(Duration::from_secs(1)) {
            Ok(step) if !seen.insert(step.clone()) => {}
            Ok(step) => {
                operators.iter().for_each(PodProcess::kill);
                steps.push(step);
                let result = subject.result().unwrap_or_default();
                known.extend(judge::outcomes(&result).into_keys());
                replace_operator()?;
                operators = living(world)?;
            }
            Err(RecvTimeoutError::Timeout) => {
                let run = subject.get().filter(|run| !run.is_null());
                if done(run.as_ref()) {
                    return Ok(steps);
                }
                anyhow::ensure!(
                    Instant::now() < end,
                    "run {} does not go on: {steps:?}",
                    subject.name
                );
            }
            Err(RecvTimeoutError::Disconnected) => anyhow::bail!("the watches ended"),
        }
    }
}

fn living(world: &World) -> Result<Vec<PodProcess>> {
    let alive = || {
        let mut found = world.operators().ok()?;
        found.retain(PodProcess::alive);
        (!found.is_empty()).then_some(found)
    };
    until(STEP, alive).context("no operator starts")
}

/// Watches on all objects of one run.
struct Watches {
    children: Vec<Child>,
    steps: Receiver<String>,
}

impl Watches {
    fn start(run: &str) -> Result<Self> {
        let (sender, steps) = channel();
        let mut children = Vec::new();
        for (kind, called, form) in WATCHED {
            let form = format!("jsonpath={form}");
            let mut child = watch(&[kind, "-n", NAMESPACE, "-o", &form])?;
            let out = child.stdout.take().context("a watch has no output")?;
            let (begun, begins) = channel();
            follow(BufReader::new(out), run.to_owned(), called, sender.clone(), begun);
            children.push(child);
            // Of Jobs there are none yet, and the first is not the first step.
            if kind != "jobs" {
                begins
                    .recv_timeout(STEP)
                    .with_context(|| format!("the watch on {kind} does not begin"))?;
            }
        }
        Ok(Self { children, steps })
    }
}

impl Drop for Watches {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Sends a line for each event on an object of the run, and at the first event of any object that it has begun.
fn follow(
    lines: impl BufRead + Send + 'static,
    run: String,
    called: &'static str,
    steps: Sender<String>,
    begun: Sender<()>,
) {
    std::thread::spawn(move || {
        for line in lines.lines().map_while(Result::ok) {
            // Nobody may wait for it any more.
            let _ = begun.send(());
            let ours = line.starts_with(&run);
            if ours
                && steps
                    .send(format!("{called} {}", line.replace('\t', " ")))
                    .is_err()
            {
                return;
            }
        }
    });
}
