//! Every report that the newest release of Gateway API ships, validated and indexed by the plugin.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{
    gateway,
    process::{cargo, root, run},
};

/// The one report that is broken: there is text before its first field.
const BROKEN: &str = "yaml";

/// Validates them, and writes tables and badges of a copy twice.
pub fn check() -> Result<()> {
    let reports = gateway::reports()?;
    run(&mut cargo(&["build", "--package", "kubectl-conform", "--locked"]))?;
    let plugin = root().join("target/debug/kubectl-conform");
    let folder = tempfile::tempdir().context("cannot make a folder")?;
    let copy = folder.path().join("reports");
    let files = copied(&reports, &copy)?;
    ensure!(
        files > 150,
        "only {files} reports were found below {}",
        reports.display()
    );
    let (code, told) = said(&plugin, &["report", "validate"], &copy, &["-o", "json"])?;
    let validation: Value = serde_json::from_str(&told).context("the validation is no JSON")?;
    let wrong = errors(&validation);
    let rules: BTreeSet<&str> = wrong.iter().map(|(_, rule)| rule.as_str()).collect();
    ensure!(
        code == 1 && wrong.len() == 1 && rules == BTreeSet::from([BROKEN]),
        "of {files} reports one was to have an error of rule {BROKEN}, and these have: {wrong:?}"
    );
    for (file, _) in &wrong {
        fs::remove_file(file).with_context(|| format!("cannot remove {file}"))?;
    }
    let (code, written) = said(&plugin, &["report", "index"], &copy, &[])?;
    ensure!(code == 0 && !written.is_empty(), "the index ended with {code}");
    let (code, again) = said(&plugin, &["report", "index"], &copy, &[])?;
    ensure!(code == 0 && again.is_empty(), "a second index changed: {again}");
    let (code, _) = said(&plugin, &["report", "validate"], &copy, &[])?;
    ensure!(code == 0, "what was indexed is not valid");
    Ok(())
}

/// Exit code and output of the plugin.
fn said(plugin: &Path, verb: &[&str], folder: &Path, more: &[&str]) -> Result<(i32, String)> {
    let mut command = Command::new(plugin);
    let output = command
        .args(verb)
        .arg(folder)
        .args(more)
        .stderr(Stdio::inherit())
        .output();
    let output = output.with_context(|| format!("cannot start {}", plugin.display()))?;
    let code = output.status.code().unwrap_or(-1);
    Ok((
        code,
        String::from_utf8(output.stdout).context("the plugin printed no UTF-8")?,
    ))
}

/// Files with an error, each with its rule.
fn errors(validation: &Value) -> Vec<(String, String)> {
    let files = validation["files"].as_array().into_iter().flatten();
    let findings = files.flat_map(|file| {
        let findings = file["findings"].as_array().into_iter().flatten();
        findings.map(move |finding| (file, finding))
    });
    let errors = findings.filter(|(_, finding)| finding["severity"] == "Error");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    errors
        .map(|(file, finding)| (text(&file["file"]), text(&finding["rule"])))
        .collect()
}

/// Copies a tree, whose files nobody may write, and tells how many reports it has.
fn copied(from: &Path, to: &Path) -> Result<usize> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    let mut reports = 0;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let (entry, kind) = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)))?;
        let target: PathBuf = to.join(entry.file_name().unwrap_or_default());
        if kind.is_dir() {
            reports += copied(&entry, &target)?;
        } else if kind.is_file() {
            let bytes = fs::read(&entry).with_context(|| format!("cannot read {}", entry.display()))?;
            fs::write(&target, bytes).with_context(|| format!("cannot write {}", target.display()))?;
            reports += usize::from(target.to_string_lossy().ends_with("report.yaml"));
        }
    }
    Ok(reports)
}
