//! Fast mode: this program is what `ginkgo --procs=N` is to the processes of the suite.
//!
//! Ginkgo runs a suite in parallel by starting its program N times. Each process builds the same list of tests and asks a
//! server for the next place in it; tests marked serial are left to process 1, which runs them alone when the others have
//! ended, and which then writes the JUnit file for all. The server is the only thing that has to be ours:
//!
//! - the selected tests are handed out [longest first](queue), by durations known from earlier runs, and the thousands
//!   that are not selected are not handed out at all;
//! - each test's end arrives as a report of its own, so that outcomes and durations need not be read from a log;
//! - an outcome is always that of the name in the report; the order decides only what runs when;
//! - processes start [a few at a time](coordinator), since a start costs seconds of computing;
//! - a process that dies costs the test that it ran, which is named, and no other: the [report](aggregate) that process 1
//!   asks for is made of what came before.
//!
//! ```text
//!            plan: order of tests (dry run) + selection + durations
//!                                │
//!  e2e.test 1 ──counter────▶ server ──index─▶      did-run ─▶ outcome, duration ─▶ table, report
//!  e2e.test 2 ──did-run────▶    │                         └─▶ e2e.log
//!  e2e.test N                   └─ others' report ─▶ process 1 ─▶ junit_01.xml
//! ```

mod aggregate;
mod args;
mod conduct;
mod coordinator;
mod endpoint;
mod log;
mod order;
mod process;
mod queue;
mod server;
mod shared;
mod show;

use std::{
    fs::File,
    io::{self, Read},
    process::ExitStatus,
    sync::Arc,
    time::Duration,
};

use conform_crds::{Maker, names};
use conform_suite::{Durations, Selection};
use rustix::process::Signal;
use tokio::{
    sync::{mpsc, oneshot},
    task::{AbortHandle, JoinHandle},
};

use crate::{
    cli::RunArgs,
    parallel::{conduct::Conductor, log::Log, shared::Shared},
    seen::Seen,
    suite_process::{self, StartError},
};

/// How long the log may stay open after the last process has ended.
const OUTPUT_PATIENCE: Duration = Duration::from_secs(5);
/// More processes than any node has memory for.
const MAX_PROCESSES: u16 = 64;

/// A running suite of several processes.
#[derive(Debug)]
pub struct ParallelSuite {
    shared: Arc<Shared>,
    groups: conduct::Groups,
    conductor: JoinHandle<conduct::End>,
    server: AbortHandle,
    log: oneshot::Receiver<io::Result<()>>,
    lost: Vec<String>,
}

/// What is run.
#[derive(Clone, Copy, Debug)]
pub struct Program<'a> {
    /// Where the suite is.
    pub args: &'a RunArgs,
    /// Its tests.
    pub selection: &'a Selection,
    /// What its processes are called.
    pub maker: Option<&'a Maker>,
    /// How many nodes they do without.
    pub absent_nodes: usize,
}

/// Starts the tests of `program` in up to `processes` processes, of which there are never more than 64. What happens to
/// a test goes to `events`. The receiver
/// gives the ids that the processes label their namespaces with, process 1's first.
pub async fn start(
    program: &Program<'_>,
    processes: u16,
    durations: &Durations,
    events: mpsc::Sender<Seen>,
) -> Result<(ParallelSuite, mpsc::Receiver<String>), StartError> {
    let args = program.args;
    let (log, log_end) = suite_process::new_log(args)
        .and_then(Log::start)
        .map_err(|source| StartError::log(args, source))?;
    let secret = secret().map_err(StartError::Listen)?;
    let (listener, base) = server::bind(&secret).await.map_err(StartError::Listen)?;
    let processes = processes.min(MAX_PROCESSES);
    // Each process has one id; none waits to be taken.
    let (run_ids, ids) = mpsc::channel(usize::from(processes));
    let shared = Arc::new(Shared::new(processes, events, log));
    let server = tokio::spawn(server::serve(listener, secret, Arc::clone(&shared))).abort_handle();
    let conductor = Conductor::new(program, durations, base, Arc::clone(&shared), run_ids);
    let groups = conductor.groups();
    let conductor = conductor.begin().map_err(|source| StartError::Program {
        program: args.e2e_test.clone(),
        source,
    })?;
    let suite = ParallelSuite {
        shared,
        groups,
        conductor: tokio::spawn(conductor),
        server,
        log: log_end,
        lost: Vec::new(),
    };
    Ok((suite, ids))
}

/// What a process must know to be heard.
fn secret() -> io::Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

impl ParallelSuite {
    /// Waits for all processes to end. The status is that of the first that did not end well, or that of process 1.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        let end = (&mut self.conductor).await.map_err(io::Error::other)?;
        self.lost = end.lost;
        end.status
    }

    /// Asks all processes to end their tests and write their files. What they run is named in this program's log.
    pub fn interrupt(&self) {
        self.shared.lock().stop();
        for number in 1..=self.shared.total {
            if let Some(name) = self.shared.lock().queue.running(number) {
                tracing::info!("stopped while process {number} ran {name}");
            }
        }
        self.signal(Signal::INT);
        self.shared.changed.notify_one();
    }

    /// Ends every process.
    pub fn kill(&self) {
        self.shared.lock().stop();
        self.signal(Signal::KILL);
        self.shared.changed.notify_one();
    }

    fn signal(&self, signal: Signal) {
        for group in self.groups.all() {
            process::signal(group, signal);
        }
    }

    /// Waits, after the end of all processes, until their output is in the log file. Says what was lost, if anything.
    pub async fn finish_output(self) -> Option<String> {
        let Self {
            shared,
            server,
            log,
            mut lost,
            ..
        } = self;
        server.abort();
        // The log ends when nobody can write to it any more.
        drop(shared);
        match tokio::time::timeout(OUTPUT_PATIENCE, log).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => lost.push(format!("{} is incomplete: {error}", names::E2E_LOG)),
            Ok(Err(_)) | Err(_) => lost.push(format!("{} may lack its end", names::E2E_LOG)),
        }
        Some(lost.join("; ")).filter(|lost| !lost.is_empty())
    }
}
