//! What the processes of a parallel run are told. Pure: requests in, replies out.
//!
//! The rules are those of Ginkgo's own server (`internal/parallel_support/server_handler.go`, the same from v2.13 to
//! v2.28), except for the order of tests (see [`queue`](super::queue)) and for processes that die or never start
//! (see [`aggregate`](super::aggregate)).

use conform_suite::{Outcome, TestName, ginkgo_report};
use serde::Deserialize;

use super::{
    aggregate::Aggregate,
    endpoint::Endpoint,
    queue::{Check, Next, Queue},
};

/// The process that begins, runs `[Serial]` tests and writes the reports.
pub const PRIMARY: u16 = 1;

/// What a process is answered. The codes are Ginkgo's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// 200.
    Done,
    /// 200, with this JSON.
    Json(Vec<u8>),
    /// 425: ask again in 50 ms.
    TooEarly,
    /// 410: it will never be.
    Gone,
    /// 400: not what Ginkgo sends.
    Bad,
}

/// What a request told besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A process is ready for tests.
    Up,
    /// How many tests there are, and how many of them the suite is to run.
    Counts {
        /// All of them.
        total: u64,
        /// Those that its focus takes.
        chosen: u64,
    },
    /// A test is about to begin.
    Started(TestName),
    /// A test ended.
    Ended {
        /// The test.
        name: TestName,
        /// How.
        outcome: Outcome,
        /// How long it took.
        duration: std::time::Duration,
    },
    /// A process ran another test than it was thought to.
    Differs {
        /// The index that it was given.
        index: u32,
        /// What should have been there.
        expected: TestName,
        /// What it ran.
        found: TestName,
    },
    /// There is no more room for what process 1 writes into its reports.
    NoRoom,
}

/// The life of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    NotStarted,
    Starting,
    Up,
    /// It has sent all of its tests and is about to end.
    Reported,
    Ended,
}

/// All that the processes share.
#[derive(Debug)]
pub struct Coordinator {
    /// What is left to run.
    pub queue: Queue,
    lives: Vec<Life>,
    /// What process 1 made before the suite, as it was sent.
    before_suite: Option<Vec<u8>>,
    report_before_suite: Option<Vec<u8>>,
    aggregate: Aggregate,
    abort: bool,
    no_more: bool,
}

impl Coordinator {
    /// For `total` processes, of which none is started.
    pub fn new(total: u16) -> Self {
        Self {
            queue: Queue::new(),
            lives: vec![Life::NotStarted; usize::from(total)],
            before_suite: None,
            report_before_suite: None,
            aggregate: Aggregate::default(),
            abort: false,
            no_more: false,
        }
    }

