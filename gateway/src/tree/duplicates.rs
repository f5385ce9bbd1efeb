//! Reports that claim to be the same.

use std::collections::BTreeMap;

use crate::{finding::Findings, validate::Validated};

/// What a report is about: two reports that say the same here are one too many.
type Identity<'report> = ([&'report str; 6], &'report str);

/// Notes an error with each report of whose identity there was one before.
pub fn duplicates(files: &mut [Validated]) {
    let mut first: BTreeMap<Identity<'_>, &str> = BTreeMap::new();
    let mut found: Vec<(usize, Findings)> = Vec::new();
    for (at, file) in files.iter().enumerate() {
        for (report, places) in &file.reports {
            let of = &report.implementation;
            let folder = crate::rules::location(&file.file).map_or("", |location| location.release);
            let fields = [
                &report.gateway_api_version,
                &report.gateway_api_channel,
                &report.mode,
                &of.organization,
                &of.project,
                &of.version,
            ];
            let words = fields.map(|field| field.as_deref().unwrap_or_default());
            // Early reports may name no release of Gateway API: then the folder does.
            let identity = (words, if report.is_alpha() { folder } else { "" });
            if let Some(other) = first.get(&identity) {
                let mut findings = Findings::default();
                let message = format!(
                    "{other} is a report of the same version of the same implementation, Gateway API, channel and mode"
                );
                findings.error(
                    "duplicate-report",
                    "implementation",
                    places.of("implementation"),
                    message,
                );
                found.push((at, findings));
            } else {
                first.insert(identity, &file.file);
            }
        }
    }
    for (at, findings) in found {
        if let Some(file) = files.get_mut(at) {
            file.findings.extend(findings);
        }
    }
}
