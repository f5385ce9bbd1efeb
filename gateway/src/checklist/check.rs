//! Reading a checklist, and what is wrong with what it says of requirements.

use super::{
    Checklist, Demand, Folder, Item, Requirement, evidence::Looker, items, metadata, requirements,
    requirements::KNOWN,
};
use crate::{
    fields::Fields,
    finding::Findings,
    yaml::{Node, Place},
};

const STATUSES: [&str; 4] = ["Implemented", "Not Implemented", "Partially Implemented", "N/A"];

/// The one requirement of which a platform may say, with a reason, that it is not for it.
const MAY_NOT_APPLY: &str = "cluster_autoscaling";

pub(super) fn read(document: Node, folder: &Folder<'_>, findings: &mut Findings) -> Checklist {
    let mut checklist = Checklist::default();
    let Ok(mut fields) = Fields::of(document, "", findings) else {
        return checklist;
    };
    if let Some(entry) = fields.take("metadata") {
        checklist.metadata = metadata::read(entry, folder, findings);
    }
    checklist.items = items::read(&mut fields, findings);
    fields.rest(findings);
    checklist
}

pub(super) fn check(checklist: &Checklist, folder: &Folder<'_>, findings: &mut Findings) {
    let minor = checklist.minor();
    let known = minor.filter(|minor| KNOWN.contains(minor));
    let mut looker = Looker::new(*folder, minor);
    for (at, item) in checklist.items.iter().enumerate() {
        let before = checklist.items.iter().take(at);
        if !item.id.is_empty() && before.map(|other| &other.id).any(|id| *id == item.id) {
            let message = format!("{} is there twice", item.id);
            findings.error("duplicate-requirement", &item.path, item.place, message);
        }
        let asked = known.map(|minor| {
            let mut all = requirements().iter();
            all.find_map(|one| {
                (one.id == item.id)
                    .then(|| one.in_release(minor))?
                    .map(|demand| (one, demand))
            })
        });
        // Of a release that is not known the file's own word counts.
        let demand = match (asked, item.level.as_str()) {
            (Some(Some((one, demand))), _) => {
                category(item, one, findings);
                demand
            }
            (None, "MUST") => Demand::Must,
            (None, "SHOULD") => Demand::Should,
            (Some(None), _) => {
                let minor = minor.unwrap_or_default();
                let message = format!("the list of v1.{minor} does not have {}", item.id);
                findings.warn("unknown-requirement", &item.path, item.place, message);
                continue;
            }
            (None, word) => {
                let message = format!("{word:?} is neither MUST nor SHOULD");
                findings.error("level", &item.path, item.place, message);
                continue;
            }
        };
        said(item, demand, findings);
        looker.look(item, findings);
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

/// The programme looks for a requirement in its category alone.
fn category(item: &Item, one: &Requirement, findings: &mut Findings) {
    if item.category != one.category {
        let message = format!(
            "{} is looked for in spec.{}, and nowhere else",
            one.id, one.category
        );
        findings.error("category", &item.path, item.place, message);
    }
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
    // A list with a line that says nothing is no empty list to the programme's check.
    if item.status.is_empty() && demand == Demand::Should && item.evidence.is_empty() {
        return;
    }
    if !STATUSES.contains(&item.status.as_str()) {
        let message = format!("status {:?} is none of: {}", item.status, STATUSES.join(", "));
        findings.error("status", path, *place, message);
        return;
    }
    let has_reason = !item.notes.trim().is_empty();
    if item.status == "N/A" && !has_reason {
        findings.error(
            "notes",
            path,
            *place,
            format!("{id} is N/A, and notes do not say why"),
        );
    }
    if demand == Demand::Must && item.status != "Implemented" {
        if item.status == "N/A" && has_reason && id == MAY_NOT_APPLY {
            let message = format!("{id} is a MUST and N/A: somebody of the programme looks at the reason");
            findings.warn("must", path, *place, message);
        } else {
            let message = format!(
                "{id} is a MUST and {}: the programme takes Implemented only",
                item.status
            );
            findings.error("must", path, *place, message);
        }
    }
    // A line of a list that says nothing shows nothing.
    let is_shown = item.evidence.iter().any(|one| !one.text.trim().is_empty());
    if item.status == "Implemented" && !is_shown {
        let message =
            format!("{id} is said to be implemented, and nothing shows it: the list evidence is empty");
        findings.warn("evidence", path, *place, message);
    }
}
