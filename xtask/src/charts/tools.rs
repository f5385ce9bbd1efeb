//! Programs of others, got once into the testbed's cache: nothing is installed.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::process::{root, run};

/// A program out of a Debian package.
pub fn debian(package: &str, program: &str) -> Result<PathBuf> {
    let cache = cache()?;
    let unpacked = cache.join(package);
    let program = unpacked.join("usr/bin").join(program);
    if program.exists() {
        return Ok(program);
    }
    let work = tempfile::Builder::new()
        .prefix(".unpacking-")
        .tempdir_in(&cache)?;
    let download = || {
        run(Command::new("apt-get")
            .args(["download", package])
            .current_dir(work.path()))
    };
    // A new machine may not have the lists of packages yet.
    if download().is_err() {
        run(Command::new("apt-get").args(["update", "--quiet"]))?;
        download()?;
    }
    let files = fs::read_dir(work.path()).context("cannot read what apt-get downloaded")?;
    let mut packages = files.filter_map(|file| Some(file.ok()?.path()));
    let file = packages
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .with_context(|| format!("apt-get downloaded no package {package}"))?;
    let folder = work.path().join("unpacked");
    run(Command::new("dpkg-deb").arg("-x").arg(&file).arg(&folder))?;
    fs::rename(&folder, &unpacked)
        .with_context(|| format!("cannot move {} into place", unpacked.display()))?;
    Ok(program)
}

/// Helm, built from its Go module.
pub fn helm() -> Result<PathBuf> {
    built("helm", "helm.sh/helm/v3", "cmd/helm")
}

/// versitygw, an S3 server, built from its Go module.
pub fn s3_server() -> Result<PathBuf> {
    built("s3", "github.com/versity/versitygw", "cmd/versitygw")
}

/// What kstatus makes of objects, built from `xtask/go/kstatus`; Go's own cache knows whether there is anything to do.
pub fn kstatus() -> Result<PathBuf> {
    let program = cache()?.join("kstatus");
    let mut build = Command::new("go");
    build
        .args(["build", "-trimpath", "-buildvcs=false", "-o"])
        .arg(&program)
        .arg(".");
    build.env("GOWORK", "off").env("GOFLAGS", "");
    run(build.current_dir(root().join("xtask/go/kstatus")))?;
    Ok(program)
}

/// The program of a Go module, of the version that `xtask/go/NAME` requires.
fn built(name: &str, module: &str, package: &str) -> Result<PathBuf> {
    let folder = root().join("xtask/go").join(name);
    let program = cache()?.join(format!("{name}-{}", version(&folder, module)?));
    if !program.exists() {
        let mut build = Command::new("go");
        build
            .args(["build", "-trimpath", "-buildvcs=false", "-o"])
            .arg(&program);
        build.arg(format!("{module}/{package}"));
        build.env("GOWORK", "off").env("GOFLAGS", "").current_dir(&folder);
        run(&mut build)?;
    }
    Ok(program)
}

/// The version of a module that a module file requires.
fn version(folder: &Path, module: &str) -> Result<String> {
    let path = folder.join("go.mod");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut words = text.split_whitespace().skip_while(|word| *word != module);
    let version = words.nth(1).filter(|version| version.starts_with('v'));
    version
        .map(str::to_owned)
        .with_context(|| format!("{} requires no {module}", path.display()))
}

fn cache() -> Result<PathBuf> {
    let cache = conform_testbed::cache_dir()?.join("tools");
    fs::create_dir_all(&cache).with_context(|| format!("cannot make {}", cache.display()))?;
    Ok(cache)
}
