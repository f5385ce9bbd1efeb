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
use conform_suite::{Outcome, Selection, TestName};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until, timeout},
};

use crate::{
    cli::RunArgs,
    ending::Stopped,
    journal::Journal,
    progress_server,
    report::Reporter,
    stop::Stop,
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
    /// What its test processes are called.
    pub maker: Option<&'a Maker>,
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

impl Ended {
    /// A suite of an earlier container of this pod, of whose process nothing is known.
    pub fn earlier() -> Self {
        Self {
            stopped: None,
            process: "ended before its container was restarted".to_owned(),
            success: true,
            exit_code: None,
            output_fault: None,
        }
    }
}

/// Runs the suite. Each outcome goes into `table`, `journal` and the report as soon as it is known.
pub async fn measure(
    measurement: &Measurement<'_>,
    table: &mut Table,
    mut journal: Option<Journal>,
) -> Result<Ended, MeasureError> {
    let Measurement {
        args,
        stop,
        reporter,
        selection,
        maker,
    } = *measurement;
    let (listener, url) = progress_server::bind().await.map_err(MeasureError::Listen)?;
    let (sender, mut events) = mpsc::channel(QUEUE);
    let server = tokio::spawn(progress_server::serve(listener, sender.clone()));
    let (mut suite, mut run_id) = suite_process::start(args, selection, maker, &url, sender)?;
    let mut record = |(name, outcome)| observe(&name, outcome, table, &mut journal, reporter);

    let mut stopped = None;
    let mut has_id = false;
    let mut deadline = Instant::now();
    let status = loop {
        tokio::select! {
            status = suite.wait() => break status,
            Some(event) = events.recv() => record(event),
            id = &mut run_id, if !has_id => {
                has_id = true;
                // Needed to clean up after the suite, so it is not kept for the end.
                reporter.change(|attempt| if let Some(suite) = &mut attempt.suite { suite.run_ids.extend(id.ok()) });
            }
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
    while let Ok(Some(event)) = timeout(LAST_EVENTS, events.recv()).await {
        record(event);
    }
    server.abort();
    let output_fault = suite.finish_output().await;
    while let Ok(event) = events.try_recv() {
        record(event);
    }
    if !has_id && let Ok(id) = run_id.try_recv() {
        reporter.change(|attempt| {
            if let Some(suite) = &mut attempt.suite {
                suite.run_ids.push(id);
            }
        });
    }
    if table.strangers() > 0 {
        tracing::warn!(
            "{} outcomes were of tests that nobody selected",
            table.strangers()
        );
    }
    Ok(ended(status, stopped, output_fault))
}

fn observe(
    name: &TestName,
    outcome: Outcome,
    table: &mut Table,
    journal: &mut Option<Journal>,
    reporter: &Reporter,
) {
    match table.observe(name, outcome) {
        Observation::Known => {}
        Observation::Stranger => tracing::debug!("{name}: nobody selected that test"),
        Observation::Recorded => {
            if let Some(Err(error)) = journal.as_mut().map(|journal| journal.append(name, outcome)) {
                // Half a journal would pass for a whole one only until the next restart; it is not worth more.
                tracing::warn!("{error}");
                *journal = None;
            }
            reporter.change(|attempt| attempt.tests = table.records().to_vec());
        }
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
