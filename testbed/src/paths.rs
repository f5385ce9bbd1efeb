//! Where things are kept.

use std::env;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// What was built, kept between clusters: `$CONFORM_CACHE/testbed`, or `conform/testbed` in the user's cache folder.
pub fn cache_dir() -> Result<PathBuf> {
    let of = |name: &str| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    of("CONFORM_CACHE")
        .or_else(|| of("XDG_CACHE_HOME").map(|base| base.join("conform")))
        .or_else(|| of("HOME").map(|home| home.join(".cache/conform")))
        .map(|base| base.join("testbed"))
        .ok_or_else(|| Error::BadOption {
            option: "the environment's HOME",
            value: String::new(),
            reason: "set it, or CONFORM_CACHE, to say where built programs are kept",
        })
}

/// Everything of one running cluster; gone after `down`.
pub fn state_dir(name: &str) -> PathBuf {
    clusters_dir().join(name)
}

/// The folder with one folder for each running cluster.
pub(crate) fn clusters_dir() -> &'static Path {
    Path::new("/var/lib/conform-testbed")
}

/// Serialises commands that change clusters; outside the folder that `down` removes.
pub(crate) fn cluster_lock() -> &'static Path {
    Path::new("/run/lock/conform-testbed.lock")
}
