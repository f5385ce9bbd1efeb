//! What is wrong with files of reports.

use conform_gateway::{Finding, Severity, Validation};

use super::{Column, Table};
use crate::text::{clean_line, count};

/// A table for each file with findings, and what they come to.
pub fn validation(validation: &Validation, width: u16) -> String {
    let mut parts = Vec::new();
    for file in &validation.files {
        if file.findings.is_empty() {
            continue;
        }
        let mut table = Table::new([
            Column::right("LINE"),
            Column::left("LEVEL"),
            Column::left("RULE"),
            Column::wrapping("WHAT IS WRONG"),
        ]);
        for finding in &file.findings {
            table.row([
                line(finding),
                level(finding.severity).to_owned(),
                finding.rule.to_owned(),
                told(finding),
            ]);
        }
        let subject = if file.subject.is_empty() {
            String::new()
        } else {
            format!(" ({})", file.subject)
        };
        let head = clean_line(&format!("{}{subject}", file.file));
        parts.push(format!("{head}\n{}", table.render(Some(width))));
    }
    for file in &validation.unreadable {
        parts.push(clean_line(&format!(
            "{} could not be read: {}",
            file.file, file.error
        )));
    }
    parts.push(total(validation));
    parts.join("\n\n")
}

fn line(finding: &Finding) -> String {
    if finding.line == 0 {
        String::new()
    } else {
        finding.line.to_string()
    }
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn told(finding: &Finding) -> String {
    if finding.path.is_empty() {
        finding.message.clone()
    } else {
        format!("{}: {}", finding.path, finding.message)
    }
}

fn total(validation: &Validation) -> String {
    let number = |number: usize, noun| count(i64::try_from(number).unwrap_or(i64::MAX), noun);
    let clean = validation
        .files
        .iter()
        .filter(|file| file.findings.is_empty())
        .count();
    let mut parts = vec![
        number(validation.errors, "error"),
        number(validation.warnings, "warning"),
    ];
    if clean > 0 {
        parts.push(format!("{clean} without either"));
    }
    if !validation.unreadable.is_empty() {
        parts.push(format!("{} unreadable", validation.unreadable.len()));
    }
    format!("{}: {}", number(validation.files.len(), "file"), parts.join(", "))
}
