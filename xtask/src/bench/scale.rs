//! The operator in a cluster with a long history: how soon it is ready, what it keeps in memory, what it asks for.

mod objects;
mod operator;

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use conform_crds::{ConformanceRun, ConformanceSchedule, crds};
use conform_testbed::{Options, Testbed};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{
    Api, Client, Config, ResourceExt,
    api::{ListParams, Patch, PatchParams},
    config::{KubeConfigOptions, Kubeconfig},
};
use serde_json::json;

use self::{
    objects::History,
    operator::{Operator, Seen},
};
use crate::{images, printer};

/// The testbed's name. It is nobody else's.
const NAME: &str = "conform-scale";
/// Goal: most memory of the operator, in MiB.
const MEMORY: f64 = 120.0;
/// Goal: longest start, in seconds.
const START: f64 = 5.0;
/// How many schedules' histories are shortened.
const SHORTENED: usize = 50;
/// How long anything may take here.
const PATIENCE: Duration = Duration::from_mins(10);

/// How much history there is.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct ScaleArgs {
    /// Part scale: how many schedules there are
    #[arg(long, default_value_t = 1000)]
    pub schedules: usize,
    /// Part scale: how many finished runs there are, all in all
    #[arg(long, default_value_t = 20_000)]
    pub finished_runs: usize,
    /// Part scale: leave the testbed with its objects, for the next time
    #[arg(long)]
    pub keep_history: bool,
}

/// Makes the history, starts the operator twice, shortens some histories, and prints what that cost.
pub fn measure(args: &ScaleArgs) -> Result<()> {
    let program = match std::env::var_os("CONFORM_BENCH_OPERATOR") {
        Some(program) => program.into(),
        None => images::build_operator()?,
    };
    printer::step("starts a testbed of one node");
    let testbed = Testbed::up(&Options {
        name: NAME.to_owned(),
        nodes: 1,
        ..Options::default()
    })?;
    let runtime = tokio::runtime::Runtime::new()?;
    let measured = runtime.block_on(measured(args, &testbed, &program));
    if !args.keep_history {
        testbed.down()?;
    }
    measured
}

async fn measured(args: &ScaleArgs, testbed: &Testbed, program: &std::path::Path) -> Result<()> {
    let kubeconfig = testbed.kubeconfig();
    let config = Kubeconfig::read_from(&kubeconfig)?;
    let config = Config::from_custom_kubeconfig(config, &KubeConfigOptions::default()).await?;
    let client = Client::try_from(config)?;
    install(&client).await?;
    let history = History {
        schedules: args.schedules,
        runs: args.finished_runs.div_ceil(args.schedules.max(1)),
    };
    printer::step(&format!(
        "makes {} schedules with {} finished runs each, and their results",
        history.schedules, history.runs
    ));
    let begun = Instant::now();
    let run_bytes = objects::make(&client, history).await?;
    let runs = count(&Api::all(client.clone())).await?;
    let size = mebibytes(run_bytes) * as_float(runs);
    printer::line(&format!(
        "  {runs} runs of {:.1} KiB, {size:.0} MiB as JSON; made in {:.0} s",
        as_float(run_bytes) / 1024.0,
        begun.elapsed().as_secs_f64()
    ));
    let mut missed = Vec::new();
    for start in ["first start", "further start"] {
        printer::step(start);
        let operator = Operator::start(program, &kubeconfig)?;
        let seen = operator.settled(runs, PATIENCE).await?;
        tell(&seen, size);
        missed.extend(over(&seen).map(|goal| format!("{start}: {goal}")));
        if start == "further start" {
            collected(&client, history, &operator).await?;
        }
    }
    anyhow::ensure!(missed.is_empty(), "goals are missed: {}", missed.join("; "));
    Ok(())
}

/// The goals that are missed. What else the machine does shows in times, and little in memory: only that counts.
fn over(seen: &Seen) -> impl Iterator<Item = String> {
    let told = [("resident", seen.resident_kib), ("at most", seen.peak_kib)];
    let over = told.into_iter().filter(|(_, kib)| kib / 1024.0 > MEMORY);
    over.map(|(what, kib)| format!("memory {:.1} MiB {what}, and the goal is {MEMORY}", kib / 1024.0))
}

