//! What was heard of Go's tests by their full names, until it is known what they come to together.

use std::collections::BTreeSet;

use super::{Ends, TestEnd, ends::GoTest};
use crate::known::known;

/// How deep in other tests the suite may be: `TestAll/conformance/HTTPRouteCORS`.
const DEPTH: usize = 2;

/// What one source said.
#[derive(Debug, Default)]
pub(super) struct Heard {
    ends: Ends,
    /// What began and has not ended.
    open: BTreeSet<GoTest>,
    /// What failed, whatever it is.
    failed: BTreeSet<GoTest>,
}

impl Heard {
    /// A test begins, perhaps again: what it said before is no end of it any more.
    pub fn began(&mut self, package: &str, name: &str) {
        self.open.insert(go_test(package, name));
    }

    /// A test ends; without a name it is the package as a whole.
    pub fn ended(&mut self, package: &str, name: &str, end: TestEnd) {
        let test = go_test(package, name);
        self.open.remove(&test);
        match end {
            TestEnd::Unfinished => {
                self.open.insert(test.clone());
            }
            TestEnd::Failed => {
                self.failed.insert(test.clone());
            }
            TestEnd::Passed | TestEnd::NotSupported | TestEnd::Skipped => {}
        }
        let Some(found) = of_suite(name) else { return };
        self.found(package, &found);
        // A part that passed says nothing of the whole. One that failed does, whatever the whole says.
        if found.is_whole || end == TestEnd::Failed {
            self.ends.add(found.short, end);
        }
    }

    /// Why this source proves nothing of what its packages hold.
    pub fn doubt(&mut self, why: String) {
        self.ends.doubts.insert(why);
    }

    /// True if tests of the suite are in this package.
    pub fn has_suite(&self, package: &str) -> bool {
        self.ends.roots.iter().any(|root| root.package == package)
    }

    /// What all of it comes to.
    pub fn finish(mut self) -> Ends {
        for test in std::mem::take(&mut self.open) {
            match of_suite(&test.name) {
                Some(found) => {
                    self.found(&test.package, &found);
                    self.ends.add(found.short, TestEnd::Unfinished);
                }
                None => {
                    self.ends.unfinished.insert(test);
                }
            }
        }
        let leaves = self.failed.iter().filter(|test| !self.has_failed_part(test));
        let leaves = leaves.filter(|test| of_suite(&test.name).is_none()).cloned();
        self.ends.failed = leaves.collect();
        self.ends
    }

    fn found(&mut self, package: &str, found: &OfSuite<'_>) {
        self.ends.roots.insert(go_test(package, found.root));
    }

    /// True if a test below this one failed too, so that this one had to.
    fn has_failed_part(&self, test: &GoTest) -> bool {
        let below = if test.name.is_empty() {
            String::new()
        } else {
            format!("{}/", test.name)
        };
        let start = go_test(&test.package, &below);
        let mut after = self.failed.range(start..).filter(|other| *other != test);
        after
            .next()
            .is_some_and(|other| other.package == test.package && other.name.starts_with(&below))
    }
}

fn go_test(package: &str, name: &str) -> GoTest {
    GoTest {
        package: package.to_owned(),
        name: name.to_owned(),
    }
}

/// A test of the suite in a name of Go's, such as `TestConformance/HTTPRouteCORS/subtest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OfSuite<'name> {
    /// The test that holds it: `TestConformance`.
    pub root: &'name str,
    /// Its short name.
    pub short: &'static str,
    /// True if the name is that of all of it.
    pub is_whole: bool,
}

/// Finds the suite's test in a name. A name that is in no test of Go's is nobody's: every suite runs in one.
pub(super) fn of_suite(name: &str) -> Option<OfSuite<'_>> {
    if !name.starts_with("Test") {
        return None;
    }
    let mut start = 0;
    for (at, segment) in name.split('/').take(DEPTH + 1).enumerate() {
        let end = start + segment.len();
        if at > 0
            && let Some(short) = known_name(segment)
        {
            return Some(OfSuite {
                root: name.get(..start.saturating_sub(1))?,
                short,
                is_whole: end == name.len(),
            });
        }
        start = end + 1;
    }
    None
}

