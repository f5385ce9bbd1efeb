//! Keeps every object of ours that a test sees, so that what GitOps tools make of real statuses can be looked at.

use std::{fs, path::Path};

use serde_json::Value;

/// Keeps an object, or those of a list, in the folder that `CONFORM_E2E_RECORD` names, a file each; nothing if it names none.
pub fn record(found: &Value) {
    let Ok(folder) = std::env::var("CONFORM_E2E_RECORD") else {
        return;
    };
    match found.get("items").and_then(Value::as_array) {
        Some(items) => items.iter().for_each(|object| keep(Path::new(&folder), object)),
        None => keep(Path::new(&folder), found),
    }
}

fn keep(folder: &Path, object: &Value) {
    let text = |path: &str| object.pointer(path).and_then(Value::as_str).unwrap_or_default();
    if !text("/apiVersion").starts_with("conform.dev/") {
        return;
    }
    let file = format!(
        "{}-{}-{}.json",
        text("/kind"),
        text("/metadata/name"),
        text("/metadata/resourceVersion")
    );
    // Who cannot write finds nothing when the objects are looked at, and is told so there.
    let _ = fs::write(folder.join(file), object.to_string());
}
