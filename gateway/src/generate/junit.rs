//! JUnit files of Go's tests, as gotestsum and go-junit-report write them.

use conform_suite::{Case, Junit, Outcome};

use super::{Ends, TestEnd, short_name};

/// What a JUnit file says. A skip is one of a test whose features were not asked for only if its message says so.
pub fn of_junit(junit: &Junit) -> Ends {
    let mut ends = Ends::default();
    for case in &junit.cases {
        if let Some((name, true)) = short_name(case.name.as_str()) {
            ends.add(name, end(case));
        }
    }
    ends
}

fn end(case: &Case) -> TestEnd {
    let message = case.message.as_deref().unwrap_or_default();
    match case.outcome {
        Outcome::Passed => TestEnd::Passed,
        // It passed only at a further try, and the suite has no further tries.
        Outcome::Flaky | Outcome::Failed | Outcome::TimedOut | Outcome::Panicked | Outcome::Aborted => {
            TestEnd::Failed
        }
        Outcome::Interrupted => TestEnd::Unfinished,
        Outcome::Skipped | Outcome::NotRun if message.contains("does not support") => TestEnd::NotSupported,
        Outcome::Skipped | Outcome::NotRun => TestEnd::Skipped,
    }
}
