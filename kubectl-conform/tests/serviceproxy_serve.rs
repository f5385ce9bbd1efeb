//! `serviceproxy serve` and `serviceproxy watch`, one beside the other.

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

use std::{
    fs,
    io::{BufRead, BufReader, Lines},
    path::Path,
    process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio},
};

use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

fn conform(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-conform"));
    command
        .env_clear()
        .env("NO_COLOR", "1")
        .arg("serviceproxy")
        .args(words);
    command
}

/// A command that ends with the test.
struct Running {
    child: Child,
    out: Lines<BufReader<ChildStdout>>,
    err: Lines<BufReader<ChildStderr>>,
}

impl Running {
    fn start(words: &[&str]) -> Self {
        let mut command = conform(words);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            out: BufReader::new(child.stdout.take().unwrap()).lines(),
            err: BufReader::new(child.stderr.take().unwrap()).lines(),
            child,
        }
    }

    /// The next line of stderr that holds a word.
    fn says(&mut self, word: &str) -> String {
        let line = self
            .err
            .by_ref()
            .map(Result::unwrap)
            .find(|line| line.contains(word));
        line.unwrap_or_else(|| panic!("it ended without saying {word:?}"))
    }

    /// What `-o json` says of the next batch.
    fn batch(&mut self) -> Vec<Value> {
        let mut lines = Vec::new();
        for line in self.out.by_ref() {
            lines.push(serde_json::from_str::<Value>(&line.unwrap()).unwrap());
            if lines.last().unwrap()["change"] == "synced" {
                return lines;
            }
        }
        panic!("it ended in the middle of a batch: {lines:?}");
    }

    /// The code that it ends with when it is interrupted.
    fn interrupt(&mut self) -> Option<i32> {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::INT).unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn example(file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/serviceproxy");
    folder.join(file).display().to_string()
}

/// Serves at a socket of its own; the server and its address.
fn serve(folder: &TempDir, state: &str, more: &[&str]) -> (Running, String) {
    let address = format!("unix://{}", folder.path().join("proxy.sock").display());
    let mut words = vec!["serve", "--listen", &address, "--state", state];
    words.extend(more);
    let mut server = Running::start(&words);
    server.says("serving");
    (server, address)
}

fn once(words: &[&str]) -> Output {
    conform(&[&["watch", "--once"], words].concat()).output().unwrap()
}

#[test]
fn what_is_served_is_what_the_example_says() {
    let folder = TempDir::new().unwrap();
    let more = ["--node", "node-a", "--proxy-config", &example("kube-proxy.yaml")];
    let (mut server, address) = serve(&folder, &example("state.yaml"), &more);
    for format in ["table", "json", "yaml"] {
        let output = once(&[&address, "-o", format]);
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        insta::with_settings!({filters => vec![("[0-9a-f]{16}", "[instance]")]}, {
            insta::assert_snapshot!(format!("watch_{format}"), text);
        });
    }
    assert_eq!(server.interrupt(), Some(0));
}

#[test]
fn a_file_that_changes_is_a_change() {
    let folder = TempDir::new().unwrap();
    let state = folder.path().join("state.yaml");
    let text = fs::read_to_string(example("state.yaml")).unwrap();
    fs::write(&state, &text).unwrap();
    let (mut server, address) = serve(&folder, state.to_str().unwrap(), &[]);
    let mut watcher = Running::start(&["watch", &address, "--node", "node-a", "-o", "json"]);
    let first = watcher.batch();
    assert!(first.len() > 2 && first.iter().rev().skip(1).all(|line| line["change"] == "created"));

    // What cannot be used changes nothing, and is said.
    fs::write(&state, text.replace("port: 80", "port: 70000")).unwrap();
    server.says("The state stays as it was");
    fs::write(&state, text.replace("10.0.2.8", "10.0.2.99")).unwrap();
    let second = watcher.batch();
    let changed = &second[0];
    assert_eq!(
        (&changed["change"], second.last().unwrap()["reset"].as_bool()),
        (&"updated".into(), Some(false))
    );
    assert!(
        changed["item"]["cluster"].to_string().contains("10.0.2.99:8080"),
        "{changed}"
    );

    // A server that comes back knows nothing of before, and the watcher tells what differs.
    assert_eq!(server.interrupt(), Some(0));
    watcher.says("Trying again");
    fs::write(&state, &text).unwrap();
    let (_server, _) = serve(&folder, state.to_str().unwrap(), &[]);
    let third = watcher.batch();
    assert_eq!(third.last().unwrap()["reset"], true);
    assert_eq!(third.len(), second.len());
    assert_eq!(watcher.interrupt(), Some(0));
}

#[rstest]
#[case::exposed(&["--listen", "0.0.0.0:0"], "can be reached from other machines")]
#[case::address(&["--listen", "somewhere"], "it must be HOST:PORT")]
#[case::local_ips(&["--local-ips", "10.0.0.1"], "name it with --node")]
#[case::key(&["--tls-cert", "cert.pem"], "--tls-key")]
#[case::certificate(&["--tls-cert", "/dev/null", "--tls-key", "/dev/null"], "cannot serve")]
fn what_cannot_be_served(#[case] more: &[&str], #[case] expected: &str) {
    let state = example("state.yaml");
    let mut words = vec!["serve", "--state", &state];
    if !more.contains(&"--listen") {
        words.extend(["--listen", "127.0.0.1:0"]);
    }
    words.extend(more);
    let output = conform(&words).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains(expected), "{text}");
}

#[test]
fn files_that_cannot_be_used_are_not_served() {
    let output = conform(&["serve", "--state", "/nowhere/state.yaml"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("/nowhere/state.yaml")
    );
}

#[test]
fn nobody_serves() {
    let folder = TempDir::new().unwrap();
    let address = format!("unix://{}", folder.path().join("nobody.sock").display());
    let output = once(&[&address, "--timeout", "1s"]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("no state from unix://"), "{text}");
}

#[test]
fn a_node_that_is_not_served() {
    let folder = TempDir::new().unwrap();
    let (_server, address) = serve(&folder, &example("state.yaml"), &["--node", "node-a"]);
    let output = once(&[&address, "--node", "node-b"]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("this server serves node node-a only"), "{text}");
}
