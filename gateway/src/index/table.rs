//! Tables in Markdown.

use std::fmt::Write;

use super::{Indexed, Standing, version};
use crate::report::{ConformanceReport, ProfileReport};

/// What stands before a generated part of a page.
const BEGIN: &str = "<!-- conform: reports -->";
/// What stands behind it.
const END: &str = "<!-- conform: end -->";

/// Why a page cannot be brought up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "where its table starts and ends cannot be told: it needs {BEGIN} and behind that {END}, each once on a line of its own, and \
     has {begins} and {ends} of them; put them right, or remove them all and the old table, and a new one is made"
)]
pub struct BadMarks {
    begins: usize,
    ends: usize,
}

/// The README of an implementation's folder, with its table brought up to date. What else is in it stays as it is; of
/// nothing a page is made that has what the rules ask for.
pub fn with_table(old: Option<&str>, reports: &[&Indexed<'_>]) -> Result<String, BadMarks> {
    let mut table = format!(
        "{BEGIN}\n\n| API channel | Implementation version | Mode | Report | Profiles |\n|---|---|---|---|---|\n"
    );
    for indexed in reports {
        let report = indexed.report;
        let version = version(report);
        let url = report.implementation.url.as_deref().unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "| {} | [{}]({}) | {} | [{} report](./{}) | {} |",
            cell(report.gateway_api_channel.as_deref().unwrap_or("x")),
            cell(version),
            link(url),
            cell(report.mode.as_deref().unwrap_or("x")),
            cell(version),
            link(indexed.file),
            profiles(report),
        );
    }
    table += "\n";
    table += END;
    let Some(old) = old else {
        let name = reports.first().map_or("", |indexed| indexed.implementation);
        return Ok(format!(
            "# {}\n\n## Table of contents\n\n{table}\n\n## Reproduce\n\nThe maintainers say here how the reports can be had again.\n",
            cell(name)
        ));
    };
    replaced(old, &table)
}

/// The page of a whole tree: a row for each report.
pub fn root_page(old: Option<&str>, reports: &[Indexed<'_>]) -> Result<String, BadMarks> {
    let mut table = format!(
        "{BEGIN}\n\n| Gateway API | Implementation | Version | API channel | Mode | Profiles |\n|---|---|---|---|---|---|\n"
    );
    for indexed in reports {
        let report = indexed.report;
        let folder = format!("{}/{}", indexed.release, indexed.implementation);
        let _ = writeln!(
            table,
            "| {} | [{}](./{}) | [{}](./{}) | {} | {} | {} |",
            cell(indexed.release),
            cell(indexed.implementation),
            link(&folder),
            cell(version(report)),
            link(&format!("{folder}/{}", indexed.file)),
            cell(report.gateway_api_channel.as_deref().unwrap_or("x")),
            cell(report.mode.as_deref().unwrap_or("x")),
            profiles(report),
        );
    }
    table += "\n";
    table += END;
    match old {
        Some(old) => replaced(old, &table),
        None => Ok(format!("# Conformance reports\n\n{table}\n")),
    }
}

/// The page with its generated part replaced, or with one before the heading Reproduce or at the end. A page with other marks
/// than one pair is left alone: what an old table is and what is its owner's cannot be told apart.
fn replaced(old: &str, table: &str) -> Result<String, BadMarks> {
    let (begins, ends) = (old.matches(BEGIN).count(), old.matches(END).count());
    if (begins, ends) != (0, 0) {
        let marked = old
            .split_once(BEGIN)
            .and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
        return match marked {
            Some((before, after)) if (begins, ends) == (1, 1) => Ok(format!("{before}{table}{after}")),
            _ => Err(BadMarks { begins, ends }),
        };
    }
    let mut at = 0;
    for line in old.split_inclusive('\n') {
        if line.starts_with('#') && line.to_ascii_lowercase().contains("reproduc") {
            let (before, after) = old.split_at(at);
            return Ok(format!("{before}{table}\n\n{after}"));
        }
        at += line.len();
    }
    Ok(format!("{}\n\n{table}\n", old.trim_end()))
}

/// Each profile with what it comes to, and how many features besides the core a test was run of.
fn profiles(report: &ConformanceReport) -> String {
    let told = report.profiles.iter().map(|profile| {
        let name = cell(profile.name.as_deref().unwrap_or("?"));
        let standing = Standing::of(report, profile).word();
        match features(profile) {
            0 => format!("{name} {standing}"),
            1 => format!("{name} {standing}, 1 feature"),
            count => format!("{name} {standing}, {count} features"),
        }
    });
    let mut told: Vec<String> = told.collect();
    // The suite writes profiles in any order.
    told.sort();
    told.join("<br>")
}

fn features(profile: &ProfileReport) -> usize {
    profile
        .extended
        .as_ref()
        .map_or(0, |level| level.supported_features.len())
}

/// Text that neither ends a cell nor becomes markup.
fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '[' | ']' | '*' | '`' | '\\' => safe.extend(['\\', c]),
            '<' => safe.push_str("&lt;"),
            '&' => safe.push_str("&amp;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

/// An address that ends where the link does.
fn link(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' ' | '(' | ')' | '<' | '>' | '|' | '"' | '\\' => {
                let _ = write!(safe, "%{:02X}", u32::from(c));
            }
            c if c.is_control() => {}
            c => safe.push(c),
        }
    }
    let scheme = safe.split_once(':').map(|(scheme, _)| scheme);
    match scheme {
        // Nothing but pages: no scripts.
        Some(scheme) if !matches!(scheme, "http" | "https") && !scheme.contains(['/', '.']) => String::new(),
        _ => safe,
    }
}
