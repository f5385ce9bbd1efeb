//! Schedules with their finished runs and results, as an operator would have left them.

use anyhow::{Context, Result};
use conform_crds::{Check, ConformanceResult, ConformanceRun, ConformanceSchedule};
use conform_suite::Sig;
use futures::{StreamExt, TryStreamExt, stream};
use kube::{
    Api, Client, ResourceExt,
    api::{Patch, PatchParams, PostParams},
};
use serde_json::{Value, json};

/// How many requests are under way at once.
const AT_ONCE: usize = 32;
/// Tests of each result.
const TESTS: usize = 20;
/// What a failed run's status names.
const FAILURES: usize = 5;
/// SIGs that own tests of a run.
const SIGS: usize = 12;
/// Reasons why a run's files cannot be submitted.
const REASONS: usize = 3;
/// Components of each run.
const COMPONENTS: usize = 8;

/// How much there is to be.
#[derive(Clone, Copy, Debug)]
pub struct History {
    /// Schedules.
    pub schedules: usize,
    /// Finished runs of each.
    pub runs: usize,
}

/// The name of a schedule, from 0.
fn schedule_name(number: usize) -> String {
    format!("scale-{number:04}")
}

/// Makes what is not there yet. Gives the bytes of one run, as JSON.
pub async fn make(client: &Client, history: History) -> Result<usize> {
    let bytes: Vec<usize> = stream::iter(0..history.schedules)
        .map(|number| of_schedule(client.clone(), number, history.runs))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(bytes.into_iter().max().unwrap_or_default())
}

async fn of_schedule(client: Client, number: usize, runs: usize) -> Result<usize> {
    let name = schedule_name(number);
    let schedules: Api<ConformanceSchedule> = Api::all(client.clone());
    if let Some(known) = schedules.get_opt(&name).await?
        && known.labels().contains_key("made")
    {
        return Ok(serde_json::to_vec(
            &client_run(&client, &run_name(number, runs.saturating_sub(1))).await?,
        )?
        .len());
    }
    let object = json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceSchedule", "metadata": { "name": name },
        "spec": {
            "schedule": "0 0 1 1 *", "successfulRunsHistoryLimit": runs.max(1), "failedRunsHistoryLimit": runs.max(1),
            "runTemplate": { "spec": { "profiles": ["quick"] } },
        },
    });
    let schedule = schedules
        .create(&PostParams::default(), &serde_json::from_value(object)?)
        .await
        .with_context(|| format!("create schedule {name}"))?;
    for place in 0..runs {
        of_run(&client, &schedule, &run_name(number, place), place).await?;
    }
    // A history that was begun and not finished is not taken for a whole one.
    let made = json!({ "metadata": { "labels": { "made": "yes" } } });
    schedules
        .patch(&name, &PatchParams::default(), &Patch::Merge(&made))
        .await?;
    Ok(serde_json::to_vec(&client_run(&client, &run_name(number, runs.saturating_sub(1))).await?)?.len())
}

async fn client_run(client: &Client, name: &str) -> Result<ConformanceRun> {
    Ok(Api::<ConformanceRun>::all(client.clone()).get(name).await?)
}

fn run_name(schedule: usize, place: usize) -> String {
    format!("{}-{place:03}", schedule_name(schedule))
}

async fn of_run(client: &Client, schedule: &ConformanceSchedule, name: &str, place: usize) -> Result<()> {
    let owner = |kind: &str, name: &str, uid: Option<String>| {
        json!({
            "apiVersion": "conform.dev/v1alpha1", "kind": kind, "name": name, "uid": uid.unwrap_or_default(),
            "controller": true, "blockOwnerDeletion": true,
        })
    };
    let labels = json!({ "conform.dev/schedule": schedule.name_any() });
    let object = json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun",
        "metadata": {
            "name": name, "labels": labels,
            "annotations": { conform_crds::names::ANNOTATION_SLOT: ended(place) },
            "ownerReferences": [owner("ConformanceSchedule", &schedule.name_any(), schedule.uid())],
        },
        "spec": { "profiles": ["quick"] },
    });
    let runs: Api<ConformanceRun> = Api::all(client.clone());
    let run = runs
        .create(&PostParams::default(), &serde_json::from_value(object)?)
        .await
        .with_context(|| format!("create run {name}"))?;
    let params = PatchParams::apply(conform_crds::names::FIELD_MANAGER).force();
    let status = applied("ConformanceRun", &run_status(name, place));
    runs.patch_status(name, &params, &Patch::Apply(&status)).await?;
    let object = json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceResult",
        "metadata": {
            "name": name, "labels": { "conform.dev/run": name },
            "ownerReferences": [owner("ConformanceRun", name, run.uid())],
        },
        "spec": { "runName": name },
    });
    let results: Api<ConformanceResult> = Api::all(client.clone());
    results
        .create(&PostParams::default(), &serde_json::from_value(object)?)
        .await
        .with_context(|| format!("create result {name}"))?;
    let params = PatchParams::apply("conform-runner-present-1").force();
    let status = applied("ConformanceResult", &result_status());
    results
        .patch_status(name, &params, &Patch::Apply(&status))
        .await?;
    Ok(())
}