    /// The reply to a request of `process`, and what it told.
    pub fn answer(&mut self, process: u16, endpoint: Endpoint, body: &[u8]) -> (Reply, Vec<Told>) {
        let mut told = Vec::new();
        let reply = match endpoint {
            Endpoint::SuiteDidEnd => {
                if let Some(life) = self.life(process) {
                    *life = Life::Reported;
                }
                Reply::Done
            }
            Endpoint::SuiteWillBegin => self.begins(process, body, &mut told),
            Endpoint::DidRun => self.did_run(process, body, &mut told),
            Endpoint::BeforeSuiteCompleted => keep(&mut self.before_suite, process, body),
            Endpoint::ReportBeforeSuiteCompleted => keep(&mut self.report_before_suite, process, body),
            Endpoint::BeforeSuiteState => self.of_primary(self.before_suite.as_ref()),
            Endpoint::ReportBeforeSuiteState => self.of_primary(self.report_before_suite.as_ref()),
            Endpoint::OthersFinished | Endpoint::OthersReport if !self.others_finished(process) => {
                Reply::TooEarly
            }
            Endpoint::OthersReport => Reply::Json(self.aggregate.report()),
            Endpoint::Counter => match self.queue.next(process) {
                Next::Later => Reply::TooEarly,
                Next::Index(index) => {
                    told.extend(self.queue.running(process).cloned().map(Told::Started));
                    Reply::Json(format!(r#"{{"Index":{index}}}"#).into_bytes())
                }
            },
            Endpoint::Abort => {
                self.abort = true;
                self.queue.close();
                Reply::Done
            }
            Endpoint::ShouldAbort if self.abort => Reply::Gone,
            // Others have ended, nobody aborts, or there is nothing to say.
            Endpoint::OthersFinished
            | Endpoint::ShouldAbort
            | Endpoint::Up
            | Endpoint::EmitOutput
            | Endpoint::ProgressReport => Reply::Done,
        };
        (reply, told)
    }

    /// The next process that is to be started, if one is worth while now. `room` is how many may be starting at once.
    ///
    /// A start costs seconds of computing. Starting all at once would leave all of them waiting for each other, while
    /// the first could run the longest tests already.
    pub fn start_next(&mut self, room: usize) -> Option<u16> {
        let starting = self.lives.iter().filter(|life| **life == Life::Starting).count();
        // Nobody does anything before process 1 has begun, or after it was lost.
        let primary_lives = self.lives.first().is_some_and(|life| *life != Life::Ended);
        if self.no_more || starting >= room || !(primary_lives || self.before_suite.is_some()) {
            return None;
        }
        if !self.queue.has_more_than(starting) {
            return None;
        }
        let place = self.lives.iter().position(|life| *life == Life::NotStarted)?;
        *self.lives.get_mut(place)? = Life::Starting;
        u16::try_from(place + 1).ok()
    }

    /// No further process, and no further test.
    pub fn stop(&mut self) {
        self.no_more = true;
        self.queue.close();
    }

    /// Takes that a process has ended, `well` or not, and `how` in words. Says what was lost with it, if anything.
    pub fn ended(&mut self, process: u16, well: bool, how: &str) -> Option<String> {
        let life = self.life(process)?;
        let died = std::mem::replace(life, Life::Ended) != Life::Reported;
        let fault = match (died, self.queue.gone(process)) {
            (false, _) => None,
            (true, None) => Some(format!("process {process} {how}")),
            (true, Some(name)) => Some(format!("process {process} {how} while it ran {name}")),
        };
        if process != PRIMARY && (died || !well) {
            self.aggregate.failed(fault.clone());
        }
        fault
    }

    fn life(&mut self, process: u16) -> Option<&mut Life> {
        self.lives.get_mut(usize::from(process).checked_sub(1)?)
    }

    fn begins(&mut self, process: u16, body: &[u8], told: &mut Vec<Told>) -> Reply {
        let Ok(begin) = serde_json::from_slice::<Begin>(body) else {
            return Reply::Bad;
        };
        if let Some(life) = self.life(process).filter(|life| **life == Life::Starting) {
            *life = Life::Up;
        }
        self.aggregate.began(begin.start_time);
        told.push(Told::Up);
        if process == PRIMARY {
            told.push(Told::Counts {
                total: begin.pre_run_stats.total_specs,
                chosen: begin.pre_run_stats.specs_that_will_run,
            });
        }
        Reply::Done
    }

    fn did_run(&mut self, process: u16, body: &[u8], told: &mut Vec<Told>) -> Reply {
        let Ok(end) = ginkgo_report::read_spec(body) else {
            return Reply::Bad;
        };
        // The suite's focus left it out, or the suite ended before it.
        let idle = end.case.filtered && !end.node;
        if process != PRIMARY && !idle {
            let bulky = end.case.outcome != Outcome::Passed;
            if !self.aggregate.take(body, bulky) {
                told.push(Told::NoRoom);
            }
        }
        if end.node {
            return Reply::Done;
        }
        if let Check::Differs { index, expected } = self.queue.ended(process, &end.case.name) {
            told.push(Told::Differs {
                index,
                expected,
                found: end.case.name.clone(),
            });
        }
        if !idle {
            told.push(Told::Ended {
                name: end.case.name,
                outcome: end.case.outcome,
                duration: end.case.duration,
            });
        }
        Reply::Done
    }

    fn of_primary(&self, kept: Option<&Vec<u8>>) -> Reply {
        match kept {
            Some(body) => Reply::Json(body.clone()),
            None if self.lives.first() == Some(&Life::Ended) => Reply::Gone,
            None => Reply::TooEarly,
        }
    }

    /// Process 1 asks so when it has nothing left to run beside the others; whoever is not started by now is not needed.
    fn others_finished(&mut self, process: u16) -> bool {
        self.no_more |= process == PRIMARY;
        self.no_more
            && self
                .lives
                .iter()
                .skip(1)
                .all(|life| matches!(life, Life::NotStarted | Life::Ended))
    }
}

/// What process 1 sends is handed to the others as it came. Nobody else has a say in it.
fn keep(place: &mut Option<Vec<u8>>, process: u16, body: &[u8]) -> Reply {
    if process != PRIMARY || serde_json::from_slice::<serde::de::IgnoredAny>(body).is_err() {
        return Reply::Bad;
    }
    *place = Some(body.to_vec());
    Reply::Done
}

/// What is read of a report when a suite begins.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Begin {
    start_time: String,
    pre_run_stats: PreRunStats,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PreRunStats {
    total_specs: u64,
    specs_that_will_run: u64,
}

#[cfg(test)]
mod tests;
