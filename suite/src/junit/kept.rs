//! Which entries of a file are kept, and which of them counts.

use std::hash::{DefaultHasher, Hasher};

use super::{
    Case, Junit,
    case::{Ending, is_node, is_worse},
};
use crate::{Outcome, TestName};

/// Which entries are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Every one.
    All,
    /// Those that started.
    Measured,
}

/// The entries of a file.
#[derive(Debug)]
pub(crate) struct Kept {
    keep: Keep,
    cases: Vec<Case>,
    nodes: Vec<Case>,
    filtered: usize,
    /// What is left of the names that are not kept: enough to find a test that is also said to have passed. Of two
    /// names with one hash the pass is lost, which never makes a verdict better.
    dropped: Vec<u64>,
}

impl Kept {
    pub(crate) const fn new(keep: Keep) -> Self {
        Self {
            keep,
            cases: Vec::new(),
            nodes: Vec::new(),
            filtered: 0,
            dropped: Vec::new(),
        }
    }

    /// Takes an entry whose name is normalised.
    pub(super) fn take(&mut self, name: &str, ending: Ending) {
        self.take_as(name, ending, is_node(name));
    }

    /// Takes an entry whose name is normalised, given whether it is one of the suite's own nodes.
    pub(crate) fn take_as(&mut self, name: &str, ending: Ending, node: bool) {
        if ending.filtered && !node {
            self.filtered += 1;
            if self.keep == Keep::Measured {
                self.dropped.push(hash(name));
                return;
            }
        }
        let kept = if node { &mut self.nodes } else { &mut self.cases };
        kept.push(ending.of(TestName::of_normalised(name)));
    }

    /// Sorts the tests by name and keeps the worst entry of each.
    pub(crate) fn finish(mut self, junit: &mut Junit) {
        worst_by_name(&mut self.cases);
        self.dropped.sort_unstable();
        if !self.dropped.is_empty() {
            self.cases.retain(|case| {
                !is_worse(Outcome::NotRun, case.outcome)
                    || self.dropped.binary_search(&hash(case.name.as_str())).is_err()
            });
        }
        junit.cases = self.cases;
        junit.nodes = self.nodes;
        junit.filtered = self.filtered;
    }
}

/// Sorts by name and keeps the worst entry of each.
pub(super) fn worst_by_name(cases: &mut Vec<Case>) {
    // Worst first among equals, so that dropping what repeats a name keeps the worst. Files of newer suites are nearly
    // sorted, which a stable sort makes use of.
    cases.sort_by(|a, b| {
        a.name
            .cmp(&b.name)
            .then_with(|| b.is_worse_than(a).cmp(&a.is_worse_than(b)))
    });
    cases.dedup_by(|next, kept| next.name == kept.name);
}

fn hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(name.as_bytes());
    hasher.finish()
}
