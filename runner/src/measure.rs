//! Runs the suite and listens to it until it has ended.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    os::unix::process::ExitStatusExt,
    path::Path,
    process::ExitStatus,
    time::Duration,
};

use conform_crds::Maker;
use conform_suite::{Durations, Outcome, Selection, TestName};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until, timeout},
};

use crate::{
    cli::RunArgs,
    ending::Stopped,
    parallel, progress_server,
    report::Reporter,
    running::Running,
    seen::Seen,
    stop::Stop,
    suite::Suite,
    suite_process::{self, StartError},
    table::{Observation, Table},
};

/// Outcomes that wait to be recorded. The suite waits with them while it is full.
const QUEUE: usize = 256;
/// How long to wait after the suite's end for outcomes that are still on their way.
const LAST_EVENTS: Duration = Duration::from_millis(250);
/// How much of a log's end is looked at, in bytes.
const TAIL: u64 = 8 << 10;

/// The suite was not started.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// There is no place to report progress to.
    #[error("cannot listen on loopback: {0}")]
    Listen(#[source] io::Error),
    /// Its process does not start.
    #[error(transparent)]
    Start(#[from] StartError),
}

/// What is measured, and what that needs.
#[derive(Debug)]
pub struct Measurement<'a> {
    /// Where the suite is.
    pub args: &'a RunArgs,
    /// Whether to stop.
    pub stop: &'a Stop,
    /// Who is told.
    pub reporter: &'a Reporter,
    /// The tests that the suite is to run.
    pub selection: &'a Selection,
    /// Whether the API server answers.
    pub api: watch::Receiver<bool>,
    /// In how many processes at most. With one, Ginkgo runs the suite as it does for everybody.
    pub processes: u16,
    /// How long tests are likely to take.
    pub durations: &'a Durations,
    /// What its test processes are called.
    pub maker: Option<&'a Maker>,
    /// How many nodes it does without.
    pub absent_nodes: usize,
}

/// How the suite's process ended.
#[derive(Debug)]
pub struct Ended {
    /// Whether it was stopped from outside.
    pub stopped: Option<Stopped>,
    /// How it ended, in words.
    pub process: String,
    /// Whether it says that all is well.
    pub success: bool,
    /// Its exit code, if it was not killed.
    pub exit_code: Option<i32>,
    /// What is wrong with its log file, if anything.
    pub output_fault: Option<String>,
}

/// Runs the suite. Each outcome goes into `table` and the report as soon as it is known.
pub async fn measure(measurement: &Measurement<'_>, table: &mut Table) -> Result<Ended, MeasureError> {
    let &Measurement {
        args,
        stop,
        reporter,
        selection,
        ref api,
        processes,
        durations,
        maker,
        absent_nodes,
    } = measurement;
    let mut api = api.clone();
    let (listener, url) = progress_server::bind().await.map_err(MeasureError::Listen)?;
    let (sender, mut events) = mpsc::channel(QUEUE);
    let server = tokio::spawn(progress_server::serve(listener, sender.clone()));
    let (mut suite, mut run_ids) = if processes > 1 {
        let program = parallel::Program {
            args,
            selection,
            maker,
            absent_nodes,
        };
        let (suite, run_ids) = parallel::start(&program, processes, durations, sender).await?;
        (Suite::Parallel(suite), run_ids)
    } else {
        let (suite, run_ids) = suite_process::start(args, selection, maker, absent_nodes, &url, sender)?;
        (Suite::Serial(suite), run_ids)
    };
    let mut watcher = Watcher {
        table,
        running: Running::default(),
        reporter,
    };

    let mut stopped = None;
    let mut deadline = Instant::now();
    let status = loop {
        tokio::select! {
            status = suite.wait() => break status,
            Some(seen) = events.recv() => watcher.take(seen),
            Ok(()) = api.changed() => {
                let answers = *api.borrow_and_update();
                watcher.api(answers);
            }
            // Needed to clean up after the suite, so it is not kept for the end.
            Some(id) = run_ids.recv() => note_id(id, reporter),
            () = stop.requested(), if stopped.is_none() => {
                suite.interrupt();
                stopped = Some(Stopped::Gently);
                deadline = Instant::now() + args.stop_grace;
            }
            () = sleep_until(deadline), if stopped == Some(Stopped::Gently) => {
                suite.kill();
                stopped = Some(Stopped::Killed);
            }
        }
    };
    while let Ok(Some(seen)) = timeout(LAST_EVENTS, events.recv()).await {
        watcher.take(seen);
    }
    server.abort();
    let output_fault = suite.finish_output().await;
    while let Ok(seen) = events.try_recv() {
        watcher.take(seen);
    }
    reporter.change(|attempt| attempt.running.clear());
    while let Ok(id) = run_ids.try_recv() {
        note_id(id, reporter);
    }
    let strangers = watcher.table.strangers();
    if strangers > 0 {
        tracing::warn!("{strangers} outcomes were of tests that nobody selected");
    }
    Ok(ended(status, stopped, output_fault))
}

/// Each process of a suite has an id of its own.
fn note_id(id: String, reporter: &Reporter) {
    reporter.change(|attempt| {
        if let Some(suite) = &mut attempt.suite {
            suite.run_ids.push(id);
        }
    });
}

/// Takes down what is seen.
struct Watcher<'a> {
    table: &'a mut Table,
    running: Running,
    reporter: &'a Reporter,
}

impl Watcher<'_> {
    fn take(&mut self, seen: Seen) {
        match seen {
            Seen::Started(name) => self.running.started(name),
            Seen::Ended {
                name,
                outcome,
                duration,
            } => {
                if self.running.ended(&name, outcome, Instant::now().into_std()) {
                    self.excuse(&name);
                } else {
                    self.observe(&name, outcome, duration);
                }
            }
        }
        let running = self.running.named();
        self.reporter.change(|attempt| attempt.running = running);
    }

    /// The API server went away or came back.
    fn api(&mut self, answers: bool) {
        if answers {
            tracing::info!("the API server answers again");
            self.running.back();
            return;
        }
        tracing::warn!("the API server does not answer: tests that fail now will be run again");
        for name in self.running.away(Instant::now().into_std()) {
            self.excuse(&name);
        }
    }

    fn excuse(&mut self, name: &TestName) {
        self.table.excuse(name);
        self.note();
    }

    fn observe(&mut self, name: &TestName, outcome: Outcome, duration: Option<Duration>) {
        match self.table.observe(name, outcome, duration) {
            Observation::Known => {}
            Observation::Stranger => tracing::debug!("{name}: nobody selected that test"),
            Observation::Recorded => self.note(),
        }
    }

    fn note(&self) {
        let table = &self.table;
        self.reporter
            .change(|attempt| attempt.tests = table.records().to_vec());
    }
}

fn ended(status: io::Result<ExitStatus>, stopped: Option<Stopped>, output_fault: Option<String>) -> Ended {
    let (process, exit_code) = match &status {
        Ok(status) => match (status.code(), status.signal()) {
            (Some(code), _) => (format!("ended with exit code {code}"), Some(code)),
            (None, signal) => (
                format!("was ended by signal {}", signal.unwrap_or_default()),
                None,
            ),
        },
        Err(error) => (format!("ended, but not in a known way ({error})"), None),
    };
    let success = status.is_ok_and(|status| status.success());
    Ended {
        stopped,
        process,
        success,
        exit_code,
        output_fault,
    }
}

/// The end of the file at `path`.
pub fn tail(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
