//! The plugin under test, as a user calls it.

use std::{path::PathBuf, process::Command};

use crate::cluster::Cluster;

/// `kubectl conform WORDS…` against `cluster`.
pub fn plugin(program: &PathBuf, cluster: &Cluster, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    cluster.aim(&mut command);
    command.args(words);
    command
}
