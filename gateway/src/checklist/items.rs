//! The part `spec`: what is said of each requirement.

use super::{Evidence, Item};
use crate::{
    fields::{Fields, Need},
    finding::Findings,
    yaml::{Entry, Value},
};

/// Reads the requirements of every category.
pub(super) fn read(fields: &mut Fields, findings: &mut Findings) -> Vec<Item> {
    let mut items = Vec::new();
    let Some(spec) = fields.take("spec").map(|entry| entry.value) else {
        fields.missing("spec", Need::Required, findings);
        return items;
    };
    let kind = spec.kind();
    let Value::Map(categories) = spec.value else {
        let message = format!("a mapping has to be here, not {kind}");
        findings.error("wrong-type", "spec", spec.place, message);
        return items;
    };
    for category in categories {
        of_category(category, &mut items, findings);
    }
    items
}

fn of_category(category: Entry, into: &mut Vec<Item>, findings: &mut Findings) {
    let path = format!("spec.{}", category.key);
    let Value::List(items) = category.value.value else {
        let message = "a list of requirements has to be here";
        findings.error("wrong-type", &path, category.value.place, message);
        return;
    };
    for (at, item) in items.into_iter().enumerate() {
        let path = format!("{path}[{at}]");
        let place = item.place;
        let Ok(mut fields) = Fields::of(item, &path, findings) else {
            continue;
        };
        let mut text = |key, need| fields.text(key, need, findings).unwrap_or_default();
        let id = text("id", Need::Required);
        let level = text("level", Need::Required);
        text("description", Need::Optional);
        let status = text("status", Need::Optional);
        let notes = text("notes", Need::Optional);
        let evidence = evidence(&mut fields, findings);
        fields.rest(findings);
        into.push(Item {
            category: category.key.clone(),
            path,
            place,
            id,
            level,
            status,
            evidence,
            notes,
        });
    }
}

fn evidence(fields: &mut Fields, findings: &mut Findings) -> Vec<Evidence> {
    let path = fields.path("evidence");
    let is_said = fields.has("evidence");
    match fields.take("evidence") {
        // Real files have a text where the form has a list.
        Some(entry) if is_said && entry.value.as_text().is_some() => {
            let place = entry.value.place;
            let message = "it is a text, and the programme's check cannot load a file without a list here";
            findings.error("evidence", &path, place, message);
            let text = entry.value.as_text().unwrap_or_default().to_owned();
            vec![Evidence { path, place, text }]
        }
        Some(entry) => {
            fields.put(entry);
            let texts = fields.texts("evidence", findings).into_iter().enumerate();
            let one = |(at, (text, place))| Evidence {
                path: format!("{path}[{at}]"),
                place,
                text,
            };
            texts.map(one).collect()
        }
        None => Vec::new(),
    }
}
