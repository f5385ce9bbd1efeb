//! When a requirement binds, and who says so.

use serde::{Deserialize, Serialize};

/// The stage of a requirement, seen from one release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Stage {
    /// Required at or before the release.
    Present,
    /// Required after the release.
    Future,
}

/// Who says that a requirement will bind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Authority {
    /// The suite itself carries the mark.
    Upstream,
    /// conform's own catalogue or one of its profiles says so; upstream has not.
    Advisory,
    /// A profile that somebody wrote for his clusters says so.
    User,
}

impl Stage {
    /// The word for names and table cells: `present` or `future`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Future => "future",
        }
    }
}

impl Authority {
    /// The word for table cells: `upstream`, `advisory` or `user`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Upstream => "upstream",
            Self::Advisory => "advisory",
            Self::User => "user",
        }
    }
}
