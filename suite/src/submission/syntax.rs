//! Forms of text that a submission has to have.

use crate::Release;

/// `1.36`, and nothing more.
pub(super) fn release(text: &str) -> Option<Release> {
    let release: Release = text.parse().ok()?;
    (release.to_string() == text).then_some(release)
}

/// True for what the bot takes in the name of a folder: `v1.[0-9]{2}`.
pub(super) const fn is_of_folder(release: Release) -> bool {
    matches!(Release::new(1, 0).releases_until(release), 10..=99)
}

/// The release of a title such as `Conformance results for v1.36/My Product`.
///
/// The bot's pattern is `(.*) (v1.[0-9]{2})[ /](.*)`, and the words before it have to be there in any case.
pub(super) fn titled(title: &str) -> Option<Release> {
    if !title.to_ascii_lowercase().contains("conformance results for") {
        return None;
    }
    // The first group is greedy: of several releases the last counts.
    let mut found = title.rmatch_indices(" v1.");
    found.find_map(|(at, _)| {
        let version = title.get(at + 2..at + 6)?;
        let next = title.get(at + 6..)?.chars().next()?;
        let is_end = next == ' ' || next == '/';
        release(version).filter(|_| is_end)
    })
}

/// True for `http://` or `https://` and the name of a host with a dot in it, without blanks: what others can open.
pub(super) fn is_url(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let host = rest
        .and_then(|rest| rest.split(['/', '?', '#']).next())
        .unwrap_or_default();
    let (host, port) = host
        .split_once(':')
        .map_or((host, None), |(host, port)| (host, Some(port)));
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    is_host(host) && port.is_none_or(is_port) && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// True for one name, an `@`, and the name of a host.
pub(super) fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c));
    // Dots stand between parts, and no part is empty.
    is_name && name.split('.').all(|part| !part.is_empty()) && is_host(host)
}

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    host.contains('.') && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Conformance results for v1.36/my product", Some(36))]
    #[case("conformance RESULTS for v1.29 x", Some(29))]
    #[case("[x] Conformance results for v1.35 and v1.36/y", Some(36))]
    #[case("Conformance results for 1.36/x", None)]
    #[case("Conformance results for v1.36", None)]
    #[case("Conformance results for v1.9/x", None)]
    #[case("Add results of v1.36/x", None)]
    #[case("", None)]
    #[case("Conformance results for é v1.é6/", None)]
    fn a_title_names_a_release(#[case] title: &str, #[case] minor: Option<u16>) {
        assert_eq!(titled(title).map(Release::minor), minor);
    }

    #[rstest]
    #[case("https://example.org", true)]
    #[case("http://docs.example.org:8443/a?b#c", true)]
    #[case("https://localhost/", false)]
    #[case("example.org", false)]
    #[case("ftp://example.org", false)]
    #[case("https://exa mple.org", false)]
    #[case("https://", false)]
    #[case("https://-a.org", false)]
    #[case("https://example.org:notaport/", false)]
    #[case("https://example.org:/", false)]
    #[case("https://example.org:99999/", false)]
    fn urls(#[case] text: &str, #[case] is: bool) {
        assert_eq!(is_url(text), is);
    }

    #[rstest]
    #[case("team+k8s@example.org", true)]
    #[case("@example.org", false)]
    #[case("team@example", false)]
    #[case("a.b@example.org", true)]
    #[case("..@example.org", false)]
    #[case(".a@example.org", false)]
    #[case("a..b@example.org", false)]
    #[case("team", false)]
    #[case("a b@example.org", false)]
    #[case("a@b@example.org", false)]
    fn addresses(#[case] text: &str, #[case] is: bool) {
        assert_eq!(is_email(text), is);
    }
}
