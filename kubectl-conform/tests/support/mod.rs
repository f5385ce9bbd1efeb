#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each file of tests uses a part of it"
)]
//! The plugin without a cluster, and files as runs leave them.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use assert_cmd::Command;
use conform_suite::{Release, catalogue::upstream};
use tempfile::TempDir;

/// Runs the plugin in an environment without a cluster; gives stdout and stderr.
pub fn conform(words: &[&str], code: i32) -> (String, String) {
    let mut command = Command::cargo_bin("kubectl-conform").unwrap();
    let output = command
        .env_clear()
        .env("NO_COLOR", "1")
        .args(words)
        .assert()
        .code(code);
    let output = output.get_output().clone();
    (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

/// The words that make a bundle of the name `mine`.
pub fn bundling<'a>(from: &'a str, product: &'a str, out: &'a str) -> [&'a str; 8] {
    [
        "bundle",
        from,
        "--product",
        product,
        "--out",
        out,
        "--name",
        "mine",
    ]
}

/// What the file of a certified run says before its tests.
pub const HEAD: &str = " timestamp=\"2026-11-01T00:21:54\"><properties><property name=\"SuiteSucceeded\" value=\"true\"/>\
    <property name=\"RandomSeed\" value=\"17\"/><property name=\"FocusStrings\" value=\"\\[Conformance\\]\"/>\
    <property name=\"SkipStrings\" value=\"\"/><property name=\"FlakeAttempts\" value=\"0\"/>\
    <property name=\"DryRun\" value=\"false\"/><property name=\"ParallelTotal\" value=\"1\"/></properties>";

/// A JUnit file of a whole run of a release, with what stands before its tests; `status` says how a test ended by its
/// name.
pub fn junit(minor: u16, head: &str, status: impl Fn(&str) -> &'static str) -> String {
    let release = Release::new(1, minor);
    let mut text = format!("<testsuites><testsuite name=\"Kubernetes e2e suite\"{head}");
    for known in upstream().listed(release) {
        let name = known.name_in(release).unwrap();
        let escaped = name
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&#34;");
        let status = status(name);
        let child = match status {
            "failed" => "<failure type=\"failed\">it broke</failure>",
            "interrupted" => "<error type=\"interrupted\">cut off</error>",
            "skipped" => "<skipped message=\"skipped\"/>",
            _ => "",
        };
        write!(text, "<testcase name=\"[It] {escaped} [Conformance]\" status=\"{status}\" time=\"1.5\">{child}</testcase>").unwrap();
    }
    text + "</testsuite></testsuites>"
}

/// The lines of the log of a whole passed run that are counted by.
pub fn end(minor: u16) -> String {
    let count = upstream().listed(Release::new(1, minor)).count();
    format!(
        "Random Seed: 17 - will randomize all specs\n\nWill run {count} of {count} specs\n\nRan {count} of {count} Specs in 6894.405 \
         seconds\nSUCCESS! -- {count} Passed | 0 Failed | 0 Pending | 0 Skipped\n"
    )
}

/// A folder for files that a test writes.
pub struct Files(pub TempDir);

impl Files {
    /// An empty one.
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// Writes a file, with the folders that it is in, and tells its path.
    pub fn put(&self, name: &str, text: &str) -> String {
        let path: PathBuf = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// The path of a name in it.
    pub fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    /// What a file in it holds.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder().join(name)).unwrap()
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        self.0.path()
    }
}
