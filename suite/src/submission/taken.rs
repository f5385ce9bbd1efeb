//! What the bot takes for an address. It asks Go's `url.ParseRequestURI` and `mail.ParseAddress`, which take more than what leads
//! anywhere.

/// True for what `url.ParseRequestURI` takes.
pub(super) fn is_url(text: &str) -> bool {
    if text.bytes().any(|byte| byte.is_ascii_control()) {
        return false;
    }
    let Some((scheme, rest)) = scheme(text) else {
        return false;
    };
    let rest = rest.split('?').next().unwrap_or_default();
    if !rest.starts_with('/') {
        // Whatever stands behind a scheme and no slash means what only the scheme knows.
        return !scheme.is_empty() || text == "*";
    }
    let Some(behind) = rest.strip_prefix("//").filter(|_| !scheme.is_empty()) else {
        return has_whole_escapes(rest);
    };
    let (authority, path) = behind.split_at(behind.find('/').unwrap_or(behind.len()));
    is_authority(authority) && has_whole_escapes(path)
}

/// The scheme, which may be none, and what is behind it; none if there is only a colon.
fn scheme(text: &str) -> Option<(&str, &str)> {
    let is_of_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    match text.split_once(':') {
        Some(("", _)) => None,
        Some((scheme, rest))
            if scheme.chars().all(is_of_scheme) && scheme.starts_with(|c: char| c.is_ascii_alphabetic()) =>
        {
            Some((scheme, rest))
        }
        _ => Some(("", text)),
    }
}

/// True for a host, with or without the name of a user and a port. Neither has to be there.
fn is_authority(text: &str) -> bool {
    let (user, host) = text.rsplit_once('@').unwrap_or(("", text));
    let is_of_user = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
    let (name, port) = match (host.strip_prefix('['), host.rfind(']')) {
        (Some(_), None) => return false,
        (None, _) if host.contains('[') => return false,
        (Some(_), Some(end)) => host.split_at(end + 1),
        (None, _) => host.split_at(host.rfind(':').unwrap_or(host.len())),
    };
    let is_port = port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let is_of_host =
        |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "-_.~!$&'()*+,;=:[]<>\"".contains(c);
    user.chars().all(is_of_user) && has_whole_escapes(user) && is_port && name.chars().all(is_of_host)
}

