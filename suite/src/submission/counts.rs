//! Whether all that is counted in a submission is one number.

use super::{Check, CheckReport, Submission, bot::some, told};
use crate::{Junit, LogSummary, TestName};

/// The log counts as many tests as the JUnit file has, and each says of itself what it holds.
pub(super) fn counts_agree(given: &Submission) -> CheckReport {
    let check = Check::CountsAgree;
    let (Some(junit), Some(log)) = (told::junit(given), given.log.as_ref()) else {
        return check.unevaluated("there are no two files to compare");
    };
    let (Some(passed), Some(failed)) = (log.passed, log.failed) else {
        return check.failed("e2e.log has no line with counts");
    };
    let (entries, in_log) = (junit.entries, (u64::from(passed), u64::from(failed)));
    let mut problems = Vec::new();
    if (entries.passed, entries.bad) != in_log {
        problems.push(format!(
            "e2e.log has {passed} passed and {failed} failed, the JUnit file {} and {}",
            entries.passed, entries.bad
        ));
    }
    if told::is_due(given) {
        problems.extend(rest(junit, log, in_log.0.saturating_add(in_log.1)));
    }
    problems.extend(claimed(junit, told::is_due(given)));
    problems.extend(twice(junit));
    check.is(
        problems.is_empty(),
        format!("both have {passed} passed, {failed} failed"),
        problems.join("; "),
    )
}

/// What the log counts besides. Older logs and files count tests that were not selected each in its own way.
fn rest(junit: &Junit, log: &LogSummary, ended: u64) -> Vec<String> {
    let (Some(ran), Some(of)) = (log.ran.map(u64::from), log.of.map(u64::from)) else {
        return vec!["e2e.log has no line like: Ran 446 of 7579 Specs".to_owned()];
    };
    let (Some(pending), Some(skipped)) = (log.pending.map(u64::from), log.skipped.map(u64::from)) else {
        return vec!["the counts at the end of e2e.log lack pending and skipped tests".to_owned()];
    };
    let entries = junit.entries;
    let (tests, idle) = (entries.tests, entries.idle());
    let problems = [
        (ran != ended)
            .then(|| format!("e2e.log says that {ran} tests ran, and that {ended} passed or failed")),
        (of != tests)
            .then(|| format!("e2e.log says that the suite has {of} tests, the JUnit file has {tests}")),
        (pending.saturating_add(skipped) != idle).then(|| {
            format!(
                "e2e.log has {skipped} skipped and {pending} pending, the JUnit file {idle} that did not run"
            )
        }),
    ];
    problems.into_iter().flatten().collect()
}

/// What the JUnit file says of itself. Ginkgo v1 counts other entries than it writes, but failures as they are.
fn claimed(junit: &Junit, tests_too: bool) -> Vec<String> {
    let entries = junit.entries;
    let (all, bad) = (entries.tests + entries.nodes, entries.bad + entries.bad_nodes);
    let mut problems = Vec::new();
    for claim in junit.claims.iter() {
        let fewer = claim.bad.filter(|claimed| *claimed != bad);
        problems.extend(fewer.map(|claimed| {
            format!("the JUnit file says that it has {claimed} failures and errors, and it has {bad}")
        }));
        // With the suite's own nodes or without.
        let other = claim
            .tests
            .filter(|claimed| tests_too && *claimed != all && *claimed != entries.tests);
        problems.extend(
            other.map(|claimed| {
                format!("the JUnit file says that it has {claimed} entries, and it has {all}")
            }),
        );
    }
    // The file and its only suite say the same.
    problems.sort_unstable();
    problems.dedup();
    problems
}

/// Each test of a run is run once.
fn twice(junit: &Junit) -> Option<String> {
    let marked = junit.repeated.iter().filter(|name| name.has_tag("Conformance"));
    let names: Vec<&str> = marked.map(TestName::as_str).collect();
    (!names.is_empty()).then(|| {
        format!(
            "the JUnit file has {} conformance tests more than once: {}",
            names.len(),
            some(&names)
        )
    })
}
