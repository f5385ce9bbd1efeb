//! What the server and who starts the processes both need.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use conform_suite::{Outcome, TestName};
use tokio::sync::{Notify, mpsc};

use super::{coordinator::Coordinator, log::Log, show};
use crate::seen::Seen;

/// The state of a parallel run.
#[derive(Debug)]
pub struct Shared {
    /// How many processes there may be.
    pub total: u16,
    /// Where outcomes go.
    pub events: mpsc::Sender<Seen>,
    /// The suite's log.
    pub log: Log,
    /// Told when a process is ready for tests, or something else is to be thought over.
    pub changed: Notify,
    coordinator: Mutex<Coordinator>,
    tally: Mutex<Tally>,
    start: Instant,
}

#[derive(Debug, Default)]
struct Tally {
    total: u64,
    outcomes: BTreeMap<TestName, Outcome>,
}

impl Shared {
    /// For `total` processes.
    pub fn new(total: u16, events: mpsc::Sender<Seen>, log: Log) -> Self {
        Self {
            total,
            events,
            log,
            changed: Notify::new(),
            coordinator: Mutex::new(Coordinator::new(total)),
            tally: Mutex::default(),
            start: Instant::now(),
        }
    }

    /// The coordinator. Nobody waits for anything while holding it.
    pub fn lock(&self) -> MutexGuard<'_, Coordinator> {
        unpoisoned(&self.coordinator)
    }

    /// Takes how many tests the suite has.
    pub fn note_total(&self, total: u64) {
        unpoisoned(&self.tally).total = total;
    }

    /// Takes how a test ended.
    pub fn note_outcome(&self, name: &TestName, outcome: Outcome) {
        unpoisoned(&self.tally).outcomes.insert(name.clone(), outcome);
    }

    /// The last lines of the log.
    pub fn summary(&self, success: bool) -> String {
        let tally = unpoisoned(&self.tally);
        let seconds = self.start.elapsed().as_secs_f64();
        show::summary(tally.outcomes.values().copied(), tally.total, seconds, success)
    }
}

/// There is nothing in these values that a panic could leave half done.
fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
