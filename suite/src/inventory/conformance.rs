//! The list of requirements, as `e2e.test --list-conformance-tests` prints it.

use serde::Deserialize;

use super::{InventoryError, MAX_ENTRIES, check_size, spec_list::constraint};
use crate::{Area, Authority, ParseReleaseError, Release, Requirement, TestName};

const INPUT: &str = "--list-conformance-tests";

/// The list of future requirements that KEP-5922 puts beside it, in the same form.
const FUTURE_INPUT: &str = "future-conformance.yaml";

/// One entry. Only the code name is unique, and nothing else is needed; descriptions stay upstream.
#[derive(Deserialize)]
struct Entry {
    codename: String,
    #[serde(default)]
    release: String,
}

/// Reads the YAML list for a suite of release `suite`.
pub(super) fn read(list: &str, suite: Release) -> Result<Vec<Requirement>, InventoryError> {
    requirements(INPUT, list, |name, release, constraint| {
        let required_in = release.or(constraint);
        if name.has_tag(super::FUTURE_TAG) {
            Some(required_in.map_or_else(|| suite.plus(1), |release| release.max(suite.plus(1))))
        } else {
            required_in
        }
    })
}

/// Reads the YAML list of what is to be required after release `suite`: nothing of it binds before the next release.
pub(super) fn read_future(list: &str, suite: Release) -> Result<Vec<Requirement>, InventoryError> {
    requirements(FUTURE_INPUT, list, |_, release, constraint| {
        let required_in = release.or(constraint).unwrap_or(suite);
        Some(required_in.max(suite.plus(1)))
    })
}

/// `binds` says from when on a test is required, by its name, its `release` and the constraint in its name.
fn requirements(
    input: &'static str,
    list: &str,
    binds: impl Fn(&TestName, Option<Release>, Option<Release>) -> Option<Release>,
) -> Result<Vec<Requirement>, InventoryError> {
    check_size(input, list)?;
    let entries: Vec<Entry> = serde_saphyr::from_str(list).map_err(|error| InventoryError::Yaml {
        input,
        message: error.to_string(),
    })?;
    if entries.is_empty() {
        return Err(InventoryError::Empty { input });
    }
    if entries.len() > MAX_ENTRIES {
        return Err(InventoryError::TooMany {
            input,
            limit: MAX_ENTRIES,
        });
    }
    let requirement = |(index, entry): (usize, &Entry)| {
        let place = index + 1;
        let name = TestName::new(&entry.codename).map_err(|source| InventoryError::Name {
            input,
            place: format!("entry {place}"),
            source,
        })?;
        let release = first_release(&entry.release);
        let required_in = binds(&name, release.as_ref().ok().copied(), constraint(&entry.codename));
        match (required_in, release) {
            (Some(required_in), _) | (None, Ok(required_in)) => Ok(Requirement {
                area: Area::of(&name),
                authority: Authority::Upstream,
                required_in,
                name,
            }),
            (None, Err(source)) => Err(InventoryError::Release {
                input,
                entry: place,
                name,
                source,
            }),
        }
    };
    entries.iter().enumerate().map(requirement).collect()
}

/// The first of a list such as `v1.9, v1.18`: the later ones say when the test changed.
fn first_release(releases: &str) -> Result<Release, ParseReleaseError> {
    releases
        .split(',')
        .map(str::trim)
        .next()
        .unwrap_or_default()
        .parse()
}
