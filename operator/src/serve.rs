//! The running operator: its log, its clients, its endpoints, and its controllers while it leads.

use std::{
    process,
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyhow::Context;
use conform_crds::{ConformanceProfile, ConformanceRun, ConformanceSchedule, names};
use kube::{
    Api, Client, Config,
    api::ListParams,
    client::ClientBuilder,
    runtime::events::{Recorder, Reporter},
};
use tokio::{sync::watch, time::timeout};
use tracing_subscriber::EnvFilter;

use crate::{
    api_meter::MeterLayer,
    cli::{LogFormat, RunArgs},
    cluster_metrics::{Caches, ClusterMetrics},
    files::{self, Settings as StorageSettings, Storage},
    http::{self, Told},
    leader::{Election, Fence, FenceLayer, Standing, Terms},
    metrics::{ApiMetrics, LeaderMetrics, NotificationMetrics, ReconcileMetrics, registry},
    notify::{Receiver, notifier},
    profile,
    run::{
        Settings, World,
        controller::{self, Known},
    },
    schedule,
    stop::Stop,
    web::{self, Identity, Web},
};

/// How soon to look again for an API that is not served yet.
const API_INTERVAL: Duration = Duration::from_secs(2);

/// How long events may take that were not delivered when the operator ended.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Runs the operator until SIGTERM or SIGINT.
pub async fn serve(args: RunArgs) -> anyhow::Result<()> {
    log_to_stderr(&args)?;
    let stop = Stop::at_signals().context("cannot listen for signals")?;
    let mut registry = registry();
    let api = ApiMetrics::register(&mut registry);
    let metrics = ReconcileMetrics::register(&mut registry);
    let leader = LeaderMetrics::register(&mut registry);
    let told_of_cluster = ClusterMetrics::register(&mut registry);
    let notifications = NotificationMetrics::register(&mut registry);
    let receiver = receiver(&args, &notifications)?;
    let storage = storage(&args)?;
    let known_by = args.web_cert_file.zip(args.web_key_file);
    let known_by = known_by.map(|(certificate, key)| Identity { certificate, key });
    let (notifier, events) = notifier(notifications, receiver.is_some());
    let delivering = tokio::spawn(async move {
        if let Some(receiver) = receiver {
            receiver.deliver(events).await;
        }
    });
    let config = Config::infer()
        .await
        .context("cannot find a cluster: neither a pod's account nor a kubeconfig")?;
    let meter = MeterLayer::new(api);
    // Whoever waits for the Lease has to write it; everything else is changed by the leader alone.
    let free = ClientBuilder::try_from(config.clone())?
        .with_layer(&meter)
        .build();
    let fence = Fence::default();
    let client = ClientBuilder::try_from(config)?
        .with_layer(&meter)
        .with_layer(&FenceLayer(fence.clone()))
        .build();
    let me = identity(args.identity);
    let reporter = Reporter {
        controller: names::OPERATOR.to_owned(),
        instance: Some(me.clone()),
    };
    let (standing, told) = watch::channel(Standing::NoApi);
    let election = Election::new(
        free.clone(),
        &args.namespace,
        me,
        Terms::of(Duration::from_secs(args.lease_seconds)),
        fence,
        standing.clone(),
    );
    let world = World {
        recorder: Recorder::new(client.clone(), reporter),
        client,
        settings: Settings {
            namespace: args.namespace,
            runner_image: args.runner_image,
            suite_repository: args.suite_repository,
            image_mirror: args.image_mirror.filter(|mirror| !mirror.is_empty()),
            has_storage: storage.is_some(),
        },
        notifier,
        storage: storage.clone(),
        metrics,
    };
    // Who stands by serves too: it only reads, and asks who people are.
    let web = Web::new(free.clone(), args.reports, storage);
    let serving = async {
        if web.reports || web.storage.is_some() {
            web::serve(args.web_listen, web, known_by).await
        } else {
            std::future::pending().await
        }
    };
    let endpoints = http::serve(
        args.listen,
        Told {
            registry: Arc::new(registry),
            standing: told.clone(),
        },
    );
    let working = async {
        tokio::select! {
            () = served(&free) => {}
            () = stop.asked() => return,
        }
        standing.send_replace(Standing::NoLease);
        election
            .lead(&stop, || reconcile(&world, &told_of_cluster, &stop))
            .await;
    };
    tokio::select! {
        endpoints = endpoints => endpoints.with_context(|| format!("cannot listen on {}", args.listen))?,
        served = serving => served?,
        () = working => {}
        () = tell(told, &leader) => {}
    }
    // What waits to be delivered has a moment more.
    drop(world);
    let _ = timeout(LAST_WORDS, delivering).await;
    Ok(())
}

/// Whoever is told of news, if anybody is.
fn receiver(args: &RunArgs, metrics: &NotificationMetrics) -> anyhow::Result<Option<Receiver>> {
    let address = args.notify_url.as_ref().filter(|address| !address.is_empty());
    let (authorities, secret) = (args.notify_ca_file.clone(), args.notify_secret_file.clone());
    address
        .map(|address| Receiver::new(address, authorities, secret, metrics.clone()))
        .transpose()
        .context("cannot notify")
}

/// Where files are kept, if not in the API server.
fn storage(args: &RunArgs) -> anyhow::Result<Option<Storage>> {
    let place = args.artifacts.clone().filter(|place| !place.is_empty());
    let open = |place| {
        Storage::open(&StorageSettings {
            place,
            endpoint: args.artifacts_endpoint.clone(),
            region: args.artifacts_region.clone(),
            authorities: args.artifacts_ca_file.clone(),
        })
    };
    place.map(open).transpose().context("cannot keep files")
}

/// Reconciles until the process is asked to stop.
async fn reconcile(world: &World, told_of_cluster: &ClusterMetrics, stop: &Stop) {
    tracing::info!(
        namespace = world.settings.namespace,
        "reconciles runs, schedules and profiles"
    );
    let (Known { runs, last }, touched, of_runs) = controller::run(world.clone(), stop.clone());
    let (schedules, of_schedules) = schedule::controller::run(world.clone(), runs.clone(), touched);
    let keeping = files::keep_all(world, runs.clone());
    let _telling = told_of_cluster.tell_of(Caches {
        runs,
        schedules,
        last,
    });
    let working = async { futures::join!(of_runs, of_schedules, profile::controller::run(world.clone())) };
    // Whoever stops reconciling stops moving files too.
    tokio::select! {
        _ = working => {}
        () = keeping => {}
    }
}

/// Keeps the metric true. Does not end.
async fn tell(mut standing: watch::Receiver<Standing>, leader: &LeaderMetrics) {
    loop {
        leader.set(*standing.borrow_and_update() == Standing::Leads);
        if standing.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// What this process is called: as it was told, or a name that no other process has.
fn identity(told: Option<String>) -> String {
    told.filter(|name| !name.is_empty()).unwrap_or_else(|| {
        let host = std::env::var("HOSTNAME").unwrap_or_else(|_| names::OPERATOR.to_owned());
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        format!(
            "{host}_{}_{}",
            process::id(),
            since.unwrap_or_default().as_nanos()
        )
    })
}

/// Waits until the API server serves the API: an operator may start before its definitions are there.
async fn served(client: &Client) {
    let runs: Api<ConformanceRun> = Api::all(client.clone());
    let schedules: Api<ConformanceSchedule> = Api::all(client.clone());
    let profiles: Api<ConformanceProfile> = Api::all(client.clone());
    let one = ListParams::default().limit(1);
    loop {
        match futures::try_join!(
            runs.list_metadata(&one),
            schedules.list_metadata(&one),
            profiles.list_metadata(&one)
        ) {
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
