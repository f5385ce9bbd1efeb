//! Several files of one parallel run.

use std::{cmp::Ordering, iter::Peekable};

use super::{Case, Junit, Properties, kept::MOST_LOGS};

/// Most other properties that are kept of all files together.
const OTHERS: usize = 256;

impl Junit {
    /// Takes in a further file of the same run: processes of Ginkgo v1 write one each (`junit_01.xml` to
    /// `junit_NN.xml`).
    ///
    /// That a test never started in one process says nothing if it did in another. Of two entries that both started the
    /// worse counts, so that the order of the files says nothing.
    pub fn absorb(&mut self, part: Self) {
        let Self {
            cases,
            required_in,
            logs,
            filtered,
            nodes,
            entries,
            claims,
            repeated,
            properties,
            truncated,
        } = part;
        self.cases = joined(std::mem::take(&mut self.cases), cases);
        for (name, release) in required_in {
            let first = self.required_in.entry(name).or_insert(release);
            *first = release.min(*first);
        }
        for (name, log) in logs {
            // Of two of one name, whichever file comes first.
            let kept = self.logs.entry(name).or_default();
            *kept = std::mem::take(kept).max(log);
        }
        while self.logs.len() > MOST_LOGS {
            self.logs.pop_last();
        }
        self.filtered = self.filtered.saturating_add(filtered);
        self.nodes.extend(nodes);
        self.entries.absorb(entries);
        self.claims.absorb(claims);
        extend(&mut self.repeated, repeated);
        self.repeated.sort_unstable();
        self.properties.absorb(properties);
        self.truncated = self.truncated.take().or(truncated);
    }

    /// The files of one run as one; nothing of no files.
    pub fn join(parts: impl IntoIterator<Item = Self>) -> Option<Self> {
        parts.into_iter().reduce(|mut whole, part| {
            whole.absorb(part);
            whole
        })
    }
}

impl Properties {
    fn absorb(&mut self, other: Self) {
        self.dry_run |= other.dry_run;
        self.flake_attempts = self.flake_attempts.max(other.flake_attempts);
        extend(&mut self.focus, other.focus);
        extend(&mut self.skip, other.skip);
        self.label_filter = self.label_filter.take().or(other.label_filter);
        self.random_seed = self.random_seed.or(other.random_seed);
        self.parallel_total = self.parallel_total.max(other.parallel_total);
        self.started_at = self.started_at.or(other.started_at);
        self.named.extend(other.named);
        for (property, fault) in other.faults {
            self.faults.entry(property).or_insert(fault);
        }
        extend(&mut self.others, other.others);
        self.others.truncate(OTHERS);
    }
}

/// Every process says the same of how it was run.
fn extend<T: PartialEq>(so_far: &mut Vec<T>, more: Vec<T>) {
    for one in more {
        if !so_far.contains(&one) {
            so_far.push(one);
        }
    }
}

/// Two sorted lists as one.
fn joined(left: Vec<Case>, right: Vec<Case>) -> Vec<Case> {
    let mut whole = Vec::with_capacity(left.len().max(right.len()));
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let Some(case) = next(&mut left, &mut right) {
        whole.push(case);
    }
    whole
}

fn next<I: Iterator<Item = Case>>(left: &mut Peekable<I>, right: &mut Peekable<I>) -> Option<Case> {
    let order = match (left.peek(), right.peek()) {
        (Some(left), Some(right)) => left.name.cmp(&right.name),
        (_, None) => Ordering::Less,
        (None, _) => Ordering::Greater,
    };
    match order {
        Ordering::Less => left.next(),
        Ordering::Greater => right.next(),
        Ordering::Equal => left
            .next()
            .zip(right.next())
            .map(|(left, right)| telling(left, right)),
    }
}

/// Of two entries of one test, the one that started; of two that did, the worse.
fn telling(left: Case, right: Case) -> Case {
    let right_counts = match (left.filtered, right.filtered) {
        (true, false) => true,
        (false, true) => false,
        _ => right.is_worse_than(&left),
    };
    if right_counts { right } else { left }
}
