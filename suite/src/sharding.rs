//! Which tests which pod runs, when several pods share a run.

use std::time::Duration;

use crate::{Durations, TestName};

/// The tests of one of `shards` pods, sorted by name: its `index` counts from 0.
///
/// The longest test goes first, each to the pod that has least to do (longest processing time first). Whoever asks with
/// the same tests, durations and number of pods gets the same answer, so that pods need not talk to each other. Every
/// test is in exactly one shard, and no two shards differ by more than the longest test. A test that is given twice is one
/// test. An index that no pod has gets nothing, and no pods are taken for one.
pub fn shard(
    tests: impl IntoIterator<Item = TestName>,
    durations: &Durations,
    shards: usize,
    index: usize,
) -> Vec<TestName> {
    let mut tests: Vec<_> = tests
        .into_iter()
        .map(|name| (durations.estimate(&name), name))
        .collect();
    // By name among equals, so that the order in which tests are given does not matter.
    tests.sort_unstable_by(|(a, a_name), (b, b_name)| b.cmp(a).then_with(|| a_name.cmp(b_name)));
    tests.dedup();
    // Time, then number: tests that take no time are shared out too.
    let mut loads = vec![(Duration::ZERO, 0_usize); shards.max(1)];
    let mut mine = Vec::new();
    for (duration, name) in tests {
        let least = loads.iter_mut().enumerate().min_by_key(|(_, load)| **load);
        let Some((place, load)) = least else { break };
        load.0 = load.0.saturating_add(duration);
        load.1 += 1;
        if place == index {
            mine.push(name);
        }
    }
    mine.sort_unstable();
    mine
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tests_of(seconds: &[u16]) -> (Vec<TestName>, Durations) {
        let names: Vec<TestName> = (0..seconds.len())
            .map(|number| TestName::new(&format!("test {number}")).unwrap())
            .collect();
        let history = names.iter().cloned().zip(
            seconds
                .iter()
                .map(|seconds| Duration::from_secs(u64::from(*seconds))),
        );
        let durations = Durations::default().with_history(history);
        (names, durations)
    }

    #[test]
    fn the_longest_go_first() {
        let (tests, durations) = tests_of(&[1, 9, 4, 4, 1]);
        let names = |index| -> Vec<String> {
            shard(tests.clone(), &durations, 2, index)
                .iter()
                .map(ToString::to_string)
                .collect()
        };
        assert_eq!(names(0), ["test 1", "test 4"]);
        assert_eq!(names(1), ["test 0", "test 2", "test 3"]);
        assert_eq!(shard(tests, &durations, 0, 0).len(), 5);
    }

    proptest! {
        #[test]
        fn shards_are_a_partition_and_balanced(
            seconds in prop::collection::vec(0_u16..400, 0..200),
            shards in 1_usize..9,
            rotation in 0_usize..200,
        ) {
            let (tests, durations) = tests_of(&seconds);
            let parts: Vec<Vec<TestName>> =
                (0..shards).map(|index| shard(tests.clone(), &durations, shards, index)).collect();

            let mut all: Vec<TestName> = parts.concat();
            all.sort();
            let mut sorted = tests.clone();
            sorted.sort();
            prop_assert_eq!(all, sorted);

            let load = |part: &Vec<TestName>| -> Duration { part.iter().map(|name| durations.estimate(name)).sum() };
            let most = parts.iter().map(load).max().unwrap();
            let least = parts.iter().map(load).min().unwrap();
            let longest = tests.iter().map(|name| durations.estimate(name)).max().unwrap_or_default();
            prop_assert!(most <= least + longest);

            let mut turned = tests.clone();
            if !turned.is_empty() {
                let by = rotation % turned.len();
                turned.rotate_left(by);
                turned.extend(tests);
            }
            let again: Vec<Vec<TestName>> =
                (0..shards).map(|index| shard(turned.clone(), &durations, shards, index)).collect();
            prop_assert_eq!(parts, again);
            prop_assert!(shard(turned, &durations, shards, shards).is_empty());
        }
    }
}
