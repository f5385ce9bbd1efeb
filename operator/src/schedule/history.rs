//! Which finished runs go.

use std::sync::Arc;

use conform_crds::{
    ConformanceRun, ConformanceScheduleSpec, DEFAULT_FAILED_RUNS, DEFAULT_SUCCESSFUL_RUNS,
    conditions::{self, reasons},
};
use jiff::{SignedDuration, Timestamp};

use super::{decision::Deletion, finished::ended};
use crate::condition::{Truth, said, truth};

/// What is kept of a schedule's finished runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The runs that go.
    pub deletions: Vec<Deletion>,
    /// When the next one grows too old.
    pub next: Option<Timestamp>,
}

/// Which of the finished runs go at `now`. `runs` are finished ones in any order.
///
/// Limits count from the newest by the time of making: a run that preflight refused never started.
pub fn kept(spec: &ConformanceScheduleSpec, runs: &[Arc<ConformanceRun>], now: Timestamp) -> Kept {
    let retention = spec.retention.clone().unwrap_or_default();
    let usual = |limit: i32| spec.retention.is_none().then_some(limit);
    let successful = spec
        .successful_runs_history_limit
        .or_else(|| usual(DEFAULT_SUCCESSFUL_RUNS));
    let failed = spec
        .failed_runs_history_limit
        .or_else(|| usual(DEFAULT_FAILED_RUNS));

    let mut newest_first: Vec<&Arc<ConformanceRun>> = runs.iter().collect();
    newest_first.sort_by_key(|run| {
        std::cmp::Reverse((run.metadata.creation_timestamp.clone(), run.metadata.name.clone()))
    });
    let (mut successes, mut failures, mut all) =
        (Counter(successful), Counter(failed), Counter(retention.max_runs));
    let mut to_keep = ToKeep {
        good: true,
        failed: retention.keep_last_failed,
        certifiable: retention.keep_last_certifiable,
    };
    let mut kept = Kept::default();
    for run in newest_first {
        let kept_to_compare = to_keep.is_last_good(run);
        let kept_for_itself = to_keep.claims(run);
        // Every limit counts every run of its kind, whether another limit takes it or not.
        let of_its_kind = if succeeded(run) {
            &mut successes
        } else {
            &mut failures
        };
        let (over_its_kind, over_all) = (of_its_kind.is_over(), all.is_over());
        let ends = retention.max_age_seconds.and_then(|age| expiry(run, age, now));
        let old = ends.is_some_and(|ends| ends <= now);
        // Who asks for no successful run at all gets none.
        if kept_for_itself || kept_to_compare && !over_its_kind {
            continue;
        }
        if over_its_kind || over_all || old {
            kept.deletions.extend(deletion(run));
        } else if let Some(ends) = ends {
            kept.next = Some(kept.next.map_or(ends, |next| next.min(ends)));
        }
    }
    kept
}

/// The deletion of a run that is not being deleted.
pub fn deletion(run: &ConformanceRun) -> Option<Deletion> {
    let metadata = &run.metadata;
    metadata.deletion_timestamp.is_none().then(|| Deletion {
        name: metadata.name.clone().unwrap_or_default(),
        uid: metadata.uid.clone().unwrap_or_default(),
    })
}

/// True if a finished run did what it was to do.
pub fn succeeded(run: &ConformanceRun) -> bool {
    holds(run, conditions::SUCCEEDED)
}

/// True if a finished run did so, and measured all that it was to: later ones are compared with such a run.
pub fn is_good(run: &ConformanceRun) -> bool {
    let status = run.status.as_ref();
    let said = status.and_then(|status| said(&status.conditions, conditions::SUCCEEDED));
    said.is_some_and(|said| said.truth == Truth::True && said.reason == reasons::TESTS_PASSED)
}

fn holds(run: &ConformanceRun, kind: &str) -> bool {
    let status = run.status.as_ref();
    status.and_then(|status| truth(&status.conditions, kind)) == Some(Truth::True)
}

fn expiry(run: &ConformanceRun, age: i64, now: Timestamp) -> Option<Timestamp> {
    ended(run, now)?.checked_add(SignedDuration::from_secs(age)).ok()
}

/// Counts to a limit.
struct Counter(Option<i32>);

impl Counter {
    /// Counts one more, and says whether it is one too many.
    fn is_over(&mut self) -> bool {
        match &mut self.0 {
            None => false,
            Some(left) => {
                *left = left.saturating_sub(1);
                *left < 0
            }
        }
    }
}

/// The runs that stay whatever the limits say.
struct ToKeep {
    good: bool,
    failed: bool,
    certifiable: bool,
}

impl ToKeep {
    /// True for the newest run that others can be compared with.
    fn is_last_good(&mut self, run: &ConformanceRun) -> bool {
        let is_last = self.good && is_good(run);
        self.good &= !is_last;
        is_last
    }

    /// True for the newest run of a kind to keep.
    fn claims(&mut self, run: &ConformanceRun) -> bool {
        let failed = self.failed && !succeeded(run);
        let certifiable = self.certifiable && holds(run, conditions::CERTIFIABLE);
        self.failed &= !failed;
        self.certifiable &= !certifiable;
        failed || certifiable
    }
}
