//! What is kept of each run in memory. A cluster may have tens of thousands of finished ones, of which only the verdict is
//! asked for: by schedules, by metrics, and by what follows in the queue.

use std::collections::HashSet;

use conform_crds::{ConformanceRun, ConformanceRunSpec, conditions};
use conform_suite::TestName;
use jiff::Timestamp;

use super::{details::LastDetails, observed::is_finished};

/// Most names that are shared. Tests of a suite are some hundreds; what goes beyond is not kept from growing by sharing.
const MAX_NAMES: usize = 8192;
/// Conditions that schedules and metrics ask for of every run; what a run says of the cluster they read from the whole of it,
/// once.
const ASKED: [&str; 2] = [conditions::SUCCEEDED, conditions::CERTIFIABLE];

/// Makes runs smaller.
#[derive(Debug, Default)]
pub struct Slimming {
    names: HashSet<TestName>,
    last: LastDetails,
}

impl Slimming {
    /// Notes in `last` what is asked of the last run of each schedule.
    pub fn noting(last: LastDetails) -> Self {
        Self {
            last,
            ..Self::default()
        }
    }

    /// Takes from a run what nobody asks the cache for. A finished one loses more: whoever is to change it has to read it
    /// whole, see [`is_slim`].
    pub fn slim(&mut self, run: &mut ConformanceRun, now: Timestamp) {
        run.metadata.managed_fields = None;
        if !is_slim(run) {
            return;
        }
        self.last.take(run, now);
        let metadata = &mut run.metadata;
        // Whose it is, its owner tells. Half a kilobyte is the least that a map takes.
        metadata.annotations = None;
        metadata.labels = None;
        if let Some(owners) = &mut metadata.owner_references {
            for owner in owners.iter_mut() {
                owner.api_version = String::new();
            }
            // What was read from JSON has room for more than it holds.
            owners.shrink_to_fit();
        }
        if let Some(finalizers) = &mut metadata.finalizers {
            finalizers.shrink_to_fit();
        }
        run.spec = ConformanceRunSpec {
            profiles: Vec::new(),
            ttl_seconds_after_finished: run.spec.ttl_seconds_after_finished,
            imported: run.spec.imported.take(),
            ..ConformanceRunSpec::default()
        };
        let Some(status) = &mut run.status else {
            return;
        };
        status.not_applicable = Vec::new();
        status.own_profiles = Vec::new();
        status.components = Vec::new();
        status.own_suites = Vec::new();
        status.gateways = Vec::new();
        status.attempts = Vec::new();
        status.suite = None;
        status.future_suite = None;
        status.progress = None;
        status.not_submittable = Vec::new();
        status
            .conditions
            .retain(|condition| ASKED.contains(&condition.type_.as_str()));
        for condition in &mut status.conditions {
            condition.message = String::new();
        }
        for failure in &mut status.failures {
            failure.message = None;
            failure.component = None;
            failure.name = self.shared(&failure.name);
        }
        status.conditions.shrink_to_fit();
        status.failures.shrink_to_fit();
        status.future.shrink_to_fit();
    }

    /// The same name in memory that other runs have it in.
    fn shared(&mut self, name: &TestName) -> TestName {
        if let Some(known) = self.names.get(name) {
            return known.clone();
        }
        if self.names.len() >= MAX_NAMES {
            self.names.clear();
        }
        self.names.insert(name.clone());
        name.clone()
    }
}

/// True if the cache has only a part of this run: it is finished.
pub fn is_slim(run: &ConformanceRun) -> bool {
    is_finished(run)
}

