//! The committed list of what each minor release requires, read from the Go modules of Kubernetes.

mod history;
mod modules;
mod renames;
mod source;

use anyhow::{Context, Result};

use self::history::History;
pub use self::{
    modules::{download, newest_of},
    source::{Version, cache, module_file},
};
use crate::committed::Committed;

/// The first minor whose sources can be had as a Go module.
const FIRST_MINOR: u16 = 29;

const FILE: Committed = Committed {
    path: "suite/data/catalogue.txt",
    word: "catalogue",
    what: "the catalogue",
};

/// Reads every minor that can be had, which needs the network, and writes the catalogue.
pub fn write() -> Result<()> {
    let versions = modules::newest_of_each_minor(FIRST_MINOR)?;
    for &version in &versions {
        modules::download(version)?;
    }
    let text = current(&versions)?.context("a module that was downloaded is not in the module cache")?;
    check_format(&text)?;
    FILE.write(&text)
}

/// Checks the committed catalogue without the network: that it can be read, and, if the modules that it was made of are
/// in the module cache, that it is what they say.
pub fn check() -> Result<()> {
    let text = FILE.read()?;
    let versions = check_format(&text)?;
    FILE.compare(&text, current(&versions)?.as_deref())
}

/// The versions that the committed catalogue was made of.
pub fn versions() -> Result<Vec<Version>> {
    check_format(&FILE.read()?)
}

/// What the modules say; nothing if one of them is not in the module cache.
fn current(versions: &[Version]) -> Result<Option<String>> {
    let mut history = History::default();
    for &version in versions {
        let Some(entries) = source::read(version)? else {
            return Ok(None);
        };
        history.add(version, entries)?;
    }
    Ok(Some(history.render()))
}

/// Reads the text as the suite crate does, and tells the versions that it was made of.
fn check_format(text: &str) -> Result<Vec<Version>> {
    let upstream = conform_suite::catalogue::Upstream::parse(text).context("the catalogue cannot be read")?;
    upstream.versions().map(str::parse).collect()
}
