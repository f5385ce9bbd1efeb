//! Which release a file is of, if nothing says so.

use std::collections::BTreeSet;

use crate::{
    Release, TestName,
    catalogue::{Known, upstream},
};

/// How well the names in a file fit the list of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The release whose list fits best; of several, the newest.
    pub release: Release,
    /// How many of its tests the file names.
    pub named: usize,
    /// How many tests its list has.
    pub listed: usize,
    /// How many tests with its mark the file names besides.
    pub others: usize,
}

/// The release whose requirements fit best what a file names: every test of a suite is named in its JUnit, so the file
/// of an unmodified suite fits its own release exactly. None if no required test is named.
pub fn infer_release<'a>(names: impl IntoIterator<Item = &'a TestName>) -> Option<Fit> {
    let marked: BTreeSet<&str> = names
        .into_iter()
        .filter(|name| name.has_tag("Conformance"))
        .map(TestName::without_stage)
        .collect();
    let fit = |release: Release| {
        let of_release: Vec<&Known<'_>> = upstream().listed(release).collect();
        let is_named = |known: &&&Known<'_>| known.name_in(release).is_some_and(|name| marked.contains(name));
        let found = of_release.iter().filter(is_named).count();
        Fit {
            release,
            named: found,
            listed: of_release.len(),
            others: marked.len().saturating_sub(found),
        }
    };
    let distance = |fit: &Fit| fit.listed.saturating_sub(fit.named) + fit.others;
    let all = upstream().releases().rev().map(fit).filter(|fit| fit.named > 0);
    all.min_by_key(distance)
}
