//! What a suite says of itself.

mod conformance;
mod error;
mod list;
mod spec_list;

pub use error::InventoryError;
pub use list::RequirementList;

use std::collections::BTreeSet;

use crate::{Area, Authority, Release, Requirement, TestName};

/// What the suite in an image says of itself: its version, its tests and what it requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inventory {
    /// The version as `e2e.test --version` prints it: `v1.36.3`.
    pub version: String,
    /// The minor release of that version.
    pub release: Release,
    /// Every test of the suite, sorted, each once.
    pub tests: Vec<TestName>,
    /// What the suite requires now or later, sorted by name, each test once.
    pub required: Vec<Requirement>,
}

/// The mark of a test that is going to be required (KEP-5922).
const FUTURE_TAG: &str = "FutureConformance";

impl Inventory {
    /// Reads what `e2e.test` prints for `--version`, `--list-tests` and `--list-conformance-tests`.
    ///
    /// A requirement is in force from the first of its releases on. One that is to come is told by a first release
    /// above the suite's own, by the tag `[FutureConformance]`, by a constraint `[Conformance: [>=1.40]]` behind the
    /// name, or by several of these; if it has the tag and no release, it counts from the next release on, the earliest
    /// that it can mean. KEP-5922 has proposed each of these shapes, and a file of its own, which
    /// no suite prints: see [`RequirementList`].
    pub fn read(
        version: &str,
        list_tests: &str,
        list_conformance_tests: &str,
    ) -> Result<Self, InventoryError> {
        let version = version.trim();
        let release: Release = version.parse()?;
        if release < Release::new(1, 0) {
            return Err(InventoryError::Unversioned {
                version: version.to_owned(),
            });
        }
        let specs = spec_list::read(list_tests)?;
        let mut required = conformance::read(list_conformance_tests, release)?;
        let listed: BTreeSet<&TestName> = required.iter().map(|requirement| &requirement.name).collect();
        let unlisted = |spec: &&spec_list::Spec| spec.is_future(release) && !listed.contains(&spec.name);
        let marked: Vec<Requirement> = specs
            .iter()
            .filter(unlisted)
            .map(|spec| Requirement {
                name: spec.name.clone(),
                required_in: spec.required_in.unwrap_or_else(|| release.plus(1)),
                authority: Authority::Upstream,
                area: Area::of(&spec.name),
            })
            .collect();
        required.extend(marked);
        required.sort_by(|a, b| a.name.cmp(&b.name));
        required.dedup_by(|next, kept| next.name == kept.name);
        let mut tests: Vec<TestName> = specs.into_iter().map(|spec| spec.name).collect();
        tests.sort_unstable();
        tests.dedup();
        Ok(Self {
            version: version.to_owned(),
            release,
            tests,
            required,
        })
    }

    /// True if the suite has this test.
    pub fn has(&self, name: &TestName) -> bool {
        self.tests.binary_search(name).is_ok()
    }
}

/// Longest output of a flag that is read, in bytes. The list of all tests of v1.36 has 2 MB.
const MAX_BYTES: usize = 32 << 20;

/// Most entries of an output. v1.36 has 7,579 tests.
const MAX_ENTRIES: usize = 100_000;

fn check_size(input: &'static str, text: &str) -> Result<(), InventoryError> {
    let bytes = text.len();
    if bytes > MAX_BYTES {
        Err(InventoryError::TooLarge {
            input,
            bytes,
            limit: MAX_BYTES,
        })
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
