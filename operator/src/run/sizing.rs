//! How many pods and processes a Fast run gets.

use conform_crds::{Execution, Mode, Parallelism, nodes::is_usable};
use k8s_openapi::{api::core::v1::Node, apimachinery::pkg::api::resource::Quantity};

/// Test processes for each CPU: most tests wait for the cluster rather than compute.
const PROCESSES_PER_CPU: i64 = 4;
/// Fewest and most processes that are chosen without being told.
const CHOSEN: std::ops::RangeInclusive<i64> = 2..=64;
/// Most processes in one pod: each holds the whole suite in memory.
const PER_POD: i32 = 16;

/// What a run with `execution` gets on `nodes`; none for a serial run.
pub fn parallelism(execution: &Execution, nodes: &[Node]) -> Option<Parallelism> {
    if execution.mode == Mode::Certified {
        return None;
    }
    let processes = execution.processes.unwrap_or_else(|| chosen(nodes));
    let needed = (processes + PER_POD - 1) / PER_POD;
    let shards = execution.shards.unwrap_or(needed).clamp(1, processes.max(1));
    Some(Parallelism {
        shards,
        processes: (processes + shards - 1) / shards,
    })
}

fn chosen(nodes: &[Node]) -> i32 {
    let millis: i64 = nodes.iter().filter(|node| is_usable(node)).map(cpu_millis).sum();
    let processes = (millis * PROCESSES_PER_CPU / 1000).clamp(*CHOSEN.start(), *CHOSEN.end());
    i32::try_from(processes).unwrap_or(1)
}

fn cpu_millis(node: &Node) -> i64 {
    let allocatable = node
        .status
        .as_ref()
        .and_then(|status| status.allocatable.as_ref());
    let cpu = allocatable.and_then(|resources| resources.get("cpu"));
    cpu.and_then(millis).unwrap_or(0)
}

/// A CPU quantity as the API server writes it: whole CPUs, or thousandths with an `m`.
fn millis(Quantity(text): &Quantity) -> Option<i64> {
    match text.strip_suffix('m') {
        Some(millis) => millis.parse().ok(),
        None => text.parse::<i64>().ok()?.checked_mul(1000),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use k8s_openapi::api::core::v1::NodeCondition;
    use rstest::rstest;

    use super::*;

    fn nodes(cpus: &[&str]) -> Vec<Node> {
        let with = |cpu: &&str| {
            let mut node = Node::default();
            let status = node.status.get_or_insert_default();
            status.conditions = Some(vec![NodeCondition {
                type_: "Ready".to_owned(),
                status: "True".to_owned(),
                ..NodeCondition::default()
            }]);
            status.allocatable = Some(BTreeMap::from([("cpu".to_owned(), Quantity((*cpu).to_owned()))]));
            node
        };
        cpus.iter().map(with).collect()
    }

    fn told(processes: Option<i32>, shards: Option<i32>, cpus: &[&str]) -> (i32, i32) {
        let execution = Execution {
            mode: Mode::Fast,
            processes,
            shards,
            ..Execution::default()
        };
        let got = parallelism(&execution, &nodes(cpus)).unwrap();
        (got.shards, got.processes)
    }

    #[rstest]
    #[case(&["2", "1500m"], (1, 14))]
    #[case(&["16", "16"], (4, 16))]
    #[case(&["100m"], (1, 2))]
    #[case(&["nonsense"], (1, 2))]
    fn a_fast_run_takes_what_the_nodes_bear(#[case] cpus: &[&str], #[case] expected: (i32, i32)) {
        assert_eq!(told(None, None, cpus), expected);
    }

    #[rstest]
    #[case(Some(8), None, (1, 8))]
    #[case(Some(40), None, (3, 14))]
    #[case(Some(8), Some(4), (4, 2))]
    #[case(Some(2), Some(4), (2, 1))]
    fn it_does_as_it_is_told(
        #[case] processes: Option<i32>,
        #[case] shards: Option<i32>,
        #[case] expected: (i32, i32),
    ) {
        assert_eq!(told(processes, shards, &["2"]), expected);
    }

    #[test]
    fn a_certified_run_is_serial() {
        assert_eq!(parallelism(&Execution::default(), &nodes(&["64"])), None);
    }
}
