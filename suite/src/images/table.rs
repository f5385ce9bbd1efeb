//! The table of images of each release.

use std::{collections::BTreeMap, sync::OnceLock};

use super::{is_unpullable, mirrored};
use crate::catalogue::PatchRelease;

/// The images of one release's suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuiteImages {
    /// The first patch release that pulls these.
    pub since: PatchRelease,
    /// It as a version, such as `v1.36.4`.
    pub version: String,
    /// Registries, by the key that a repo list calls them.
    registries: BTreeMap<String, String>,
    /// The key of its registry, its name and its tag, of each image.
    images: Vec<(String, String, String)>,
}

/// A line of the table that is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the table of images is not understood")]
pub struct TableError {
    /// Its number, from 1.
    pub line: usize,
}

/// The images of each release that is known, the oldest first: patch releases pull others than their minor did.
pub fn suite_images() -> &'static [SuiteImages] {
    static TABLE: OnceLock<Vec<SuiteImages>> = OnceLock::new();
    // A test reads the committed file, so that nothing can go wrong here; were it otherwise, no release would be known.
    TABLE.get_or_init(|| SuiteImages::parse(include_str!("../../data/images.txt")).unwrap_or_default())
}

impl SuiteImages {
    /// Reads a table.
    pub fn parse(text: &str) -> Result<Vec<Self>, TableError> {
        let mut table: Vec<Self> = Vec::new();
        for (line, content) in (1..).zip(text.lines()) {
            let words: Vec<&str> = content.split(' ').collect();
            let wrong = TableError { line };
            match (words.as_slice(), table.last_mut()) {
                ([""] | ["#", ..], _) => {}
                (["suite", version], _) => table.push(Self {
                    since: version.parse().map_err(|_| wrong)?,
                    version: (*version).to_owned(),
                    registries: BTreeMap::new(),
                    images: Vec::new(),
                }),
                (["registry", key, registry], Some(suite)) => {
                    suite.registries.insert((*key).to_owned(), (*registry).to_owned());
                }
                (["image", key, name, tag], Some(suite)) if suite.registries.contains_key(*key) => {
                    let image = ((*key).to_owned(), (*name).to_owned(), (*tag).to_owned());
                    suite.images.push(image);
                }
                _ => return Err(wrong),
            }
        }
        Ok(table)
    }

    /// The images of a version's suite; of a version that is newer than the table those of the newest in it.
    pub fn of(version: PatchRelease) -> Option<&'static Self> {
        let before = suite_images().iter().rfind(|one| one.since <= version)?;
        // Of a minor between two that are known nothing is.
        let is_known = before.since.release == version.release || suite_images().last() == Some(before);
        is_known.then_some(before)
    }

    /// Every image, as the suite's own list has it.
    pub fn references(&self) -> Vec<String> {
        let images = self.images.iter();
        let references = images.filter_map(|(key, name, tag)| {
            let registry = self.registries.get(key)?;
            Some(format!("{registry}/{name}:{tag}"))
        });
        references.collect()
    }

    /// What the suite is to be told (`KUBE_TEST_REPO_LIST`) so that its tests pull from a mirror. Registries that tests
    /// want to be refused stay.
    pub fn repo_list(&self, mirror: &str) -> BTreeMap<String, String> {
        let registries = self.registries.iter();
        let mirrored_ones = registries.filter(|(_, registry)| !is_unpullable(registry));
        mirrored_ones
            .map(|(key, registry)| (key.clone(), mirrored(registry, mirror)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Release, catalogue::upstream};

    fn of(version: &str) -> Option<&'static SuiteImages> {
        SuiteImages::of(version.parse().unwrap())
    }

    #[test]
    fn the_committed_table_covers_what_can_be_run() {
        let table = SuiteImages::parse(include_str!("../../data/images.txt")).unwrap();
        let minors: BTreeSet<Release> = table.iter().map(|suite| suite.since.release).collect();
        let oldest = Release::new(1, 29);
        let known = upstream().releases().filter(|release| *release >= oldest);
        assert_eq!(minors, known.collect());
        for suite in table {
            let agnhost = |image: &String| image.starts_with("registry.k8s.io/e2e-test-images/agnhost:2.");
            assert!(suite.references().iter().any(agnhost), "{}", suite.version);
        }
    }

    #[test]
    fn a_release_that_is_too_new_has_the_newest_images_and_one_that_is_too_old_none() {
        let newest = suite_images().last().map(|suite| suite.version.as_str());
        assert_eq!(of("v1.99.0").map(|suite| suite.version.as_str()), newest);
        assert_eq!(of("v1.12.0"), None);
    }

    #[test]
    fn a_patch_release_may_pull_other_images_than_the_one_before() {
        let pulls = |version, tag: &str| {
            let references = of(version).unwrap().references();
            references
                .iter()
                .any(|image| image.ends_with(&format!("/agnhost:{tag}")))
        };
        for (version, tag, other) in [
            ("v1.36.4", "2.63.0", "2.66.1"),
            ("v1.36.5+k3s1", "2.66.1", "2.63.0"),
        ] {
            assert!(pulls(version, tag) && !pulls(version, other), "{version}");
        }
    }

    #[test]
    fn a_mirror_does_not_answer_for_what_is_to_be_refused() {
        let suite = of("v1.36.3").unwrap();
        let list = suite.repo_list("mirror.example/k8s");
        assert_eq!(list["promoterE2eRegistry"], "mirror.example/k8s/e2e-test-images");
        assert_eq!(list["gcRegistry"], "mirror.example/k8s");
        assert!(!list.contains_key("invalidRegistry") && !list.contains_key("privateRegistry"));
    }

    #[test]
    fn what_is_no_table_is_refused_with_its_line() {
        let wrong = |text| SuiteImages::parse(text).unwrap_err().line;
        assert_eq!(wrong("image a b c"), 1);
        assert_eq!(wrong("suite v1.36.3\nimage unknown agnhost 2.0"), 2);
        assert_eq!(wrong("suite soon"), 1);
    }
}
