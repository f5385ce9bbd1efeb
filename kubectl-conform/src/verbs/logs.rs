//! `logs`: the suite's output, from its pod or from what was kept.

use conform_crds::{Attempt, ConformanceResult, names};
use futures::{AsyncBufReadExt, TryStreamExt};
use k8s_openapi::api::core::v1::Pod;
use kube::{
    Api, ResourceExt,
    api::{ListParams, LogParams},
};

use super::results::StageArg;
use crate::{artifact, cluster::Cluster, error::Error, printer::Printer};

/// Options of `logs`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Name of the run
    name: String,
    /// Output of this stage's last attempt; of the newest attempt if not given
    #[arg(long, value_enum)]
    stage: Option<StageArg>,
    /// Output of this attempt, such as present-1
    #[arg(long, conflicts_with = "stage")]
    attempt: Option<String>,
    /// Go on until the suite ends
    #[arg(short, long)]
    follow: bool,
}

/// Shows the output of one attempt.
pub async fn run(args: &Args, cluster: &Cluster, printer: &Printer) -> Result<(), Error> {
    let run = cluster.run(&args.name).await?;
    if let Some(pod) = newest_pod(args, cluster).await? {
        return from_pod(args, cluster, &pod, printer).await;
    }
    match cluster.result_of(&run).await? {
        Some(result) => from_result(args, cluster, &result, printer).await,
        None => Err(nothing(args)),
    }
}

async fn newest_pod(args: &Args, cluster: &Cluster) -> Result<Option<Pod>, Error> {
    let pods: Api<Pod> = Api::namespaced(cluster.client.clone(), &cluster.namespace);
    let selector = format!("{}={}", names::LABEL_RUN, args.name);
    let found = pods
        .list(&ListParams::default().labels(&selector))
        .await
        .map_err(|error| cluster.explain(error))?;
    let wanted = |pod: &Pod| {
        pod.labels()
            .get(names::LABEL_ATTEMPT)
            .is_some_and(|attempt| args.wants(attempt))
    };
    Ok(found
        .items
        .into_iter()
        .filter(wanted)
        .max_by_key(ResourceExt::creation_timestamp))
}

async fn from_pod(args: &Args, cluster: &Cluster, pod: &Pod, printer: &Printer) -> Result<(), Error> {
    let pods: Api<Pod> = Api::namespaced(cluster.streaming.clone(), &cluster.namespace);
    let parameters = LogParams {
        container: Some(names::SUITE_CONTAINER.to_owned()),
        follow: args.follow,
        ..LogParams::default()
    };
    let stream = pods
        .log_stream(&pod.name_any(), &parameters)
        .await
        .map_err(|error| cluster.explain(error))?;
    let mut lines = stream.lines();
    loop {
        let line = lines
            .try_next()
            .await
            .map_err(|error| cluster.explain(kube::Error::ReadEvents(error)))?;
        // Nobody reads any more: the suite need not be followed to its end.
        let Some(mut line) = line.filter(|_| !printer.is_closed()) else {
            return Ok(());
        };
        line.push('\n');
        printer.data(line.as_bytes())?;
    }
}

async fn from_result(
    args: &Args,
    cluster: &Cluster,
    result: &ConformanceResult,
    printer: &Printer,
) -> Result<(), Error> {
    let attempts = result.status.iter().flat_map(|status| &status.attempts);
    let kept = attempts
        .filter(|attempt| args.wants(&attempt.name))
        .filter_map(log_of);
    let Some((attempt, log)) = kept.max_by_key(|(attempt, _)| attempt.start_time.0) else {
        return Err(nothing(args));
    };
    printer.data(&artifact::fetch(cluster, result, &attempt.name, log).await?)
}

fn log_of(attempt: &Attempt) -> Option<(&Attempt, &conform_crds::Artifact)> {
    let log = attempt
        .artifacts
        .iter()
        .find(|artifact| artifact.name == names::E2E_LOG)?;
    Some((attempt, log))
}

fn nothing(args: &Args) -> Error {
    Error::Missing(format!(
        "run {:?} has no output to show: no suite pod is there, and none has left its log",
        args.name
    ))
}

impl Args {
    fn wants(&self, attempt: &str) -> bool {
        let of_stage = |stage: StageArg| {
            attempt
                .strip_prefix(stage.stage().word())
                .is_some_and(|number| number.starts_with('-'))
                || attempt.starts_with("combined-")
        };
        self.attempt.as_deref().is_none_or(|wanted| wanted == attempt) && self.stage.is_none_or(of_stage)
    }
}
