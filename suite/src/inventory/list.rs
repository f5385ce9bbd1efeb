//! A list of requirements without the suite that carries it.

use super::{
    FUTURE_TAG, InventoryError,
    conformance::{self, Listed},
};
use crate::{Release, Requirement};

const INPUT: &str = "list of requirements";

/// A list of requirements as a file: `conformance.yaml` of Kubernetes' `test/conformance/testdata`, what
/// `e2e.test --list-conformance-tests` prints, or the `future-conformance.yaml` that KEP-5922 puts beside them.
///
/// The file does not say which suite it is of. That is asked for when its requirements are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementList {
    entries: Vec<Listed>,
    future: bool,
}

impl RequirementList {
    /// Longest list that is read, in bytes. That of v1.36 has 243 KB, descriptions included.
    pub const MAX_BYTES: u64 = super::MAX_BYTES as u64;

    /// Reads the YAML of a list.
    ///
    /// A list without any test marked `[Conformance]` is one of future requirements: every list of what is required has
    /// such tests, and a test that is still to come does not carry the mark.
    pub fn read(text: &str) -> Result<Self, InventoryError> {
        let entries = conformance::entries(INPUT, text, |name| !name.has_tag(FUTURE_TAG))?;
        let future = !entries.iter().any(Listed::is_present);
        Ok(Self { entries, future })
    }

    /// True if the list says only what is to come, and so nothing of what a release requires.
    pub const fn is_future(&self) -> bool {
        self.future
    }

    /// What the list says, given the release of the suite that it is of.
    pub fn requirements(&self, suite: Release) -> impl Iterator<Item = Requirement> {
        let future = self.future;
        let requirement = move |one: &Listed| {
            if future {
                one.future(suite)
            } else {
                one.requirement(suite)
            }
        };
        self.entries.iter().map(requirement)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const SUITE: Release = Release::new(1, 38);

    fn minors(text: &str) -> (bool, Vec<u16>) {
        let list = RequirementList::read(text).unwrap();
        let minors = list.requirements(SUITE).map(|one| one.required_in.minor());
        (list.is_future(), minors.collect())
    }

    #[rstest]
    #[case("- {codename: 'a [Conformance]', release: 'v1.9, v1.40'}", false, 9)]
    #[case("- {codename: 'a [Conformance]', release: v1.40}", false, 40)]
    #[case("- {codename: 'a [Conformance] [Conformance: [>=1.21]]'}", false, 21)]
    #[case("- {codename: 'a [Conformance] [Conformance: [>=1.40]]'}", false, 40)]
    #[case("- {codename: 'a [FutureConformance]', release: v1.41}", true, 41)]
    #[case("- {codename: 'a [FutureConformance]', release: v1.20}", true, 39)]
    #[case("- {codename: 'a [FutureConformance]'}", true, 39)]
    #[case(
        "- {codename: 'a [FutureConformance] [FutureConformance: [>=1.42]]'}",
        true,
        42
    )]
    #[case("- {codename: 'a', release: v1.40}", true, 40)]
    fn each_shape_of_an_entry_says_from_when_on(
        #[case] text: &str,
        #[case] future: bool,
        #[case] minor: u16,
    ) {
        assert_eq!(minors(text), (future, vec![minor]));
    }

    #[test]
    fn a_list_may_mix_what_is_and_what_will_be() {
        let text = "- {codename: 'a [Conformance]', release: v1.9}\n- {codename: 'b [FutureConformance]'}";
        assert_eq!(minors(text), (false, vec![9, 39]));
    }

    #[rstest]
    #[case("[]", "list of requirements: names no test")]
    #[case(
        "- {codename: 'a [Conformance]', release: v1.9}\n- release: v1.9\n  codename: ''",
        "list of requirements, entry 2 at line 3: a test name is empty"
    )]
    #[case(
        "- {codename: 'a [Conformance]', release: v1.9}\n\n- codename: b\n  release: soon",
        "list of requirements, entry 2 at line 3 (b): \"soon\" is not a Kubernetes release: write it like 1.36"
    )]
    fn an_error_names_the_place(#[case] text: &str, #[case] message: &str) {
        assert_eq!(RequirementList::read(text).unwrap_err().to_string(), message);
    }
}
