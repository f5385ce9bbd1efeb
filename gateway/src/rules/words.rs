//! Rules of single fields.

use jiff::{SignedDuration, Timestamp};

use crate::{
    finding::Findings,
    known::{self, known},
    report::{API_V1, API_V1ALPHA1, ConformanceReport, KIND, LevelResult, Places},
    yaml::Entry,
};

/// Names that branches have, and no release.
const BRANCHES: [&str; 7] = ["main", "master", "latest", "nightly", "develop", "dev", "head"];
/// The start of 2020, in seconds: Gateway API is younger, and its first reports are of 2023.
const FIRST: i64 = 1_577_836_800;
/// How much clocks may differ.
const CLOCKS: SignedDuration = SignedDuration::from_hours(24);
/// What the suite writes if the resources of a cluster are of several versions or channels.
const UNDEFINED: &str = "UNDEFINED";

pub(super) fn check(report: &ConformanceReport, places: &Places, findings: &mut Findings) {
    identity(report, places, findings);
    release(report, places, findings);
    implementation(report, places, findings);
    for (at, profile) in report.profiles.iter().enumerate() {
        let path = format!("profiles[{at}].name");
        let name = profile.name.as_deref().unwrap_or_default();
        let twice = report.profiles.iter().take(at);
        if !name.is_empty()
            && twice
                .filter_map(|other| other.name.as_deref())
                .any(|other| other == name)
        {
            let message = format!("profile {name} is there twice");
            findings.error("duplicate-profile", &path, places.of(&path), message);
        }
        if !name.is_empty() && known::profile(name).is_none() && !known::is_old_profile(name) {
            let message = format!("the suite has no profile {name}; a project can add its own");
            findings.warn("unknown-profile", &path, places.of(&path), message);
        } else if known::is_old_profile(name) && !report.is_alpha() {
            let message =
                format!("reports of v1 have no profile {name}: it is called GATEWAY-… or MESH-… now");
            findings.warn("unknown-profile", &path, places.of(&path), message);
        }
        for (key, level) in profile.levels() {
            let path = format!("profiles[{at}].{key}.result");
            let message = match &level.result {
                Some(LevelResult::Other(word)) => {
                    let message = format!("{word:?} is no result: it is success, partial or failure");
                    findings.error("result", &path, places.of(&path), message);
                    continue;
                }
                Some(LevelResult::Failure) => {
                    "tests failed: the project takes reports with success or partial only"
                }
                _ => continue,
            };
            findings.warn("failure", &path, places.of(&path), message);
        }
    }
}

fn identity(report: &ConformanceReport, places: &Places, findings: &mut Findings) {
    match report.api_version.as_deref() {
        None | Some(API_V1 | API_V1ALPHA1) => {}
        Some(other) => {
            let message =
                format!("{other:?} is no version of reports: it is {API_V1}, formerly {API_V1ALPHA1}");
            findings.error("api-version", "apiVersion", places.of("apiVersion"), message);
        }
    }
    match report.kind.as_deref() {
        None | Some(KIND) => {}
        Some(other) => {
            let message = format!("{other:?} is no report: it is {KIND}");
            findings.error("kind", "kind", places.of("kind"), message);
        }
    }
    if let Some(date) = report.date.as_deref() {
        let message = match date.parse::<Timestamp>() {
            Err(_) => format!("{date:?} is not like 2026-11-22T10:00:00Z (RFC 3339)"),
            Ok(time) if time.as_second() < FIRST => {
                format!("{date} is before there was a Gateway API: a clock was wrong, or the date is made up")
            }
            Ok(_) => return,
        };
        findings.warn("date", "date", places.of("date"), message);
    }
}

pub(super) fn check_time(
    report: &ConformanceReport,
    places: &Places,
    now: Timestamp,
    findings: &mut Findings,
) {
    let date = report.date.as_deref().unwrap_or_default();
    if date
        .parse::<Timestamp>()
        .is_ok_and(|time| time.duration_since(now) > CLOCKS)
    {
        let message = format!("{date} is in the future: nothing can have been measured then");
        findings.warn("date", "date", places.of("date"), message);
    }
}

/// True if a field is there and is of another type: that was said when it was read.
fn is_told(others: &[Entry], key: &str) -> bool {
    others
        .iter()
        .any(|entry| entry.key == key && !entry.value.is_null())
}

