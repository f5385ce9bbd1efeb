//! Why nothing sensible can be selected.

use crate::{Narrowing, Stage};

/// Nothing sensible can be selected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// No profile has this name.
    #[error("there is no profile {name:?}: the built-in ones are {}", known.join(", "))]
    UnknownProfile {
        /// The name asked for.
        name: String,
        /// The names that there are.
        known: Vec<&'static str>,
    },
    /// A user's profile cannot be gone by.
    #[error("profile {profile}: {message}")]
    OwnProfile {
        /// The profile.
        profile: String,
        /// What is wrong with it.
        message: String,
    },
    /// No profile is named.
    #[error("no profile is named")]
    NoProfile,
    /// A pattern is no regular expression, or too large a one.
    #[error("the {which} pattern is not valid: {message}")]
    InvalidPattern {
        /// `focus` or `skip`.
        which: &'static str,
        /// What the pattern's reader says.
        message: String,
    },
    /// Not one test is left.
    #[error("no {} test is left: {}", stage.word(), reasons(narrowings))]
    Empty {
        /// The stage.
        stage: Stage,
        /// What narrowed to nothing; empty if the suite requires nothing.
        narrowings: Vec<Narrowing>,
    },
}

fn reasons(narrowings: &[Narrowing]) -> String {
    if narrowings.is_empty() {
        return "the suite requires nothing of this release".to_owned();
    }
    narrowings
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}
