//! How many processes a parallel run has unless somebody says so.

/// Memory of one process of the suite: 200 to 285 MiB of v1.36.3 were resident while it ran tests.
const PROCESS_BYTES: u64 = 300 << 20;
/// Tests mostly wait for a cluster, and rarely compute: so many processes keep one core of it busy.
const PER_CORE: u64 = 4;
/// More than this gains nothing: what is left is the longest test. Kubernetes' own jobs use 25 to 30.
const MOST: u64 = 25;

/// The number of processes for a cluster whose schedulable nodes have `millicores` of allocatable CPU together, and whose
/// smallest such node has `memory` allocatable bytes: the suite's pod may come to be on that one.
///
/// Four for each core; as many as half of the node's memory holds, since tests' own pods need the other half; at least one
/// and at most 25.
pub fn processes(millicores: u64, memory: u64) -> u16 {
    let by_cpu = millicores.saturating_mul(PER_CORE) / 1000;
    let by_memory = memory / 2 / PROCESS_BYTES;
    let processes = by_cpu.min(by_memory).clamp(1, MOST);
    u16::try_from(processes).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const GIB: u64 = 1 << 30;

    #[rstest]
    #[case::a_testbed(2_000, 24 * GIB, 8)]
    #[case::two_small_nodes(4_000, 4 * GIB, 6)]
    #[case::large(96_000, 64 * GIB, 25)]
    #[case::less_than_a_core(200, 24 * GIB, 1)]
    #[case::nothing(0, 0, 1)]
    #[case::no_overflow(u64::MAX, u64::MAX, 25)]
    fn follows_cpu_and_memory(#[case] millicores: u64, #[case] memory: u64, #[case] expected: u16) {
        assert_eq!(processes(millicores, memory), expected);
    }
}
