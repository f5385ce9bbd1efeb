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
    /// conform's own catalogue or a user's profile says so; upstream has not.
    Advisory,
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
    /// The word for table cells: `upstream` or `advisory`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Upstream => "upstream",
            Self::Advisory => "advisory",
        }
    }
}
