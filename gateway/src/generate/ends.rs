//! How tests ended, and what speaks against it.

use std::collections::{BTreeMap, BTreeSet};

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

/// A test of Go's by its package, as far as that is known, and its full name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GoTest {
    /// Its package; empty if the source has none.
    pub package: String,
    /// Its name, such as `TestConformance/HTTPRouteCORS`; empty if it is about the package as a whole.
    pub name: String,
}

impl GoTest {
    /// True if the other one is this, or is a part of it.
    pub fn holds(&self, other: &Self) -> bool {
        let is_package = self.package == other.package || self.package.is_empty() || other.package.is_empty();
        let rest = other.name.strip_prefix(self.name.as_str());
        is_package
            && (self.name.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }

    /// The words for it.
    fn called(&self) -> String {
        match (self.package.as_str(), self.name.as_str()) {
            ("", "") => "the test binary".to_owned(),
            (package, "") => format!("package {package}"),
            (_, name) => name.to_owned(),
        }
    }
}

/// What happened to tests, by their short names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    tests: BTreeMap<String, TestEnd>,
    /// The tests of Go's that tests of the suite are parts of.
    pub(super) roots: BTreeSet<GoTest>,
    /// What failed without a part that did, and is no test of the suite.
    pub(super) failed: BTreeSet<GoTest>,
    /// What began, is no test of the suite, and did not end.
    pub(super) unfinished: BTreeSet<GoTest>,
    /// Why what a source says proves nothing.
    pub(super) doubts: BTreeSet<String>,
}

impl Ends {
    /// Notes an end. Of several of one test the worst counts.
    pub fn add(&mut self, name: &str, end: TestEnd) {
        let kept = self.tests.entry(name.to_owned()).or_insert(end);
        *kept = (*kept).max(end);
    }

    /// How a test ended; nothing if nothing was heard of it.
    pub fn of(&self, name: &str) -> Option<TestEnd> {
        self.tests.get(name).copied()
    }

    /// Every test that something was heard of.
    pub fn iter(&self) -> impl Iterator<Item = (&str, TestEnd)> {
        self.tests.iter().map(|(name, end)| (name.as_str(), *end))
    }

    /// True if nothing was heard of any test.
    pub fn is_empty(&self) -> bool {
        self.tests.is_empty()
    }

    /// Takes in what was heard elsewhere.
    pub fn extend(&mut self, others: &Self) {
        for (name, end) in others.iter() {
            self.add(name, end);
        }
        self.roots.extend(others.roots.iter().cloned());
        self.failed.extend(others.failed.iter().cloned());
        self.unfinished.extend(others.unfinished.iter().cloned());
        self.doubts.extend(others.doubts.iter().cloned());
    }

    /// Why no report can be made of these ends, whatever they are.
    pub fn doubts(&self) -> Vec<String> {
        let mut doubts: Vec<String> = self.doubts.iter().cloned().collect();
        doubts.extend(self.ambiguous());
        let is_above = |one: &&GoTest| self.roots.iter().any(|root| one.holds(root));
        doubts.extend(self.failed.iter().filter(is_above).map(|one| {
            format!(
                "{} failed, and no test in it did: a panic, or a failure before or after the tests, may hide results",
                one.called()
            )
        }));
        doubts.extend(self.unfinished.iter().filter(is_above).map(|one| {
            format!(
                "nobody saw the end of {}: what came after the last words may have failed",
                one.called()
            )
        }));
        doubts
    }

    /// Tests beside those of the suite that failed, by their full names.
    pub(super) fn failed_beside(&self) -> impl Iterator<Item = &str> {
        let is_below = |one: &&GoTest| {
            self.roots
                .iter()
                .any(|root| root.name != one.name && root.holds(one))
        };
        self.failed.iter().filter(is_below).map(|one| one.name.as_str())
    }

    /// Ends of several suites are not those of one.
    fn ambiguous(&self) -> Vec<String> {
        let names: BTreeSet<&str> = self.roots.iter().map(|root| root.name.as_str()).collect();
        let packages = self.roots.iter().map(|root| root.package.as_str());
        let packages: BTreeSet<&str> = packages.filter(|package| !package.is_empty()).collect();
        let told = |what: &str, names: BTreeSet<&str>| {
            let names: Vec<&str> = names.into_iter().collect();
            (names.len() > 1).then(|| {
                format!(
                    "tests that are called like the suite's are in several {what}: {}; give what one of them said, and make a \
                     report of each",
                    names.join(", ")
                )
            })
        };
        told("tests", names)
            .into_iter()
            .chain(told("packages", packages))
            .collect()
    }
}
