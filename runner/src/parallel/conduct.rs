//! Starts the processes of a parallel run, each when there is room for it, and waits for their ends.

use std::{
    collections::BTreeMap,
    future::Future,
    io,
    os::unix::process::ExitStatusExt,
    process::ExitStatus,
    sync::{Arc, Mutex, PoisonError},
};

use conform_crds::Maker;
use conform_suite::{Durations, Selection, TestName};
use rustix::process::Pid;
use tokio::{sync::mpsc, task::JoinSet};

use super::{
    Program, args,
    coordinator::PRIMARY,
    order::{self, OrderError},
    process::{self, Process},
    shared::Shared,
};
use crate::cli::RunArgs;

/// The process groups that run, for whoever sends a signal.
#[derive(Clone, Debug, Default)]
pub struct Groups(Arc<Mutex<BTreeMap<u16, Pid>>>);

impl Groups {
    /// All of them.
    pub fn all(&self) -> Vec<Pid> {
        self.with(|groups| groups.values().copied().collect())
    }

    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<u16, Pid>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// How the processes ended.
#[derive(Debug)]
pub struct End {
    /// The status of the first that did not end well, or that of process 1.
    pub status: io::Result<ExitStatus>,
    /// What was lost with processes that died.
    pub lost: Vec<String>,
}

/// Who starts the processes.
#[derive(Debug)]
pub struct Conductor {
    args: RunArgs,
    selection: Selection,
    maker: Option<Maker>,
    absent_nodes: usize,
    durations: Durations,
    base: String,
    shared: Arc<Shared>,
    run_ids: mpsc::Sender<String>,
    groups: Groups,
    /// How many processes may be starting at a time.
    room: usize,
}

impl Conductor {
    /// For processes that find the server at `base`.
    pub fn new(
        program: &Program<'_>,
        durations: &Durations,
        base: String,
        shared: Arc<Shared>,
        run_ids: mpsc::Sender<String>,
    ) -> Self {
        Self {
            args: program.args.clone(),
            selection: program.selection.clone(),
            maker: program.maker.cloned(),
            absent_nodes: program.absent_nodes,
            durations: durations.clone(),
            base,
            shared,
            run_ids,
            groups: Groups::default(),
            room: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }

    /// The processes that run, also later.
    pub fn groups(&self) -> Groups {
        self.groups.clone()
    }

    /// Starts process 1 and gives what does the rest.
    pub fn begin(self) -> io::Result<impl Future<Output = End> + Send + 'static> {
        let mut running = JoinSet::new();
        // It is worth while as long as nothing is known.
        if let Some(number) = self.shared.lock().start_next(1) {
            let first = self.start(number)?;
            running.spawn(first.wait());
        }
        Ok(self.conduct(running))
    }

    async fn conduct(self, mut running: JoinSet<(u16, io::Result<ExitStatus>)>) -> End {
        let order = order::ask(&self.args, &self.selection);
        tokio::pin!(order);
        let mut asking = true;
        let mut primary = None;
        let mut bad = None;
        let mut lost = Vec::new();
        loop {
            // The dry run is as much work as a start.
            let room = self.room.saturating_sub(usize::from(asking)).max(1);
            self.start_more(&mut running, room, &mut lost);
            tokio::select! {
                found = &mut order, if asking => {
                    asking = false;
                    self.plan(found);
                }
                ended = running.join_next() => {
                    let Some(ended) = ended else { break };
                    // The task only waits: it neither panics nor is it aborted.
                    let Ok((number, status)) = ended else { continue };
                    self.groups.with(|groups| groups.remove(&number));
                    lost.extend(self.ended(number, &status));
                    if number == PRIMARY {
                        primary = Some(status);
                    } else if !status.as_ref().is_ok_and(ExitStatus::success) {
                        bad.get_or_insert(status);
                    }
                }
                () = self.shared.changed.notified() => {}
            }
        }
        let status = match primary {
            Some(Ok(status)) if status.success() => bad.unwrap_or(Ok(status)),
            Some(status) => status,
            None => bad.unwrap_or_else(|| Err(io::Error::other("no process was started"))),
        };
        let success = status.as_ref().is_ok_and(ExitStatus::success);
        self.shared.log.write(self.shared.summary(success)).await;
        End { status, lost }
    }

    fn plan(&self, found: Result<Vec<TestName>, OrderError>) {
        let mut coordinator = self.shared.lock();
        match found {
            Ok(order) => {
                let selected = self
                    .selection
                    .selected()
                    .map(|requirement| requirement.name.clone())
                    .collect();
                if !coordinator.queue.plan(&order, &selected, &self.durations) {
                    tracing::warn!(
                        "the suite's dry run lacks selected tests: they go in the suite's own order"
                    );
                }
            }
            Err(error) => {
                tracing::warn!("{error}: tests go in the suite's own order");
                coordinator.queue.go_plain();
            }
        }
    }

    fn start_more(
        &self,
        running: &mut JoinSet<(u16, io::Result<ExitStatus>)>,
        room: usize,
        lost: &mut Vec<String>,
    ) {
        loop {
            let next = self.shared.lock().start_next(room);
            let Some(number) = next else { return };
            match self.start(number) {
                Ok(process) => {
                    running.spawn(process.wait());
                }
                Err(error) => {
                    let how = format!("cannot be started: {error}");
                    tracing::warn!("process {number} {how}");
                    // The others do its work.
                    lost.extend(self.shared.lock().ended(number, false, &how));
                }
            }
        }
    }

    fn start(&self, number: u16) -> io::Result<Process> {
        let host = format!("{}/{number}", self.base);
        let place = args::Place {
            process: number,
            total: self.shared.total,
            host: &host,
        };
        let arguments = args::process(&self.args, &self.selection, self.absent_nodes, place);
        let process = process::start(
            &self.args,
            number,
            arguments,
            self.maker.as_ref(),
            self.shared.log.clone(),
            self.run_ids.clone(),
        )?;
        if let Some(group) = process.group() {
            self.groups.with(|groups| groups.insert(number, group));
        }
        Ok(process)
    }

    /// Takes the end of a process; says what was lost with it.
    fn ended(&self, number: u16, status: &io::Result<ExitStatus>) -> Option<String> {
        let well = status.as_ref().is_ok_and(ExitStatus::success);
        let how = match status {
            Ok(status) => match (status.code(), status.signal()) {
                (Some(code), _) => format!("ended with exit code {code}"),
                (None, signal) => format!("was ended by signal {}", signal.unwrap_or_default()),
            },
            Err(error) => format!("ended in no known way ({error})"),
        };
        let fault = self.shared.lock().ended(number, well, &how)?;
        tracing::warn!("{fault}");
        Some(fault)
    }
}
