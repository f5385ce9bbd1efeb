//! The committed table of how long tests take, from JUnit files of real runs.

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use conform_suite::{Case, Durations, Limits, generate_durations, junit};

use crate::{printer, process::root};

/// Writes the table that the files give. They replace what was committed: a table of mixed machines would order badly.
pub fn write(files: &[PathBuf]) -> Result<()> {
    if files.is_empty() {
        bail!("name the JUnit files of real runs: cargo xtask generate durations results/junit_01.xml …");
    }
    let mut cases = Vec::new();
    for file in files {
        cases.extend(read(file)?);
    }
    let text = generate_durations(cases);
    Durations::parse(&text).context("what was generated cannot be read")?;
    let path = root().join("suite/data/durations.txt");
    std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    printer::line(&format!("wrote {}", path.display()));
    Ok(())
}

fn read(path: &Path) -> Result<Vec<Case>> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let junit = junit::read_measured(BufReader::new(file), &Limits::default())
        .with_context(|| format!("{} is no JUnit file", path.display()))?;
    if junit.properties.dry_run {
        bail!("{} is of a dry run, which takes no time", path.display());
    }
    Ok(junit.cases)
}
