//! What a requirement is for a release.

use serde::{Deserialize, Serialize};

use super::{Known, PatchRelease, Upstream, upstream};
use crate::{Authority, Release, TestName, advisory::feature_of};

/// What a requirement is for one release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Life {
    /// It is required.
    Present {
        /// The release that first required it.
        since: Release,
    },
    /// It will be required, or may be.
    Future {
        /// From this release on; of an advisory one the earliest that it could be.
        from: Release,
        /// How many releases are left until then.
        releases: u16,
        /// Who says so.
        authority: Authority,
    },
    /// Nobody requires it, and nobody says that it will be.
    Optional,
    /// It was required once.
    Demoted {
        /// The first release of which no patch release required it.
        since: Release,
        /// The patch releases of earlier minors from which on those did not require it either.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        earlier: Vec<PatchRelease>,
    },
    /// Other requirements show the same behaviour.
    Absorbed {
        /// Their tests.
        by: Vec<String>,
    },
}

/// What the test of this name is for a release: upstream's lists first, then conform's own catalogue.
pub fn standing(name: &TestName, release: Release) -> Life {
    if let Some(known) = upstream().find(name) {
        return of_known(known, upstream(), release);
    }
    feature_of(name).map_or(Life::Optional, |(feature, test)| {
        feature.standing_of(test, release)
    })
}

/// By the release's own list. For a release beyond the lists, what the newest list says goes on; for one before them, what the
/// release says that the requirement names.
pub(crate) fn of_known(known: &Known<'_>, upstream: &Upstream<'_>, release: Release) -> Life {
    let listed = upstream.newest().map_or(release, |newest| newest.min(release));
    let since = upstream.since(known);
    let from = match upstream.required_from(known, listed) {
        Some(from) => from,
        None if upstream.covers(listed) => {
            // What comes after the last list that has it is its demotion, but for patch releases.
            let last = known.last().unwrap_or(since);
            return Life::Demoted {
                since: upstream
                    .releases()
                    .find(|one| *one > last)
                    .unwrap_or_else(|| last.plus(1)),
                earlier: known.left().to_vec(),
            };
        }
        None => since,
    };
    if from <= release {
        Life::Present { since }
    } else {
        Life::Future {
            from,
            releases: release.releases_until(from),
            authority: Authority::Upstream,
        }
    }
}
