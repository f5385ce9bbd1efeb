//! The story of one attempt, from top to bottom.

use std::time::Duration;

use conform_crds::{Attempt, AttemptEnd, AttemptEndReason, Checks, ConformanceResult, Maker, Pick, names};
use conform_suite::{Durations, Stage};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{OwnerReference, Time};
use kube::Api;
use tracing::Instrument;

use crate::{
    absent, api_watch, capabilities,
    checks::{self, Found},
    choice,
    cli::RunArgs,
    cluster::{self, Cluster, ConnectError},
    ending::{self, Facts},
    exit::Exit,
    junit_file::{self, JunitFile},
    measure::{self, Measurement},
    patience::{ApiError, patiently},
    plan::{self, Plan, PlanError},
    preflight,
    prepare::{self, Before, Ready},
    repo_list,
    report::Reporter,
    stop::Stop,
    suite_name, text,
    upload::{self, UploadError},
};

/// Once the pod is to end: how long each of the files may take. With the suite's own grace and
/// [`STOPPED_REPORT_TIME`] it stays below the pod's grace period of 90 s.
const STOPPED_UPLOAD_TIME: Duration = Duration::from_secs(10);
/// Once the pod is to end: how long the last report may take.
const STOPPED_REPORT_TIME: Duration = Duration::from_secs(20);
/// How long to wait for what the last run saw.
const HISTORY_TIME: Duration = Duration::from_secs(10);
/// How much of the suite's last output goes into the end's message, in bytes.
const LAST_WORDS: usize = 400;
/// The attempt could not be made or its end not be told. Everything that can be told is told in the ConformanceResult.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The environment is wrong.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Signals cannot be heard.
    #[error("cannot listen for signals: {0}")]
    Signals(#[source] std::io::Error),
    /// What is known of a mirror cannot be put where the suite looks.
    #[error("cannot write the list of registries for the suite: {0}")]
    RepoList(#[source] std::io::Error),
    /// There is no way to the API server.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The API server cannot be told.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The pod ended first.
    #[error("stopped before the API server could be told")]
    Stopped,
}

/// Makes the attempt that the environment asks for.
pub async fn run(args: &RunArgs) -> Result<Exit, RunError> {
    let plan = plan::read(|name| std::env::var(name).ok())?;
    repo_list::place(|name| std::env::var(name).ok()).map_err(RunError::RepoList)?;
    let stop = Stop::listen().map_err(RunError::Signals)?;
    let cluster = Cluster::connect(&plan.run, &plan.entry, &plan.namespace).await?;
    let whose = tracing::info_span!("attempt", run = %plan.run, attempt = %plan.entry);
    let run = Run {
        args,
        plan,
        stop,
        cluster,
    };
    Box::pin(run.story()).instrument(whose).await
}

struct Run<'a> {
    args: &'a RunArgs,
    plan: Plan,
    stop: Stop,
    cluster: Cluster,
}

