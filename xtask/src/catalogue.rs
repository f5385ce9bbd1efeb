//! The committed list of what each minor release requires, read from the Go modules of Kubernetes.

mod history;
mod minor;
mod modules;
mod renames;
mod source;

use anyhow::{Context, Result};

use self::history::History;
pub use self::{
    modules::{IMAGES, Proxy, cache, file, newest_of},
    source::Version,
};
use crate::committed::Committed;

/// The first minor whose names are like today's: v1.20 certified the oldest files that are still looked at.
const FIRST_MINOR: u16 = 20;

const FILE: Committed = Committed {
    path: "suite/data/catalogue.txt",
    word: "catalogue",
    what: "the catalogue",
};

/// Reads every minor that can be had, which needs the network, and writes the catalogue.
pub fn write() -> Result<()> {
    let proxy = Proxy::of_go()?;
    let versions = modules::newest_of_each_minor(FIRST_MINOR, &proxy)?;
    let mut read = |version| {
        if proxy.fetch(version)? {
            return source::read(version);
        }
        Ok(None)
    };
    let text = current(&versions, &mut read)?.context("the newest list of a minor cannot be had")?;
    check_format(&text)?;
    FILE.write(&text)
}

/// Checks the committed catalogue without the network: that it can be read, and, if the lists that it was made of are in the
/// cache, that it is what they say.
pub fn check() -> Result<()> {
    let text = FILE.read()?;
    let versions = check_format(&text)?;
    FILE.compare(&text, current(&versions, &mut source::read)?.as_deref())
}

/// The versions that the committed catalogue was made of.
pub fn versions() -> Result<Vec<Version>> {
    check_format(&FILE.read()?)
}

/// What the lists say; nothing if one of the newest cannot be had.
fn current(versions: &[Version], read: minor::Read<'_>) -> Result<Option<String>> {
    let mut history = History::default();
    for &version in versions {
        let Some(entries) = minor::entries(version, read)? else {
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