fn applied(kind: &str, status: &Value) -> Value {
    json!({ "apiVersion": "conform.dev/v1alpha1", "kind": kind, "status": status })
}

/// The time that a run of this place ended: one a day.
fn ended(place: usize) -> String {
    format!("2026-{:02}-{:02}T01:00:00Z", 1 + place / 28 % 12, 1 + place % 28)
}

fn test_name(number: usize) -> String {
    format!(
        "[sig-network] Services should do thing number {number} as a cluster that conforms does it, on every node [Conformance]"
    )
}

fn run_status(name: &str, place: usize) -> Value {
    let time = ended(place);
    let words = "A sentence of the length that such sentences have, which says what was found and where it was found, and what to do.";
    let condition = |kind: &str, status: &str, reason: &str| {
        json!({ "type": kind, "status": status, "reason": reason, "message": words, "lastTransitionTime": time,
                "observedGeneration": 1 })
    };
    let failures: Vec<Value> = (0..FAILURES)
        .map(|number| {
            json!({ "name": test_name(number), "stage": "Future", "requiredIn": "1.38", "authority": "Advisory",
                    "area": "ServiceProxy", "component": "kube-proxy nftables v1.36.3", "outcome": "Failed", "message": words })
        })
        .collect();
    let components: Vec<Value> = (0..COMPONENTS)
        .map(|number| json!({ "area": "ServiceProxy", "name": format!("component-{number}"), "basis": "Measured", "nodes": 3,
                    "evidence": words }))
        .collect();
    let attempt = |name_of: &str, stage: &str| {
        json!({ "name": name_of, "stage": stage, "jobName": format!("{name}-{name_of}"), "startTime": time,
                "end": "Completed", "message": words })
    };
    let sigs: Vec<Value> = Sig::ALL
        .into_iter()
        .take(SIGS)
        .map(|sig| json!({ "stage": "Present", "sig": sig, "passed": 2, "failed": 0, "unevaluated": 43 }))
        .collect();
    let preflight: Vec<Value> = Check::ALL
        .into_iter()
        .map(|check| json!({ "check": check, "state": "Passed", "message": words }))
        .collect();
    json!({
        "observedGeneration": 1, "startTime": time, "completionTime": time, "serverVersion": "v1.36.3", "resultName": name,
        "suite": { "image": "registry.k8s.io/conformance:v1.36.3", "version": "v1.36.3" },
        "conditions": [
            condition("Succeeded", "True", "TestsPassed"),
            condition("PresentConformant", "Unknown", "NotAllMeasured"),
            condition("FutureConformant", "False", "TestsFailed"),
            condition("Certifiable", "False", "NotSubmittable"),
            condition("PreflightPassed", "True", "PreflightPassed"),
        ],
        "present": { "release": "1.36", "required": 446, "passed": 18, "failed": 0, "unevaluated": 428 },
        "future": [{ "release": "1.38", "authority": "Advisory", "total": 14, "passed": 9, "failed": 5, "unevaluated": 0 }],
        "sigs": sigs,
        "preflight": preflight,
        "notSubmittable": vec![words; REASONS],
        "failures": failures,
        "components": components,
        "attempts": [attempt("present-1", "Present"), attempt("future-1", "Future")],
    })
}

fn result_status() -> Value {
    let tests: Vec<Value> = (0..TESTS)
        .map(|number| {
            json!({ "name": test_name(number), "requiredIn": "1.20", "authority": "Upstream", "area": "ServiceProxy",
                    "selected": true, "outcome": "Passed", "durationMilliseconds": 4000 })
        })
        .collect();
    let time = ended(0);
    json!({ "attempts": [{
        "name": "present-1", "stage": "Present", "startTime": time, "tests": tests,
        "end": { "time": time, "reason": "Completed", "message": "The suite ran to its end.", "exitCode": 0 },
    }] })
}
