//! Rules of the project's folder of reports: `v1.6/acme-operator/standard-v2.13-default-report.yaml`.

use crate::{
    finding::Findings,
    known,
    report::{ConformanceReport, Places},
};

/// Where a report lies in a tree of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location<'path> {
    /// Folder of the release, such as `v1.6` or `v1.4.1`.
    pub release: &'path str,
    /// Folder of the implementation, such as `acme-operator`.
    pub implementation: &'path str,
    /// Name of the file.
    pub file: &'path str,
}

/// Takes the last three names of a path apart; nothing if the first is no release's folder.
pub fn location(path: &str) -> Option<Location<'_>> {
    let mut names = path.rsplit('/');
    let (file, implementation, release) = (names.next()?, names.next()?, names.next()?);
    let is_release = release.strip_prefix('v').is_some_and(|rest| {
        let parts: Vec<&str> = rest.split('.').collect();
        (2..=3).contains(&parts.len()) && parts.iter().all(|part| part.parse::<u16>().is_ok())
    });
    (is_release && !implementation.is_empty()).then_some(Location {
        release,
        implementation,
        file,
    })
}

impl Location<'_> {
    /// True for v1.0 and earlier, whose reports have neither channel nor mode in their names.
    pub fn is_early(&self) -> bool {
        known::minor(self.release).is_none_or(|minor| minor == 0)
    }
}

pub(super) fn check(
    report: &ConformanceReport,
    places: &Places,
    location: &Location<'_>,
    findings: &mut Findings,
) {
    let path = "gatewayAPIVersion";
    let version = report.gateway_api_version.as_deref().unwrap_or_default();
    // Early reports may name a commit.
    let names_release = !location.is_early() || version.starts_with('v');
    if !version.is_empty() && names_release && !belongs(version, location.release) {
        let message = format!("{version} does not belong into the folder {}", location.release);
        findings.warn("folder-release", path, places.of(path), message);
    }
    let names = file_names(report, location.is_early());
    if let Some(expected) = names
        .first()
        .filter(|_| names.iter().all(|name| name != location.file))
    {
        let message = format!("by what is in it, the file is to be called {expected}");
        findings.warn("file-name", "", places.of(""), message);
    }
}

/// True if a version may lie in a folder: `v1.6.1` in `v1.6` and in `v1.6.1`.
fn belongs(version: &str, folder: &str) -> bool {
    let plain = version.split(['-', '+']).next().unwrap_or_default();
    let rest = plain.strip_prefix(folder);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The names that the rules allow, with the `v` of the version and without; none if the report does not say all of it.
fn file_names(report: &ConformanceReport, is_early: bool) -> Vec<String> {
    // Early versions may be pages of pull requests, and whole names were not fixed.
    let version = report.implementation.version.as_deref().filter(|_| !is_early);
    let (Some(version), Some(channel), Some(mode)) = (
        version,
        report.gateway_api_channel.as_deref(),
        report.mode.as_deref(),
    ) else {
        return Vec::new();
    };
    let plain = version.strip_prefix('v').unwrap_or(version);
    let versions = [version.to_owned(), plain.to_owned(), format!("v{plain}")];
    let name = |version| format!("{channel}-{version}-{mode}-report.yaml");
    versions.into_iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("v1.6.1", "v1.6", true)]
    #[case("v1.6.1", "v1.6.1", true)]
    #[case("v1.6.1-rc.1", "v1.6", true)]
    #[case("v1.60.0", "v1.6", false)]
    #[case("v1.5.0", "v1.6", false)]
    #[case("main", "v1.6", false)]
    fn a_version_lies_in_the_folder_of_its_release(
        #[case] version: &str,
        #[case] folder: &str,
        #[case] is: bool,
    ) {
        assert_eq!(belongs(version, folder), is);
    }

    #[rstest]
    #[case("/x/v1.6/acme-operator/report.yaml", Some("v1.6"))]
    #[case("v1.4.1/acme/standard.yaml", Some("v1.4.1"))]
    #[case("x/acme/standard.yaml", None)]
    #[case("report.yaml", None)]
    #[case("v1/acme/x.yaml", None)]
    fn locations(#[case] path: &str, #[case] release: Option<&str>) {
        assert_eq!(location(path).map(|location| location.release), release);
    }
}
