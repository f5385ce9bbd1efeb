//! The reference of the API, field by field, from the schemas that the API server enforces.

use std::fmt::Write;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

/// What comes before the fields.
const START: &str = "# The API, field by field

Written by `cargo xtask generate` from the schemas in `crds/generated`, which the API server enforces. How versions come and go:
[Versions of the API](api-versions.md). A field that is *required* has to be set; the others have the default that is named, or none.
";

/// The page, from the definitions as JSON.
pub fn page(definitions: &[Value]) -> Result<String> {
    let mut text = START.to_owned();
    for definition in definitions {
        describe(definition, &mut text)?;
    }
    Ok(text)
}

fn describe(definition: &Value, text: &mut String) -> Result<()> {
    let word = |pointer: &str| definition.pointer(pointer).and_then(Value::as_str);
    let kind = word("/spec/names/kind").context("a definition has no kind")?;
    let short = word("/spec/names/shortNames/0").unwrap_or_default();
    let group = word("/spec/group").context("a definition has no group")?;
    let versions = definition.pointer("/spec/versions").and_then(Value::as_array);
    for version in versions.into_iter().flatten() {
        let name = version.get("name").and_then(Value::as_str).unwrap_or_default();
        let schema = version
            .pointer("/schema/openAPIV3Schema")
            .with_context(|| format!("{kind} has no schema"))?;
        writeln!(
            text,
            "\n## {kind}\n\n`{group}/{name}`, cluster-scoped, `{short}` for short. {}",
            sentence(schema)
        )?;
        for part in ["spec", "status"] {
            let Some(schema) = schema.pointer(&format!("/properties/{part}")) else {
                continue;
            };
            writeln!(text, "\n### {kind}: {part}\n\n{}\n", sentence(schema))?;
            let rules = rules(schema);
            if !rules.is_empty() {
                writeln!(text, "Refused with these words:\n")?;
                for rule in rules {
                    writeln!(text, "- {}", cell(&rule))?;
                }
                writeln!(text)?;
            }
            text.push_str("| field | is | default | |\n|---|---|---|---|\n");
            fields(kind, part, schema, text)?;
        }
    }
    Ok(())
}

/// A row for each field, those of an object below it.
fn fields(kind: &str, path: &str, schema: &Value, text: &mut String) -> Result<()> {
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &String| {
        let mut names = required.into_iter().flatten().filter_map(Value::as_str);
        names.any(|one| one == name)
    };
    let empty = Map::new();
    let properties = schema
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    for (name, field) in properties {
        let path = format!("{path}.{name}");
        let default = match field.get("default") {
            _ if is_required(name) => "*required*".to_owned(),
            Some(Value::Object(_)) => "of its fields".to_owned(),
            Some(default) => format!("`{}`", cell(&default.to_string())),
            None => String::new(),
        };
        writeln!(
            text,
            "| `{path}` | {} | {default} | {} |",
            cell(&form(field)),
            sentence(field)
        )?;
        // What a schedule's runs are like is said once.
        if (kind, path.as_str()) == ("ConformanceSchedule", "spec.runTemplate.spec") {
            continue;
        }
        // What is Kubernetes' own is described there.
        if ["conditions", "resources", "tolerations"].contains(&name.as_str()) {
            continue;
        }
        match field.get("items") {
            Some(items) => fields(kind, &format!("{path}[]"), items, text)?,
            None => fields(kind, &path, field, text)?,
        }
    }
    Ok(())
}

/// What a field is: its type and its bounds.
fn form(field: &Value) -> String {
    let word = |key: &str| field.get(key).and_then(Value::as_str);
    let mut form = match (word("type"), word("format")) {
        (_, Some("date-time" | "micro-time")) => "time".to_owned(),
        (Some("array"), _) => {
            let of = field
                .get("items")
                .map_or_else(String::new, |items| format!(" of {}", form_of_item(items)));
            match word("x-kubernetes-list-type") {
                Some("set") => format!("set{of}"),
                Some("map") => {
                    let keys = field.get("x-kubernetes-list-map-keys").and_then(Value::as_array);
                    let keys: Vec<&str> = keys.into_iter().flatten().filter_map(Value::as_str).collect();
                    format!("list{of}, by `{}`", keys.join("`, `"))
                }
                _ => format!("list{of}"),
            }
        }
        (Some(kind), _) => kind.to_owned(),
        (None, _) => "anything".to_owned(),
    };
    let number = |key: &str| field.get(key).and_then(Value::as_f64);
    for (least, most, unit) in [
        ("minimum", "maximum", ""),
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " items"),
    ] {
        let bounds = match (number(least), number(most)) {
            (Some(least), Some(most)) => format!(", {least} to {most}{unit}"),
            (Some(least), None) => format!(", at least {least}{unit}"),
            (None, Some(most)) => format!(", at most {most}{unit}"),
            (None, None) => String::new(),
        };
        form.push_str(&bounds);
    }
    if let Some(values) = field.get("enum").and_then(Value::as_array) {
        let values = values.iter().filter_map(Value::as_str);
        let values: Vec<String> = values.map(|value| format!("`{value}`")).collect();
        form = values.join(", ");
    }
    form
}

fn form_of_item(items: &Value) -> String {
    match items.get("enum") {
        Some(_) => form(items),
        None => items
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or("anything")
            .to_owned(),
    }
}

/// What the API server says when a rule is broken.
fn rules(schema: &Value) -> Vec<String> {
    let rules = schema.get("x-kubernetes-validations").and_then(Value::as_array);
    let messages = rules.into_iter().flatten().filter_map(|rule| rule.get("message"));
    messages.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn sentence(schema: &Value) -> String {
    cell(
        schema
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default(),
    )
}

/// Text as it can stand in a cell of a table.
fn cell(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_field_has_its_row() {
        let definition = json!({ "spec": {
            "group": "conform.dev",
            "names": { "kind": "Thing", "shortNames": ["th"] },
            "versions": [{ "name": "v1", "schema": { "openAPIV3Schema": {
                "description": "A thing.",
                "properties": { "spec": {
                    "description": "What\nit is.",
                    "required": ["size"],
                    "x-kubernetes-validations": [{ "message": "a | b", "rule": "x" }],
                    "properties": {
                        "colour": { "enum": ["Red", "Blue"], "type": "string", "default": "Red" },
                        "parts": { "type": "array", "maxItems": 3, "items": {
                            "type": "object", "properties": { "name": { "type": "string", "minLength": 1, "maxLength": 9 } },
                        } },
                        "size": { "type": "integer", "minimum": 0.0, "description": "How large." },
                    },
                } },
            } } }],
        } });
        let page = page(&[definition]).unwrap();
        let rows: Vec<&str> = page
            .lines()
            .filter(|line| line.starts_with("| `") || line.starts_with("- "))
            .collect();
        assert_eq!(
            rows,
            [
                "- a \\| b",
                "| `spec.colour` | `Red`, `Blue` | `\"Red\"` |  |",
                "| `spec.parts` | list of object, at most 3 items |  |  |",
                "| `spec.parts[].name` | string, 1 to 9 characters |  |  |",
                "| `spec.size` | integer, at least 0 | *required* | How large. |",
            ]
        );
    }
}
