//! The committed list of what each minor release requires, read from the Go modules of Kubernetes.

mod history;
mod modules;
mod renames;
mod source;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use self::history::History;
pub use self::{
    modules::{download, newest_of},
    source::{Version, cache, module_file},
};
use crate::{printer, process::root};

/// The first minor whose sources can be had as a Go module.
const FIRST_MINOR: u16 = 29;

fn path() -> PathBuf {
    root().join("suite/data/catalogue.txt")
}

/// Reads every minor that can be had, which needs the network, and writes the catalogue.
pub fn write() -> Result<()> {
    let versions = modules::newest_of_each_minor(FIRST_MINOR)?;
    for &version in &versions {
        modules::download(version)?;
    }
    let text = current(&versions)?.context("a module that was downloaded is not in the module cache")?;
    check_format(&text)?;
    let path = path();
    std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    printer::line(&format!("wrote {}", path.display()));
    Ok(())
}

/// Checks the committed catalogue without the network: that it can be read, and, if the modules that it was made of are
/// in the module cache, that it is what they say.
pub fn check() -> Result<()> {
    let path = path();
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let versions = check_format(&text)?;
    match current(&versions)? {
        Some(current) if current == text => Ok(()),
        Some(_) => bail!(
            "not current: {}; run `cargo xtask generate catalogue`",
            path.display()
        ),
        None => {
            printer::note("the catalogue was not compared: its modules are not in the module cache");
            Ok(())
        }
    }
}

/// The versions that the committed catalogue was made of.
pub fn versions() -> Result<Vec<Version>> {
    let path = path();
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    check_format(&text)
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
