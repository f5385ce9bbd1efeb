//! One version's list of requirements, from the cache.

use std::{fmt, str::FromStr};

use anyhow::{Context, Result, anyhow};
use conform_suite::{Release, TestName};
use serde::Deserialize;

use super::modules::{FUTURE_LIST, LIST, file};

/// The tag of a test that is to be required (KEP-5922).
const FUTURE: &str = "FutureConformance";

/// A released version of Kubernetes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// 36 of v1.36.3.
    pub minor: u16,
    /// 3 of v1.36.3.
    pub patch: u16,
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "v1.{}.{}", self.minor, self.patch)
    }
}

impl FromStr for Version {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts = text.strip_prefix("v1.").and_then(|rest| rest.split_once('.'));
        let (minor, patch) = parts.with_context(|| format!("{text:?} is no version"))?;
        Ok(Self {
            minor: minor.parse()?,
            patch: patch.parse()?,
        })
    }
}

/// One requirement as upstream lists it. Its description stays upstream.
#[derive(Clone, Debug, Deserialize)]
pub struct Entry {
    /// A title, not unique.
    pub testname: String,
    /// The test's full name.
    pub codename: String,
    /// The releases that first required it and that changed it.
    #[serde(default)]
    pub release: String,
    /// The source file.
    pub file: String,
    /// The patch release of the minor from which on its list does not have it any more.
    #[serde(skip)]
    pub until: Option<u16>,
}

/// How the mark stands in a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// How many tags stand behind it.
    pub behind: usize,
    /// It is that of what is to come (KEP-5922).
    pub future: bool,
}

impl Entry {
    /// The name without the mark, and where in it the mark stands.
    pub fn name(&self) -> Result<(String, Mark)> {
        let name = TestName::new(&self.codename)?;
        let behind = name.tags_behind_stage();
        let behind =
            behind.with_context(|| format!("{:?} has no mark among its last tags", self.codename))?;
        let future = name.has_tag(FUTURE);
        Ok((name.without_stage().to_owned(), Mark { behind, future }))
    }

    /// True if the entry only says that its test is to be required.
    fn is_future(&self) -> bool {
        self.codename.contains(&format!("[{FUTURE}]"))
    }

    /// The releases, each written the same way: `1.17,1.21`.
    pub fn releases(&self) -> String {
        let releases = self
            .release
            .split(',')
            .map(|release| release.trim().trim_start_matches('v'));
        releases.collect::<Vec<_>>().join(",")
    }

    /// Gives an entry of what is to come the release that it can bind from at the earliest: the next one.
    fn settle(&mut self, version: Version) -> Result<()> {
        let first = self.first_release();
        if self.is_future() {
            let next = Release::new(1, version.minor).plus(1);
            let said = if first.is_empty() { next } else { first.parse()? };
            self.release = said.max(next).to_string();
        } else if first.is_empty() {
            return Err(anyhow!("{:?} names no release", self.codename));
        }
        Ok(())
    }

    /// The release that first required it.
    pub fn first_release(&self) -> String {
        self.releases().split(',').next().unwrap_or_default().to_owned()
    }
}

/// The list of one version; nothing if its files are not in the cache.
pub fn read(version: Version) -> Result<Option<Vec<Entry>>> {
    let Some(text) = file(version, LIST)? else {
        return Ok(None);
    };
    let mut entries = parse(&text, LIST, version)?;
    // KEP-5922 puts what is to come into a list of its own.
    if let Some(text) = file(version, FUTURE_LIST)? {
        entries.extend(parse(&text, FUTURE_LIST, version)?);
    }
    Ok(Some(entries))
}

fn parse(text: &str, list: &str, version: Version) -> Result<Vec<Entry>> {
    let mut entries: Vec<Entry> =
        serde_saphyr::from_str(text).with_context(|| format!("{list} of {version} is not understood"))?;
    for entry in &mut entries {
        entry
            .settle(version)
            .with_context(|| format!("{list} of {version}"))?;
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSION: Version = Version { minor: 38, patch: 1 };

    fn entry(text: &str) -> Result<Entry> {
        Ok(parse(text, "x.yaml", VERSION)?.remove(0))
    }

    #[test]
    fn a_mark_may_stand_among_the_tags_and_be_that_of_what_is_to_come() {
        let read = |codename: &str, release: &str| {
            let text = format!("- {{testname: t, codename: '{codename}', release: '{release}', file: a.go}}");
            let entry = entry(&text).unwrap();
            (entry.name().unwrap(), entry.releases())
        };
        let mark = |behind, future| Mark { behind, future };
        assert_eq!(
            read("a b [Conformance]", "v1.9, v1.20"),
            (("a b".to_owned(), mark(0, false)), "1.9,1.20".to_owned())
        );
        assert_eq!(
            read("a [Conformance] [Serial]", "v1.9"),
            (("a [Serial]".to_owned(), mark(1, false)), "1.9".to_owned())
        );
        assert_eq!(
            read("a [FutureConformance]", "v1.40"),
            (("a".to_owned(), mark(0, true)), "1.40".to_owned())
        );
        assert_eq!(
            read("a [FutureConformance]", ""),
            (("a".to_owned(), mark(0, true)), "1.39".to_owned())
        );
        let unmarked = entry("- {testname: t, codename: 'a [x] b', release: v1.9, file: a.go}").unwrap();
        assert!(unmarked.name().is_err());
        assert!(entry("- {testname: t, codename: 'a [Conformance]', release: '', file: a.go}").is_err());
    }
}
