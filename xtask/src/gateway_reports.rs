//! Every report that the newest release of Gateway API ships, validated and indexed by the plugin.

use std::{
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

/// The one report that is broken: `<Right>` stands before its first field, so that this is another.
const BROKEN: &str = "v1.4.0/cilium/experimental-v1.19.0-pre.2-default-report.yaml";
/// What is wrong with it.
const RULE: &str = "missing";

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
    let is_broken = |(file, rule): &(String, String)| file.ends_with(BROKEN) && rule == RULE;
    ensure!(
        code == 1 && matches!(wrong.as_slice(), [only] if is_broken(only)),
        "of {files} reports {BROKEN} was to have an error of rule {RULE}, and these have: {wrong:?}"
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
    let list = |value: &Value, key: &str| {
        value
            .get(key)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let text = |value: &Value, key: &str| {
        value
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let mut errors = Vec::new();
    for file in list(validation, "files") {
        let findings = list(&file, "findings").into_iter();
        let wrong = findings.filter(|finding| text(finding, "severity") == "Error");
        errors.extend(wrong.map(|finding| (text(&file, "file"), text(&finding, "rule"))));
    }
    errors
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
