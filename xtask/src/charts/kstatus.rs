//! kstatus: how Flux and Helm tell whether an object is what its spec asks for. By the library that they have for it,
//! sigs.k8s.io/cli-utils, in a small program of its own (`xtask/go/kstatus`).

use std::{
    fs::{self, File},
    path::PathBuf,
    process::Command,
};

use anyhow::Result;
use serde_json::Value;

use crate::process::output;

/// The program.
#[derive(Debug)]
pub struct Kstatus(pub PathBuf);

impl Kstatus {
    /// The status of an object, in kstatus' words.
    pub fn of(&self, object: &Value) -> Result<String> {
        let line = tempfile::NamedTempFile::new()?;
        fs::write(line.path(), format!("{object}\n"))?;
        let told = output(Command::new(&self.0).stdin(File::open(line.path())?))?;
        Ok(told.trim_end().to_owned())
    }
}
