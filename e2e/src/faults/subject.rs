//! The run that is hurt.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::{
    apply, look,
    run::{NAMESPACE, condition},
    until,
};

use super::world::{World, suite_nodes};

/// Conformance tests that take seconds and make no pod, but for the last two. They leave their namespaces to be removed
/// by the suite's own end, so that a suite that is cut off leaves them all.
const FAST: &[&str] = &[
    "server version should find the server version",
    "ServiceAccounts should run through the lifecycle of a ServiceAccount",
    "SubjectReview should support SubjectReview API operations",
    "Events API should delete a collection of events",
    "EndpointSlice should support creating EndpointSlice API operations",
    "ConfigMap should run through a ConfigMap lifecycle",
    "Lease lease API should be available",
    "PodTemplates should run the lifecycle of PodTemplates",
    "Secrets should patch a secret",
    "ResourceQuota should manage the lifecycle of a ResourceQuota",
    "Containers should use the image defaults if command and args are blank",
    "Secrets should be consumable from pods in env vars",
];

/// Conformance tests that wait rather than compute, some ten seconds each and one longer: whenever some outcomes are
/// known, one of these is still to come or under way. Tests of one group run one after the other, groups in any order.
const SLOW: &[&str] = &[
    "capture the life of a service",
    "capture the life of a replica set",
    "with readiness probe should not be ready before initial delay",
    "capture the life of a replication controller",
];

/// How long a step of a run may take that nothing has hurt yet.
pub(super) const STEP: Duration = Duration::from_mins(5);

/// How much a run is to measure.
#[derive(Clone, Copy)]
pub(super) enum Size {
    /// One test of a second.
    One,
    /// A few tests.
    Short,
    /// All of them.
    Full,
}

impl Size {
    /// The tests as a pattern.
    pub(super) fn focus(self) -> String {
        let (fast, slow) = match self {
            Self::One => (1, 0),
            Self::Short => (3, 2),
            Self::Full => (FAST.len(), SLOW.len()),
        };
        let all: Vec<&str> = FAST
            .iter()
            .take(fast)
            .chain(SLOW.iter().take(slow))
            .copied()
            .collect();
        format!("({})", all.join("|"))
    }
}

/// A run that was made for a fault.
pub(super) struct Subject {
    /// Its name.
    pub name: String,
    /// When it was made.
    pub since: Instant,
}

impl Subject {
    /// Makes a run of present tests, whose suite goes to the node that [`World::settle`] chose for it.
    pub fn create(world: &World, fault: &str, size: Size) -> Result<Self> {
        let name = format!("{fault}-{}", world.number());
        Self::with(&name, &spec(size))
    }

    /// Makes a run with that spec.
    pub fn with(name: &str, spec: &Value) -> Result<Self> {
        let made = apply(&object(name, spec));
        ensure!(made.code == 0, "run {name} was not accepted: {}", made.stderr);
        Ok(Self {
            name: name.to_owned(),
            since: Instant::now(),
        })
    }

    /// The run as it is; nothing if nobody answers, `Null` if it is gone.
    pub fn get(&self) -> Option<Value> {
        look(&["conformancerun", &self.name])
    }

    /// Its result.
    pub fn result(&self) -> Option<Value> {
        look(&["conformanceresult", &self.name])
    }

    /// Waits until `count` outcomes are in the API server.
    pub fn measured(&self, count: usize) -> Result<()> {
        let enough = || {
            let result = self.result()?;
            (super::judge::outcomes(&result).len() >= count).then_some(())
        };
        until(STEP, enough)
            .with_context(|| format!("run {} measured no {count} tests: {}", self.name, self.told()))
    }

    /// Waits for a state of the run.
    pub fn reaches(&self, what: &str, is: impl Fn(&Value) -> bool) -> Result<()> {
        until(STEP, || self.get().filter(|run| is(run)).map(drop))
            .with_context(|| format!("run {} did not come to {what}: {}", self.name, self.told()))
    }

    /// The run once it has ended; nothing if it has not within `limit`.
    pub fn ended(&self, limit: Duration) -> Option<Value> {
        until(limit, || {
            let run = self.get()?;
            let (status, _) = condition(&run, "Succeeded");
            (status == "True" || status == "False").then_some(run)
        })
    }

    /// The pod of its suite that runs.
    pub fn pod(&self) -> Result<Value> {
        let label = format!("conform.dev/run={}", self.name);
        until(STEP, || {
            let pods = look(&["pods", "-n", NAMESPACE, "-l", &label])?;
            let items = pods.get("items")?.as_array()?.clone();
            items.into_iter().find(|pod| {
                pod.pointer("/status/phase")
                    .is_some_and(|phase| phase == "Running")
            })
        })
        .with_context(|| format!("run {} has no running pod: {}", self.name, self.told()))
    }

    /// The name of that pod.
    pub fn pod_name(&self) -> Result<String> {
        let pod = self.pod()?;
        let name = pod.pointer("/metadata/name").and_then(Value::as_str);
        Ok(name.context("a pod has a name")?.to_owned())
    }

    fn told(&self) -> String {
        let run = self.get().unwrap_or_default();
        run.get("status").unwrap_or(&Value::Null).to_string()
    }
}

/// The spec of a run of present tests.
pub(super) fn spec(size: Size) -> Value {
    json!({
        "stages": "Present",
        "focus": size.focus(),
        "execution": { "nodeSelector": suite_nodes() },
    })
}

/// A run's object.
pub(super) fn object(name: &str, spec: &Value) -> Value {
    json!({
        "apiVersion": "conform.dev/v1alpha1",
        "kind": "ConformanceRun",
        "metadata": { "name": name },
        "spec": spec,
    })
}
