//! The list of requirements, as `e2e.test --list-conformance-tests` prints it.

use serde::Deserialize;

use super::{InventoryError, MAX_ENTRIES, check_size, spec_list::constraint};
use crate::{Area, Authority, ParseReleaseError, Release, Requirement, TestName};

const INPUT: &str = "--list-conformance-tests";

/// One entry. Only the code name is unique, and nothing else is needed; descriptions stay upstream.
#[derive(Deserialize)]
struct Entry {
    codename: String,
    #[serde(default)]
    release: String,
}

/// Reads the YAML list for a suite of release `suite`.
pub(super) fn read(list: &str, suite: Release) -> Result<Vec<Requirement>, InventoryError> {
    check_size(INPUT, list)?;
    let entries: Vec<Entry> = serde_saphyr::from_str(list).map_err(|error| InventoryError::Yaml {
        message: error.to_string(),
    })?;
    if entries.is_empty() {
        return Err(InventoryError::Empty { input: INPUT });
    }
    if entries.len() > MAX_ENTRIES {
        return Err(InventoryError::TooMany {
            input: INPUT,
            limit: MAX_ENTRIES,
        });
    }
    entries
        .iter()
        .enumerate()
        .map(|(index, entry)| requirement(index + 1, entry, suite))
        .collect()
}

fn requirement(place: usize, entry: &Entry, suite: Release) -> Result<Requirement, InventoryError> {
    let name = TestName::new(&entry.codename).map_err(|source| InventoryError::Name {
        input: INPUT,
        place: format!("entry {place}"),
        source,
    })?;
    let is_future = name.has_tag(super::FUTURE_TAG);
    let required_in = match first_release(&entry.release) {
        Ok(release) if is_future => release.max(suite.plus(1)),
        Ok(release) => release,
        Err(_) if is_future => constraint(&entry.codename).unwrap_or_else(|| suite.plus(1)),
        Err(source) => {
            return Err(InventoryError::Release {
                entry: place,
                name,
                source,
            });
        }
    };
    Ok(Requirement {
        area: Area::of(&name),
        authority: Authority::Upstream,
        required_in,
        name,
    })
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
