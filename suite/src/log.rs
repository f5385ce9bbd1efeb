//! Reads what the suite's log says of the whole run.
//!
//! Only for the log's own statements: what happened to a test is never inferred from it.

mod lines;

use std::{
    collections::BTreeSet,
    io::{self, Read},
};

use lines::Lines;

/// What the suite's log (`e2e.log`) says of the whole run. Every part may lack: a cut log has no end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogSummary {
    /// The id of the run, which every namespace of it carries as the label `e2e-run`.
    pub run_id: Option<String>,
    /// The version of the suite.
    pub suite_version: Option<String>,
    /// The version of the API server.
    pub server_version: Option<String>,
    /// The seed of the order of the tests.
    pub random_seed: Option<i64>,
    /// How many tests ran, or are going to if the log is cut.
    pub ran: Option<u32>,
    /// How many tests the suite has.
    pub of: Option<u32>,
    /// How many tests passed.
    pub passed: Option<u32>,
    /// How many tests failed.
    pub failed: Option<u32>,
    /// How many tests its source switches off.
    pub pending: Option<u32>,
    /// How many tests were skipped, those that were not selected included.
    pub skipped: Option<u32>,
    /// How many tests passed only after a try that did not.
    pub flaked: Option<u32>,
    /// Whether the suite says that it passed.
    pub suite_passed: Option<bool>,
    /// All that it says of itself on its way: one run says each once.
    pub told: Told,
}

/// What a log says more than once if it is of more than one run, and what tells of a failure besides its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Lines that say how many tests will run.
    pub starts: Vec<usize>,
    /// Lines that say how many tests ran.
    pub counts: Vec<usize>,
    /// Lines that say that the suite succeeded.
    pub successes: Vec<usize>,
    /// Lines that say that the suite failed.
    pub failures: Vec<usize>,
    /// Other lines that only a failed suite prints, as they are.
    pub signs: Vec<(usize, String)>,
    /// The versions of API servers.
    pub server_versions: BTreeSet<String>,
    /// The versions of suites.
    pub suite_versions: BTreeSet<String>,
    /// The seeds.
    pub seeds: BTreeSet<i64>,
    /// In how many processes at a time tests ran, where it says so: a suite that runs one by one says nothing.
    pub processes: BTreeSet<u32>,
}

/// Most lines or values of a kind that are kept.
const MOST: usize = 16;

/// Longest line that is looked at, in bytes. The line of dots of a whole suite is longer and says nothing.
const LINE_BYTES: usize = 4096;

/// Reads a log, or its start and its end. Of what it says several times the last counts; the id is the first.
pub fn read_tail(text: &str) -> LogSummary {
    let mut summary = LogSummary::default();
    for (at, line) in text.lines().enumerate() {
        summary.line(at + 1, line);
    }
    summary
}

/// Reads a log of any length, line by line: what speaks against a run may be anywhere.
pub fn read(input: impl Read) -> io::Result<LogSummary> {
    let mut summary = LogSummary::default();
    Lines::default().read(input, |at, line| summary.line(at, line))?;
    Ok(summary)
}

impl LogSummary {
    fn line(&mut self, at: usize, line: &str) {
        if line.len() <= LINE_BYTES {
            self.take(at, &lines::plain(line));
        }
    }

    fn take(&mut self, at: usize, line: &str) {
        let message = message(line);
        if let Some(after) = message.strip_prefix("Starting e2e run \"") {
            let id = after.split_once('"').map(|(id, _)| id).filter(|id| is_id(id));
            self.run_id = self.run_id.take().or_else(|| id.map(str::to_owned));
        } else if let Some(version) = message.strip_prefix("e2e test version: ") {
            self.suite_version = version_of(version);
            keep_value(&mut self.told.suite_versions, self.suite_version.clone());
        } else if let Some(version) = message.strip_prefix("kube-apiserver version: ") {
            self.server_version = version_of(version);
            keep_value(&mut self.told.server_versions, self.server_version.clone());
        } else if let Some(seed) = line.strip_prefix("Random Seed: ") {
            self.random_seed = seed.split_whitespace().next().and_then(|seed| seed.parse().ok());
            keep_value(&mut self.told.seeds, self.random_seed);
        } else if let Some(counts) = line.strip_prefix("Will run ") {
            if self.take_counts(counts) {
                keep(&mut self.told.starts, at);
            }
        } else if let Some(counts) = line.strip_prefix("Ran ") {
            if self.take_counts(counts) {
                keep(&mut self.told.counts, at);
            }
        } else if let Some(after) = line.strip_prefix("Running in parallel across ") {
            keep_value(&mut self.told.processes, processes_of(after));
        } else if is_sign_of_failure(line) {
            keep(&mut self.told.signs, (at, line.trim_end().to_owned()));
        } else if (line.starts_with("SUCCESS!") || line.starts_with("FAIL!"))
            && let Some((head, counts)) = line.split_once(" -- ")
        {
            self.take_end(at, head, counts);
        }
    }