fn release(report: &ConformanceReport, places: &Places, findings: &mut Findings) {
    let (version, channel) = ("gatewayAPIVersion", "gatewayAPIChannel");
    match report.gateway_api_version.as_deref() {
        Some(UNDEFINED) => {
            let message =
                "the cluster had resources of several versions, so that it is not known what was tested";
            findings.warn("version", version, places.of(version), message);
        }
        Some(text) if !is_release(text) => {
            let message = format!("{text:?} is no release of Gateway API, such as v1.6.1");
            findings.warn("version", version, places.of(version), message);
        }
        Some(text @ ("v1.6.0" | "v1.6.1")) => {
            let message = format!(
                "the suite of {text} counts tests that run in parallel as passed before they have run (kubernetes-sigs/\
                 gateway-api#5143): unless it ran with --disable-parallel-tests, 36 tests were not measured"
            );
            findings.warn("early-report", version, places.of(version), message);
        }
        Some(text) if is_unknown(text) => {
            let newest = known().versions().last().unwrap_or(&"none");
            let message = format!(
                "{text} is no release that is known, of which {newest} is the newest: numbers, features and tests are not checked"
            );
            findings.warn("unknown-release", version, places.of(version), message);
        }
        _ => {}
    }
    match report.gateway_api_channel.as_deref() {
        Some("standard" | "experimental") => {}
        Some(text) => {
            let message = format!("{text:?} is no channel: it is standard or experimental");
            findings.warn("channel", channel, places.of(channel), message);
        }
        None if report.is_alpha() || is_told(&report.others, channel) => {}
        None => {
            let message = "it is missing: reports have it since v1.1";
            findings.error("missing", channel, places.of(""), message);
        }
    }
    match report.mode.as_deref() {
        None if report.is_alpha() || is_told(&report.others, "mode") => {}
        None => {
            let message =
                "it is missing: it is default if the implementation was not set up in a way of its own";
            findings.error("missing", "mode", places.of(""), message);
        }
        Some(mode) => match ModeFault::of(mode) {
            Some(ModeFault::Empty) => findings.error("empty", "mode", places.of("mode"), "it is empty"),
            Some(ModeFault::Control) => {
                let message = format!("{mode:?} has control characters: it is a word such as default");
                findings.error("mode", "mode", places.of("mode"), message);
            }
            Some(ModeFault::NoWord) => {
                let message = format!(
                    "{mode:?} is a part of the file's name, and is to have letters, digits, dots, dashes and underscores only"
                );
                findings.warn("mode", "mode", places.of("mode"), message);
            }
            None => {}
        },
    }
}

/// What is wrong with a mode.
enum ModeFault {
    Empty,
    Control,
    NoWord,
}

impl ModeFault {
    fn of(mode: &str) -> Option<Self> {
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if mode.trim().is_empty() {
            Some(Self::Empty)
        } else if mode.contains(char::is_control) {
            Some(Self::Control)
        } else {
            (!mode.chars().all(is_word)).then_some(Self::NoWord)
        }
    }
}

fn implementation(report: &ConformanceReport, places: &Places, findings: &mut Findings) {
    let of = &report.implementation;
    let path = "implementation.url";
    if let Some(url) = of.url.as_deref().filter(|url| !is_page(url)) {
        let message = format!("{url:?} is no address of a page: it starts with https:// or http://");
        findings.warn("url", path, places.of(path), message);
    }
    let path = "implementation.version";
    let version = of.version.as_deref().unwrap_or_default();
    if is_branch(version) {
        let message = format!("{version} is a branch: a release, a tag or a commit can be looked at again");
        findings.warn("branch", path, places.of(path), message);
    }
    // Without the whole mapping that is what is said.
    let is_read =
        of.organization.is_some() || of.project.is_some() || of.url.is_some() || of.version.is_some();
    if of.contact.is_empty() && is_read && !is_told(&of.others, "contact") {
        let path = "implementation.contact";
        let message = "it is missing: somebody has to answer";
        findings.error("missing", path, places.of(path), message);
    }
    for (at, contact) in of
        .contact
        .iter()
        .enumerate()
        .filter(|(_, contact)| !is_contact(contact))
    {
        let path = format!("implementation.contact[{at}]");
        let message = format!("{contact:?} is no @user, @team/name, e-mail address or page");
        findings.warn("contact", &path, places.of(&path), message);
    }
}

/// `v1.6.1`, also with what makes it a candidate.
fn is_release(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('v') else {
        return false;
    };
    let numbers = rest.split(['-', '+']).next().unwrap_or_default();
    let parts: Vec<&str> = numbers.split('.').collect();
    parts.len() == 3 && parts.iter().all(|part| part.parse::<u16>().is_ok())
}

/// True for a release that is none of those that there were when the list of suites was made, nor a patch of one.
fn is_unknown(version: &str) -> bool {
    const LAST_OF_V0: u16 = 8;
    let mut parts = version.trim_start_matches('v').split('.').map(str::parse::<u16>);
    match (parts.next(), parts.next()) {
        (Some(Ok(0)), Some(Ok(minor))) => minor > LAST_OF_V0,
        (Some(Ok(1)), Some(Ok(minor))) => minor > known().newest(),
        _ => true,
    }
}

fn is_branch(version: &str) -> bool {
    let lower = version.to_ascii_lowercase();
    BRANCHES.contains(&lower.as_str()) || lower.starts_with("release-") || lower.ends_with("-branch")
}

fn is_page(text: &str) -> bool {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let host = host.and_then(|rest| rest.split(['/', '?', '#']).next());
    host.is_some_and(|host| !host.is_empty()) && !text.contains(char::is_whitespace)
}

fn is_contact(text: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && !word.contains(char::is_whitespace);
    match text.split_once('@') {
        Some(("", name)) => name.split('/').all(is_word),
        Some((name, host)) => is_word(name) && is_word(host),
        // Pages are often written without https://.
        None => is_page(text) || (text.contains('.') && text.contains('/') && is_word(text)),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("@acme/maintainers", true)]
    #[case("@user", true)]
    #[case("team@example.org", true)]
    #[case("https://example.org/issues/new", true)]
    #[case("github.com/acme/operator/issues/new/choose", true)]
    #[case("the maintainers", false)]
    #[case("@", false)]
    #[case("", false)]
    fn contacts(#[case] text: &str, #[case] is: bool) {
        assert_eq!(is_contact(text), is);
    }

    #[rstest]
    #[case("v1.6.1", true)]
    #[case("v1.7.0-rc.1", true)]
    #[case("v1.6", false)]
    #[case("1.6.1", false)]
    #[case("4c43629", false)]
    fn releases(#[case] text: &str, #[case] is: bool) {
        assert_eq!(is_release(text), is);
    }
}
