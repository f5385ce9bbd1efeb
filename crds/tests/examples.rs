//! The examples are what the types say: every field is known, and has the value that was written.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::{fs, path::Path};

use conform_crds::{ConformanceProfile, ConformanceRun, ConformanceSchedule};
use serde_json::Value;

fn check(path: &Path) -> usize {
    if path.is_dir() {
        let entries = fs::read_dir(path).unwrap();
        return entries.map(|entry| check(&entry.unwrap().path())).sum();
    }
    if path.extension().is_none_or(|extension| extension != "yaml") {
        return 0;
    }
    let documents: Vec<Value> = serde_saphyr::from_multiple(&fs::read_to_string(path).unwrap()).unwrap();
    documents
        .iter()
        .filter(|document| is_ours(document, path))
        .count()
}

fn is_ours(document: &Value, path: &Path) -> bool {
    if document["apiVersion"] != "conform.dev/v1alpha1" {
        return false;
    }
    let read = match document["kind"].as_str() {
        Some("ConformanceRun") => serde_json::from_value::<ConformanceRun>(document.clone())
            .map(|object| serde_json::to_value(object).unwrap()),
        Some("ConformanceSchedule") => serde_json::from_value::<ConformanceSchedule>(document.clone())
            .map(|object| serde_json::to_value(object).unwrap()),
        Some("ConformanceProfile") => serde_json::from_value::<ConformanceProfile>(document.clone())
            .map(|object| serde_json::to_value(object).unwrap()),
        kind => panic!("{}: kind {kind:?}", path.display()),
    };
    let read = read.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    contains(&read, document, &path.display().to_string());
    true
}

/// Everything that is written is read; what is not written has its default.
fn contains(read: &Value, written: &Value, place: &str) {
    match (read, written) {
        (Value::Object(read), Value::Object(written)) => {
            for (key, value) in written {
                let place = format!("{place}: {key}");
                contains(
                    read.get(key).unwrap_or_else(|| panic!("{place} is unknown")),
                    value,
                    &place,
                );
            }
        }
        (Value::Array(read), Value::Array(written)) => {
            assert_eq!(read.len(), written.len(), "{place}");
            for (read, written) in read.iter().zip(written) {
                contains(read, written, place);
            }
        }
        _ => assert_eq!(read, written, "{place}"),
    }
}

#[test]
fn examples_are_what_the_types_say() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/gitops");
    assert!(check(&examples) >= 17);
}
