//! What is known of a run's tests at one moment, and must still be known at its end.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use jiff::{SignedDuration, Timestamp};

use crate::{kubectl, run::NAMESPACE};

use super::{judge::outcomes, subject::Subject};

/// How long an outcome may take from the suite to the API server.
const PERSISTED_WITHIN: SignedDuration = SignedDuration::from_secs(10);

/// The names of the tests whose outcome must not be lost from now on: those that the API server has, and those that the
/// suite's own log shows as ended for longer than an outcome may take to get there.
pub(super) fn now(subject: &Subject) -> Result<BTreeSet<String>> {
    let result = subject
        .result()
        .context("the API server answers before the fault")?;
    let mut known: BTreeSet<String> = outcomes(&result).into_keys().collect();
    let pod = subject.pod_name()?;
    let log = kubectl(&["logs", "-n", NAMESPACE, &pod, "-c", "suite", "--timestamps"]);
    ensure!(log.code == 0, "no log of pod {pod}: {}", log.stderr);
    let before = Timestamp::now()
        .checked_sub(PERSISTED_WITHIN)
        .context("the clock is far off")?;
    known.extend(ended_before(&log.stdout, before));
    Ok(known)
}

/// The tests that ended before that time, by a log in which each line has its time in front. A test's heading follows a
/// line of dashes and ends with its labels in brackets; the line at its end starts with a bullet.
fn ended_before(log: &str, before: Timestamp) -> BTreeSet<String> {
    let mut ended = BTreeSet::new();
    let mut after_dashes = false;
    let mut heading = None;
    for line in log.lines() {
        let Some((time, text)) = line.split_once(' ') else {
            continue;
        };
        if std::mem::take(&mut after_dashes) {
            heading = Some(text);
        }
        if text.starts_with("----------") {
            after_dashes = true;
        } else if text.starts_with("• [") && !text.starts_with("• [INTERRUPTED") {
            let old = time.parse::<Timestamp>().is_ok_and(|time| time < before);
            ended.extend(
                heading
                    .take()
                    .filter(|_| old)
                    .map(|heading| name(heading).to_owned()),
            );
        }
    }
    ended
}

/// A heading without the labels at its end: `a [Conformance] [sig-node, Conformance]` is the test `a [Conformance]`.
fn name(heading: &str) -> &str {
    let heading = heading.trim_end();
    heading
        .rfind(" [")
        .and_then(|at| heading.get(..at))
        .unwrap_or(heading)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
2026-01-01T00:00:01.5Z ------------------------------
2026-01-01T00:00:01.5Z [sig-node] a [Conformance] [sig-node, Conformance]
2026-01-01T00:00:02Z   STEP: something
2026-01-01T00:00:03.123456789Z • [1.500 seconds]
2026-01-01T00:00:03.2Z ------------------------------
2026-01-01T00:00:03.2Z [sig-node] b [Conformance] [sig-node, Conformance]
2026-01-01T00:00:04Z • [FAILED] [0.800 seconds]
2026-01-01T00:00:04Z ------------------------------
2026-01-01T00:00:04Z [sig-node] c [Conformance] [sig-node, Conformance]
2026-01-01T01:00:30+01:00 • [26.000 seconds]
2026-01-01T00:00:30Z ------------------------------
2026-01-01T00:00:30Z [sig-node] d [Conformance] [sig-node, Conformance]
";

    #[test]
    fn only_what_ended_long_enough_ago_must_be_known() {
        let at = |seconds: i64| {
            "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
        };
        let ended = |seconds| ended_before(LOG, at(seconds)).into_iter().collect::<Vec<_>>();
        assert_eq!(ended(3), Vec::<String>::new());
        assert_eq!(
            ended(20),
            ["[sig-node] a [Conformance]", "[sig-node] b [Conformance]"]
        );
        assert_eq!(ended(60).len(), 3);
    }
}
