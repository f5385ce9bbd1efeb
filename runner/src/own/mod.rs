//! An attempt at a suite of a user's own. The suite runs in a container of its own, as its image says; the runner beside it
//! waits for its end, reads the JUnit files that it wrote into the folder that both see, and reports.

mod files;
mod judge;
mod plan;
mod watch;

use std::{path::PathBuf, time::Duration};

use conform_crds::{Attempt, AttemptEnd, ConformanceResult, names};
use conform_suite::Stage;
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use tracing::Instrument;

use self::{
    files::Files,
    judge::{Judged, judge},
    plan::OwnPlan,
    watch::{Look, SuiteEnd},
};
use crate::{
    budget,
    choice::attempts,
    cli::CollectArgs,
    cluster::{self, Cluster},
    exit::Exit,
    patience::patiently,
    run::RunError,
    stop::Stop,
    text, upload,
};

/// Once the pod is to end: how long each of the files may take.
const STOPPED_UPLOAD_TIME: Duration = Duration::from_secs(3);
/// Once the pod is to end: how long the last report may take.
const STOPPED_REPORT_TIME: Duration = Duration::from_secs(10);

/// Makes the attempt that the environment asks for.
pub async fn collect(args: &CollectArgs) -> Result<Exit, RunError> {
    let plan = plan::read(|name| std::env::var(name).ok())?;
    let stop = Stop::listen().map_err(RunError::Signals)?;
    let cluster = Cluster::connect(&plan.run, &plan.name, &plan.namespace).await?;
    let whose = tracing::info_span!("attempt", run = %plan.run, attempt = %plan.name);
    let collector = Collector {
        args,
        plan,
        stop,
        cluster,
    };
    collector.story().instrument(whose).await
}

struct Collector<'a> {
    args: &'a CollectArgs,
    plan: OwnPlan,
    stop: Stop,
    cluster: Cluster,
}

impl Collector<'_> {
    async fn story(&self) -> Result<Exit, RunError> {
        let mut attempt = self.attempt();
        // That the suite runs is known before it has anything to say.
        self.write(&attempt).await?;
        let look = Look {
            pods: self.cluster.pods(&self.plan.namespace),
            pod: &self.plan.pod,
            stop: &self.stop,
            pause: self.args.look_interval,
            stop_grace: self.args.stop_grace,
            timeout: self.plan.timeout,
        };
        let end = look.until_the_end().await;
        let last_words = look.last_words().await;
        let dir = self.args.results_dir.clone();
        let files = tokio::task::spawn_blocking(move || files::read(&dir)).await;
        let files = files.unwrap_or_else(|error| Files::unreadable(error.to_string()));
        let result = self.result().await?;
        let Judged {
            reason,
            mut message,
            tests,
        } = judge(&judge::Facts {
            plan: &self.plan,
            end: &end,
            files: &files,
            last_words: &last_words,
            taken: self.taken(&result),
            messages: budget::of_messages(&result, 1),
        });
        attempt.tests = tests;
        for fault in self.keep(&mut attempt, &files, &result).await {
            message = format!("{message} {fault}");
        }
        tracing::info!("{reason:?}: {message}");
        attempt.end = Some(AttemptEnd {
            time: now(),
            reason,
            message: text::bounded(&message, text::MAX_MESSAGE),
            exit_code: end.exit_code(),
        });
        self.write(&attempt).await?;
        if matches!(end, SuiteEnd::Overdue { .. }) {
            // The suite goes on otherwise. The attempt's end is told, so that nothing is lost with the pod.
            look.end_pod().await;
        }
        Ok(reason.into())
    }

    fn attempt(&self) -> Attempt {
        Attempt {
            name: self.plan.name.clone(),
            stage: Stage::Future,
            combined: false,
            own_suite: Some(self.plan.label()),
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

    /// How many tests the run's other suites have: all of them go into one object.
    fn taken(&self, result: &ConformanceResult) -> usize {
        let label = self.plan.label();
        let others = attempts(result)
            .iter()
            .filter(|entry| entry.own_suite.as_ref().is_some_and(|suite| *suite != label));
        others.map(|entry| entry.tests.len()).sum()
    }

    /// Keeps what files there are, and says which could not be kept.
    async fn keep(&self, attempt: &mut Attempt, files: &Files, result: &ConformanceResult) -> Vec<String> {
        let Some(owner) = cluster::owner(result) else {
            return vec!["Its files are not kept: the ConformanceResult has no uid.".to_owned()];
        };
        let mut faults = Vec::new();
        for (name, path) in self.named(files) {
            let kept = upload::keep(&self.cluster, &owner, &path, &name, self.args.patience);
            match self.stop.within(STOPPED_UPLOAD_TIME, kept).await {
                Some(Ok(artifact)) => attempt.artifacts.push(artifact),
                Some(Err(error)) => faults.push(format!("{name} is not kept: {error}.")),
                None => faults.push(format!("{name} is not kept: the pod had to end.")),
            }
        }
        faults
    }

    /// What the files are called where they are kept. A suite may call its files what it likes; an object's name may not.
    fn named(&self, files: &Files) -> Vec<(String, PathBuf)> {
        let junit = files.junit.iter().zip(1..);
        let junit = junit.map(|(path, number)| (format!("junit_{number:02}.xml"), path.clone()));
        let report = files.gateway_report.then(|| {
            (
                names::GATEWAY_REPORT.to_owned(),
                self.args.results_dir.join(names::GATEWAY_REPORT),
            )
        });
        junit.chain(report).collect()
    }

    async fn result(&self) -> Result<ConformanceResult, RunError> {
        let what = format!("read ConformanceResult {}", self.plan.run);
        let read = patiently(self.args.patience, &what, async || self.cluster.result().await);
        Ok(self
            .stop
            .within(STOPPED_REPORT_TIME, read)
            .await
            .ok_or(RunError::Stopped)??)
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
}

/// The time in whole seconds, as Kubernetes writes times.
fn now() -> Time {
    let now = Timestamp::now();
    Time(Timestamp::from_second(now.as_second()).unwrap_or(now))
}
