//! conform's own images: one static program each, and nothing else in them.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result};
use conform_testbed::image::Builder;

use crate::{
    printer,
    process::{cargo, output, root, run},
};

/// What an image may weigh, unpacked: the operator has an S3 client and a page in it.
const MAX_IMAGE: u64 = 20 * 1024 * 1024;

const PLUGIN: &str = "kubectl-conform";

/// What was built.
pub struct Images {
    /// docker-archives, one an image.
    pub archives: Vec<PathBuf>,
    /// The plugin.
    pub plugin: PathBuf,
}

/// Builds the programs and packs them. Incremental: a second call takes seconds.
pub fn build() -> Result<Images> {
    printer::step("builds the operator, the runner and the plugin (static release binaries)");
    let programs = build_programs(&["conform-operator", "conform-runner", PLUGIN])?;
    let out = root().join("target/images");
    std::fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    let mut archives = Vec::new();
    for (name, user) in [
        ("conform-operator", "65532:65532"),
        ("conform-runner", "65534:65534"),
    ] {
        let program = programs.join(name);
        let bytes = std::fs::metadata(&program)
            .with_context(|| format!("cannot read {}", program.display()))?
            .len();
        anyhow::ensure!(
            bytes <= MAX_IMAGE,
            "{name} has {bytes} bytes; an image may have {MAX_IMAGE}"
        );
        let archive = out.join(format!("{name}.tar"));
        Builder::new(format!(
            "ghcr.io/conform-dev/{name}:v{}",
            env!("CARGO_PKG_VERSION")
        ))
        .file(&format!("/{name}"), &program, 0o755)
        .entrypoint(&[&format!("/{name}")])
        .user(user)
        .write(&archive)?;
        archives.push(archive);
    }
    Ok(Images {
        archives,
        plugin: programs.join(PLUGIN),
    })
}

/// Builds the plugin alone, in the same way.
pub fn build_plugin() -> Result<PathBuf> {
    printer::step("builds the plugin (static release binary)");
    Ok(build_programs(&[PLUGIN])?.join(PLUGIN))
}

/// Builds the operator alone, in the same way.
pub fn build_operator() -> Result<PathBuf> {
    printer::step("builds the operator (static release binary)");
    Ok(build_programs(&["conform-operator"])?.join("conform-operator"))
}

/// Builds static release binaries and says in which folder they are.
fn build_programs(packages: &[&str]) -> Result<PathBuf> {
    let target = host_target()?;
    let folder = root().join("target/static");
    let mut build = cargo(&["build", "--release", "--locked", "--target", &target]);
    for package in packages {
        build.args(["--package", package]);
    }
    // A program without shared libraries needs no base image, and starts in one of any kind.
    build
        .env("RUSTFLAGS", "-C target-feature=+crt-static")
        .env("CARGO_TARGET_DIR", &folder);
    run(&mut build)?;
    Ok(folder.join(target).join("release"))
}

impl Images {
    /// Prints what was built, a path a line.
    pub fn list(&self) {
        for path in self.archives.iter().chain([&self.plugin]) {
            let bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
            printer::line(&format!("{} ({:.1} MiB)", path.display(), mebibytes(bytes)));
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / 1_048_576.0
}

fn host_target() -> Result<String> {
    let told = output(Command::new("rustc").arg("-vV"))?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc -vV names no host")?.to_owned())
}
