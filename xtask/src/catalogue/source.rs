//! One version's list of requirements, from the module cache.

use std::{fmt, path::PathBuf, str::FromStr};

use anyhow::{Context, Result, anyhow};
use serde::Deserialize;

/// The module that Kubernetes is published as.
pub const MODULE: &str = "k8s.io/kubernetes";

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
    pub release: String,
    /// The source file.
    pub file: String,
}

impl Entry {
    /// The name without the mark, which every entry has at its end.
    pub fn name(&self) -> Result<&str> {
        let name = self.codename.strip_suffix(" [Conformance]");
        name.ok_or_else(|| anyhow!("{:?} does not end with its mark", self.codename))
    }

    /// The releases, each written the same way: `1.17,1.21`.
    pub fn releases(&self) -> String {
        let releases = self
            .release
            .split(',')
            .map(|release| release.trim().trim_start_matches('v'));
        releases.collect::<Vec<_>>().join(",")
    }

    /// The release that first required it.
    pub fn first_release(&self) -> String {
        self.releases().split(',').next().unwrap_or_default().to_owned()
    }
}

/// The list of one version; nothing if the version is not in the module cache.
pub fn read(version: Version) -> Result<Option<Vec<Entry>>> {
    const LIST: &str = "test/conformance/testdata/conformance.yaml";
    let Some(text) = module_file(version, LIST)? else {
        return Ok(None);
    };
    let entries =
        serde_saphyr::from_str(&text).with_context(|| format!("{LIST} of {version} is not understood"))?;
    Ok(Some(entries))
}

/// A file of one version; nothing if the version is not in the module cache.
pub fn module_file(version: Version, path: &str) -> Result<Option<String>> {
    let Some(cache) = cache() else { return Ok(None) };
    let path = cache.join(format!("{MODULE}@{version}/{path}"));
    if !path.exists() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Some(text))
}

/// Where go keeps modules. go itself is not asked, so that a check needs none.
pub fn cache() -> Option<PathBuf> {
    let folder = |variable: &str| std::env::var_os(variable).filter(|value| !value.is_empty());
    folder("GOMODCACHE")
        .map(PathBuf::from)
        .or_else(|| folder("GOPATH").map(|path| PathBuf::from(path).join("pkg/mod")))
        .or_else(|| folder("HOME").map(|home| PathBuf::from(home).join("go/pkg/mod")))
}
