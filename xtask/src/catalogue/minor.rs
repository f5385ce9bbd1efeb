//! What a minor requires, by all its patch releases.

use std::collections::BTreeSet;

use anyhow::Result;

use super::source::{Entry, Version};

/// Reads the list of a patch release, or has none: it was never published.
pub type Read<'a> = &'a mut dyn FnMut(Version) -> Result<Option<Vec<Entry>>>;

/// The newest list of a minor, and what earlier patch releases of it required besides: tests are demoted in patch releases too
/// (v1.24.13, v1.25.9, v1.35.9, v1.36.5). Nothing if the newest list cannot be had, or that of the minor itself.
///
/// Only lists between two that differ are read: a test that was taken out and put back between two patch releases whose lists
/// agree is not seen.
pub fn entries(newest: Version, read: Read<'_>) -> Result<Option<Vec<Entry>>> {
    let Some(mut entries) = read(newest)? else {
        return Ok(None);
    };
    let first = Version { patch: 0, ..newest };
    let Some(list) = read(first)? else {
        return Ok(None);
    };
    let kept = entries.clone();
    entries.extend(left(first, list, newest, &kept, read)?);
    Ok(Some(entries))
}

/// What the first of two lists has and the second lacks, each with the patch release that left it out.
fn left(low: Version, from: Vec<Entry>, high: Version, to: &[Entry], read: Read<'_>) -> Result<Vec<Entry>> {
    let kept: BTreeSet<&str> = to.iter().map(|entry| entry.codename.as_str()).collect();
    let gone = |entry: &Entry| !kept.contains(entry.codename.as_str());
    if !from.iter().any(gone) {
        return Ok(Vec::new());
    }
    // From the middle outwards, as some were never published.
    let mut between: Vec<u16> = (low.patch + 1..high.patch).collect();
    let middle = low.patch.midpoint(high.patch);
    between.sort_by_key(|patch| patch.abs_diff(middle));
    for patch in between {
        let version = Version { patch, ..low };
        if let Some(list) = read(version)? {
            let mut before = left(low, from, version, &list, read)?;
            before.extend(left(version, list, high, to, read)?);
            return Ok(before);
        }
    }
    let gone = from.into_iter().filter(gone);
    Ok(gone
        .map(|entry| Entry {
            until: Some(high.patch),
            ..entry
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEWEST: Version = Version { minor: 36, patch: 9 };

    /// What the patch releases have, by the first that has it so.
    fn lists(changes: &[(u16, &[&str])], unpublished: &[u16]) -> (Vec<(String, Option<u16>)>, usize) {
        let mut asked = 0;
        let mut read = |version: Version| {
            asked += 1;
            if unpublished.contains(&version.patch) {
                return Ok(None);
            }
            let since = changes.iter().rfind(|(since, _)| *since <= version.patch);
            let entries = since.unwrap().1.iter().map(|name| Entry {
                testname: String::new(),
                codename: (*name).to_owned(),
                release: "v1.9".to_owned(),
                file: "a.go".to_owned(),
                until: None,
            });
            Ok(Some(entries.collect()))
        };
        let entries = entries(NEWEST, &mut read).unwrap().unwrap();
        let entries = entries.into_iter().map(|entry| (entry.codename, entry.until));
        (entries.collect(), asked)
    }

    fn entry(name: &str, until: Option<u16>) -> (String, Option<u16>) {
        (name.to_owned(), until)
    }

    #[test]
    fn what_a_patch_release_left_out_is_told_with_its_number() {
        let (found, _) = lists(&[(0, &["a", "b", "c"]), (4, &["a", "c"]), (9, &["a"])], &[]);
        assert_eq!(
            found,
            [entry("a", None), entry("b", Some(4)), entry("c", Some(9))]
        );
    }

    #[test]
    fn of_releases_that_were_never_published_the_next_one_counts() {
        let (found, _) = lists(&[(0, &["a", "b"]), (4, &["a"])], &[4, 5]);
        assert_eq!(found, [entry("a", None), entry("b", Some(6))]);
    }

    #[test]
    fn where_nothing_changed_two_lists_are_read() {
        let (found, asked) = lists(&[(0, &["a"])], &[]);
        assert_eq!((found, asked), (vec![entry("a", None)], 2));
    }

    #[test]
    fn without_the_first_or_the_newest_list_nothing_is_known() {
        for lacking in [0, NEWEST.patch] {
            let mut read = |version: Version| Ok((version.patch != lacking).then(Vec::new));
            assert!(entries(NEWEST, &mut read).unwrap().is_none());
        }
    }
}
