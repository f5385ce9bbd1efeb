//! What each minor release of Kubernetes requires, as upstream lists it, without a suite at hand.
//!
//! The lists of the minors are joined into one: a requirement keeps one identity, its newest name, when its test is
//! renamed. The data are generated (`cargo xtask generate catalogue`) and read when they are first needed.

mod error;
mod known;
mod parse;
mod patch;
mod standing;

pub use error::CatalogueError;
pub use known::Known;
pub use patch::PatchRelease;
pub(crate) use standing::of_known;
pub use standing::{Life, standing};

use std::{collections::HashMap, sync::OnceLock};

use crate::{Release, TestName, advisory::newest_name};

/// The requirements of every minor release that the catalogue knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upstream<'a> {
    versions: Vec<(Release, &'a str)>,
    known: Vec<Known<'a>>,
    /// Every name, new or old, without its mark.
    by_name: HashMap<&'a str, usize>,
}

/// The catalogue that is built in.
pub fn upstream() -> &'static Upstream<'static> {
    static UPSTREAM: OnceLock<Upstream<'static>> = OnceLock::new();
    // A test reads the committed file, so that nothing can go wrong here; were it otherwise, no release would be known.
    UPSTREAM.get_or_init(|| Upstream::parse(include_str!("../data/catalogue.txt")).unwrap_or_default())
}

impl<'a> Upstream<'a> {
    /// The newest patch releases whose lists are joined, one for each minor, the oldest first.
    pub fn versions(&self) -> impl Iterator<Item = &'a str> {
        self.versions.iter().map(|(_, version)| *version)
    }

    /// The minors whose requirements are known, the oldest first.
    pub fn releases(&self) -> impl DoubleEndedIterator<Item = Release> {
        self.versions.iter().map(|(release, _)| *release)
    }

    /// The oldest minor whose requirements are known.
    pub fn oldest(&self) -> Option<Release> {
        self.releases().next()
    }

    /// The newest minor whose requirements are known.
    pub fn newest(&self) -> Option<Release> {
        self.releases().next_back()
    }

    /// True if the requirements of this minor are known.
    pub fn covers(&self, release: Release) -> bool {
        self.releases().any(|one| one == release)
    }

    /// Every requirement of any minor.
    pub fn known(&self) -> &[Known<'a>] {
        &self.known
    }

    /// What the list of a minor has, that of its newest patch release: a patch release may demote a test. A list may name what a later release requires: that of v1.33 has two tests of 1.34.
    pub fn listed(&self, release: Release) -> impl Iterator<Item = &Known<'a>> {
        self.known.iter().filter(move |known| known.is_in(release))
    }

    /// From which release on a requirement binds, seen from a minor whose list has it, or has it not yet. None if that list
    /// is not known, or if neither it nor a later one has it.
    ///
    /// The release that a test names may be older than the first list that has it: what the list of a minor lacks, that minor
    /// does not require.
    pub fn required_from(&self, known: &Known<'_>, release: Release) -> Option<Release> {
        if !self.covers(release) {
            return None;
        }
        if known.is_in(release) {
            return Some(known.first());
        }
        known.next_listed(release).map(|next| next.max(known.first()))
    }

    /// The release that first required it: the one that it names, or the first later one whose list has it. What the oldest
    /// list has may be older than the lists.
    pub fn since(&self, known: &Known<'_>) -> Release {
        let before = self.oldest().filter(|oldest| !known.is_in(*oldest));
        let listed = before.and_then(|oldest| known.next_listed(oldest));
        listed.map_or_else(|| known.first(), |listed| known.first().max(listed))
    }

    /// The requirement that a test shows or showed, whatever its mark.
    pub fn find(&self, name: &TestName) -> Option<&Known<'a>> {
        self.find_text(name.without_stage())
    }

    pub(crate) fn find_text(&self, name: &str) -> Option<&Known<'a>> {
        self.by_name.get(name).and_then(|&index| self.known.get(index))
    }
}

/// One name for one requirement in whatever release: the newest name of its test, without marks. Tests that no list has but
/// conform's own catalogue have one too.
pub fn identity(name: &TestName) -> &str {
    let unmarked = name.without_stage();
    match upstream().find_text(unmarked) {
        Some(known) => known.id(),
        None => newest_name(unmarked).unwrap_or(unmarked),
    }
}

#[cfg(test)]
mod tests;
