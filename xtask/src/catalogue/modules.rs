//! The Go module proxy, through the go command.

use std::{collections::BTreeMap, process::Command};

use anyhow::Result;

use super::source::{MODULE, Version};
use crate::process::output;

/// The newest patch release of each minor of Kubernetes from `first` on that the module proxy has.
pub fn newest_of_each_minor(first: u16) -> Result<Vec<Version>> {
    newest_of(MODULE, first)
}

/// The same of any module whose versions are like v1.N.P.
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

/// Brings a version into the module cache.
pub fn download(version: Version) -> Result<()> {
    let module = format!("{MODULE}@{version}");
    output(Command::new("go").args(["mod", "download", "-json", &module])).map(drop)
}
