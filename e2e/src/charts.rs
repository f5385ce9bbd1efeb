//! conform by its charts, as a user of Helm installs and removes it.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{Answer, helm, json, kubectl, plugin, run::NAMESPACE, until};

/// How long a namespace takes to go at most.
const SOON: Duration = Duration::from_mins(2);

/// Where the charts are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../charts")
}

/// What Helm printed for `helm WORDS…` in the operator's namespace.
///
/// # Panics
///
/// Helm refuses.
pub fn helmed(words: &[&str]) -> String {
    well("helm", words, helm(words))
}

/// What kubectl printed for `kubectl WORDS…`.
///
/// # Panics
///
/// kubectl refuses.
pub fn done(words: &[&str]) -> String {
    well("kubectl", words, kubectl(words))
}

fn well(program: &str, words: &[&str], answer: Answer) -> String {
    let said = words.join(" ");
    assert_eq!(
        answer.code, 0,
        "{program} {said}: {}{}",
        answer.stdout, answer.stderr
    );
    answer.stdout
}

/// Installs both charts, that of the operator with these further words, and waits for the operators.
///
/// # Panics
///
/// Helm refuses.
pub fn install(words: &[&str]) {
    let chart = |name: &str| folder().join(name).display().to_string();
    helmed(&[
        "install",
        "conform-crds",
        &chart("conform-crds"),
        "--create-namespace",
        "--wait",
    ]);
    let conform = chart("conform");
    let mut all = vec!["install", "conform", &conform, "--wait", "--timeout=5m"];
    all.extend_from_slice(words);
    helmed(&all);
}

/// An empty namespace for the operator, where nothing of conform is left.
///
/// # Panics
///
/// Something refuses, or what was there does not go.
pub fn fresh_namespace() {
    assert_eq!(plugin(&["uninstall"]).code, 0);
    let gone = until(SOON, || json(&["namespace", NAMESPACE]).is_null().then_some(()));
    assert!(gone.is_some(), "the namespace goes");
    done(&["create", "namespace", NAMESPACE]);
}

/// Removes both charts and everything that they keep, as if conform had never been there.
///
/// # Panics
///
/// Something refuses.
pub fn remove() {
    helmed(&["uninstall", "conform", "--wait"]);
    helmed(&["uninstall", "conform-crds", "--wait"]);
    remove_kept();
}

/// Removes what the charts keep: the plugin takes it over, and can take it away.
///
/// # Panics
///
/// Something refuses.
pub fn remove_kept() {
    assert_eq!(plugin(&["install"]).code, 0, "the definitions that a chart keeps");
    assert_eq!(plugin(&["uninstall"]).code, 0);
    done(&["delete", "namespace", NAMESPACE, "--ignore-not-found"]);
}
