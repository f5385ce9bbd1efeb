//! The README.md of an implementation's folder.

use crate::{finding::Findings, rules::Location, yaml::Place};

/// Checks the README of a folder of reports, by its text and the names of the reports beside it. Folders of v1.0 and
/// earlier need none.
pub fn readme(text: Option<&str>, location: &Location<'_>, reports: &[&str], findings: &mut Findings) {
    if location.is_early() {
        return;
    }
    let Some(text) = text else {
        let message = "there is no README.md beside the reports: the rules of the folder ask for one";
        findings.warn("readme", "", Place::default(), message);
        return;
    };
    let heading = text
        .lines()
        .filter(|line| line.starts_with('#'))
        .any(|line| line.to_ascii_lowercase().contains("reproduc"));
    if !heading {
        let message = "it has no heading Reproduce, under which it says how the results can be had again";
        findings.warn("readme-reproduce", "", Place::default(), message);
    }
    for report in reports {
        if !text.contains(report) {
            let message = format!("its table has no row for {report}");
            findings.warn("readme-row", "", Place::default(), message);
        }
    }
    for (at, line) in text.lines().enumerate() {
        for link in links(line) {
            let name = link.trim_start_matches("./");
            let is_here = name.ends_with("report.yaml") && !name.contains('/');
            if is_here && !reports.contains(&name) {
                let place = Place {
                    line: u32::try_from(at + 1).unwrap_or(u32::MAX),
                    column: 1,
                };
                findings.warn("readme-link", "", place, format!("{name} is not there"));
            }
        }
    }
}

/// What the links of a line lead to.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')').map(|(link, _)| link))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::location;

    fn rules(text: Option<&str>, folder: &str) -> Vec<(&'static str, u32)> {
        let mut findings = Findings::default();
        let place = format!("{folder}/acme/a-report.yaml");
        readme(
            text,
            &location(&place).unwrap(),
            &["a-report.yaml"],
            &mut findings,
        );
        let found = findings.into_sorted();
        found.iter().map(|finding| (finding.rule, finding.line)).collect()
    }

    #[test]
    fn a_readme_has_a_row_for_each_report_and_says_how_to_reproduce_it() {
        let good = "# Acme\n| standard | [x](./a-report.yaml) |\n## How to reproduce\n";
        assert_eq!(rules(Some(good), "v1.6"), []);
        let bad = "# Acme\n[x](./b-report.yaml) [y](https://example.org/c-report.yaml)\n";
        assert_eq!(
            rules(Some(bad), "v1.6"),
            [("readme-reproduce", 0), ("readme-row", 0), ("readme-link", 2)]
        );
        assert_eq!(rules(None, "v1.6"), [("readme", 0)]);
        assert_eq!(rules(None, "v1.0.0"), []);
    }
}
