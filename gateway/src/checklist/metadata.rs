//! The part `metadata`: who hands in, and for which release.

use super::{Folder, folder::is_release, requirements::KNOWN};
use crate::{
    fields::{Fields, Need},
    finding::Findings,
    yaml::{Entry, Place, Value},
};

/// Whether a field has to be there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Required,
    /// The programme's text says that it may be missing, and its own check that it may not.
    Disputed,
    Optional,
}

/// The fields, in both forms in which real files have them.
const FIELDS: [(&str, &str, Wanted); 11] = [
    ("kubernetesVersion", "kubernetes_version", Wanted::Required),
    ("platformName", "platform_name", Wanted::Required),
    ("platformVersion", "platform_version", Wanted::Required),
    ("vendorName", "vendor_name", Wanted::Required),
    ("websiteUrl", "website_url", Wanted::Required),
    ("repoUrl", "repo_url", Wanted::Optional),
    ("documentationUrl", "documentation_url", Wanted::Required),
    ("productLogoUrl", "product_logo_url", Wanted::Disputed),
    ("description", "description", Wanted::Required),
    ("contactEmailAddress", "contact_email_address", Wanted::Required),
    ("k8sConformanceUrl", "k8s_conformance_url", Wanted::Required),
];

/// What files with a logo end in.
const LOGOS: [&str; 3] = [".svg", ".eps", ".ai"];

/// A field that is there.
struct Field {
    name: &'static str,
    path: String,
    place: Place,
    text: String,
}

/// Reads and checks the fields. Gives their texts by their names in camel case.
pub(super) fn read(
    entry: Entry,
    folder: &Folder<'_>,
    findings: &mut Findings,
) -> Vec<(&'static str, String)> {
    let Ok(mut fields) = Fields::of(entry.value, "metadata", findings) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (name, snake, wanted) in FIELDS {
        let key = if !fields.has(name) && fields.has(snake) {
            snake
        } else {
            name
        };
        let (path, place) = (fields.path(key), fields.place_of(key));
        let need = if wanted == Wanted::Required {
            Need::Required
        } else {
            Need::Optional
        };
        typed(key, &mut fields, findings);
        let text = fields.text(key, need, findings);
        let is_said = text.as_ref().is_some_and(|text| !text.trim().is_empty());
        if wanted == Wanted::Disputed && !is_said {
            let message = "the programme's instructions say that it may be missing, and its check refuses a file without it";
            findings.warn("missing", &path, place, message);
        }
        let Some(text) = text else { continue };
        let field = Field {
            name,
            path,
            place,
            text,
        };
        form(&field, findings);
        found.push(field);
    }
    fields.rest(findings);
    release(&found, folder, findings);
    found.into_iter().map(|field| (field.name, field.text)).collect()
}

/// Says that a field is no text to the programme's check, which decodes `metadata` by the types of YAML 1.2 with dates.
fn typed(key: &str, fields: &mut Fields, findings: &mut Findings) {
    let (path, place) = (fields.path(key), fields.place_of(key));
    let Some(mut entry) = fields.take(key) else { return };
    let is_date = entry.value.is_date();
    if let Value::Scalar(scalar) = &mut entry.value.value {
        // `yes` and `off` are text to it.
        let is_flag =
            scalar.is_flag() && matches!(scalar.text.to_ascii_lowercase().as_str(), "true" | "false");
        let kind = match () {
            () if is_date => Some("a date"),
            () if scalar.is_number() => Some("a number"),
            () if is_flag => Some("true or false"),
            () => None,
        };
        if let Some(kind) = kind {
            let message = format!(
                "{} is written without quotes, and YAML takes it for {kind}: the programme's check takes text only. Put it in \
                 quotes",
                scalar.text
            );
            findings.error("unquoted", &path, place, message);
            scalar.plain = false;
        }
    }
    fields.put(entry);
}

/// What can be seen of one field alone.
fn form(field: &Field, findings: &mut Findings) {
    let Field {
        name,
        path,
        place,
        text,
    } = field;
    if text.trim().is_empty() {
        return;
    }
    if text.starts_with('[') && text.ends_with(']') {
        let message = format!("{text} is what the form has before somebody fills it in");
        findings.error("placeholder", path, *place, message);
        return;
    }
    if *name == "k8sConformanceUrl" {
        if certified_release(text).is_none() {
            let message =
                "it has to be like https://github.com/cncf/k8s-conformance/tree/master/v1.36/my-product";
            findings.error("certification", path, *place, message);
        }
        return;
    }
    if !name.ends_with("Url") {
        return;
    }
    if !is_page(text) {
        let message = format!("{text:?} is no address of a page: it starts with https:// or http://");
        findings.warn("url", path, *place, message);
    } else if *name == "productLogoUrl" {
        let lower = text.to_ascii_lowercase();
        if !LOGOS.iter().any(|end| lower.ends_with(end)) {
            let message = format!("{text} is no logo that is taken: it ends in {}", LOGOS.join(", "));
            findings.error("logo", path, *place, message);
        }
    }
}

/// True for an address that a browser opens.
pub(super) fn is_page(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// The release in the address of a product's folder among those that were certified; nothing if it is no such address.
fn certified_release(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://github.com/cncf/k8s-conformance/tree/")?;
    let rest = rest
        .strip_prefix("master/")
        .or_else(|| rest.strip_prefix("main/"))?;
    let (release, name) = rest.split_once('/')?;
    let name = name.strip_suffix('/').unwrap_or(name);
    (is_release(release) && !name.is_empty() && !name.contains(['/', '\n'])).then_some(release)
}

/// The minor release that a version is one of: 36 of `v1.36` and of `v1.36.3`.
pub(super) fn minor(version: &str) -> Option<u16> {
    version.strip_prefix("v1.")?.split('.').next()?.parse().ok()
}

/// Whether the release is one, and the same everywhere.
fn release(fields: &[Field], folder: &Folder<'_>, findings: &mut Findings) {
    let of = |name| fields.iter().find(|field| field.name == name);
    let Some(field) = of("kubernetesVersion").filter(|field| !field.text.trim().is_empty()) else {
        return;
    };
    let Field {
        path, place, text, ..
    } = field;
    let Some(minor) = minor(text) else {
        // Of a form that nobody filled in that has been said.
        if !text.starts_with('[') {
            let message = format!("{text:?} is no release, such as v1.36");
            findings.error("release", path, *place, message);
        }
        return;
    };
    let asked = format!("v1.{minor}");
    if !KNOWN.contains(&minor) {
        let message = format!("what {asked} asks for is not known: the levels of the file itself count");
        findings.warn("release", path, *place, message);
    } else if *text != asked {
        let message = format!("{text} is a patch release: the form has {asked}");
        findings.warn("release", path, *place, message);
    }
    if let Some(other) = folder.release().filter(|other| *other != asked) {
        let message = format!(
            "it is for {asked}, and lies in a folder of {other}, by whose list the programme judges it"
        );
        findings.warn("folder-release", path, *place, message);
    }
    if let Some(certified) = of("k8sConformanceUrl")
        && let Some(other) = certified_release(&certified.text).filter(|other| *other != asked)
    {
        let message = format!("it is a certification for {other}, and the checklist is for {asked}");
        findings.warn("certification", &certified.path, certified.place, message);
    }
}
