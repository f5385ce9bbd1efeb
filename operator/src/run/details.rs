//! What is asked of the last finished run of each schedule alone: by metrics. The cache of runs has none of it, so that what
//! tens of thousands of runs once found takes no memory.

use std::{
    collections::BTreeMap,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use conform_crds::{Capability, CheckResult, ConformanceRun, SigSummary};
use jiff::Timestamp;

use crate::schedule::{ended, schedule_of};

/// Most schedules whose last run is known in detail, some two kilobytes each.
const MAX_SCHEDULES: usize = 1024;

/// What a run found, in detail.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Details {
    /// What the checks before the suite found.
    pub preflight: Vec<CheckResult>,
    /// What the network was measured to do.
    pub capabilities: Vec<Capability>,
    /// The requirements by SIG.
    pub sigs: Vec<SigSummary>,
}

#[derive(Debug)]
struct Last {
    uid: Option<String>,
    ended: Option<Timestamp>,
    details: Arc<Details>,
}

/// The details of the last finished runs by schedule; those that were made without one have an empty name. What is noted
/// through one handle is found through all.
#[derive(Clone, Debug, Default)]
pub struct LastDetails(Arc<Mutex<BTreeMap<String, Last>>>);

impl LastDetails {
    /// Takes the details from a run that is finished, and keeps them if no later one of its schedule is known at `now`.
    pub fn take(&self, run: &mut ConformanceRun, now: Timestamp) {
        let ended = ended(run, now);
        let schedule = schedule_of(&run.metadata).unwrap_or_default().to_owned();
        let Some(status) = &mut run.status else {
            return;
        };
        let mut details = Details {
            preflight: mem::take(&mut status.preflight),
            capabilities: mem::take(&mut status.capabilities),
            sigs: mem::take(&mut status.sigs),
        };
        // What was imported was not found by a run of this cluster.
        if run.spec.imported.is_some() {
            return;
        }
        let uid = run.metadata.uid.clone();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.get(&schedule)
            && known.uid != uid
            && known.ended > ended
        {
            return;
        }
        details.shrink();
        let details = Arc::new(details);
        all.insert(schedule, Last { uid, ended, details });
        if all.len() > MAX_SCHEDULES {
            let oldest = all.iter().min_by_key(|(_, last)| last.ended);
            let oldest = oldest.map(|(schedule, _)| schedule.clone());
            all.remove(&oldest.unwrap_or_default());
        }
    }

    /// What this run found, if it is the last one of its schedule that was noted. If a later one was, and has been deleted
    /// since, nothing is known of what is now the last.
    pub fn of(&self, run: &ConformanceRun) -> Option<Arc<Details>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = all.get(schedule_of(&run.metadata).unwrap_or_default())?;
        (last.uid == run.metadata.uid).then(|| Arc::clone(&last.details))
    }
}

impl Details {
    /// Drops the words, which no label may have.
    fn shrink(&mut self) {
        for check in &mut self.preflight {
            check.message = String::new();
        }
        for capability in &mut self.capabilities {
            capability.source = String::new();
            capability.component = String::new();
            capability.because = Vec::new();
        }
        self.preflight.shrink_to_fit();
        self.capabilities.shrink_to_fit();
        self.sigs.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    fn run(schedule: &str, uid: &str, minute: usize) -> ConformanceRun {
        serde_json::from_value(json!({
            "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun",
            "metadata": {
                "name": uid, "uid": uid,
                "ownerReferences": [{
                    "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceSchedule", "name": schedule, "uid": "s",
                    "controller": true,
                }],
            },
            "spec": {},
            "status": {
                "completionTime": format!("2026-11-22T{:02}:{:02}:00Z", minute / 60, minute % 60),
                "preflight": [{ "check": "Dns", "state": "Passed", "message": uid }],
                "sigs": [{ "stage": "Present", "sig": "node", "passed": minute, "failed": 0, "unevaluated": 0 }],
            },
        }))
        .unwrap()
    }

    fn known(last: &LastDetails, schedule: &str, uid: &str) -> Option<i32> {
        let details = last.of(&run(schedule, uid, 0))?;
        assert_eq!(details.preflight[0].message, "", "words are dropped");
        Some(details.sigs[0].passed)
    }

    #[test]
    fn the_last_one_is_known_whatever_the_order() {
        for order in [[1, 2, 3], [3, 2, 1], [2, 3, 1]] {
            let last = LastDetails::default();
            for minute in order {
                let mut run = run("nightly", &minute.to_string(), minute);
                last.take(&mut run, now());
                let status = run.status.unwrap();
                assert!(
                    status.preflight.is_empty() && status.sigs.is_empty(),
                    "taken from each"
                );
            }
            let all = ["1", "2", "3"].map(|uid| known(&last, "nightly", uid));
            assert_eq!(all, [None, None, Some(3)], "{order:?}");
            assert_eq!(known(&last, "weekly", "3"), None);
        }
    }

    #[test]
    fn what_is_said_again_of_a_run_takes_the_place_of_what_was() {
        let last = LastDetails::default();
        for minute in [7, 5] {
            last.take(&mut run("nightly", "same", minute), now());
        }
        assert_eq!(known(&last, "nightly", "same"), Some(5));
    }

    #[test]
    fn imported_runs_are_not_the_clusters() {
        let last = LastDetails::default();
        let mut imported = run("nightly", "1", 1);
        imported.spec.imported = Some(conform_crds::Imported {
            source: "a tarball".to_owned(),
            server_version: "1.36".to_owned(),
        });
        last.take(&mut imported, now());
        assert_eq!(known(&last, "nightly", "1"), None);
    }

    #[test]
    fn beyond_the_most_schedules_the_oldest_is_forgotten() {
        let last = LastDetails::default();
        for number in 0..=MAX_SCHEDULES {
            let name = format!("s-{number}");
            // The first one is the last to have ended.
            let minute = if number == 0 { 719 } else { number % 600 + 1 };
            last.take(&mut run(&name, &name, minute), now());
        }
        assert_eq!(last.0.lock().unwrap().len(), MAX_SCHEDULES);
        assert_eq!(known(&last, "s-0", "s-0"), Some(719));
        assert_eq!(
            known(&last, "s-600", "s-600"),
            None,
            "one of those that ended first"
        );
    }
}
