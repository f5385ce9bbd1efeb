//! Files of Kubernetes objects: YAML documents or JSON, single objects or Lists of them.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use conform_service_proxy::object::{Kind, Object, ObjectName};
use serde_json::Value;

use super::inputs::{text, unusable};
use crate::{error::Error, printer::Printer};

/// Lists in Lists: kubectl writes none.
const MAX_DEPTH: u8 = 3;

/// The documents of a file. JSON is YAML too, but a reader of its own is many times as fast.
pub fn documents(path: &Path) -> Result<Vec<Value>, Error> {
    let text = text(path)?;
    let values: Vec<Value> = if text.trim_start().starts_with(['{', '[']) {
        let values = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
        values
            .collect::<Result<_, _>>()
            .map_err(|error| unusable(path, format!("it is no JSON: {error}")))?
    } else {
        serde_saphyr::from_multiple_with_options(&text, options(text.len()))
            .map_err(|error| unusable(path, format!("it is no YAML: {error}")))?
    };
    Ok(values.into_iter().filter(|value| !value.is_null()).collect())
}

/// Bounds by the length of the file: a state of a large cluster is no attack, and aliases cannot blow it up.
fn options(length: usize) -> serde_saphyr::Options {
    let mut options = serde_saphyr::Options::default();
    if let Some(budget) = &mut options.budget {
        budget.max_events = budget.max_events.max(length);
        budget.max_nodes = budget.max_nodes.max(length);
        budget.max_documents = budget.max_documents.max(length / 4);
        budget.max_total_scalar_bytes = budget.max_total_scalar_bytes.max(length);
    }
    options.with_snippet = false;
    // As kubectl writes and reads them: a node called `n` or a zone called `no` is no truth value.
    options.strict_booleans = true;
    options
}

/// The objects of all files, those that a proxy looks at. Each is there once.
pub fn objects(paths: &[PathBuf], printer: &Printer) -> Result<Vec<Object>, Error> {
    let mut found = Found::default();
    for path in paths {
        for document in documents(path)? {
            found.add(path, document, 0)?;
        }
    }
    if !found.others.is_empty() {
        let others = found.others.iter().map(|(kind, count)| format!("{count} {kind}"));
        let others: Vec<String> = others.collect();
        printer.note(&format!(
            "passed over, since a service proxy does not look at them: {}",
            others.join(", ")
        ));
    }
    if found.objects.is_empty() {
        let path = paths.first().map_or_else(PathBuf::new, Clone::clone);
        return Err(unusable(
            &path,
            "there is no Service, EndpointSlice or Node in it".to_owned(),
        ));
    }
    Ok(found.objects)
}

#[derive(Default)]
struct Found {
    objects: Vec<Object>,
    places: HashMap<ObjectName, PathBuf>,
    others: BTreeMap<String, u32>,
}

impl Found {
    fn add(&mut self, path: &Path, value: Value, depth: u8) -> Result<(), Error> {
        if depth > MAX_DEPTH {
            return Err(unusable(path, "it has Lists in Lists in Lists".to_owned()));
        }
        let word = |key| value.get(key).and_then(Value::as_str).unwrap_or_default();
        let (api_version, kind) = (word("apiVersion").to_owned(), word("kind").to_owned());
        if value.is_array() || (kind.ends_with("List") && value.get("items").is_some()) {
            return self.add_list(path, value, &api_version, &kind, depth);
        }
        let Some(known) = Kind::of(&api_version, &kind) else {
            let name = if kind.is_empty() {
                "without a kind".to_owned()
            } else {
                format!("{} of {}", shortened(&kind), shortened(&api_version))
            };
            *self.others.entry(name).or_default() += 1;
            return Ok(());
        };
        let object = Object::read(known, value).map_err(|error| unusable(path, error.to_string()))?;
        let name = object.name();
        if let Some(first) = self.places.insert(name.clone(), path.to_path_buf()) {
            let place = if first == path {
                "twice".to_owned()
            } else {
                format!("here and in {}", first.display())
            };
            return Err(unusable(path, format!("{name} is there {place}")));
        }
        self.objects.push(object);
        Ok(())
    }

    /// The objects of a list. In one of a kind, such as ServiceList, they need not say their kind.
    fn add_list(
        &mut self,
        path: &Path,
        mut value: Value,
        api_version: &str,
        kind: &str,
        depth: u8,
    ) -> Result<(), Error> {
        let items = match value.get_mut("items") {
            Some(items) => items.take(),
            None => value,
        };
        let Value::Array(items) = items else {
            return if items.is_null() {
                Ok(())
            } else {
                Err(unusable(path, format!("{kind}: items is no list")))
            };
        };
        let of = kind.strip_suffix("List").filter(|of| !of.is_empty());
        for mut item in items {
            if let (Some(of), Some(fields)) = (of, item.as_object_mut()) {
                fields.entry("kind").or_insert_with(|| of.into());
                fields.entry("apiVersion").or_insert_with(|| api_version.into());
            }
            self.add(path, item, depth + 1)?;
        }
        Ok(())
    }
}

fn shortened(word: &str) -> String {
    crate::text::shorten(word, 63)
}