impl Run<'_> {
    async fn story(&self) -> Result<Exit, RunError> {
        let result = self.result().await?;
        if let Some(end) = end_before(&result, &self.plan.entry) {
            tracing::info!(
                "attempt {} has ended before ({end:?}): nothing is left to do",
                self.plan.entry
            );
            return Ok(end.into());
        }
        let mut attempt = self.attempt();
        let before = match self.earlier_run().await? {
            Ok(rerun) => Before {
                result,
                rerun,
                durations: self.durations().await,
            },
            Err(message) => {
                let reason = AttemptEndReason::UnknownRun;
                attempt.end = Some(end(reason, &message, None));
                self.write(&attempt).await?;
                return Ok(reason.into());
            }
        };
        // Nothing runs before the API server knows every test that is to run: a test that never reports is then
        // missed by whoever reads the attempt.
        let scene = self.scene(cluster::owner(&before.result));
        let prepared = prepare::prepare(self.args, &self.plan, &before, &self.stop, &mut attempt);
        let checked = self.checks();
        let ((prepared, found), looked) = tokio::join!(preflight::beside(&scene, prepared), checked);
        let end_here = preflight::end(&scene, &found);
        attempt.preflight = found;
        attempt.components = looked.components;
        attempt.service_cidr = looked.service_cidr;
        let ready = match prepared.and_then(|ready| end_here.map_or(Ok(ready), Err)) {
            Ok(ready) => ready,
            Err((reason, message)) => {
                attempt.end = Some(end(reason, &message, None));
                self.write(&attempt).await?;
                return Ok(reason.into());
            }
        };
        self.write(&attempt).await?;
        let reporter = Reporter::start(self.cluster.clone(), attempt, self.args.flush_interval);
        let reason = self.measure_and_keep(ready, &before, &reporter).await;
        self.finish(reporter).await?;
        Ok(reason.into())
    }

    /// How long tests are likely to take: what is built in, and before it what the last run in this cluster saw. It
    /// decides nothing but an order, so that one try is enough.
    async fn durations(&self) -> Durations {
        let built_in = Durations::built_in();
        let Some(run) = &self.plan.attempt.durations_from else {
            return built_in.clone();
        };
        let asked = tokio::time::timeout(HISTORY_TIME, self.cluster.result_of(run)).await;
        let Ok(Ok(Some(result))) = asked else {
            return built_in.clone();
        };
        built_in.with_history(choice::durations(&result))
    }

    /// The result of the run whose tests are to run again, if the plan names one; the inner error is for people.
    async fn earlier_run(&self) -> Result<Result<Option<ConformanceResult>, String>, RunError> {
        let Some(rerun) = &self.plan.attempt.rerun else {
            return Ok(Ok(None));
        };
        let what = format!("read ConformanceResult {}", rerun.run);
        let read = patiently(self.args.patience, &what, async || {
            self.cluster.result_of(&rerun.run).await
        });
        let found = self
            .stop
            .within(Duration::ZERO, read)
            .await
            .ok_or(RunError::Stopped)??;
        Ok(found.map(Some).ok_or_else(|| {
            format!(
                "Run {} has no result: `kubectl get conformanceresults` lists the runs that have one.",
                rerun.run
            )
        }))
    }

    async fn result(&self) -> Result<ConformanceResult, RunError> {
        let what = format!("read ConformanceResult {}", self.plan.run);
        let read = patiently(self.args.patience, &what, async || self.cluster.result().await);
        Ok(self
            .stop
            .within(Duration::ZERO, read)
            .await
            .ok_or(RunError::Stopped)??)
    }

    fn scene(&self, owner: Option<OwnerReference>) -> preflight::Scene<'_> {
        preflight::Scene {
            client: self.cluster.client(),
            args: self.args,
            stop: &self.stop,
            run: &self.plan.run,
            owner,
            wanted: self.plan.attempt.preflight.as_ref(),
        }
    }

    /// What the plan asks to look at besides the tests. Several pods need not all look.
    async fn checks(&self) -> Found {
        let asked = self.plan.attempt.checks.filter(|_| self.plan.index == 0);
        checks::look(&self.cluster.client(), asked.unwrap_or(Checks::NONE), &self.stop).await
    }

    fn attempt(&self) -> Attempt {
        Attempt {
            name: self.plan.entry.clone(),
            stage: self
                .plan
                .attempt
                .requests
                .first()
                .map_or(Stage::Present, |request| request.stage),
            combined: self.plan.attempt.requests.len() > 1,
            own_suite: None,
            start_time: now(),
            preflight: Vec::new(),
            components: Vec::new(),
            service_cidr: None,
            capabilities: Vec::new(),
            suite: None,
            selection: None,
            running: Vec::new(),
            tests: Vec::new(),
            end: None,
            artifacts: Vec::new(),
        }
    }

    /// Runs the suite, takes its JUnit file, keeps its files, and writes how it ended into the last report.
    async fn measure_and_keep(&self, ready: Ready, before: &Before, reporter: &Reporter) -> AttemptEndReason {
        let Ready { selection, mut table } = ready;
        let asked = selection.selected().count();
        let junit_path = self.args.results_dir.join(names::JUNIT);
        // One that is there already would be taken for this suite's.
        let _ = std::fs::remove_file(&junit_path);
        let maker = suite_name::maker(&before.result, &self.plan.run, &self.plan.name);
        let absent_nodes = self.absent_nodes().await;
        let measurement = Measurement {
            args: self.args,
            stop: &self.stop,
            reporter,
            selection: &selection,
            api: api_watch::start(self.cluster.clone()),
            processes: u16::try_from(self.plan.attempt.processes).unwrap_or(1),
            durations: &before.durations,
            maker: maker.as_ref(),
            absent_nodes,
        };
        let ended = match measure::measure(&measurement, &mut table).await {
            Ok(ended) => ended,
            Err(error) => {
                let reason = AttemptEndReason::SuiteError;
                reporter.change(|attempt| attempt.end = Some(end(reason, &error.to_string(), None)));
                return reason;
            }
        };
        let junit = junit_file::read(&junit_path);
        if let JunitFile::Read(junit) = &junit {
            table.merge(junit);
        }
        reporter.change(|attempt| attempt.tests = table.records().to_vec());

        let (reason, mut message) = ending::judge(&Facts {
            stopped: ended.stopped,
            process: &ended.process,
            success: ended.success,
            junit: &junit,
            counts: table.counts(),
            asked,
            output: &self.last_words(),
        });
        if let Some(fault) = &ended.output_fault {
            message = format!("{message} {fault}.");
        }
        if let Some(told) = absent::told(absent_nodes) {
            message = format!("{message} {told}");
        }
        for fault in self
            .keep_files(reporter, cluster::owner(&before.result).as_ref())
            .await
        {
            message = format!("{message} {fault}");
        }
        // The suite's files are kept before: what comes now can take nothing from them.
        if ended.stopped.is_none()
            && let Some(fault) = self.probe(reporter, maker.as_ref()).await
        {
            message = format!("{message} {fault}");
        }
        tracing::info!("{reason:?}: {message}");
        reporter.change(|attempt| attempt.end = Some(end(reason, &message, ended.exit_code)));
        reason
    }

    /// How many nodes the suite is to do without.
    async fn absent_nodes(&self) -> usize {
        if self.plan.attempt.pick == Pick::Everything {
            return 0;
        }
        let nodes = Api::all(self.cluster.client());
        let counted = absent::count(&nodes);
        self.stop.within(Duration::ZERO, counted).await.unwrap_or(0)
    }

    /// Probes the network if the plan asks for it, and says why it could not.
    async fn probe(&self, reporter: &Reporter, maker: Option<&Maker>) -> Option<String> {
        let observed = reporter.read(|attempt| attempt.service_cidr.clone());
        let range = observed.filter(|observed| capabilities::is_range_wanted(&self.plan, observed));
        if !capabilities::is_wanted(&self.plan) && range.is_none() {
            return None;
        }
        let client = match self.cluster.streaming().await {
            Ok(client) => client,
            Err(error) => return Some(format!("The network was not probed: {error}.")),
        };
        let probing = capabilities::Probing {
            client: &client,
            plan: &self.plan,
            maker,
            components: reporter.read(|attempt| attempt.components.clone()),
            stop: &self.stop,
        };
        let mut faults = Vec::new();
        if capabilities::is_wanted(&self.plan) {
            match probing.features().await {
                Ok(found) => reporter.change(|attempt| attempt.capabilities = found),
                Err(why) => faults.push(format!("The network was not probed: {why}.")),
            }
        }
        if let Some(observed) = range {
            match probing.range(observed).await {
                Ok(found) => reporter.change(|attempt| attempt.service_cidr = Some(found)),
                Err(why) => faults.push(format!("No range of Services was probed: {why}.")),
            }
        }
        (!faults.is_empty()).then(|| faults.join(" "))
    }

    /// Keeps what files there are, and says which could not be kept.
    async fn keep_files(&self, reporter: &Reporter, owner: Option<&OwnerReference>) -> Vec<String> {
        let Some(owner) = owner else {
            return vec!["Its files are not kept: the ConformanceResult has no uid.".to_owned()];
        };
        let mut faults = Vec::new();
        for file in upload::FILES {
            let path = self.args.results_dir.join(file);
            let kept = upload::keep(&self.cluster, owner, &path, file, self.args.patience);
            match self.stop.within(STOPPED_UPLOAD_TIME, kept).await {
                Some(Ok(artifact)) => reporter.change(|attempt| attempt.artifacts.push(artifact)),
                // The end's reason says that already, where it matters.
                Some(Err(UploadError::Pack(crate::artifacts::PackError::Missing))) => {}
                Some(Err(error)) => faults.push(format!("{file} is not kept: {error}.")),
                None => faults.push(format!("{file} is not kept: the pod had to end.")),
            }
        }
        faults
    }

    fn last_words(&self) -> String {
        let log = measure::tail(&self.args.results_dir.join(names::E2E_LOG)).unwrap_or_default();
        text::bounded(text::tail(log.trim_end(), LAST_WORDS), LAST_WORDS)
    }

    /// Writes `attempt` and waits until the API server has it.
    async fn write(&self, attempt: &Attempt) -> Result<(), RunError> {
        let what = format!("report attempt {}", attempt.name);
        let written = patiently(self.args.patience, &what, async || {
            self.cluster.write(attempt).await
        });
        Ok(self
            .stop
            .within(STOPPED_REPORT_TIME, written)
            .await
            .ok_or(RunError::Stopped)??)
    }

    async fn finish(&self, reporter: Reporter) -> Result<(), RunError> {
        let last = tokio::time::timeout(self.args.patience, reporter.finish());
        match self.stop.within(STOPPED_REPORT_TIME, last).await {
            None => Err(RunError::Stopped),
            Some(Ok(written)) => Ok(written?),
            Some(Err(_)) => Err(RunError::Api(ApiError::GaveUp {
                what: format!("report the end of attempt {}", self.plan.entry),
                seconds: self.args.patience.as_secs(),
                last: "no answer".to_owned(),
            })),
        }
    }
}

fn end_before(result: &ConformanceResult, attempt: &str) -> Option<AttemptEndReason> {
    let attempts = &result.status.as_ref()?.attempts;
    attempts
        .iter()
        .find(|known| known.name == attempt)?
        .end
        .as_ref()
        .map(|end| end.reason)
}

fn end(reason: AttemptEndReason, message: &str, exit_code: Option<i32>) -> AttemptEnd {
    AttemptEnd {
        time: now(),
        reason,
        message: text::bounded(message, text::MAX_MESSAGE),
        exit_code,
    }
}

/// The time in whole seconds, as Kubernetes writes times.
fn now() -> Time {
    let now = Timestamp::now();
    Time(Timestamp::from_second(now.as_second()).unwrap_or(now))
}
