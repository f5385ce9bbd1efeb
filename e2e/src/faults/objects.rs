//! What a run leaves in the cluster.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{look, plugin, run::NAMESPACE, until};

/// The kinds of objects that are made for a run.
const KINDS: &str = "jobs,pods,configmaps,serviceaccounts,clusterrolebindings";

/// Kinds of objects outside of namespaces that tests make, and that a suite which is cut off leaves behind.
const CLUSTER_KINDS: &str = "customresourcedefinitions,clusterroles,clusterrolebindings,persistentvolumes,\
    apiservices,validatingwebhookconfigurations,mutatingwebhookconfigurations,priorityclasses,runtimeclasses";

/// How long the cluster may take to remove what was deleted; a namespace takes some ten seconds for each of its kinds.
const LIMIT: Duration = Duration::from_mins(5);

/// What must be gone when a run has ended: its rights, the pods that run, and the namespaces of its tests.
pub(super) fn left_by_the_end(run: &str) -> Vec<String> {
    settled(|| {
        let mut left = running_pods(run)?;
        left.extend(of_kind(run, "serviceaccounts")?);
        left.extend(of_kind(run, "clusterrolebindings")?);
        left.extend(test_namespaces()?);
        Some(left)
    })
}

/// Deletes the run. What must be gone then: everything that carries its name, and the namespaces of its tests.
pub(super) fn left_by_deletion(run: &str) -> Vec<String> {
    plugin(&["delete", run]);
    left_without(run)
}

/// What is left of a run that was deleted.
pub(super) fn left_without(run: &str) -> Vec<String> {
    settled(|| {
        let mut left = if look(&["conformancerun", run]).is_some_and(|found| !found.is_null()) {
            vec![format!("ConformanceRun/{run}")]
        } else {
            Vec::new()
        };
        left.extend(of_kind(run, &format!("{KINDS},conformanceresults"))?);
        left.extend(test_namespaces()?);
        Some(left)
    })
}

/// The same when conform's own API is gone with it.
pub(super) fn left_without_api(run: &str) -> Vec<String> {
    settled(|| {
        let mut left = of_kind(run, KINDS)?;
        left.extend(of_kind_named("customresourcedefinitions", "conform.dev")?);
        left.extend(test_namespaces()?);
        Some(left)
    })
}

/// Asks until nothing is left; what is left after the limit otherwise. No answer is not "nothing".
fn settled(ask: impl Fn() -> Option<Vec<String>>) -> Vec<String> {
    let mut last = vec!["(nobody answered)".to_owned()];
    let empty = until(LIMIT, || {
        last = ask()?;
        last.is_empty().then_some(())
    });
    empty.map_or(last, |()| Vec::new())
}

/// The namespaces of tests, of whatever run: while a fault is tried there is no other.
pub(super) fn test_namespaces() -> Option<Vec<String>> {
    Some(names(&look(&["namespaces", "-l", "e2e-run"])?))
}

fn of_kind(run: &str, kind: &str) -> Option<Vec<String>> {
    let label = format!("conform.dev/run={run}");
    Some(names(&look(&[kind, "-n", NAMESPACE, "-l", &label])?))
}

fn of_kind_named(kind: &str, part: &str) -> Option<Vec<String>> {
    let mut found = names(&look(&[kind])?);
    found.retain(|name| name.contains(part));
    Some(found)
}

fn running_pods(run: &str) -> Option<Vec<String>> {
    let label = format!("conform.dev/run={run}");
    let pods = look(&[
        "pods",
        "-n",
        NAMESPACE,
        "-l",
        &label,
        "--field-selector=status.phase!=Succeeded,status.phase!=Failed",
    ])?;
    Some(names(&pods))
}

/// `Kind/name` of each item.
pub(super) fn names(list: &Value) -> Vec<String> {
    let items = list.get("items").and_then(Value::as_array).into_iter().flatten();
    let told = |item: &Value, pointer: &str| {
        let found = item.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_default().to_owned()
    };
    items
        .map(|item| format!("{}/{}", told(item, "/kind"), told(item, "/metadata/name")))
        .collect()
}

/// The objects outside of namespaces.
pub(super) fn cluster_objects() -> Result<BTreeSet<String>> {
    let found = until(LIMIT, || look(&[CLUSTER_KINDS])).context("nobody answers")?;
    Ok(names(&found).into_iter().collect())
}

/// Objects outside of namespaces that were not there before.
pub(super) fn added_since(before: &BTreeSet<String>) -> Result<Vec<String>> {
    let now = cluster_objects()?;
    Ok(now.difference(before).cloned().collect())
}
