//! Programs built from Go modules, once, into the cache.

pub(crate) mod cache;
pub(crate) mod compile;
pub(crate) mod module;
pub(crate) mod target;
pub(crate) mod version;

use std::path::PathBuf;

use crate::{Options, Result};
use cache::Programs;
use target::Target;

/// Builds what a cluster of that version needs, into the cache, and does nothing for what is there.
pub fn all(options: &Options) -> Result<()> {
    options.check()?;
    let programs = Programs::new(&options.kubernetes_version)?;
    programs.ensure(&target::for_cluster(options))?;
    crate::image::catalogue::ensure(&programs)?;
    suites(options, &programs).map(drop)
}

/// The archives of the other suites that the options name, built now as far as they are not there.
pub(crate) fn suites(options: &Options, cluster: &Programs) -> Result<Vec<PathBuf>> {
    let mut archives = vec![];
    for version in &options.suites {
        let suite = Programs::new(version)?;
        if suite.version == cluster.version {
            continue;
        }
        suite.ensure(&target::for_suite())?;
        archives.push(crate::image::catalogue::ensure_suite(cluster, &suite)?);
    }
    Ok(archives)
}

/// The path of a built program (`kubectl`, `e2e.test`, `ginkgo`, `hydrophone`, ...); it is built now if it is not there.
pub fn bin(name: &str, kubernetes_version: &str) -> Result<PathBuf> {
    let programs = Programs::new(kubernetes_version)?;
    let target = Target::named(name)?;
    programs.ensure(&[target])?;
    programs.path(name)
}
