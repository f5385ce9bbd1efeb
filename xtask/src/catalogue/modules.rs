//! Kubernetes' files, from the Go module proxy.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use zip::{ZipArchive, result::ZipError};

use super::source::Version;
use crate::process::output;

/// The module that Kubernetes is published as.
const MODULE: &str = "k8s.io/kubernetes";
/// What a release requires.
pub const LIST: &str = "test/conformance/testdata/conformance.yaml";
/// What later ones will (KEP-5922).
pub const FUTURE_LIST: &str = "test/conformance/testdata/future-conformance.yaml";
/// The images that the suite pulls.
pub const IMAGES: &str = "test/utils/image/manifest.go";
/// What is kept of a version.
const FILES: [&str; 3] = [LIST, FUTURE_LIST, IMAGES];
/// So many patch releases in a row that the proxy does not have are the end of a minor: some were never published.
const GAP: u16 = 4;

/// The newest patch release of each minor of Kubernetes from `first` on.
///
/// A proxy lists only what it was asked for before, so that it is asked for the patch releases after those too.
pub fn newest_of_each_minor(first: u16, proxy: &Proxy) -> Result<Vec<Version>> {
    let listed = newest_of(MODULE, 0)?;
    let last = listed
        .last()
        .context("the proxy lists no version of Kubernetes")?
        .minor;
    let mut newest = Vec::new();
    for minor in first..=last {
        let listed = listed.iter().find(|version| version.minor == minor);
        let mut known = listed.copied();
        let mut next = listed.map_or(0, |version| version.patch + 1);
        while next <= known.map_or(0, |version| version.patch) + GAP {
            let version = Version { minor, patch: next };
            if proxy.fetch(version)? {
                known = Some(version);
            }
            next += 1;
        }
        newest.extend(known);
    }
    Ok(newest)
}

/// The newest patch release of each minor from `first` on that the proxy lists, of any module whose versions are like v1.N.P.
pub fn newest_of(module: &str, first: u16) -> Result<Vec<Version>> {
    let list = output(Command::new("go").args(["list", "-m", "-versions", module]))?;
    let mut newest: BTreeMap<u16, Version> = BTreeMap::new();
    // What is no plain release, such as v1.37.0-alpha.1, does not parse and is passed over.
    for version in list
        .split_whitespace()
        .filter_map(|word| word.parse::<Version>().ok())
    {
        if version.minor >= first {
            let kept = newest.entry(version.minor).or_insert(version);
            *kept = (*kept).max(version);
        }
    }
    Ok(newest.into_values().collect())
}

/// The module proxy that go asks first.
pub struct Proxy(String);

impl Proxy {
    /// Asks go for its address.
    pub fn of_go() -> Result<Self> {
        let all = output(Command::new("go").args(["env", "GOPROXY"]))?;
        let first = all.trim().split([',', '|']).next().unwrap_or_default();
        Ok(Self(first.to_owned()))
    }

    /// Brings the files of a version into the cache; false if the proxy does not have that version.
    pub fn fetch(&self, version: Version) -> Result<bool> {
        let folder = folder(version)?;
        if folder.exists() {
            return Ok(true);
        }
        let parent = folder.parent().context("a cache has a folder")?;
        fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        // Made whole beside its place and then moved there.
        let made = tempfile::tempdir_in(parent)?;
        let zip = made.path().join("module.zip");
        let url = format!("{}/{MODULE}/@v/{version}.zip", self.0);
        let status = Command::new("curl")
            .args(["--silent", "--fail", "--location", "--output"])
            .args([zip.as_os_str(), url.as_ref()])
            .status()
            .context("cannot start curl")?;
        match status.code() {
            Some(0) => {}
            // The server said that it has no such thing.
            Some(22) => return Ok(false),
            _ => anyhow::bail!("curl {url} ended with {status}"),
        }
        let what = || format!("{url} is no module");
        let mut archive = ZipArchive::new(File::open(&zip)?).with_context(what)?;
        for file in FILES {
            match archive.by_name(&format!("{MODULE}@{version}/{file}")) {
                Ok(mut found) => {
                    let path = place(made.path(), file);
                    io::copy(&mut found, &mut File::create(path)?)?;
                }
                Err(ZipError::FileNotFound) => {}
                Err(error) => return Err(error).with_context(what),
            }
        }
        fs::remove_file(&zip)?;
        fs::rename(made.keep(), &folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(true)
    }
}

/// A file of one version; nothing if it does not have it, or is not in the cache.
pub fn file(version: Version, path: &str) -> Result<Option<String>> {
    let path = place(&folder(version)?, path);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Where go keeps modules. go itself is not asked, so that a check needs none.
pub fn cache() -> Option<PathBuf> {
    let folder = |variable: &str| std::env::var_os(variable).filter(|value| !value.is_empty());
    folder("GOMODCACHE")
        .map(PathBuf::from)
        .or_else(|| folder("GOPATH").map(|path| PathBuf::from(path).join("pkg/mod")))
        .or_else(|| folder("HOME").map(|home| PathBuf::from(home).join("go/pkg/mod")))
}

/// Where the files of a version are kept. A whole module takes three hundred megabytes, these files two.
fn folder(version: Version) -> Result<PathBuf> {
    Ok(conform_testbed::cache_dir()?
        .join("kubernetes")
        .join(version.to_string()))
}

/// No two of the files have one name.
fn place(folder: &Path, file: &str) -> PathBuf {
    folder.join(file.rsplit('/').next().unwrap_or(file))
}
