//! The paths of entries. They are never opened, but people see them and tools are given them.

use std::borrow::Cow;

use crate::text;

/// Longest path that is quoted in a message.
const QUOTED: usize = 128;

/// A path that leads out of where it starts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Escapes;

/// The path as `a/b/c`: printable, without `.` and doubled slashes.
pub(super) fn plain(path: &str) -> Result<String, Escapes> {
    // What is a separator or a drive elsewhere must not lead out there either.
    let windows = path.as_bytes().get(1) == Some(&b':') || path.starts_with('\\');
    if path.starts_with('/') || windows || path.split(['/', '\\']).any(|part| part == "..") {
        return Err(Escapes);
    }
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    let plain: Vec<Cow<'_, str>> = parts.map(text::printable).collect();
    Ok(plain.join("/"))
}

/// A path as a message may have it.
pub(super) fn quoted(path: &str) -> String {
    text::printable(text::truncated(path, QUOTED)).into_owned()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("a/b", "a/b")]
    #[case("./a//b/.", "a/b")]
    #[case("a/..b/c..", "a/..b/c..")]
    #[case("a\u{1b}[2J/\0", "a\u{fffd}[2J/\u{fffd}")]
    fn a_path_stays_inside(#[case] path: &str, #[case] expected: &str) {
        assert_eq!(plain(path).as_deref(), Ok(expected));
    }

    #[rstest]
    #[case("/a")]
    #[case("../a")]
    #[case("a/../../b")]
    #[case("a/..")]
    #[case("a\\..\\b")]
    #[case("\\a")]
    #[case("C:/a")]
    fn or_is_refused(#[case] path: &str) {
        assert_eq!(plain(path), Err(Escapes));
    }
}
