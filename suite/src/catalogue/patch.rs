//! A patch release of a minor.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Release, release::ParseReleaseError};

/// A patch release, such as `1.35.9`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PatchRelease {
    /// Its minor.
    pub release: Release,
    /// Its last number.
    pub patch: u16,
}

impl PatchRelease {
    /// One that no patch release of this minor comes after.
    pub const fn last_of(release: Release) -> Self {
        Self {
            release,
            patch: u16::MAX,
        }
    }
}

/// Parses `v1.36.3` and vendors' forms of it, such as `v1.36.3+k3s1`; without a last number it is 0.
impl FromStr for PatchRelease {
    type Err = ParseReleaseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let release = text.parse()?;
        let last = text.splitn(3, '.').nth(2).unwrap_or_default();
        let digits = last.split(['-', '+']).next().unwrap_or_default();
        // A release is parsed only if this is a number, which may be too long for one.
        let patch = digits.parse().unwrap_or_default();
        Ok(Self { release, patch })
    }
}

impl fmt::Display for PatchRelease {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.release, self.patch)
    }
}
