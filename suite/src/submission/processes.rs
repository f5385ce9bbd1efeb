//! In how many processes at a time tests ran.

use super::{Check, CheckReport, Submission, told};
use crate::{Junit, LogSummary, Property};

/// The part of the suite that each of its processes runs, and leaves in the file.
const NODE: &str = "[SynchronizedBeforeSuite]";

/// All that is said of it is one number. The programme takes tests that ran beside each other; that
/// [`certifiable`](crate::certifiable) does not is told there.
pub(super) fn serial(given: &Submission) -> CheckReport {
    let check = Check::Serial;
    let junit = match told::of_run(given, check, Property::ParallelTotal) {
        Ok(junit) => junit,
        Err(report) => return report,
    };
    let said = said(junit, given.log.as_ref());
    let Some((_, processes)) = said.first() else {
        return check.unevaluated("neither file says it, as suites before v1.25 do not");
    };
    if said.iter().any(|(_, other)| other != processes) {
        let said: Vec<String> = said.iter().map(|(who, count)| format!("{who} {count}")).collect();
        return check.failed(format!(
            "it is not one number in how many processes tests ran: {}",
            said.join(", ")
        ));
    }
    if *processes > 1 {
        check.passed(format!(
            "the tests ran in {processes} processes at a time: the programme takes that, but conform bundles only what ran one \
             after the other"
        ))
    } else {
        check.passed("one test ran after the other")
    }
}

/// Who says how many there were.
fn said(junit: &Junit, log: Option<&LogSummary>) -> Vec<(&'static str, u32)> {
    let in_file = junit.properties.parallel_total.map(|count| count.max(1));
    let nodes = junit
        .nodes
        .iter()
        .filter(|node| node.name.as_str().starts_with(NODE));
    let nodes = u32::try_from(nodes.count()).unwrap_or(u32::MAX);
    // Files of Ginkgo v1 have no such parts, and its logs not always a line.
    let is_of_ginkgo_2 = in_file.is_some();
    let mut said: Vec<_> = in_file
        .map(|count| ("ParallelTotal", count))
        .into_iter()
        .collect();
    said.extend((is_of_ginkgo_2 && nodes > 0).then_some((NODE, nodes)));
    if let Some(told) = log.map(|log| &log.told) {
        said.extend(told.processes.iter().map(|count| ("e2e.log", (*count).max(1))));
        // Below the line of how many tests will run stands that they run in parallel, if they do.
        let is_silent = is_of_ginkgo_2 && told.processes.is_empty() && !told.starts.is_empty();
        said.extend(is_silent.then_some(("e2e.log", 1)));
    }
    said
}
