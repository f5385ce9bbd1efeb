//! One requirement over all minors.

use super::PatchRelease;
use crate::{Area, Authority, Release, Requirement, TestName, test_name::with_stage};

/// One requirement over all minors: when it came, and how its test was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known<'a> {
    pub(super) releases: Vec<Release>,
    /// The newest first, each with the minors whose list has it.
    pub(super) names: Vec<(&'a str, Vec<Release>)>,
    /// How the mark stands in the names of each minor that does not have it at their end, or has the mark of what is to come.
    pub(super) marks: Vec<(Release, Mark)>,
    /// The patch releases that left it out, though earlier ones of their minors had it.
    pub(super) left: Vec<PatchRelease>,
}

/// The mark in a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    /// How many tags stand behind it.
    pub(super) behind: usize,
    /// It is that of what is to come.
    pub(super) future: bool,
}

impl Mark {
    const fn tag(self) -> &'static str {
        if self.future {
            "[FutureConformance]"
        } else {
            "[Conformance]"
        }
    }
}

impl<'a> Known<'a> {
    /// Its identity: the newest name of its test, without the mark.
    pub fn id(&self) -> &'a str {
        self.names.first().map_or("", |(name, _)| name)
    }

    /// The release that first required it.
    pub fn first(&self) -> Release {
        self.releases.first().copied().unwrap_or(Release::new(1, 0))
    }

    /// The later releases in which upstream changed what the test looks at.
    pub fn changed(&self) -> &[Release] {
        self.releases.get(1..).unwrap_or_default()
    }

    /// True if the list of this minor has it: that of its newest patch release.
    pub fn is_in(&self, release: Release) -> bool {
        self.name_in(release).is_some()
    }

    /// True if lists of this minor had it, and that of its newest patch release has not.
    pub fn was_in(&self, release: Release) -> bool {
        self.left.iter().any(|left| left.release == release)
    }

    /// True if the list of this minor has it with the mark of what is required, and not only of what is to come.
    pub fn is_marked_in(&self, release: Release) -> bool {
        self.is_in(release) && !self.mark_in(release).future
    }

    fn mark_in(&self, release: Release) -> Mark {
        let mark = self.marks.iter().find(|(minor, _)| *minor == release);
        mark.map_or_else(Mark::default, |(_, mark)| *mark)
    }

    /// The first minor after `release` whose list has it.
    pub fn next_listed(&self, release: Release) -> Option<Release> {
        let minors = self.names.iter().flat_map(|(_, minors)| minors).copied();
        minors.filter(|minor| *minor > release).min()
    }

    /// The last minor of which any patch release has it.
    pub fn last(&self) -> Option<Release> {
        let minors = self.names.iter().flat_map(|(_, minors)| minors).copied();
        minors.chain(self.left.iter().map(|left| left.release)).max()
    }

    /// The patch releases that left it out, though earlier ones of their minors had it.
    pub fn left(&self) -> &[PatchRelease] {
        &self.left
    }

    /// The part of a cluster that it looks at.
    pub fn area(&self) -> Area {
        TestName::new(self.id()).map_or(Area::Other, |name| Area::of(&name))
    }

    /// Its names with the minors that use them, the newest first.
    pub fn names(&self) -> impl Iterator<Item = (&'a str, &[Release])> {
        self.names.iter().map(|(name, minors)| (*name, minors.as_slice()))
    }

    /// The name of its test in this minor, without the mark.
    pub fn name_in(&self, release: Release) -> Option<&'a str> {
        let (name, _) = self.names.iter().find(|(_, minors)| minors.contains(&release))?;
        Some(name)
    }

    /// The requirement as the suite of this minor states it; none if that suite does not.
    pub fn requirement_in(&self, release: Release) -> Option<Requirement> {
        let mark = self.mark_in(release);
        let name = with_stage(self.name_in(release)?, mark.tag(), mark.behind);
        let name = TestName::new(&name).ok()?;
        Some(Requirement {
            area: Area::of(&name),
            name,
            required_in: self.first(),
            authority: Authority::Upstream,
        })
    }
}