/// True if a run that the cache has only a part of has to be read whole before it is decided about: its status may be
/// written.
pub fn is_to_be_read(run: &ConformanceRun) -> bool {
    let observed = run.status.as_ref().and_then(|status| status.observed_generation);
    let deleting = run.metadata.deletion_timestamp.is_some();
    is_slim(run) && (deleting || observed != run.metadata.generation)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn run(succeeded: &str) -> ConformanceRun {
        let condition = |kind: &str, status: &str| {
            json!({ "type": kind, "status": status, "reason": "R", "message": "words",
                    "lastTransitionTime": "2026-11-22T10:00:00Z" })
        };
        let failure = json!({
            "name": "[sig-x] a", "stage": "Present", "requiredIn": "1.20", "authority": "Upstream", "area": "Other",
            "outcome": "Failed", "component": "c", "message": "m",
        });
        serde_json::from_value(json!({
            "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun",
            "metadata": {
                "name": "x", "generation": 1, "managedFields": [{ "manager": "m" }],
                "annotations": { "kubectl.kubernetes.io/last-applied-configuration": "{}" },
                "labels": { "team": "net" },
                "ownerReferences": [{
                    "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceSchedule", "name": "nightly", "uid": "1",
                    "controller": true,
                }],
            },
            "spec": { "ttlSecondsAfterFinished": 60 },
            "status": {
                "observedGeneration": 1,
                "conditions": [
                    condition("Succeeded", succeeded), condition("PresentConformant", "True"),
                    condition("Certifiable", "False"), condition("PreflightPassed", "True"),
                ],
                "failures": [failure],
                "attempts": [{ "name": "present-1", "stage": "Present", "jobName": "x-present-1" }],
                "preflight": [{ "check": "Dns", "state": "Passed", "message": "m" }],
                "notSubmittable": ["A reason."],
                "serverVersion": "v1.36.3", "resultName": "x",
            },
        }))
        .unwrap()
    }

    fn slimmed(succeeded: &str) -> Value {
        let mut run = run(succeeded);
        Slimming::default().slim(&mut run, Timestamp::UNIX_EPOCH);
        serde_json::to_value(run).unwrap()
    }

    #[test]
    fn a_run_that_goes_on_is_kept_whole() {
        let mut whole = serde_json::to_value(run("Unknown")).unwrap();
        whole["metadata"].as_object_mut().unwrap().remove("managedFields");
        assert_eq!(slimmed("Unknown"), whole);
    }

    #[test]
    fn of_a_finished_one_the_verdict_is_kept() {
        let slim = slimmed("True");
        let told = |place: usize| {
            let condition = &slim["status"]["conditions"][place];
            ["type", "status", "reason", "message"].map(|key| condition[key].clone())
        };
        assert_eq!(told(0), ["Succeeded", "True", "R", ""]);
        assert_eq!(told(1), ["Certifiable", "False", "R", ""]);
        assert_eq!(slim["status"]["conditions"].as_array().map(Vec::len), Some(2));
        for part in ["annotations", "labels"] {
            assert_eq!(slim["metadata"].get(part), None, "{part}");
        }
        let owner = &slim["metadata"]["ownerReferences"][0];
        assert_eq!(
            (&owner["kind"], &owner["name"]),
            (&json!("ConformanceSchedule"), &json!("nightly"))
        );
        assert_eq!(slim["spec"]["ttlSecondsAfterFinished"], 60);
        assert_eq!(slim["status"]["failures"][0]["name"], "[sig-x] a");
        assert_eq!(slim["status"]["resultName"], "x");
        for part in ["attempts", "notSubmittable", "preflight"] {
            assert_eq!(slim["status"].get(part), None, "{part}");
        }
    }

    #[test]
    fn names_are_shared() {
        let mut slimming = Slimming::default();
        let [mut one, mut other] = [run("True"), run("True")];
        slimming.slim(&mut one, Timestamp::UNIX_EPOCH);
        slimming.slim(&mut other, Timestamp::UNIX_EPOCH);
        let name = |run: &ConformanceRun| run.status.as_ref().unwrap().failures[0].name.as_str().as_ptr();
        assert_eq!(name(&one), name(&other));
    }

    #[test]
    fn what_may_be_written_is_read_whole_first() {
        let finished = run("True");
        assert!(!is_to_be_read(&finished));
        let mut changed = run("True");
        changed.metadata.generation = Some(2);
        assert!(is_to_be_read(&changed));
        changed.status = run("Unknown").status;
        assert!(!is_to_be_read(&changed), "the cache has all of it");
    }
}
