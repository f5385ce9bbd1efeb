//! How much an attempt may write into the run's one object.

use conform_crds::ConformanceResult;

use crate::choice::attempts;

/// Most bytes of all messages of one run: etcd takes 1.5 MiB in one object, and the rows themselves need some 0.2.
const MAX_MESSAGES: usize = 256 << 10;
/// What an attempt may write however much was written before it: the first lines of some failures.
const MIN_MESSAGES: usize = 4 << 10;

/// Bytes of messages that one of `shards` pods may write beside what `result` holds.
pub fn of_messages(result: &ConformanceResult, shards: i32) -> usize {
    let written: usize = attempts(result)
        .iter()
        .flat_map(|attempt| &attempt.tests)
        .filter_map(|test| test.message.as_ref())
        .map(String::len)
        .sum();
    let pods = usize::try_from(shards).unwrap_or(1).max(1);
    (MAX_MESSAGES.saturating_sub(written) / pods).max(MIN_MESSAGES)
}
