//! A Kubernetes minor release, the unit in which conformance requirements come into force.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A minor release such as `1.36`. Its newest patch release says what it requires: patch releases have demoted tests.
///
/// Parses `1.36`, `v1.36`, `v1.36.3` and vendor forms such as `v1.36.3+k3s1` or `v1.36.3-eks-1`; prints `1.36`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release {
    major: u16,
    minor: u16,
}

/// The text is no Kubernetes version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a Kubernetes release: write it like 1.36")]
pub struct ParseReleaseError {
    text: String,
}

impl Release {
    /// The release `major.minor`.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    /// The second number: 36 of `1.36`.
    pub const fn minor(self) -> u16 {
        self.minor
    }

    /// How many minor releases lie between `self` and the later release `other`; 0 if `other` is not later.
    pub const fn releases_until(self, other: Self) -> u16 {
        if self.major == other.major {
            other.minor.saturating_sub(self.minor)
        } else {
            0
        }
    }

    /// The release `count` minors later.
    #[must_use]
    pub const fn plus(self, count: u16) -> Self {
        Self {
            major: self.major,
            minor: self.minor.saturating_add(count),
        }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for Release {
    type Err = ParseReleaseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| ParseReleaseError {
            text: text.chars().take(64).collect(),
        })
    }
}

fn parse(text: &str) -> Option<Release> {
    let mut parts = text.strip_prefix('v').unwrap_or(text).splitn(3, '.');
    let major = number(parts.next()?)?;
    // Some providers report the minor of their API server as "36+".
    let minor = parts.next()?;
    let minor = number(minor.strip_suffix('+').unwrap_or(minor))?;
    match parts.next() {
        None => {}
        Some(patch) => {
            let digits = patch.split(['-', '+']).next()?;
            number(digits)?;
        }
    }
    Some(Release { major, minor })
}

fn number(text: &str) -> Option<u16> {
    let plain = !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

impl Serialize for Release {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Release {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Release {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Release".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": r"^[0-9]{1,2}\.[0-9]{1,3}$", "maxLength": 6 })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("1.36")]
    #[case("v1.36")]
    #[case("v1.36.3")]
    #[case("v1.36.3+k3s1")]
    #[case("v1.36.3-eks-1a2b")]
    #[case("1.36+")]
    fn reads_the_forms_that_clusters_report(#[case] text: &str) {
        assert_eq!(text.parse(), Ok(Release::new(1, 36)));
    }

    #[rstest]
    #[case("")]
    #[case("x")]
    #[case("1")]
    #[case("1.")]
    #[case("v1.21, v1.35")]
    #[case("1.-3")]
    #[case("1.36.x")]
    #[case("99999.1")]
    fn refuses_what_is_no_release(#[case] text: &str) {
        assert!(text.parse::<Release>().is_err());
    }

    #[test]
    fn orders_by_number_and_not_by_text() {
        assert!(Release::new(1, 9) < Release::new(1, 36));
        assert_eq!(Release::new(1, 36).releases_until(Release::new(1, 41)), 5);
        assert_eq!(Release::new(1, 41).releases_until(Release::new(1, 36)), 0);
    }
}