/// The name of a test that is known. Go puts a number behind a name that was there before: `HTTPRouteCORS#01`.
fn known_name(segment: &str) -> Option<&'static str> {
    let plain = match segment.split_once('#') {
        Some((plain, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => plain,
        _ => segment,
    };
    Some(known().test(plain)?.first()?.name)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("TestConformance/HTTPRouteCORS", Some(("TestConformance", true)))]
    #[case("TestConformance/HTTPRouteCORS#01", Some(("TestConformance", true)))]
    #[case("TestAll/gateway/HTTPRouteCORS/HTTPRouteMatching", Some(("TestAll/gateway", false)))]
    #[case("TestAll/a/b/HTTPRouteCORS", None)]
    #[case("HTTPRouteCORS", None)]
    #[case("suite/HTTPRouteCORS", None)]
    #[case("TestConformance/HTTPRouteCORS#x", None)]
    fn only_what_is_in_a_test_of_go_s_is_the_suite_s(
        #[case] name: &str,
        #[case] expected: Option<(&str, bool)>,
    ) {
        let found = of_suite(name).map(|found| (found.root, found.is_whole));
        assert_eq!(found, expected);
    }

    /// The doubts of a source that says this of tests, behind one that passed.
    fn doubts(said: &[(&str, TestEnd)]) -> Vec<String> {
        let mut heard = Heard::default();
        heard.ended("p", "TestConformance/HTTPRouteCORS", TestEnd::Passed);
        for (name, end) in said {
            heard.ended("p", name, *end);
        }
        heard.finish().doubts()
    }

    #[test]
    fn a_failure_that_no_test_explains_is_a_doubt() {
        let explained = [
            ("TestConformance/HTTPRouteMatching", TestEnd::Failed),
            ("TestConformance", TestEnd::Failed),
            ("", TestEnd::Failed),
        ];
        assert_eq!(doubts(&explained), [""; 0]);
        let of_root = doubts(&[("TestConformance", TestEnd::Failed), ("", TestEnd::Failed)]);
        assert!(
            matches!(of_root.as_slice(), [one] if one.starts_with("TestConformance failed, and no test in it did")),
            "{of_root:?}"
        );
        let of_package = doubts(&[("TestConformance", TestEnd::Passed), ("", TestEnd::Failed)]);
        assert!(of_package[0].starts_with("package p failed"), "{of_package:?}");
        // Another test of the package explains why the package failed, and is not the suite's.
        assert_eq!(
            doubts(&[("TestOther", TestEnd::Failed), ("", TestEnd::Failed)]),
            [""; 0]
        );
        // A name that only starts alike is no part.
        let alike = doubts(&[
            ("TestConformance", TestEnd::Failed),
            ("TestConformanceX/a", TestEnd::Failed),
        ]);
        assert_eq!(alike.len(), 1, "{alike:?}");
    }

    #[test]
    fn a_failed_part_fails_the_test_that_it_is_in() {
        let mut heard = Heard::default();
        heard.ended("p", "TestConformance/HTTPRouteCORS/part", TestEnd::Failed);
        heard.ended("p", "TestConformance/HTTPRouteCORS", TestEnd::Passed);
        assert_eq!(heard.finish().of("HTTPRouteCORS"), Some(TestEnd::Failed));
    }

    #[test]
    fn a_suite_without_an_end_is_a_doubt() {
        let found = doubts(&[("TestConformance", TestEnd::Unfinished)]);
        assert!(
            found[0].starts_with("nobody saw the end of TestConformance"),
            "{found:?}"
        );
        assert_eq!(doubts(&[("TestOther", TestEnd::Unfinished)]), [""; 0]);
    }

    #[test]
    fn tests_of_two_suites_are_not_mixed() {
        let found = doubts(&[("TestX/HTTPRouteMatching", TestEnd::Passed)]);
        assert!(
            matches!(found.as_slice(), [one] if one.contains("several tests: TestConformance, TestX;")),
            "{found:?}"
        );
        let mut one = Heard::default();
        one.ended("p", "TestConformance/HTTPRouteCORS", TestEnd::Passed);
        let mut other = Heard::default();
        other.ended("q", "TestConformance/HTTPRouteMatching", TestEnd::Passed);
        let mut ends = one.finish();
        ends.extend(&other.finish());
        assert!(
            ends.doubts()[0].contains("several packages: p, q;"),
            "{:?}",
            ends.doubts()
        );
        // A JUnit file has no packages.
        let mut junit = Heard::default();
        junit.ended("", "TestConformance/HTTPRouteMatching", TestEnd::Passed);
        let mut one = Heard::default();
        one.ended("p", "TestConformance/HTTPRouteCORS", TestEnd::Passed);
        let mut ends = one.finish();
        ends.extend(&junit.finish());
        assert_eq!(ends.doubts(), [""; 0]);
    }
}