/// True if each `%` stands before two digits.
fn has_whole_escapes(text: &str) -> bool {
    let mut parts = text.split('%').skip(1).map(str::as_bytes);
    parts.all(|part| matches!(part, [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit()))
}

/// True for what `mail.ParseAddress` takes: an address, with or without a name before it or a comment behind it. The form of
/// a group, which no contact has, is left out.
pub(super) fn is_email(text: &str) -> bool {
    let text = blank(text);
    if let Some(rest) = address(text) {
        return is_end(blank(rest));
    }
    let Some(rest) = phrase(text).and_then(|rest| rest.strip_prefix('<')) else {
        return false;
    };
    let behind = address(blank(rest)).and_then(|rest| rest.strip_prefix('>'));
    behind.is_some_and(|rest| is_end(blank(rest)))
}

/// What follows the blanks.
fn blank(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}

/// What follows `name@host`.
fn address(text: &str) -> Option<&str> {
    let rest = if text.starts_with('"') {
        quoted(text).filter(|_| !text.starts_with("\"\""))?
    } else {
        atoms(text)?
    };
    atoms(blank(rest.strip_prefix('@')?))
}

/// What follows the words of a name; there may be none.
fn phrase(text: &str) -> Option<&str> {
    let mut rest = text;
    while !rest.is_empty() && !rest.starts_with('<') {
        rest = blank(if rest.starts_with('"') {
            quoted(rest)?
        } else {
            word(rest)?
        });
    }
    Some(rest)
}

/// What follows parts with dots between them, of which none is empty.
fn atoms(text: &str) -> Option<&str> {
    let rest = word(text)?;
    let found = text.strip_suffix(rest)?;
    (!found.split('.').any(str::is_empty)).then_some(rest)
}

/// What follows characters that need no quotes, at least one.
fn word(text: &str) -> Option<&str> {
    let is_plain = |c: char| c.is_ascii_graphic() && !"()<>[]:;@\\,\"".contains(c) || !c.is_ascii();
    let rest = text.trim_start_matches(is_plain);
    (rest.len() < text.len()).then_some(rest)
}

/// What follows a text in quotes.
fn quoted(text: &str) -> Option<&str> {
    closed(
        text.strip_prefix('"')?,
        |depth, c| if c == '"' { depth - 1 } else { depth },
    )
}

/// True if there is nothing, or a comment in round brackets and nothing.
fn is_end(text: &str) -> bool {
    let comment = text.strip_prefix('(').and_then(|rest| {
        closed(rest, |depth, c| match c {
            '(' => depth + 1,
            ')' => depth - 1,
            _ => depth,
        })
    });
    comment.map_or(text, blank).is_empty()
}

/// What follows the character at which the depth comes to none. A backslash takes the meaning from the character behind it.
fn closed(text: &str, step: impl Fn(u32, char) -> u32) -> Option<&str> {
    let (mut depth, mut is_escaped) = (1, false);
    for (at, c) in text.char_indices() {
        if c.is_ascii_control() && c != '\t' {
            return None;
        }
        if is_escaped || c == '\\' {
            is_escaped = !is_escaped;
            continue;
        }
        depth = step(depth, c);
        if depth == 0 {
            return text.get(at + c.len_utf8()..);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://example.org", true)]
    #[case("https://example.org/our docs/a", true)]
    #[case("https://example.org/a%20b?c=%#d e", true)]
    #[case("https://localhost/", true)]
    #[case("https://example.org:/", true)]
    #[case("https://example.org:99999/", true)]
    #[case("https://me:pass@[::1]:80/", true)]
    #[case("https://-a.org", true)]
    #[case("https://", true)]
    #[case("ftp://example.org", true)]
    #[case("mailto:team@example.org", true)]
    #[case("example.org:8080/a", true)]
    #[case("/docs", true)]
    #[case("//docs of ours", true)]
    #[case("*", true)]
    #[case("", false)]
    #[case("example.org", false)]
    #[case("example.org/a:b", false)]
    #[case("<Not Available>", false)]
    #[case("N/A", false)]
    #[case("://example.org", false)]
    #[case("1http://example.org", false)]
    #[case("https://exa mple.org", false)]
    #[case("https://example.org#a", false)]
    #[case("https://example.org:port/", false)]
    #[case("https://me you@example.org/", false)]
    #[case("https://[::1/", false)]
    #[case("https://example.org[::1]/", false)]
    #[case("https://[::1]x/", false)]
    #[case("https://example.org/%zz", false)]
    #[case("https://example.org/%2", false)]
    #[case("https://exa%20mple.org/", false)]
    #[case("https://example.org/\u{7f}", false)]
    fn urls(#[case] text: &str, #[case] is: bool) {
        assert_eq!(is_url(text), is);
    }

    #[rstest]
    #[case("team@example.org", true)]
    #[case("team@example", true)]
    #[case("Example Team <team@example.org>", true)]
    #[case("<team@example.org>", true)]
    #[case("\"Team, Example\" <team@example.org>", true)]
    #[case("Example, Inc. Team <team@example.org>", false)]
    #[case("Example Inc. <team@example.org>", true)]
    #[case("\"a b\"@example.org", true)]
    #[case("team@example.org (the (whole) team)", true)]
    #[case("\"a \\\" b\" <team@example.org>", true)]
    #[case("é@example.org", true)]
    #[case("<Not Available>", false)]
    #[case("N/A", false)]
    #[case("", false)]
    #[case("team", false)]
    #[case("@example.org", false)]
    #[case("team@", false)]
    #[case("\"\"@example.org", false)]
    #[case("a@b@example.org", false)]
    #[case("a..b@example.org", false)]
    #[case(".a@example.org", false)]
    #[case("a.@example.org", false)]
    #[case("team@example.org, other@example.org", false)]
    #[case("team@example.org or other@example.org", false)]
    #[case("Team <team@example.org", false)]
    #[case("Team <team@example.org> x", false)]
    #[case("Team team@example.org", false)]
    #[case("team@example.org (open", false)]
    #[case("\"open <team@example.org>", false)]
    #[case("https://example.org", false)]
    fn addresses(#[case] text: &str, #[case] is: bool) {
        assert_eq!(is_email(text), is);
    }
}
