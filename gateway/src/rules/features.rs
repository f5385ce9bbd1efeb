//! Whether features and tests are those that the suite has.

use std::collections::BTreeSet;

use conform_suite::GatewayProfile;

use crate::{
    finding::Findings,
    known::{self, LevelOf, known},
    report::{ConformanceReport, Level, Places, ProfileReport},
};

pub(super) fn check(report: &ConformanceReport, places: &Places, findings: &mut Findings) {
    let minor = report.gateway_api_version.as_deref().and_then(known::minor);
    // Before v1.1 features were called otherwise.
    let minor = minor.filter(|minor| *minor > 0);
    if report.is_alpha() && minor.is_none() {
        return;
    }
    for (at, profile) in report.profiles.iter().enumerate() {
        let path = format!("profiles[{at}]");
        let of = profile.name.as_deref().and_then(known::profile);
        for (key, level) in profile.levels() {
            let path = format!("{path}.{key}");
            for list in ["skippedTests", "failedTests"] {
                let names = if list == "skippedTests" {
                    &level.skipped_tests
                } else {
                    &level.failed_tests
                };
                tests(names, &format!("{path}.{list}"), minor, places, findings);
            }
        }
        if !profile.core.supported_features.is_empty() {
            let path = format!("{path}.core.supportedFeatures");
            let message = "core features are not listed: everybody who claims the profile has them";
            findings.warn("core-features", &path, places.of(&path), message);
        }
        if let Some(extended) = &profile.extended {
            let path = format!("{path}.extended");
            features(extended, of, &path, minor, places, findings);
            unmeasured(profile, extended, &path, places, findings);
        }
    }
    let path = "succeededProvisionalTests";
    tests(&report.succeeded_provisional_tests, path, minor, places, findings);
    if !report.succeeded_provisional_tests.is_sorted() {
        let message = "the suite writes them sorted: the report was changed, or written by something else";
        findings.warn("unsorted", path, places.of(path), message);
    }
}

fn tests(names: &[String], path: &str, minor: Option<u16>, places: &Places, findings: &mut Findings) {
    for (at, name) in names.iter().enumerate() {
        // A suite that is newer than what is known may have any test.
        let is_newer = minor.is_none_or(|minor| minor > known().newest());
        if !is_newer && known().test(name).is_none() {
            let path = format!("{path}[{at}]");
            let message = format!("no release of the suite that is known has a test {name}");
            findings.warn("unknown-test", &path, places.of(&path), message);
        }
    }
}

fn features(
    level: &Level,
    of: Option<&GatewayProfile>,
    path: &str,
    minor: Option<u16>,
    places: &Places,
    findings: &mut Findings,
) {
    let supported: BTreeSet<&String> = level.supported_features.iter().collect();
    let lists = [
        ("supportedFeatures", &level.supported_features),
        ("unsupportedFeatures", &level.unsupported_features),
    ];
    for (key, list) in lists {
        let path = format!("{path}.{key}");
        for (at, name) in list.iter().enumerate() {
            let path = format!("{path}[{at}]");
            let place = places.of(&path);
            if list.iter().take(at).any(|other| other == name) {
                findings.error(
                    "duplicate-feature",
                    &path,
                    place,
                    format!("{name} is there twice"),
                );
            }
            if key == "unsupportedFeatures" && supported.contains(name) {
                let message = format!("{name} is said to be supported and not to be");
                findings.error("duplicate-feature", &path, place, message);
            }
        }
        unknown(list, of, &path, minor, places, findings);
    }
}

/// Features that the suite or the profile does not have, in one finding each: it is the suite that is another one then.
fn unknown(
    list: &[String],
    of: Option<&GatewayProfile>,
    path: &str,
    minor: Option<u16>,
    places: &Places,
    findings: &mut Findings,
) {
    let is_newer = minor.is_none_or(|minor| minor > known().newest());
    let pick = |is: &dyn Fn(&str) -> bool| some(list.iter().filter(|name| is(name)));
    let place = places.of(path);
    if !is_newer && let Some(names) = pick(&|name| known().feature(name).is_none()) {
        let message = format!("no release of Gateway API that is known has {names}");
        findings.warn("unknown-feature", path, place, message);
    }
    let of_release = |name: &str, minor| known().feature(name).is_none_or(|minors| minors.contains(&minor));
    if let Some(minor) = minor.filter(|_| !is_newer)
        && let Some(names) = pick(&|name| !of_release(name, minor))
    {
        let message =
            format!("Gateway API v1.{minor} does not have {names}: the suite is of another release");
        findings.warn("feature-release", path, place, message);
    }
    let Some(of) = of else { return };
    let level = |name: &str| known().feature(name).map(|_| known().level(of, name));
    if let Some(names) = pick(&|name| level(name) == Some(None)) {
        let message = format!("profile {} does not have {names}", of.name);
        findings.warn("feature-elsewhere", path, place, message);
    }
    // Upstream's suites list TCPRoute and UDPRoute among the extended features of their own profiles.
    let is_core =
        |name: &str| level(name) == Some(Some(LevelOf::Core)) && !matches!(name, "TCPRoute" | "UDPRoute");
    if let Some(names) = pick(&is_core) {
        let message = format!(
            "these are core features of {}, which everybody has: {names}",
            of.name
        );
        findings.warn("core-features", path, place, message);
    }
}

/// The first names of a list, and how many more there are; nothing if there is none.
fn some<'name>(names: impl Iterator<Item = &'name String>) -> Option<String> {
    const MOST: usize = 5;
    let names: Vec<&str> = names.map(String::as_str).collect();
    let more = names.len().saturating_sub(MOST);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let first: Vec<&str> = names.iter().take(MOST).copied().collect();
    (!first.is_empty()).then(|| format!("{}{more}", first.join(", ")))
}

/// Whoever says that a feature is there must have run a test of it.
fn unmeasured(profile: &ProfileReport, level: &Level, path: &str, places: &Places, findings: &mut Findings) {
    let statistics = &level.statistics;
    let ran = statistics
        .passed
        .zip(statistics.failed)
        .map(|(passed, failed)| passed.saturating_add(failed));
    if ran == Some(0) && !level.supported_features.is_empty() {
        let path = format!("{path}.supportedFeatures");
        let name = profile.name.as_deref().unwrap_or_default();
        let message = format!("no extended test of {name} was run, so that no feature is shown by one");
        findings.warn("nothing-measured", &path, places.of(&path), message);
    }
}
