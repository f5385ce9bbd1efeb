//! Which test of a minor is which of the minor before, if its name changed.

use std::collections::{BTreeMap, BTreeSet};

use super::source::Entry;

/// Below this, two names are of two tests even if all else agrees.
const ALIKE: f64 = 0.7;

/// Pairs what a minor no longer has with what it newly has, one to one: new name to old.
///
/// A renamed test keeps the release that first required it, which few tests share, and nearly always its title or its
/// file. Of all that agree in that, those whose names are most alike belong together.
pub fn pair<'a>(gone: &[&'a Entry], new: &[&'a Entry]) -> BTreeMap<&'a str, &'a str> {
    let mut pairs: Vec<(f64, &Entry, &Entry)> = Vec::new();
    for old in gone {
        let agrees = |next: &&&Entry| {
            old.first_release() == next.first_release()
                && (old.testname == next.testname || old.file == next.file || sig(old) == sig(next))
        };
        for next in new.iter().filter(agrees) {
            let title = if old.testname == next.testname { 0.5 } else { 0.0 };
            let alike = likeness(&old.codename, &next.codename);
            if alike >= ALIKE {
                pairs.push((title + alike, old, next));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.codename.cmp(&b.1.codename)));
    let (mut olds, mut renamed) = (BTreeSet::new(), BTreeMap::new());
    for (_, old, next) in pairs {
        if !olds.contains(old.codename.as_str()) && !renamed.contains_key(next.codename.as_str()) {
            olds.insert(old.codename.as_str());
            renamed.insert(next.codename.as_str(), old.codename.as_str());
        }
    }
    renamed
}

fn sig(entry: &Entry) -> &str {
    entry.codename.split(']').next().unwrap_or_default()
}

/// Twice the number of common pairs of letters, of all pairs: 1 for equal texts, 0 for texts without a common pair.
fn likeness(a: &str, b: &str) -> f64 {
    let pairs = |text: &str| {
        let mut counts: BTreeMap<(u8, u8), u32> = BTreeMap::new();
        for pair in text.bytes().zip(text.bytes().skip(1)) {
            *counts.entry(pair).or_default() += 1;
        }
        counts
    };
    let (a, b) = (pairs(a), pairs(b));
    let common: u32 = a
        .iter()
        .map(|(pair, count)| (*count).min(b.get(pair).copied().unwrap_or_default()))
        .sum();
    let all = a.values().sum::<u32>() + b.values().sum::<u32>();
    f64::from(2 * common) / f64::from(all.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(title: &str, name: &str, release: &str) -> Entry {
        Entry {
            testname: title.to_owned(),
            codename: format!("[sig-node] {name} [Conformance]"),
            release: release.to_owned(),
            file: "a.go".to_owned(),
            until: None,
        }
    }

    #[test]
    fn renames_are_one_to_one_and_keep_their_first_release() {
        let old = [
            entry("Pods, run", "Pods should run [Slow]", "v1.9"),
            entry("Pods, stop", "Pods should stop in time", "v1.9"),
            entry("Gone", "something else entirely", "v1.9"),
        ];
        let new = [
            entry("Pods, stop", "Pods should stop in good time", "v1.9, v1.30"),
            entry("Pods, run", "Pods should run", "1.9"),
            entry("Pods, run", "Pods should run again", "v1.30"),
        ];
        let renamed = pair(&old.iter().collect::<Vec<_>>(), &new.iter().collect::<Vec<_>>());
        let expected = [(&new[1], &old[0]), (&new[0], &old[1])];
        let expected = expected.map(|(new, old)| (new.codename.as_str(), old.codename.as_str()));
        assert_eq!(renamed, BTreeMap::from(expected));
    }
}
