//! Which release a file is of, if nothing says so.

use std::collections::BTreeMap;

use crate::{
    Junit, Release, TestName,
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
    /// How many tests with its mark the file names besides, those left out whose names say that they bind later.
    pub others: usize,
}

impl Fit {
    /// True if the file names all that the release's list has and marks nothing besides: it is of a suite of that release.
    pub const fn is_exact(&self) -> bool {
        self.named == self.listed && self.others == 0
    }

    /// True if the file may be of a release that the catalogue does not know yet: the newest list that it knows is not
    /// all that the file marks as required.
    pub fn may_be_newer(&self) -> bool {
        self.others > 0 && upstream().newest() == Some(self.release)
    }
}

/// The release whose requirements fit best what a file names: every test of a suite is named in its JUnit, so the file
/// of an unmodified suite fits its own release exactly. None if no required test is named.
///
/// Each name comes with the release that the constraint behind it says, if there is one.
fn infer_release<'a>(names: impl IntoIterator<Item = (&'a TestName, Option<Release>)>) -> Option<Fit> {
    let marked: BTreeMap<&str, Option<Release>> = names
        .into_iter()
        .filter(|(name, _)| name.has_tag("Conformance"))
        .map(|(name, required_in)| (name.without_stage(), required_in))
        .collect();
    // Looked up once, and not once for each release.
    let marked: Vec<(&str, Option<&Known<'_>>, Option<Release>)> = marked
        .into_iter()
        .map(|(name, required_in)| (name, upstream().find_text(name), required_in))
        .collect();
    let fit = |release: Release| {
        let mut fit = Fit {
            release,
            named: 0,
            listed: upstream()
                .listed(release)
                .filter(|known| known.is_marked_in(release))
                .count(),
            others: 0,
        };
        for (name, known, required_in) in &marked {
            let is_due = || required_in.is_none_or(|required_in| required_in <= release);
            if known.is_some_and(|known| known.name_in(release) == Some(name)) {
                fit.named += 1;
            // A suite of a patch release before its demotion still required it.
            } else if !known.is_some_and(|known| known.was_in(release)) && is_due() {
                fit.others += 1;
            }
        }
        fit
    };
    let distance = |fit: &Fit| fit.listed.saturating_sub(fit.named) + fit.others;
    let all = upstream().releases().rev().map(fit).filter(|fit| fit.named > 0);
    all.min_by_key(distance)
}

/// The same of the files of one run. Suites from v1.27 on name no version in their log, so this is what tells of which release
/// the suite was: if the fit is exact.
pub fn release_of_files(files: &[Junit]) -> Option<Fit> {
    infer_release(files.iter().flat_map(names))
}

/// Every name of a file, with the release that the constraint behind it says.
pub(super) fn names(file: &Junit) -> impl Iterator<Item = (&TestName, Option<Release>)> {
    let names = file.cases.iter().map(|case| &case.name);
    names.map(|name| (name, file.required_in.get(name).copied()))
}
