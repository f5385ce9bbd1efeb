//! One requirement over all minors.

use std::fmt::Write;

use crate::{Area, Authority, Release, Requirement, TestName};

/// One requirement over all minors: when it came, and how its test was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known<'a> {
    pub(super) releases: Vec<Release>,
    /// The newest first, each with the minors whose list has it.
    pub(super) names: Vec<(&'a str, Vec<Release>)>,
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

    /// True if the list of this minor has it.
    pub fn is_in(&self, release: Release) -> bool {
        self.name_in(release).is_some()
    }

    /// The last minor whose list has it.
    pub fn last(&self) -> Option<Release> {
        self.names.iter().flat_map(|(_, minors)| minors).copied().max()
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
        let mut name = self.name_in(release)?.to_owned();
        // Writing to a string cannot fail.
        let _ = write!(name, " [Conformance]");
        let name = TestName::new(&name).ok()?;
        Some(Requirement {
            area: Area::of(&name),
            name,
            required_in: self.first(),
            authority: Authority::Upstream,
        })
    }
}
