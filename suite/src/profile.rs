//! Named choices of requirements.

mod quick;

use crate::{Area, Requirement, SelectionError};

/// A named choice of requirements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The name that a run gives.
    pub name: &'static str,
    /// One line for a list of profiles.
    pub summary: &'static str,
    /// Which of the present requirements.
    pub present: Choice,
    /// Which of the future requirements, upstream's and advisory.
    pub future: Choice,
}

/// Which requirements of a stage a profile takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Every one.
    Every,
    /// Those of one SIG, by the tag of their names.
    Sig(&'static str),
    /// Those of these areas.
    Areas(&'static [Area]),
    /// Those with these names; stage tags do not count.
    Tests(&'static [&'static str]),
}

const PROFILES: &[Profile] = &[
    Profile {
        name: "kubernetes",
        summary: "Everything that the release requires, and everything that is expected to be required",
        present: Choice::Every,
        future: Choice::Every,
    },
    Profile {
        name: "quick",
        summary: "A few short tests of each part: whether the cluster works at all, in minutes",
        present: Choice::Tests(quick::PRESENT),
        future: Choice::Tests(quick::FUTURE),
    },
    Profile {
        name: "networking",
        summary: "What SIG Network's tests require: pod network, Services, DNS and their APIs",
        present: Choice::Sig("network"),
        future: Choice::Sig("network"),
    },
    Profile {
        name: "service-proxy",
        summary: "What carries traffic from Services to pods: kube-proxy or what replaces it",
        present: Choice::Areas(&[Area::ServiceProxy]),
        future: Choice::Areas(&[Area::ServiceProxy]),
    },
];

/// Every built-in profile, the usual ones first.
pub const fn profiles() -> &'static [Profile] {
    PROFILES
}

/// The built-in profile of this name.
pub fn profile(name: &str) -> Result<&'static Profile, SelectionError> {
    PROFILES
        .iter()
        .find(|profile| profile.name == name)
        .ok_or_else(|| SelectionError::UnknownProfile {
            name: name.to_owned(),
            known: PROFILES.iter().map(|profile| profile.name).collect(),
        })
}

impl Choice {
    /// True if the choice takes this requirement.
    pub fn takes(&self, requirement: &Requirement) -> bool {
        match self {
            Self::Every => true,
            Self::Sig(sig) => requirement.name.sig() == Some(sig),
            Self::Areas(areas) => areas.contains(&requirement.area),
            Self::Tests(names) => names.contains(&requirement.name.without_stage()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_profile_is_told_which_there_are() {
        let message = profile("quik").unwrap_err().to_string();
        assert_eq!(
            message,
            "there is no profile \"quik\": the built-in ones are kubernetes, quick, networking, service-proxy"
        );
        assert_eq!(profile("quick").unwrap().name, "quick");
    }

    #[test]
    fn names_of_tests_are_written_without_their_stage() {
        for name in quick::PRESENT.iter().chain(quick::FUTURE) {
            assert_eq!(crate::TestName::new(name).unwrap().without_stage(), *name);
        }
    }
}
