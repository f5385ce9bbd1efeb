//! Files of runs where the operator keeps them, as they lie on this machine.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{Answer, plugin};

/// Every file in a folder and the folders in it, in order.
///
/// # Errors
///
/// A folder cannot be read.
pub fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// A file that is not what the suite wrote is not given out: what the plugin says of it when it is asked to put the run's files into
/// `out`.
///
/// # Panics
///
/// It is given out.
pub fn refused(run: &str, out: &str) -> Answer {
    let changed = plugin(&["retrieve", run, "--out", out]);
    assert_eq!(changed.code, 2, "{}", changed.stdout);
    assert!(
        changed.stderr.contains("is not what the suite wrote"),
        "{}",
        changed.stderr
    );
    changed
}
