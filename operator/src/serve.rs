//! The running operator: its log, its client, its endpoints and its controller.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use conform_crds::{ConformanceRun, ConformanceSchedule, names};
use kube::{
    Api, Client, Config,
    api::ListParams,
    client::ClientBuilder,
    runtime::events::{Recorder, Reporter},
};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

use crate::{
    api_meter::MeterLayer,
    cli::{LogFormat, RunArgs},
    cluster_metrics::{Caches, ClusterMetrics},
    http::{self, Told},
    metrics::{ApiMetrics, ReconcileMetrics, registry},
    run::{Settings, World, controller},
    schedule,
};

/// How soon to look again for an API that is not served yet.
const API_INTERVAL: Duration = Duration::from_secs(2);

/// Runs the operator until SIGTERM or SIGINT.
pub async fn serve(args: RunArgs) -> anyhow::Result<()> {
    log_to_stderr(&args)?;
    let mut registry = registry();
    let api = ApiMetrics::register(&mut registry);
    let metrics = ReconcileMetrics::register(&mut registry);
    let told_of_cluster = ClusterMetrics::register(&mut registry);
    let config = Config::infer()
        .await
        .context("cannot find a cluster: neither a pod's account nor a kubeconfig")?;
    let client = ClientBuilder::try_from(config)?
        .with_layer(&MeterLayer::new(api))
        .build();
    let reporter = Reporter {
        controller: names::OPERATOR.to_owned(),
        instance: std::env::var("HOSTNAME").ok(),
    };
    let world = World {
        recorder: Recorder::new(client.clone(), reporter),
        client,
        settings: Settings {
            namespace: args.namespace,
            runner_image: args.runner_image,
            suite_repository: args.suite_repository,
        },
        metrics,
    };
    let (ready, told) = watch::channel(false);
    let endpoints = http::serve(
        args.listen,
        Told {
            registry: Arc::new(registry),
            ready: told,
        },
    );
    let reconciling = async {
        served(&world.client).await;
        let _ = ready.send(true);
        tracing::info!(
            namespace = world.settings.namespace,
            "reconciles runs and schedules"
        );
        let (runs, of_runs) = controller::run(world.clone());
        let (schedules, of_schedules) = schedule::controller::run(world.clone(), runs.clone());
        told_of_cluster.tell_of(Caches { runs, schedules });
        futures::join!(of_runs, of_schedules);
    };
    tokio::select! {
        endpoints = endpoints => endpoints.with_context(|| format!("cannot listen on {}", args.listen)),
        () = reconciling => Ok(()),
    }
}

/// Waits until the API server serves the API: an operator may start before its definitions are there.
async fn served(client: &Client) {
    let runs: Api<ConformanceRun> = Api::all(client.clone());
    let schedules: Api<ConformanceSchedule> = Api::all(client.clone());
    let one = ListParams::default().limit(1);
    loop {
        match futures::try_join!(runs.list_metadata(&one), schedules.list_metadata(&one)) {
            Ok(_) => return,
            Err(error) => tracing::warn!(%error, "waits for the conform.dev API"),
        }
        tokio::time::sleep(API_INTERVAL).await;
    }
}

fn log_to_stderr(args: &RunArgs) -> anyhow::Result<()> {
    let filter =
        EnvFilter::try_new(&args.log).with_context(|| format!("--log {:?} is no filter", args.log))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match args.log_format {
        LogFormat::Json => log.json().flatten_event(true).init(),
        LogFormat::Text => log.init(),
    }
    Ok(())
}
