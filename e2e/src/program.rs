//! Programs under test.

use std::{
    ffi::OsString,
    io::Write,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::{printer, recorded::record, run::NAMESPACE};

/// What a program answered.
#[derive(Debug)]
pub struct Answer {
    /// Its exit code; -1 if it was killed or could not start.
    pub code: i32,
    /// What it printed on stdout.
    pub stdout: String,
    /// What it printed on stderr.
    pub stderr: String,
}

/// `kubectl conform WORDS…`.
pub fn plugin(words: &[&str]) -> Answer {
    answer(command("CONFORM_E2E_PLUGIN", "kubectl-conform").args(words), None)
}

/// `kubectl conform WORDS… -o json`: the exit code and the report; `Null` if there is none, and what it said is printed.
pub fn report(words: &[&str]) -> (i32, Value) {
    let answer = plugin(&[words, &["-o", "json"]].concat());
    let report = serde_json::from_str(&answer.stdout).unwrap_or(Value::Null);
    if report.is_null() {
        printer::note(&format!("{}{}", answer.stdout, answer.stderr));
    }
    (answer.code, report)
}

/// Starts `kubectl conform WORDS…` without waiting for its end.
pub fn start_plugin(words: &[&str]) -> std::io::Result<Child> {
    command("CONFORM_E2E_PLUGIN", "kubectl-conform")
        .args(words)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}

/// `kubectl WORDS…`.
pub fn kubectl(words: &[&str]) -> Answer {
    answer(command("CONFORM_E2E_KUBECTL", "kubectl").args(words), None)
}

/// `helm WORDS… --namespace NAMESPACE`, with the operator's namespace.
pub fn helm(words: &[&str]) -> Answer {
    let mut command = command("CONFORM_E2E_HELM", "helm");
    answer(command.args(words).args(["--namespace", NAMESPACE]), None)
}

/// `kubectl create -f -` of one object.
pub fn apply(object: &Value) -> Answer {
    answer(
        command("CONFORM_E2E_KUBECTL", "kubectl").args(["create", "-f", "-"]),
        Some(&object.to_string()),
    )
}

/// The same as another user.
pub fn apply_as(user: &str, object: &Value) -> Answer {
    answer(
        command("CONFORM_E2E_KUBECTL", "kubectl").args(["--as", user, "create", "-f", "-"]),
        Some(&object.to_string()),
    )
}

/// An object as kubectl shows it; `Null` if it is not there.
pub fn json(words: &[&str]) -> Value {
    let mut all = vec!["get", "-o", "json", "--ignore-not-found"];
    all.extend_from_slice(words);
    let found = serde_json::from_str(&kubectl(&all).stdout).unwrap_or(Value::Null);
    record(&found);
    found
}

/// The same, but `None` if there was no answer within seconds: an API server that is away says nothing.
pub fn look(words: &[&str]) -> Option<Value> {
    let mut all = vec!["--request-timeout=10s", "get", "-o", "json", "--ignore-not-found"];
    all.extend_from_slice(words);
    let answer = kubectl(&all);
    if answer.code != 0 {
        return None;
    }
    Some(serde_json::from_str(&answer.stdout).unwrap_or(Value::Null))
}

/// Starts `kubectl get --watch WORDS…`; its stdout has a line for each event.
pub fn watch(words: &[&str]) -> std::io::Result<Child> {
    start_kubectl(&[&["get", "--watch"], words].concat())
}

/// Starts `kubectl WORDS…` without waiting for its end.
pub fn start_kubectl(words: &[&str]) -> std::io::Result<Child> {
    command("CONFORM_E2E_KUBECTL", "kubectl")
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
}

fn command(variable: &str, otherwise: &str) -> Command {
    Command::new(std::env::var_os(variable).unwrap_or_else(|| OsString::from(otherwise)))
}

fn answer(command: &mut Command, input: Option<&str>) -> Answer {
    let stdin = if input.is_some() {
        Stdio::piped()
    } else {
        Stdio::null()
    };
    let child = command
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let output = child.and_then(|mut child| {
        if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
            stdin.write_all(input.as_bytes())?;
        }
        child.wait_with_output()
    });
    match output {
        Ok(output) => Answer {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        },
        Err(error) => Answer {
            code: -1,
            stdout: String::new(),
            stderr: error.to_string(),
        },
    }
}
