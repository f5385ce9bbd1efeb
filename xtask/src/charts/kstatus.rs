//! kstatus: how Flux and Helm tell whether an object is what its spec asks for. By the rules that
//! sigs.k8s.io/cli-utils has for kinds that it does not know.

use serde_json::Value;

/// The status of an object, in kstatus' words.
pub fn of(object: &Value) -> &'static str {
    if object.pointer("/metadata/deletionTimestamp").is_some() {
        return "Terminating";
    }
    let generation = object.pointer("/metadata/generation").and_then(Value::as_i64);
    let observed = object
        .pointer("/status/observedGeneration")
        .and_then(Value::as_i64);
    if observed.is_some() && observed != generation {
        return "InProgress";
    }
    let says = |kind: &str| {
        let conditions = object.pointer("/status/conditions").and_then(Value::as_array);
        let mut conditions = conditions.into_iter().flatten();
        let text =
            |condition: &Value, key: &str| condition.get(key).and_then(Value::as_str).map(str::to_owned);
        let found = conditions.find(|condition| text(condition, "type").as_deref() == Some(kind));
        found.and_then(|condition| text(condition, "status"))
    };
    if says("Reconciling").as_deref() == Some("True") {
        return "InProgress";
    }
    if says("Stalled").as_deref() == Some("True") {
        return "Failed";
    }
    match says("Ready").as_deref() {
        None | Some("True") => "Current",
        Some(_) => "InProgress",
    }
}
