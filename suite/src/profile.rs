//! Named choices of requirements.

use crate::{Area, SelectionError};

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

/// Every built-in profile.
pub fn profiles() -> &'static [Profile] {
    &[]
}

/// The built-in profile of this name.
pub fn profile(name: &str) -> Result<&'static Profile, SelectionError> {
    profiles().iter().find(|profile| profile.name == name).ok_or_else(|| SelectionError::UnknownProfile {
        name: name.to_owned(),
        known: profiles().iter().map(|profile| profile.name).collect(),
    })
}
