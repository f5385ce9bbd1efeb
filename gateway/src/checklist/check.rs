//! Reading a checklist, and what is wrong with it.

use super::{Checklist, Demand, Item, METADATA, requirements, requirements::KNOWN};
use crate::{
    fields::{Fields, Need},
    finding::Findings,
    yaml::{Entry, Node, Place, Value},
};

const STATUSES: [&str; 4] = ["Implemented", "Not Implemented", "Partially Implemented", "N/A"];

pub(super) fn read(document: Node, findings: &mut Findings) -> Checklist {
    let mut checklist = Checklist::default();
    let Ok(mut fields) = Fields::of(document, "", findings) else {
        return checklist;
    };
    if let Some(entry) = fields.take("metadata") {
        checklist.metadata = metadata(entry, findings);
    }
    match fields.take("spec").map(|entry| entry.value) {
        None => fields.missing("spec", Need::Required, findings),
        Some(Node {
            value: Value::Map(categories),
            ..
        }) => {
            for category in categories {
                items(category, &mut checklist.items, findings);
            }
        }
        Some(other) => {
            let message = format!("a mapping has to be here, not {}", other.kind());
            findings.error("wrong-type", "spec", other.place, message);
        }
    }
    fields.rest(findings);
    checklist
}

fn metadata(entry: Entry, findings: &mut Findings) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let Ok(mut fields) = Fields::of(entry.value, "metadata", findings) else {
        return found;
    };
    for (camel, snake, required) in METADATA {
        let key = if !fields.has(camel) && fields.has(snake) {
            snake
        } else {
            camel
        };
        let need = if required { Need::Required } else { Need::Optional };
        let (path, place) = (fields.path(key), fields.place_of(key));
        let Some(text) = fields.text(key, need, findings) else {
            continue;
        };
        if text.starts_with('[') && text.ends_with(']') {
            let message = format!("{text} is what the form has before somebody fills it in");
            findings.error("placeholder", &path, place, message);
        }
        let is_page = text.starts_with("https://") || text.starts_with("http://");
        if camel.ends_with("Url") && !is_page && !text.is_empty() {
            let message = format!("{text:?} is no address of a page: it starts with https:// or http://");
            findings.error("url", &path, place, message);
        }
        found.push((camel, text));
    }
    fields.rest(findings);
    found
}

