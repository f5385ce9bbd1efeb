//! What the API server will see, pinned.

use serde_json::Value;

#[test]
fn generated_definitions_are_current() {
    for crd in conform_crds::crds() {
        let name = crd.metadata.name.clone().unwrap();
        let path = format!("{}/generated/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        let current = conform_crds::to_yaml(&crd).unwrap();
        assert!(
            committed == current,
            "{path} is not what the types say: run `cargo xtask generate`"
        );
    }
}

/// The API server warns of `uint32` and its like, and the API conventions forbid them.
#[test]
fn no_schema_has_an_unsigned_number() {
    for crd in conform_crds::crds() {
        visit(&serde_json::to_value(&crd).unwrap(), &mut |object| {
            let format = object.get("format").and_then(Value::as_str).unwrap_or_default();
            assert!(!format.starts_with("uint"), "{object:?}");
        });
    }
}

/// Runs are named by the minute of their slot.
#[test]
fn a_schedule_of_less_than_a_minute_is_refused_at_the_door() {
    let crds = conform_crds::crds();
    let schedules = crds
        .iter()
        .find(|crd| crd.spec.names.kind == "ConformanceSchedule")
        .unwrap();
    let schedules = serde_json::to_value(schedules).unwrap();
    let pattern = schedules
        .pointer("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/schedule/pattern")
        .and_then(Value::as_str);
    let pattern = regex::Regex::new(pattern.unwrap()).unwrap();
    for good in [
        "@every 1m",
        "@every 60s",
        "@every 90s",
        "@every 1h30m",
        "@every 1h0s",
        "@every 10s2m",
        "@every 0100s",
        "@daily",
        "*/5 9-17 * * 1-5",
    ] {
        assert!(pattern.is_match(good), "{good}");
    }
    for bad in [
        "@every 30s",
        "@every 0s",
        "@every 59s",
        "@every 0h0m5s",
        "@every 0m",
        "@every 5",
        "@every hms",
        "@every ",
        "@sometimes",
    ] {
        assert!(!pattern.is_match(bad), "{bad}");
    }
}

/// kstatus takes an object without status for one that is as it should be.
#[test]
fn whatever_has_an_observed_generation_starts_with_none_that_there_is() {
    for crd in conform_crds::crds() {
        let status = &crd.spec.versions[0]
            .schema
            .as_ref()
            .unwrap()
            .open_api_v3_schema
            .as_ref()
            .unwrap();
        let status = &status.properties.as_ref().unwrap()["status"];
        let told = status
            .properties
            .as_ref()
            .unwrap()
            .contains_key("observedGeneration");
        let default = status
            .default
            .as_ref()
            .map(|default| default.0["observedGeneration"].clone());
        assert_eq!(
            default,
            told.then(|| Value::from(conform_crds::UNOBSERVED)),
            "{:?}",
            crd.metadata.name
        );
    }
}

/// Server-side apply merges conditions and attempts by key only if the schema says so.
#[test]
fn lists_that_several_writers_share_are_maps() {
    let mut keys = Vec::new();
    for crd in conform_crds::crds() {
        visit(&serde_json::to_value(&crd).unwrap(), &mut |object| {
            if object.get("x-kubernetes-list-type").and_then(Value::as_str) == Some("map") {
                keys.push(object["x-kubernetes-list-map-keys"].to_string());
            }
        });
    }
    // Conditions, the checks of a preflight, whatever has a name, and what is told of a profile or a suite.
    insta::assert_snapshot!(keys.join("\n"));
}

fn visit(value: &Value, seen: &mut impl FnMut(&serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            seen(object);
            object.values().for_each(|value| visit(value, seen));
        }
        Value::Array(values) => values.iter().for_each(|value| visit(value, seen)),
        _ => {}
    }
}
