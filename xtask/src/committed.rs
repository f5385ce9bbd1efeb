//! A file that is committed, though it is made of modules that only some machines have.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{printer, process::root};

/// One such file.
pub struct Committed {
    /// Its path below the root of the project.
    pub path: &'static str,
    /// The word of `cargo xtask generate` that makes it.
    pub word: &'static str,
    /// What it is, in words.
    pub what: &'static str,
}

impl Committed {
    fn path(&self) -> PathBuf {
        root().join(self.path)
    }

    /// The text that is committed.
    pub fn read(&self) -> Result<String> {
        let path = self.path();
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }

    /// Writes what was made.
    pub fn write(&self, text: &str) -> Result<()> {
        let path = self.path();
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        printer::line(&format!("wrote {}", path.display()));
        Ok(())
    }

    /// Compares the text that is committed with what the modules say `now`, if they are there.
    pub fn compare(&self, committed: &str, now: Option<&str>) -> Result<()> {
        match now {
            Some(now) if now == committed => Ok(()),
            Some(_) => bail!(
                "not current: {}; run `cargo xtask generate {}`",
                self.path().display(),
                self.word
            ),
            None => {
                printer::note(&format!(
                    "{} was not compared: what it was made of is not in the cache",
                    self.what
                ));
                Ok(())
            }
        }
    }
}
