//! From what a Gateway API suite said of its tests to a report.
//!
//! The suite writes its own report, and some of its versions wrote it before tests had ended (kubernetes-sigs/gateway-api
//! #5143). Here a report is made of ends alone: a test that nobody saw the end of was not measured, and nothing is reported
//! that rests on it.

mod build;
mod compare;
mod events;
mod junit;

pub use build::{About, Built, Refusal, build};
pub use compare::compare;
pub use events::{EventsError, read_events};
pub use junit::of_junit;

use std::collections::BTreeMap;

/// How a test of the suite ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TestEnd {
    /// It ran and passed.
    Passed,
    /// It was not run, since the implementation does not say that it has what the test needs.
    NotSupported,
    /// It was not run, though its features were asked for.
    Skipped,
    /// It began, and nobody saw its end.
    Unfinished,
    /// It ran and failed.
    Failed,
}

/// What happened to tests, by their short names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ends(BTreeMap<String, TestEnd>);

impl Ends {
    /// Notes an end. Of several of one test the worst counts.
    pub fn add(&mut self, name: &str, end: TestEnd) {
        let kept = self.0.entry(name.to_owned()).or_insert(end);
        *kept = (*kept).max(end);
    }

    /// How a test ended; nothing if nothing was heard of it.
    pub fn of(&self, name: &str) -> Option<TestEnd> {
        self.0.get(name).copied()
    }

    /// Every test that something was heard of.
    pub fn iter(&self) -> impl Iterator<Item = (&str, TestEnd)> {
        self.0.iter().map(|(name, end)| (name.as_str(), *end))
    }

    /// True if nothing was heard of any test.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes in what was heard elsewhere.
    pub fn extend(&mut self, others: &Self) {
        for (name, end) in others.iter() {
            self.add(name, end);
        }
    }
}

/// The suite's test in a name of Go's, such as `TestConformance/HTTPRouteCORS/subtest`, and whether it is all of it.
fn short_name(name: &str) -> Option<(&str, bool)> {
    let mut segments = name.split('/').take(3).peekable();
    while let Some(segment) = segments.next() {
        if crate::known::known().test(segment).is_some() {
            let is_whole = name.ends_with(segment) && segments.peek().is_none();
            return Some((segment, is_whole));
        }
    }
    None
}