/// The definitions, without anything that would run.
async fn install(client: &Client) -> Result<()> {
    let api: Api<CustomResourceDefinition> = Api::all(client.clone());
    let params = PatchParams::apply("conform-bench").force();
    for crd in crds() {
        let name = crd.metadata.name.clone().unwrap_or_default();
        api.patch(&name, &params, &Patch::Apply(&crd)).await?;
        kube::runtime::wait::await_condition(
            api.clone(),
            &name,
            kube::runtime::conditions::is_crd_established(),
        )
        .await?;
    }
    let namespaces: Api<k8s_openapi::api::core::v1::Namespace> = Api::all(client.clone());
    let namespace = json!({
        "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": conform_crds::names::NAMESPACE },
    });
    namespaces
        .patch(conform_crds::names::NAMESPACE, &params, &Patch::Apply(&namespace))
        .await?;
    Ok(())
}

fn tell(seen: &Seen, size: f64) {
    let resident = seen.resident_kib / 1024.0;
    printer::line(&format!(
        "  start to ready {:.2} s (goal: at most {START}); all runs seen after {:.1} s, all reconciled after {:.1} s",
        seen.ready.as_secs_f64(),
        seen.cached.as_secs_f64(),
        seen.settled.as_secs_f64()
    ));
    printer::line(&format!(
        "  memory {resident:.1} MiB, {:.1} at most (goal: at most {MEMORY}): {:.2} x the runs as JSON",
        seen.peak_kib / 1024.0,
        resident / size
    ));
    printer::line(&format!(
        "  {:.0} reconciliations, {:.0} requests; p99 at most {} ms (goal: 50), mean {:.2} ms; {:.1} s of CPU",
        seen.reconciliations, seen.requests, seen.p99_ms, seen.mean_ms, seen.cpu
    ));
}

/// Shortens the history of some schedules, and waits until the runs that are too many are gone.
async fn collected(client: &Client, history: History, operator: &Operator) -> Result<()> {
    let left = history.runs / 2;
    let schedules: Api<ConformanceSchedule> = Api::all(client.clone());
    let runs: Api<ConformanceRun> = Api::all(client.clone());
    let before = count(&runs).await?;
    // A history that was kept may have been shortened before.
    let whole = schedules.list(&ListParams::default()).await?.into_iter();
    let full = i32::try_from(history.runs).ok();
    let whole = whole
        .filter(|schedule| schedule.spec.successful_runs_history_limit == full)
        .take(SHORTENED);
    let names: Vec<String> = whole.map(|schedule| schedule.name_any()).collect();
    let too_many = names.len() * (history.runs - left);
    let begun = Instant::now();
    for name in names {
        let limits = json!({ "spec": { "successfulRunsHistoryLimit": left } });
        schedules
            .patch(&name, &PatchParams::default(), &Patch::Merge(&limits))
            .await?;
    }
    while before - count(&runs).await? < too_many {
        anyhow::ensure!(begun.elapsed() < PATIENCE, "the runs that are too many stay");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    printer::line(&format!(
        "  {too_many} runs beyond their schedules' history are gone after {:.1} s; memory then {:.1} MiB",
        begun.elapsed().as_secs_f64(),
        operator.memory_kib()?.0 / 1024.0
    ));
    Ok(())
}

/// How many runs there are, without a look at them.
async fn count(runs: &Api<ConformanceRun>) -> Result<usize> {
    let one = runs.list_metadata(&ListParams::default().limit(1)).await?;
    let rest = one.metadata.remaining_item_count.unwrap_or(0);
    usize::try_from(rest)
        .map(|rest| rest + one.items.len())
        .context("the API server counts less than nothing")
}

#[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
fn as_float(count: usize) -> f64 {
    count as f64
}

fn mebibytes(bytes: usize) -> f64 {
    as_float(bytes) / 1_048_576.0
}
