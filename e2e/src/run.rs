//! A run as a test looks at it.

use std::time::Duration;

use serde_json::Value;

use crate::{Answer, json, kubectl, plugin, until};

/// Far beyond what a quick run takes on a slow machine.
pub const LIMIT: Duration = Duration::from_mins(15);

/// The namespace that `kubectl conform install` uses.
pub const NAMESPACE: &str = "conform-system";

/// Waits until the operator that is to run is ready.
pub fn operator_is_ready() -> Answer {
    kubectl(&[
        "rollout",
        "status",
        "deployment/conform-operator",
        "-n",
        NAMESPACE,
        "--timeout=300s",
    ])
}

/// The run's object, `Null` if it is gone.
pub fn get(name: &str) -> Value {
    json(&["conformancerun", name])
}

/// Status and reason of one condition, empty if it is not set.
pub fn condition(run: &Value, kind: &str) -> (String, String) {
    let conditions = run.pointer("/status/conditions").and_then(Value::as_array);
    let found = conditions
        .into_iter()
        .flatten()
        .find(|condition| condition.get("type").is_some_and(|t| t == kind));
    let text = |key: &str| {
        let value = found
            .and_then(|condition| condition.get(key))
            .and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    (text("status"), text("reason"))
}

/// Waits for the run's end and returns the object; `Null` if it does not end.
pub fn ended(name: &str) -> Value {
    let ended = until(LIMIT, || {
        let run = get(name);
        let (status, _) = condition(&run, "Succeeded");
        (status == "True" || status == "False").then_some(run)
    });
    ended.unwrap_or(Value::Null)
}

/// Waits until the attempt has an outcome for at least `count` tests.
pub fn measured(name: &str, count: i64) -> bool {
    let enough = |run: &Value| {
        let completed = run.pointer("/status/progress/completed").and_then(Value::as_i64);
        completed.is_some_and(|completed| completed >= count)
    };
    until(LIMIT, || enough(&get(name)).then_some(())).is_some()
}

/// Everything in the cluster that carries the run's label.
pub fn children(name: &str) -> Vec<String> {
    let label = format!("conform.dev/run={name}");
    let kinds = "jobs,pods,configmaps,serviceaccounts,clusterrolebindings,conformanceresults";
    let found = json(&[kinds, "-n", NAMESPACE, "-l", &label]);
    let items = found
        .get("items")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let told = |item: &Value, pointer: &str| {
        item.pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    items
        .iter()
        .map(|item| format!("{}/{}", told(item, "/kind"), told(item, "/metadata/name")))
        .collect()
}

/// Deletes the run and waits until nothing of it is left; what is left after the limit otherwise.
pub fn deleted(name: &str) -> Vec<String> {
    plugin(&["delete", name]);
    until(LIMIT, || {
        (get(name).is_null() && children(name).is_empty()).then_some(())
    })
    .map_or_else(|| children(name), |()| Vec::new())
}

/// An image that the nodes have, with a shell in it.
pub fn busybox() -> String {
    let nodes = json(&["nodes"]);
    let images = nodes.pointer("/items/0/status/images").and_then(Value::as_array);
    let names = images
        .into_iter()
        .flatten()
        .filter_map(|image| image.get("names")?.as_array());
    names
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .find(|name| name.contains("/busybox:"))
        .unwrap_or_default()
}
