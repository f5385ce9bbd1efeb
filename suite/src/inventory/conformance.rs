//! The list of requirements, as `e2e.test --list-conformance-tests` prints it and as Kubernetes' source has it.

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{FUTURE_TAG, InventoryError, MAX_ENTRIES, check_size};
use crate::{Area, Authority, ParseReleaseError, Release, Requirement, TestName, test_name, yaml};

const INPUT: &str = "--list-conformance-tests";

/// One entry. Only the code name is unique, and nothing else is needed; descriptions stay upstream.
#[derive(Deserialize)]
struct Entry {
    codename: Spanned<String>,
    #[serde(default)]
    release: String,
}

/// One entry that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) name: TestName,
    /// Its `release`, else the constraint behind its name.
    required_in: Option<Release>,
}

impl Listed {
    /// True if the list says that the test is required and not only that it will be.
    pub(super) fn is_present(&self) -> bool {
        self.name.has_tag("Conformance")
    }

    /// What the list of a suite of release `suite` says with it. A test that is marked as a future one does not bind
    /// before the next release, whatever its release.
    pub(super) fn requirement(&self, suite: Release) -> Requirement {
        if self.name.has_tag(FUTURE_TAG) {
            return self.future(suite);
        }
        self.required_from(self.required_in.unwrap_or(suite))
    }

    /// What a list of future requirements beside that suite says with it: nothing that binds before the next release.
    pub(super) fn future(&self, suite: Release) -> Requirement {
        let next = suite.plus(1);
        self.required_from(self.required_in.unwrap_or(next).max(next))
    }

    fn required_from(&self, required_in: Release) -> Requirement {
        Requirement {
            name: self.name.clone(),
            required_in,
            authority: Authority::Upstream,
            area: Area::of(&self.name),
        }
    }
}

/// Reads the YAML list for a suite of release `suite`.
pub(super) fn read(list: &str, suite: Release) -> Result<Vec<Requirement>, InventoryError> {
    let listed = entries(INPUT, list, |name| !name.has_tag(FUTURE_TAG))?;
    Ok(listed.iter().map(|one| one.requirement(suite)).collect())
}

/// Reads a YAML list. `needs_release` says which tests have to have one.
pub(super) fn entries(
    input: &'static str,
    list: &str,
    needs_release: impl Fn(&TestName) -> bool,
) -> Result<Vec<Listed>, InventoryError> {
    check_size(input, list)?;
    let entries: Vec<Entry> = yaml::read(list).map_err(|message| InventoryError::Yaml { input, message })?;
    if entries.is_empty() {
        return Err(InventoryError::Empty { input });
    }
    if entries.len() > MAX_ENTRIES {
        return Err(InventoryError::TooMany {
            input,
            limit: MAX_ENTRIES,
        });
    }
    let listed = |(index, entry): (usize, &Entry)| {
        let (place, line) = (index + 1, entry.codename.referenced.line());
        let codename = entry.codename.value.as_str();
        let name = TestName::new(codename).map_err(|source| InventoryError::Name {
            input,
            place: format!("entry {place} at line {line}"),
            source,
        })?;
        let release = first_release(&entry.release);
        let required_in = release.as_ref().ok().copied();
        let required_in = required_in.or_else(|| test_name::required_in(codename.trim_end()));
        match release {
            Err(source) if required_in.is_none() && needs_release(&name) => Err(InventoryError::Release {
                input,
                entry: place,
                line,
                name,
                source,
            }),
            _ => Ok(Listed { name, required_in }),
        }
    };
    entries.iter().enumerate().map(listed).collect()
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
