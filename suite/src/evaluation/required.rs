//! What is required of a cluster, now and later, as far as lists without a suite say.

use std::collections::BTreeSet;

use crate::{
    Area, Authority, Release, Requirement, TestName, advisory,
    catalogue::{Known, identity, upstream},
};

/// A release of which it is not known what it requires.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what release {release} requires is not known: the catalogue has {first} to {last}")]
pub struct UnknownRelease {
    /// The release.
    pub release: Release,
    /// The oldest known one.
    pub first: Release,
    /// The newest known one.
    pub last: Release,
}

/// Everything that is required of a cluster of this release, or of later ones through `to`: first what upstream's lists
/// say, then what `marked` names with its mark, then conform's catalogue.
pub fn requirements<'a>(
    release: Release,
    to: Option<Release>,
    marked: impl IntoIterator<Item = &'a TestName>,
) -> Result<Vec<Requirement>, UnknownRelease> {
    if !upstream().covers(release) {
        let mut known = upstream().releases();
        let first = known.next().unwrap_or(release);
        return Err(UnknownRelease {
            release,
            first,
            last: known.next_back().unwrap_or(first),
        });
    }
    let mut all: Vec<Requirement> = upstream()
        .listed(release)
        .filter_map(|known| known.requirement_in(release))
        .collect();
    all.extend(
        upstream()
            .known()
            .iter()
            .filter_map(|known| later(known, release)),
    );
    let mut said: BTreeSet<String> = all.iter().map(|one| identity(&one.name).to_owned()).collect();
    let tagged = marked
        .into_iter()
        .filter(|name| name.has_tag("FutureConformance"))
        .map(|name| Requirement {
            name: name.clone(),
            // A name alone does not say when; it cannot be earlier.
            required_in: release.plus(1),
            authority: Authority::Upstream,
            area: Area::of(name),
        });
    let own = advisory().iter().map(|advisory| advisory.requirement.clone());
    for requirement in tagged.chain(own) {
        if said.insert(identity(&requirement.name).to_owned()) {
            all.push(requirement);
        }
    }
    all.retain(|one| one.required_in <= release || to.is_none_or(|to| one.required_in <= to));
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

/// The requirement, if only releases after this one have it.
fn later(known: &Known<'_>, release: Release) -> Option<Requirement> {
    if known.is_in(release) {
        return None;
    }
    let first = upstream()
        .releases()
        .find(|minor| *minor > release && known.is_in(*minor))?;
    let mut requirement = known.requirement_in(first)?;
    requirement.required_in = first;
    Some(requirement)
}
