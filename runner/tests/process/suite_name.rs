//! The suite's processes have their attempt's name, and stand where they would without it.

use std::{path::Path, process::Command};

const NAME: &str = "conform:demo:7d1f2f0a-0000-4000-8000-000000000002:present-1";

#[test]
fn the_program_becomes_the_suite_under_its_name() {
    // ginkgo would start the link from the link's folder.
    let elsewhere = tempfile::tempdir().unwrap();
    let shown = |script: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_conform-runner"))
            .args(["-c", script])
            .current_dir(elsewhere.path())
            .env("CONFORM_SUITE_NAME", NAME)
            .env("CONFORM_SUITE_PROGRAM", "/bin/bash")
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let command_line = shown("tr '\\0' '\\n' < /proc/$$/cmdline");
    assert_eq!(command_line.lines().next(), Some(NAME));
    assert_eq!(
        Path::new(shown("pwd -P").trim()),
        Path::new("/bin").canonicalize().unwrap()
    );
    assert_eq!(shown("env | grep -c ^CONFORM_ || true").trim(), "0");
}

#[test]
fn a_suite_that_cannot_be_executed_is_named() {
    let output = Command::new(env!("CARGO_BIN_EXE_conform-runner"))
        .env("CONFORM_SUITE_NAME", NAME)
        .env("CONFORM_SUITE_PROGRAM", "/nonexistent/e2e.test")
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("cannot become the suite"),
        "{output:?}"
    );
}
