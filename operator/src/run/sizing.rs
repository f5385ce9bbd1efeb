//! How many pods and processes a Fast run gets.

use conform_crds::{Execution, Mode, Parallelism, nodes::is_usable};
use conform_suite::default_processes;
use k8s_openapi::api::core::v1::Node;

use crate::preflight::quantity;

/// Most processes in one pod: each holds the whole suite in memory.
const PER_POD: i32 = 25;

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

/// As many as one pod is good for, by the suite's own rule.
fn chosen(nodes: &[Node]) -> i32 {
    let usable = || nodes.iter().filter(|node| is_usable(node));
    let millicores = usable().map(|node| allocatable(node, "cpu", 1000.0)).sum();
    let memory = usable().map(|node| allocatable(node, "memory", 1.0)).min();
    i32::from(default_processes(millicores, memory.unwrap_or(0)))
}

/// What of a resource the node has for pods, in parts of which `parts` make a whole; 0 if it does not say.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a quantity is clamped to what fits; a fraction of a part does not matter"
)]
fn allocatable(node: &Node, resource: &str, parts: f64) -> u64 {
    let status = node.status.as_ref();
    let found = quantity::of(status.and_then(|status| status.allocatable.as_ref()), resource);
    // Below 2^53, where every whole number has its own.
    (found.unwrap_or(0.0) * parts).clamp(0.0, 9.0e15) as u64
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
    use rstest::rstest;

    use super::*;
    use crate::preflight::node_for_test as node;

    fn nodes(cpus: &[&str]) -> Vec<Node> {
        let with = |cpu: &&str| {
            let mut node = node("a");
            let room = node
                .status
                .get_or_insert_default()
                .allocatable
                .get_or_insert_default();
            room.insert("cpu".to_owned(), Quantity((*cpu).to_owned()));
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
    #[case(&["1", "1500m"], (1, 10))]
    #[case(&["16", "16"], (1, 13))]
    #[case(&["100m"], (1, 1))]
    #[case(&["nonsense"], (1, 1))]
    fn a_fast_run_takes_what_the_nodes_bear(#[case] cpus: &[&str], #[case] expected: (i32, i32)) {
        assert_eq!(told(None, None, cpus), expected);
    }

    #[rstest]
    #[case(Some(8), None, (1, 8))]
    #[case(Some(60), None, (3, 20))]
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
