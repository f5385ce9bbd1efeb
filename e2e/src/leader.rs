//! Which of several operators leads, and its processes.

use conform_testbed::{PodProcess, PodProgram, Testbed};
use serde_json::Value;

use crate::{
    json, kubectl,
    run::{LIMIT, NAMESPACE},
    until,
};

const LEASE: &str = "conform-operator";

/// The Lease of the operators; `Null` if it is not there.
pub fn lease() -> Value {
    json(&["lease", LEASE, "-n", NAMESPACE])
}

/// Waits for a leader other than `not`; its pod's name, which is empty if nobody leads.
pub fn leader(not: Option<&str>) -> String {
    let holder = until(LIMIT, || {
        let lease = lease();
        let holder = lease.pointer("/spec/holderIdentity").and_then(Value::as_str)?;
        (!holder.is_empty() && Some(holder) != not).then(|| holder.to_owned())
    });
    holder.unwrap_or_default()
}

/// The operator's processes in a pod of that name.
///
/// # Errors
///
/// A node's processes cannot be read.
pub fn processes(testbed: &Testbed, pod: &str) -> conform_testbed::Result<Vec<PodProcess>> {
    testbed.pod_processes(&PodProgram {
        container: "operator".into(),
        program: "conform-operator".into(),
        namespace: Some(NAMESPACE.into()),
        pod: Some(pod.into()),
    })
}

/// Kills an operator, and its pod with it: its container would be started again under its name.
///
/// # Errors
///
/// A node's processes cannot be read.
pub fn kill(testbed: &Testbed, pod: &str) -> conform_testbed::Result<()> {
    processes(testbed, pod)?.iter().for_each(PodProcess::kill);
    kubectl(&[
        "delete",
        "pod",
        pod,
        "-n",
        NAMESPACE,
        "--force",
        "--grace-period=0",
    ]);
    Ok(())
}