    /// `441 of 7348 Specs in 7241.975 seconds`. Says whether it is that.
    fn take_counts(&mut self, counts: &str) -> bool {
        let mut words = counts.split_whitespace();
        let mut number = || words.next().and_then(|word| word.parse().ok());
        let ran = number();
        let is_of = words.next() == Some("of");
        let of = words.next().and_then(|word| word.parse().ok());
        let is_specs = words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("specs"));
        let is_counts = ran.is_some() && is_of && of.is_some() && is_specs;
        if is_counts {
            (self.ran, self.of) = (ran, of);
        }
        is_counts
    }

    /// `SUCCESS!` or `FAIL! - REASON`, then `441 Passed | 0 Failed | 0 Pending | 6907 Skipped`.
    fn take_end(&mut self, at: usize, head: &str, counts: &str) {
        match head.split_once('!').map(|(word, _)| word) {
            Some("SUCCESS") => {
                self.suite_passed = Some(true);
                keep(&mut self.told.successes, at);
            }
            Some("FAIL") => {
                self.suite_passed = Some(false);
                keep(&mut self.told.failures, at);
            }
            _ => return,
        }
        for part in counts.split('|') {
            let Some((count, word)) = part.trim().split_once(' ') else {
                continue;
            };
            let count = count.parse().ok();
            match word {
                "Passed" => self.passed = count,
                "Failed" => self.failed = count,
                "Pending" => self.pending = count,
                "Skipped" => self.skipped = count,
                "Flaked" => self.flaked = count,
                _ => {}
            }
        }
    }
}

impl Told {
    /// How many ends there are.
    pub const fn ends(&self) -> usize {
        self.successes.len() + self.failures.len()
    }
}

fn keep<T>(kept: &mut Vec<T>, one: T) {
    if kept.len() < MOST {
        kept.push(one);
    }
}

fn keep_value<T: Ord>(kept: &mut BTreeSet<T>, one: Option<T>) {
    if kept.len() < MOST {
        kept.extend(one);
    }
}

/// What the suite's own logger was told: behind `e2e.go:245] `, and behind `INFO: ` until v1.26.
fn message(line: &str) -> &str {
    let bytes = line.as_bytes();
    // Of tens of thousands of lines some ten say something: to look for single bytes is what tells them fastest.
    let bracket = memchr::memchr_iter(b']', bytes).find(|at| bytes.get(at + 1) == Some(&b' '));
    let behind = bracket.map(|at| at + 2).or_else(|| {
        let mut colons = memchr::memchr_iter(b':', bytes);
        let colon = colons.find(|at| {
            bytes.get(at + 1) == Some(&b' ') && bytes.get(..*at).is_some_and(|head| head.ends_with(b"INFO"))
        });
        colon.map(|at| at + 2)
    });
    behind.and_then(|at| line.get(at..)).unwrap_or(line)
}

/// True for what the suite and its runner print at the start of a line, and only if the suite failed. What tests write is
/// indented, or behind a time.
fn is_sign_of_failure(line: &str) -> bool {
    let is_summary = || {
        let (count, rest) = line.strip_prefix("Summarizing ")?.split_once(' ')?;
        Some(count.parse::<u32>().is_ok() && rest.starts_with("Failure"))
    };
    line.starts_with("--- FAIL: TestE2E")
        || line.trim_end() == "Test Suite Failed"
        || is_summary().unwrap_or_default()
}

fn is_id(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// `5 processes`, of Ginkgo v1 `5 nodes`.
fn processes_of(text: &str) -> Option<u32> {
    let (count, word) = text.trim_end().split_once(' ')?;
    matches!(word, "processes" | "nodes")
        .then(|| count.parse().ok())
        .flatten()
}

fn version_of(text: &str) -> Option<String> {
    let version = text.split_whitespace().next()?;
    let plain = version.len() <= 64 && version.bytes().all(|byte| byte.is_ascii_graphic());
    (plain && version.starts_with('v')).then(|| version.to_owned())
}

#[cfg(test)]
mod tests;
