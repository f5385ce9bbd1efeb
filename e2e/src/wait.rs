//! Waiting for a state of the cluster.

use std::time::{Duration, Instant};

/// How often the cluster is asked.
const INTERVAL: Duration = Duration::from_millis(500);

/// Asks until there is an answer; `None` if there is none within `limit`, which is to be far beyond what it can take:
/// it turns a hang into a failure and is no measure of speed.
pub fn until<T>(limit: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + limit;
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if Instant::now() >= end {
            return None;
        }
        std::thread::sleep(INTERVAL);
    }
}
