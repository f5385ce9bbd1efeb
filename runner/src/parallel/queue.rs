//! Which test which process runs next. Pure.
//!
//! Every process of a parallel run builds the same list of tests in the same order, and asks for an index into it. The
//! list leaves out `[Serial]` tests: process 1 runs those by itself when the others have ended. Given what each index
//! stands for, the queue hands out the selected tests alone, the longest first. What an index stands for is checked
//! with every test that ends. Should it once not be so, the queue goes on as Ginkgo itself does: every index that was
//! not handed out, in order. In any case no index is handed out twice.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use conform_suite::{Durations, TestName};

/// Past the end of every list, and an integer wherever Go runs.
const PAST_THE_END: u32 = i32::MAX as u32;

/// What a process that asks gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The test at this place of its list.
    Index(u32),
    /// Ask again: what the indices stand for is not known yet, or a test wants the cluster for itself.
    Later,
}

/// What is left to hand out, and who runs what.
#[derive(Debug)]
pub struct Queue {
    source: Source,
    /// Every index that was handed out.
    given: BTreeSet<u32>,
    running: BTreeMap<u16, Given>,
    closed: bool,
}

#[derive(Debug)]
enum Source {
    /// The order of the lists is still asked for.
    Unknown,
    /// The selected tests, the longest first.
    Planned(VecDeque<Planned>),
    /// Index after index.
    Plain { next: u32 },
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Planned {
    index: u32,
    name: TestName,
}

#[derive(Debug)]
struct Given {
    index: u32,
    /// What should be there.
    name: Option<TestName>,
}

/// What the end of a test says of the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// It is the test that was expected, or none was.
    Agrees,
    /// It is another one.
    Differs {
        /// The index that was handed out.
        index: u32,
        /// What should have been there.
        expected: TestName,
    },
}

impl Queue {
    /// A queue that cannot hand out anything yet.
    pub fn new() -> Self {
        Self {
            source: Source::Unknown,
            given: BTreeSet::new(),
            running: BTreeMap::new(),
            closed: false,
        }
    }

    /// Takes the order in which the processes have all tests, `[Serial]` ones included, and hands out those that are
    /// `selected`, the longest first and those that run alone last, each when no other runs.
    ///
    /// A selected test that is not in the list is no way to run all that is selected: then it is plain order.
    pub fn plan(&mut self, order: &[TestName], selected: &BTreeSet<TestName>, durations: &Durations) -> bool {
        let parallel = order.iter().filter(|name| !is_serial(name));
        let mut planned: Vec<Planned> = (0..)
            .zip(parallel)
            .filter(|(_, name)| selected.contains(*name))
            .map(|(index, name)| Planned {
                index,
                name: name.clone(),
            })
            .collect();
        let found: BTreeSet<&TestName> = planned.iter().map(|planned| &planned.name).collect();
        let complete = selected
            .iter()
            .filter(|name| !is_serial(name))
            .all(|name| found.contains(name));
        if !complete {
            self.go_plain();
            return false;
        }
        // What runs alone waits for the rest. A stable sort: tests of one length stay in Ginkgo's order.
        planned.sort_by_key(|planned| {
            let longest = std::cmp::Reverse(durations.estimate(&planned.name));
            (planned.name.runs_alone(), longest)
        });
        planned.retain(|planned| !self.given.contains(&planned.index));
        self.source = Source::Planned(planned.into());
        true
    }

    /// From here on every index that was not handed out, in order.
    pub fn go_plain(&mut self) {
        self.source = Source::Plain { next: 0 };
    }

    /// Hands out nothing any more.
    pub fn close(&mut self) {
        self.closed = true;
    }

    /// What `process` is to run.
    pub fn next(&mut self, process: u16) -> Next {
        self.running.remove(&process);
        if self.closed {
            return Next::Index(PAST_THE_END);
        }
        let given = match &mut self.source {
            Source::Unknown => return Next::Later,
            Source::Planned(rest) if alone_is_next(rest) && !self.running.is_empty() => return Next::Later,
            Source::Planned(rest) => match rest.pop_front() {
                None => return Next::Index(PAST_THE_END),
                Some(Planned { index, name }) => Given {
                    index,
                    name: Some(name),
                },
            },
            Source::Plain { next } => {
                while self.given.contains(next) {
                    *next += 1;
                }
                Given {
                    index: *next,
                    name: None,
                }
            }
        };
        let index = given.index;
        self.given.insert(index);
        self.running.insert(process, given);
        Next::Index(index)
    }

    /// Takes that `process` has ended the test `name`.
    pub fn ended(&mut self, process: u16, name: &TestName) -> Check {
        let Some(given) = self.running.get(&process) else {
            return Check::Agrees;
        };
        let (index, expected) = (given.index, given.name.clone());
        match expected {
            Some(expected) if expected != *name => {
                self.go_plain();
                self.running.remove(&process);
                Check::Differs { index, expected }
            }
            _ => Check::Agrees,
        }
    }

    /// Takes that `process` runs nothing any more. What it ran is not handed out again: a test that ends its process
    /// would end the next one too.
    pub fn gone(&mut self, process: u16) -> Option<TestName> {
        self.running.remove(&process)?.name
    }

    /// The test that a process runs, as far as known.
    pub fn running(&self, process: u16) -> Option<&TestName> {
        self.running.get(&process)?.name.as_ref()
    }

    /// True if another process would find something to do.
    pub fn has_more_than(&self, waiting: usize) -> bool {
        !self.closed
            && match &self.source {
                Source::Unknown | Source::Plain { .. } => true,
                Source::Planned(rest) => rest.len() > waiting,
            }
    }
}

/// True if the next test wants the cluster for itself: a `[Disruptive]` one that Ginkgo itself would run beside others.
fn alone_is_next(rest: &VecDeque<Planned>) -> bool {
    rest.front().is_some_and(|planned| planned.name.runs_alone())
}

/// True for a test that process 1 runs by itself at the end. The suite's framework gives Ginkgo's mark to what has this tag, and only to that.
pub fn is_serial(name: &TestName) -> bool {
    name.has_tag("Serial")
}

#[cfg(test)]
mod tests;
