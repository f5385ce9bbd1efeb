//! Which entries of a file are kept, and which of them counts.

use std::collections::BTreeMap;

use memchr::memmem::Finder;

use super::{
    Case, Entries, Junit,
    case::{Ending, is_node, is_worse},
};
use crate::{Outcome, Release, TestName, text};

/// Which entries are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Every one.
    All,
    /// Every one, its name with that of its class in front: names of most tools tell tests of one class apart only.
    WithClass,
    /// Those that say something of a cluster: that started, or whose names carry a mark of conformance.
    Telling,
}

/// How the marks end that say at which stage a requirement is.
const MARK: &str = "Conformance]";

/// The entries of a file.
#[derive(Debug)]
pub(crate) struct Kept {
    keep: Keep,
    mark: Finder<'static>,
    cases: Vec<Case>,
    nodes: Vec<Case>,
    required_in: BTreeMap<TestName, Release>,
    filtered: usize,
    /// What is left of the names that are not kept: enough to find a test that is also said to have passed. Of two
    /// names with one hash the pass is lost, which never makes a verdict better.
    dropped: Vec<u64>,
    logs: BTreeMap<TestName, String>,
    entries: Entries,
    /// Places of the tests and nodes that say nothing of how they ended.
    unsaid: Vec<usize>,
    unsaid_nodes: Vec<usize>,
    /// An entry has a status.
    has_status: bool,
}

/// Most tests of which the end of a log is kept.
pub(super) const MOST_LOGS: usize = 1000;

impl Kept {
    pub(crate) fn new(keep: Keep) -> Self {
        Self {
            keep,
            mark: Finder::new(MARK),
            cases: Vec::new(),
            nodes: Vec::new(),
            required_in: BTreeMap::new(),
            filtered: 0,
            dropped: Vec::new(),
            logs: BTreeMap::new(),
            entries: Entries::default(),
            unsaid: Vec::new(),
            unsaid_nodes: Vec::new(),
            has_status: false,
        }
    }

    /// An entry has a status, as those of Ginkgo v2 have.
    pub(super) const fn take_status(&mut self) {
        self.has_status = true;
    }

    pub(super) const fn wants_classes(&self) -> bool {
        matches!(self.keep, Keep::WithClass)
    }

    /// Takes an entry whose name is normalised; `required_in` is what the constraint behind the name said.
    pub(super) fn take(&mut self, name: &str, required_in: Option<Release>, ending: Ending) {
        self.take_as(name, required_in, ending, is_node(name));
    }

    /// Takes an entry whose name is normalised, given whether it is one of the suite's own nodes.
    pub(crate) fn take_as(&mut self, name: &str, required_in: Option<Release>, ending: Ending, node: bool) {
        self.entries.take(&ending, node);
        if ending.filtered && !node {
            self.filtered += 1;
            if self.keep == Keep::Telling && required_in.is_none() && !self.is_marked(name) {
                self.dropped.push(hash(name));
                return;
            }
        }
        let unsaid = ending.unsaid;
        let case = ending.of(TestName::of_normalised(name));
        if node {
            self.unsaid_nodes.extend(unsaid.then_some(self.nodes.len()));
            self.nodes.push(case);
            return;
        }
        if let Some(release) = required_in {
            // Of two that contradict each other the earlier is the one to be ready for.
            let first = self.required_in.entry(case.name.clone()).or_insert(release);
            *first = release.min(*first);
        }
        self.unsaid.extend(unsaid.then_some(self.cases.len()));
        self.cases.push(case);
    }

    /// Takes the end of the log of a test that failed, whose name is normalised. Of several of one test the first counts.
    pub(super) fn take_log(&mut self, name: &str, log: &str) {
        if self.logs.len() < MOST_LOGS && !is_node(name) && !log.is_empty() {
            let log = || text::log_end(log).unwrap_or_default();
            self.logs.entry(TestName::of_normalised(name)).or_insert_with(log);
        }
    }

    /// True if the name carries `[Conformance]` or `[FutureConformance]`.
    fn is_marked(&self, name: &str) -> bool {
        let mut found = self.mark.find_iter(name.as_bytes());
        found.any(|at| {
            let before = name.get(..at).unwrap_or_default();
            before.ends_with('[') || before.ends_with("[Future")
        })
    }

    /// Sorts the tests by name and keeps the worst entry of each.
    pub(crate) fn finish(mut self, junit: &mut Junit) {
        if self.has_status || junit.properties.is_of_ginkgo_2() {
            self.take_back_unsaid();
        }
        by_name(&mut self.cases);
        junit.repeated = repeated(&self.cases);
        self.cases.dedup_by(|next, kept| next.name == kept.name);
        // There are many dropped names, and few tests that have something to lose.
        let loses = |case: &&Case| is_worse(Outcome::NotRun, case.outcome);
        let at_stake = self.cases.iter().filter(loses);
        let mut at_stake: Vec<u64> = at_stake.map(|case| hash(case.name.as_str())).collect();
        at_stake.sort_unstable();
        self.dropped.retain(|hash| at_stake.binary_search(hash).is_ok());
        if !self.dropped.is_empty() {
            let dropped = |case: &Case| self.dropped.contains(&hash(case.name.as_str()));
            self.cases.retain(|case| !(loses(&case) && dropped(case)));
        }
        junit.cases = self.cases;
        junit.nodes = self.nodes;
        junit.required_in = self.required_in;
        junit.filtered = self.filtered;
        junit.logs = self.logs;
        junit.entries = self.entries;
    }

    /// Only files of Ginkgo v1 say nothing of a pass.
    fn take_back_unsaid(&mut self) {
        for at in &self.unsaid {
            if let Some(case) = self.cases.get_mut(*at) {
                case.take_back();
                self.entries.take_back_pass();
            }
        }
        for at in &self.unsaid_nodes {
            if let Some(node) = self.nodes.get_mut(*at) {
                node.take_back();
            }
        }
    }
}

/// Sorts by name, the worst entry of each first.
fn by_name(cases: &mut [Case]) {
    // Worst first among equals, so that dropping what repeats a name keeps the worst. Files of newer suites are nearly
    // sorted, which a stable sort makes use of.
    cases.sort_by(|a, b| {
        a.name
            .cmp(&b.name)
            .then_with(|| b.is_worse_than(a).cmp(&a.is_worse_than(b)))
    });
}

/// The tests that started and that come several times, of cases that are sorted by name.
fn repeated(cases: &[Case]) -> Vec<TestName> {
    let same = cases.chunk_by(|a, b| a.name == b.name);
    let several = same.filter(|same| same.iter().filter(|case| !case.filtered).nth(1).is_some());
    several
        .filter_map(|same| Some(same.first()?.name.clone()))
        .collect()
}

/// What is left of a name: eight bytes at a time, since this is done thousands of times a file.
fn hash(name: &str) -> u64 {
    let (words, rest) = name.as_bytes().as_chunks();
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    let mix = |hash: u64, word: &[u8; 8]| {
        (hash.rotate_left(5) ^ u64::from_le_bytes(*word)).wrapping_mul(0x517c_c1b7_2722_0a95)
    };
    words.iter().chain([&last]).fold(0, mix)
}