fn items(category: Entry, into: &mut Vec<Item>, findings: &mut Findings) {
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
        // Real files have a text where the form has a list.
        let is_text = fields.has("evidence");
        let evidence = match fields.take("evidence") {
            Some(entry) if is_text && entry.value.as_text().is_some() => {
                let place = entry.value.place;
                let path = fields.path("evidence");
                findings.warn("evidence", &path, place, "it is a text: the form has a list here");
                entry.value.as_text().map(str::to_owned).into_iter().collect()
            }
            Some(entry) => {
                fields.put(entry);
                let texts = fields.texts("evidence", findings).into_iter();
                texts.map(|(text, _)| text).collect()
            }
            None => Vec::new(),
        };
        fields.rest(findings);
        into.push(Item {
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

pub(super) fn check(checklist: &Checklist, findings: &mut Findings) {
    release(checklist, findings);
    let minor = checklist.minor();
    let known = minor.filter(|minor| KNOWN.contains(minor));
    for (at, item) in checklist.items.iter().enumerate() {
        let before = checklist.items.iter().take(at);
        if !item.id.is_empty() && before.map(|other| &other.id).any(|id| *id == item.id) {
            let message = format!("{} is there twice", item.id);
            findings.error("duplicate-requirement", &item.path, item.place, message);
        }
        let demand = known.map(|minor| {
            let mut all = requirements().iter();
            all.find(|one| one.id == item.id)
                .and_then(|one| one.in_release(minor))
        });
        // Of a release that is not known the file's own word counts.
        let demand = match (demand, item.level.as_str()) {
            (Some(Some(demand)), _) => Some(demand),
            (None, "MUST") => Some(Demand::Must),
            (None, "SHOULD") => Some(Demand::Should),
            (Some(None), _) => {
                let minor = minor.unwrap_or_default();
                let message = format!("the list of v1.{minor} does not have {}", item.id);
                findings.warn("unknown-requirement", &item.path, item.place, message);
                None
            }
            (None, word) => {
                let message = format!("{word:?} is neither MUST nor SHOULD");
                findings.error("level", &item.path, item.place, message);
                None
            }
        };
        if let Some(demand) = demand {
            said(item, demand, findings);
        }
    }
    let Some(minor) = known else { return };
    for one in requirements() {
        let Some(demand) = one.in_release(minor) else {
            continue;
        };
        if !checklist.items.iter().any(|item| item.id == one.id) {
            let path = format!("spec.{}", one.category);
            let message = format!(
                "v1.{minor} asks for {} ({}), and it is missing",
                one.id,
                demand.word()
            );
            findings.error("missing-requirement", &path, Place::default(), message);
        }
    }
}

fn release(checklist: &Checklist, findings: &mut Findings) {
    let path = "metadata.kubernetesVersion";
    let version = checklist.field("kubernetesVersion").unwrap_or_default();
    match checklist.minor() {
        None if version.is_empty() => {}
        None => {
            let message = format!("{version:?} is no release, such as v1.36");
            findings.error("release", path, Place::default(), message);
        }
        Some(minor) if !KNOWN.contains(&minor) => {
            let message =
                format!("what v1.{minor} asks for is not known: the levels of the file itself count");
            findings.warn("release", path, Place::default(), message);
        }
        Some(minor) if version != format!("v1.{minor}") => {
            let message = format!("{version} is a patch release: the form has v1.{minor}");
            findings.warn("release", path, Place::default(), message);
        }
        Some(_) => {}
    }
    let path = "metadata.k8sConformanceUrl";
    let url = checklist.field("k8sConformanceUrl").unwrap_or_default();
    if !url.is_empty() && !is_submission(url) {
        let message =
            "it has to be like https://github.com/cncf/k8s-conformance/tree/master/v1.36/my-product";
        findings.error("certification", path, Place::default(), message);
    }
}

/// The folder of a product among those that were certified.
fn is_submission(url: &str) -> bool {
    let rest = url.strip_prefix("https://github.com/cncf/k8s-conformance/tree/");
    let rest = rest.and_then(|rest| {
        rest.strip_prefix("master/")
            .or_else(|| rest.strip_prefix("main/"))
    });
    let parts = rest.and_then(|rest| rest.trim_end_matches('/').split_once('/'));
    parts.is_some_and(|(release, name)| release.starts_with("v1.") && !name.is_empty())
}

fn said(item: &Item, demand: Demand, findings: &mut Findings) {
    let Item { path, place, id, .. } = item;
    if !item.level.is_empty() && item.level != demand.word() {
        let message = format!(
            "{id} is a {} of this release, and the file says {}",
            demand.word(),
            item.level
        );
        findings.error("level", path, *place, message);
    }
    let is_empty = item.status.is_empty();
    // A line of a list that says nothing shows nothing.
    let is_shown = item.evidence.iter().any(|one| !one.trim().is_empty());
    if is_empty && demand == Demand::Should && !is_shown {
        return;
    }
    if !STATUSES.contains(&item.status.as_str()) {
        let message = format!("status {:?} is none of: {}", item.status, STATUSES.join(", "));
        findings.error("status", path, *place, message);
        return;
    }
    if item.status == "N/A" && item.notes.trim().is_empty() {
        findings.error(
            "notes",
            path,
            *place,
            format!("{id} is N/A, and notes do not say why"),
        );
    }
    if demand == Demand::Must && item.status != "Implemented" {
        let message = format!(
            "{id} is a MUST and {}: the programme takes Implemented only",
            item.status
        );
        // The programme's questions and answers allow it with a reason, and its own check does not.
        if item.status == "N/A" && !item.notes.trim().is_empty() {
            findings.warn("must", path, *place, message);
        } else {
            findings.error("must", path, *place, message);
        }
    }
    if item.status == "Implemented" && !is_shown {
        let message =
            format!("{id} is said to be implemented, and nothing shows it: the list evidence is empty");
        findings.warn("evidence", path, *place, message);
    }
}
