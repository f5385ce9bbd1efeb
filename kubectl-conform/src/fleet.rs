//! Several clusters of one kubeconfig, each by its newest finished run.

use std::collections::BTreeSet;

use conform_suite::{Fleet, FleetRow, FleetState};
use futures::{StreamExt, stream};
use kube::{ResourceExt, api::ListParams, config::Kubeconfig};

use crate::{
    cli::Global,
    cluster::{Cluster, kubeconfig},
    condition,
    error::Error,
    run_report,
};

/// How many clusters are asked at a time.
const AT_A_TIME: usize = 8;

/// The contexts that were asked for, each once; all of the kubeconfig if none was.
pub fn contexts(asked: &[String], global: &Global) -> Result<Vec<String>, Error> {
    let known = |config: Kubeconfig| config.contexts.into_iter().map(|context| context.name).collect();
    let all: Vec<String> = if asked.is_empty() {
        kubeconfig(global).map(known)?
    } else {
        asked.to_vec()
    };
    let mut seen = BTreeSet::new();
    Ok(all.into_iter().filter(|name| seen.insert(name.clone())).collect())
}

/// Asks every cluster. One that does not answer has a row that says so.
pub async fn ask(contexts: &[String], global: &Global) -> Fleet {
    let rows = stream::iter(contexts).map(|context| async move {
        let global = Global {
            context: Some(context.clone()),
            ..global.clone()
        };
        match Cluster::connect(&global).await {
            Ok(cluster) => row(context, &cluster).await,
            Err(error) => unreachable(context, &error),
        }
    });
    Fleet::new(rows.buffer_unordered(AT_A_TIME).collect().await)
}

/// How a cluster stands by the run that finished last, whoever made it. What was imported is no run of the cluster.
pub async fn row(context: &str, cluster: &Cluster) -> FleetRow {
    let listed = cluster.runs().list(&ListParams::default()).await;
    let runs = match listed.map_err(|error| cluster.explain(error)) {
        Ok(listed) => listed.items,
        Err(error) => return unreachable(context, &error),
    };
    let own = runs
        .iter()
        .filter(|run| run.spec.imported.is_none() && !run.spec.preflight.only && condition::is_finished(run));
    let Some(last) = own.max_by_key(|run| (run_report::ended(run), run.name_any())) else {
        return FleetRow::unknown(context, FleetState::Undecided, "no run has finished there yet");
    };
    match run_report::evaluation(last, None) {
        Ok(evaluation) => match evaluation.inputs.first() {
            Some(report) => FleetRow::of(
                context,
                report,
                run_report::ended(last).map(|time| time.to_string()),
            ),
            None => FleetRow::unknown(context, FleetState::Undecided, "its last run measured nothing"),
        },
        Err(error) => FleetRow::unknown(context, FleetState::Undecided, &error.to_string()),
    }
}

fn unreachable(context: &str, error: &Error) -> FleetRow {
    FleetRow::unknown(context, FleetState::Unreachable, &error.to_string())
}
