//! The cluster that faults are done to, and how it is made whole again.

use std::{cell::Cell, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use conform_testbed::{PodProcess, PodProgram, Testbed};
use serde_json::{Value, json};

use crate::{
    kubectl, look, plugin, printer,
    run::{NAMESPACE, operator_is_ready},
    until,
};

use super::objects::test_namespaces;

/// How long the cluster may take to be whole again.
const LIMIT: Duration = Duration::from_mins(5);
/// Label of the nodes that suites may go to.
const LABEL: &str = "conform.dev/e2e-suite";
/// The control plane, as the testbed calls it.
pub(super) const CONTROL_PLANE: &str = "control-plane";

/// A testbed with conform installed. The operator is kept on the first node and suites on the second, so that a fault of
/// the one node is not one of the other.
pub struct World {
    /// The cluster.
    pub testbed: Testbed,
    /// Whether faults and runs are to be short.
    pub short: bool,
    count: Cell<u32>,
}

impl World {
    /// Takes the testbed of that name, which needs two nodes, conform's images on them, and nobody else.
    pub fn new(testbed: &str, short: bool) -> Result<Self> {
        let testbed = Testbed::find(testbed)?;
        ensure!(testbed.nodes().len() > 1, "faults need a testbed of two nodes");
        Ok(Self {
            testbed,
            short,
            count: Cell::new(0),
        })
    }

    /// The node of the operator.
    pub(super) fn first(&self) -> String {
        self.testbed.nodes().into_iter().next().unwrap_or_default()
    }

    /// The node of the suites.
    pub(super) fn second(&self) -> String {
        self.testbed.nodes().into_iter().nth(1).unwrap_or_default()
    }

    /// Lets suites go to the first node too.
    pub(super) fn open_first(&self) -> Result<()> {
        label(&self.first(), true)
    }

    /// A number that no other run of this world has.
    pub(super) fn number(&self) -> u32 {
        self.count.set(self.count.get() + 1);
        self.count.get()
    }

    /// How long something is to be away.
    pub(super) fn away(&self, full: Duration) -> Duration {
        if self.short {
            full.min(Duration::from_secs(20))
        } else {
            full
        }
    }

    /// Makes the cluster as every fault expects it: whole, without runs, with conform newly installed.
    pub(super) fn settle(&self) -> Result<()> {
        self.testbed.mend()?;
        let installed = plugin(&["install"]);
        ensure!(
            installed.code == 0,
            "conform cannot be installed: {}",
            installed.stderr
        );
        must(&["delete", "conformanceruns", "--all", "--timeout=300s"])?;
        until(LIMIT, || test_namespaces()?.is_empty().then_some(()))
            .with_context(|| format!("namespaces of tests stay: {:?}", test_namespaces()))?;
        label(&self.first(), false)?;
        label(&self.second(), true)?;
        let place = json!({ "spec": { "replicas": 1, "template": { "spec": {
            "nodeSelector": { "kubernetes.io/hostname": self.first() } } } } });
        must(&[
            "patch",
            "deployment",
            "conform-operator",
            "-n",
            NAMESPACE,
            "-p",
            &place.to_string(),
        ])?;
        if operator_was_hurt() {
            replace_operator()?;
        }
        operator_is_back()
    }

    /// The operator's processes.
    pub(super) fn operators(&self) -> Result<Vec<PodProcess>> {
        Ok(self.testbed.pod_processes(&PodProgram {
            container: "operator".into(),
            program: "conform-operator".into(),
            namespace: Some(NAMESPACE.into()),
            pod: None,
        })?)
    }

    /// Processes of a program in a run's suite container.
    pub(super) fn in_suite(&self, pod: &str, program: &str) -> Result<Vec<PodProcess>> {
        let found = self.testbed.pod_processes(&PodProgram {
            container: "suite".into(),
            program: program.into(),
            namespace: Some(NAMESPACE.into()),
            pod: Some(pod.into()),
        })?;
        if found.is_empty() {
            bail!("no {program} runs in pod {pod}");
        }
        Ok(found)
    }
}

const OPERATOR: &str = "app.kubernetes.io/name=conform-operator";

fn label(node: &str, open: bool) -> Result<()> {
    let change = if open {
        format!("{LABEL}=yes")
    } else {
        format!("{LABEL}-")
    };
    must(&["label", "node", node, &change, "--overwrite"])
}

/// `kubectl WORDS…`, which has to work.
pub(super) fn must(words: &[&str]) -> Result<()> {
    let answer = kubectl(words);
    ensure!(answer.code == 0, "kubectl {}: {}", words.join(" "), answer.stderr);
    Ok(())
}

/// What `execution.nodeSelector` of a run is to be.
pub(super) fn suite_nodes() -> Value {
    json!({ LABEL: "yes" })
}

/// Tells whoever watches.
pub(super) fn note(text: &str) {
    printer::note(&format!("    {text}"));
}

/// Deletes the operator's pods, so that new ones start at once: a container that was killed some times is started
/// again later and later.
pub(super) fn replace_operator() -> Result<()> {
    must(&[
        "delete",
        "pods",
        "-n",
        NAMESPACE,
        "-l",
        OPERATOR,
        "--force",
        "--grace-period=0",
    ])
}

/// Waits until the operator is ready.
pub(super) fn operator_is_back() -> Result<()> {
    let answer = operator_is_ready();
    ensure!(answer.code == 0, "the operator is not back: {}", answer.stderr);
    Ok(())
}

fn operator_was_hurt() -> bool {
    let pods = look(&["pods", "-n", NAMESPACE, "-l", OPERATOR]).unwrap_or_default();
    let pods = pods.get("items").and_then(Value::as_array).into_iter().flatten();
    let restarts = |pod: &Value| {
        pod.pointer("/status/containerStatuses/0/restartCount")
            .and_then(Value::as_u64)
    };
    pods.filter_map(restarts).sum::<u64>() > 0
}
