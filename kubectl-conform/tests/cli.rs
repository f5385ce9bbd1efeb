//! The binary as people call it, without a cluster.

#![expect(
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

use std::{fs, net::TcpListener, path::Path};

use assert_cmd::Command;
use tempfile::TempDir;

/// The plugin in an environment that has nothing to do with this machine.
fn conform(home: &Path) -> Command {
    let mut command = Command::cargo_bin("kubectl-conform").unwrap();
    command.env_clear().env("HOME", home).env("NO_COLOR", "1");
    command
}

fn stderr(command: &mut Command, code: i32) -> String {
    let output = command.assert().code(code).get_output().clone();
    assert!(
        output.stdout.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    String::from_utf8(output.stderr).unwrap()
}

fn kubeconfig(home: &TempDir, server: &str) -> String {
    let path = home.path().join("kubeconfig");
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: here\n\
         clusters: [{{name: c, cluster: {{server: \"{server}\"}}}}]\n\
         users: [{{name: u, user: {{}}}}]\n\
         contexts: [{{name: here, context: {{cluster: c, user: u}}}}]\n"
    );
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn a_server_that_does_not_answer_is_named() {
    let home = TempDir::new().unwrap();
    // A port that was just free and that nobody listens on any more.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let path = kubeconfig(&home, &format!("http://{address}"));
    for verb in [
        &["get"][..],
        &["status", "x"],
        &["watch", "x"],
        &["run"],
        &["install"],
        &["uninstall"],
    ] {
        let text = stderr(conform(home.path()).args(verb).args(["--kubeconfig", &path]), 2);
        let expected = format!("error: cannot reach the API server http://{address}/ (context here): ");
        assert!(text.starts_with(&expected), "{verb:?}: {text}");
        assert!(text.contains("Connection refused"), "{verb:?}: {text}");
    }
}

#[test]
fn a_missing_kubeconfig_is_named() {
    let home = TempDir::new().unwrap();
    let named = stderr(
        conform(home.path()).args(["get", "--kubeconfig", "/nonexistent/config"]),
        2,
    );
    assert_eq!(
        named,
        "error: no kubeconfig at /nonexistent/config: name one with --kubeconfig or KUBECONFIG\n"
    );
    let default = stderr(conform(home.path()).arg("get"), 2);
    assert!(default.contains(".kube/config"), "{default}");
}

#[test]
fn an_unknown_context_is_answered_with_those_that_there_are() {
    let home = TempDir::new().unwrap();
    let path = kubeconfig(&home, "http://127.0.0.1:1");
    let text = stderr(
        conform(home.path()).args(["get", "--kubeconfig", &path, "--context", "elsewhere"]),
        2,
    );
    assert_eq!(
        text,
        "error: the kubeconfig has no context \"elsewhere\"; it has: here\n"
    );
}

#[test]
fn a_broken_kubeconfig_is_no_crash() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("broken");
    fs::write(&path, "contexts: [").unwrap();
    let text = stderr(conform(home.path()).args(["get", "--kubeconfig"]).arg(&path), 2);
    assert!(text.starts_with("error: cannot use the kubeconfig: "), "{text}");
}

#[test]
fn wrong_usage_is_code_2_and_speaks_of_kubectl() {
    let home = TempDir::new().unwrap();
    for arguments in [
        &["nonesuch"][..],
        &["delete"],
        &["run", "--stages", "present", "--nonesuch"],
        &["results"],
    ] {
        let text = stderr(conform(home.path()).args(arguments), 2);
        assert!(text.contains("error: "), "{text}");
        assert!(text.contains("kubectl conform"), "{text}");
    }
}

#[test]
fn an_unknown_profile_needs_no_cluster() {
    let home = TempDir::new().unwrap();
    let text = stderr(conform(home.path()).args(["run", "--profile", "nonesuch"]), 2);
    assert!(
        text.starts_with("error: \"nonesuch\" is no profile; the profiles are: "),
        "{text}"
    );
}

#[test]
fn what_needs_no_cluster_works_without_one() {
    let home = TempDir::new().unwrap();
    for arguments in [
        &["version", "--client"][..],
        &["profiles"],
        &["completion", "bash"],
        &["install", "--dry-run=client"],
        &["install", "--dry-run=client", "-o", "yaml"],
        &["install", "--dry-run=client", "-o", "json"],
        &["run", "--dry-run=client", "-o", "yaml"],
        &["--help"],
    ] {
        let output = conform(home.path())
            .args(arguments)
            .assert()
            .success()
            .get_output()
            .clone();
        assert!(!output.stdout.is_empty(), "{arguments:?}");
        assert!(
            output.stderr.is_empty(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn the_printed_manifests_can_be_read_back() {
    let home = TempDir::new().unwrap();
    let arguments = [
        "install",
        "--dry-run=client",
        "-o",
        "yaml",
        "--namespace",
        "elsewhere",
    ];
    let output = conform(home.path())
        .args(arguments)
        .assert()
        .success()
        .get_output()
        .clone();
    let documents: Vec<serde_json::Value> =
        serde_saphyr::from_multiple(&String::from_utf8(output.stdout).unwrap()).unwrap();
    let kinds: Vec<&str> = documents
        .iter()
        .filter_map(|object| object["kind"].as_str())
        .collect();
    assert_eq!(
        kinds
            .iter()
            .filter(|kind| **kind == "CustomResourceDefinition")
            .count(),
        4
    );
    assert_eq!(kinds.last(), Some(&"Deployment"));
}
