//! What conform is measured beside: ginkgo on the suite itself, and hydrophone.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{cluster::Cluster, process::run};

/// The suite itself, one test after the other.
pub fn raw_ginkgo(cluster: &Cluster, focus: &str) -> Result<Duration> {
    let testbed = cluster.testbed.as_ref().context("the bench needs the testbed")?;
    let folder = tempfile::tempdir()?;
    let log = std::fs::File::create(folder.path().join("log"))?;
    let mut ginkgo = Command::new(testbed.bin("ginkgo")?);
    ginkgo
        .arg(format!("--focus={focus}"))
        .args(["--no-color=true", "--timeout=24h"]);
    ginkgo
        .arg(testbed.bin("e2e.test")?)
        .args(["--", "--disable-log-dump", "--provider=skeleton"]);
    ginkgo.arg(format!("--kubeconfig={}", testbed.kubeconfig().display()));
    ginkgo.arg(format!("--report-dir={}", folder.path().display()));
    ginkgo.stdout(log.try_clone()?).stderr(log);
    let since = Instant::now();
    run(&mut ginkgo).with_context(|| tail(&folder.path().join("log")))?;
    Ok(since.elapsed())
}

/// hydrophone with so many parallel processes; its files go to `files`, if anybody wants them.
pub fn hydrophone(cluster: &Cluster, focus: &str, parallel: u16, files: Option<&Path>) -> Result<Duration> {
    let testbed = cluster.testbed.as_ref().context("the bench needs the testbed")?;
    let folder = tempfile::tempdir()?;
    let log = std::fs::File::create(folder.path().join("log"))?;
    let mut hydrophone = Command::new(testbed.bin("hydrophone")?);
    hydrophone
        .args([
            "--focus",
            focus,
            "--parallel",
            &parallel.to_string(),
            "--output-dir",
        ])
        .arg(files.unwrap_or_else(|| folder.path()));
    hydrophone.arg("--kubeconfig").arg(testbed.kubeconfig());
    hydrophone.stdout(log.try_clone()?).stderr(log);
    let since = Instant::now();
    run(&mut hydrophone).with_context(|| tail(&folder.path().join("log")))?;
    Ok(since.elapsed())
}

/// The tests as a pattern for Ginkgo, anchored at their end.
pub fn focus(tests: &[String]) -> String {
    format!("{}$", any_of(tests))
}

/// A pattern for whatever holds one of `pieces`.
pub fn any_of(pieces: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = pieces.iter().map(|piece| quote(piece.as_ref())).collect();
    format!("({})", quoted.join("|"))
}

fn quote(text: &str) -> String {
    let special = |letter: char| r"\.+*?()|[]{}^$".contains(letter);
    text.chars()
        .flat_map(|letter| special(letter).then_some('\\').into_iter().chain([letter]))
        .collect()
}

fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().rev().take(20).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
