//! Files that are generated from code, committed, and checked for drift.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{printer, process::root};

/// Options of `generate`.
#[derive(Debug, clap::Args)]
pub struct GenerateArgs {
    /// Write nothing; fail if a file is not current
    #[arg(long)]
    pub check: bool,
}

/// Writes or checks every generated file.
pub fn generate(args: &GenerateArgs) -> Result<()> {
    let mut stale = Vec::new();
    for (path, current) in files()? {
        if std::fs::read_to_string(&path).unwrap_or_default() == current {
            continue;
        }
        if args.check {
            stale.push(path.display().to_string());
            continue;
        }
        std::fs::write(&path, current).with_context(|| format!("cannot write {}", path.display()))?;
        printer::line(&format!("wrote {}", path.display()));
    }
    if !stale.is_empty() {
        bail!("not current: {}; run `cargo xtask generate`", stale.join(", "));
    }
    Ok(())
}

fn files() -> Result<Vec<(PathBuf, String)>> {
    let folder = root().join("crds/generated");
    let definitions = conform_crds::crds();
    let named = definitions.iter().map(|definition| {
        let name = definition
            .metadata
            .name
            .as_deref()
            .context("a definition has no name")?;
        Ok((
            folder.join(format!("{name}.yaml")),
            conform_crds::to_yaml(definition)?,
        ))
    });
    named.collect()
}
