//! The half of preflight that asks the API server, before anything is made for a run.
//!
//! [`gather`] reads, each check is a pure function of what was read. The other half is the runner's: what only a pod in
//! the cluster can see.

mod apis;
mod capacity;
mod facts;
mod gateway;
mod gather;
mod nodes;
mod own_namespace;
pub mod quantity;
mod queue;
mod server_version;
mod webhooks;

use conform_crds::{Check, CheckResult, CheckState, ConformanceRunSpec};

pub use facts::{Facts, Seen, UnavailableApi, Webhook};
pub use gateway::GatewaySeen;
pub use gather::gather;
#[cfg(test)]
pub use nodes::tests::node as node_for_test;
pub use server_version::suite_image;

/// What one check says: its state, and what it saw in words.
type Finding = (CheckState, String);
/// One check.
type Look = fn(&Facts, &ConformanceRunSpec) -> Finding;

/// The checks of this half, in the order in which they are told.
pub const CHECKS: [(Check, Look); 8] = [
    (Check::ServerVersion, server_version::check),
    (Check::Nodes, nodes::check),
    (Check::Capacity, capacity::check),
    (Check::Apis, apis::check),
    (Check::OwnNamespace, own_namespace::check),
    (Check::Webhooks, webhooks::check),
    (Check::Queue, queue::check),
    (Check::GatewayApi, gateway::check),
];

/// True if the run makes this check.
pub fn is_wanted(check: Check, spec: &ConformanceRunSpec) -> bool {
    !spec.preflight.skip.contains(&check) && (check != Check::Queue || spec.execution.queue_name.is_some())
}

/// Makes the checks of this half. Those that the run left out are told as skipped.
pub fn look(facts: &Facts, spec: &ConformanceRunSpec) -> Vec<CheckResult> {
    CHECKS
        .into_iter()
        // Only who has a suite for it is told of Gateway API.
        .filter(|(check, _)| *check != Check::GatewayApi || !facts.gateways.is_empty())
        .filter_map(|(check, look)| {
            if is_wanted(check, spec) {
                let (state, message) = look(facts, spec);
                Some(check.found(state, message))
            } else if spec.preflight.skip.contains(&check) {
                Some(check.found(CheckState::Skipped, "Left out by spec.preflight.skip."))
            } else {
                None
            }
        })
        .collect()
}

fn passed(message: impl Into<String>) -> Finding {
    (CheckState::Passed, message.into())
}

fn warned(message: impl Into<String>) -> Finding {
    (CheckState::Warned, message.into())
}

fn failed(message: impl Into<String>) -> Finding {
    (CheckState::Failed, message.into())
}

/// What could not be read is no reason to stop a run, and no pass either.
fn unseen(why: &str) -> Finding {
    warned(format!("Could not be looked at: {why}."))
}

/// At most `limit` of the names, joined, and how many more there are.
fn some<T: AsRef<str>>(names: &[T], limit: usize) -> String {
    let shown: Vec<&str> = names.iter().take(limit).map(AsRef::as_ref).collect();
    let more = names.len().saturating_sub(limit);
    if more == 0 {
        shown.join(", ")
    } else {
        format!("{} and {more} more", shown.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_told_and_nothing_else_is_lost() {
        let mut spec = ConformanceRunSpec::default();
        spec.preflight.skip = vec![Check::Webhooks, Check::Dns];
        let found = look(&Facts::well(), &spec);
        let names: Vec<_> = found.iter().map(|result| result.check).collect();
        assert!(!names.contains(&Check::Queue), "no queue is named: {names:?}");
        assert!(!names.contains(&Check::Dns), "the runner's half tells that");
        let skipped: Vec<_> = found
            .iter()
            .filter(|result| result.state == CheckState::Skipped)
            .map(|result| result.check)
            .collect();
        assert_eq!(skipped, [Check::Webhooks]);
        assert_eq!(names.len(), 6);
    }

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(some(&["a", "b", "c"], 2), "a, b and 1 more");
        assert_eq!(some(&["a", "b"], 2), "a, b");
    }
}
