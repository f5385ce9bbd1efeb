//! A real Prometheus scrapes the operator, and an alert of the chart's fires.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use conform_e2e::{
    apply, kubectl, plugin,
    run::{LIMIT, NAMESPACE},
    until,
};
use serde_json::{Value, json as object};

const SCHEDULE: &str = "e2e-alert";

/// A program that ends with the test, and its output: one whose output nobody takes ends when it says something.
struct Running {
    child: Child,
    _said: Option<BufReader<ChildStdout>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A way to the operator's metrics, as `127.0.0.1:PORT`.
fn forwarded() -> (Running, String) {
    let program = std::env::var_os("CONFORM_E2E_KUBECTL").unwrap_or_else(|| "kubectl".into());
    let mut child = Command::new(program)
        .args([
            "port-forward",
            "-n",
            NAMESPACE,
            "deployment/conform-operator",
            ":8080",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut said = BufReader::new(child.stdout.take().unwrap());
    said.read_line(&mut line).unwrap();
    // Forwarding from 127.0.0.1:40123 -> 8080
    let address = line.split_whitespace().nth(2).map(str::to_owned);
    (
        Running {
            child,
            _said: Some(said),
        },
        address.expect("kubectl says which port it forwards"),
    )
}

fn prometheus(folder: &Path, target: &str) -> (Running, String) {
    let alerts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../charts/conform/files/alerts.yaml");
    // The rules as they are, but at once: that they wait is shown by their own tests.
    let rules = fs::read_to_string(alerts).unwrap();
    let rules: Vec<&str> = rules
        .lines()
        .filter(|line| !line.trim_start().starts_with("for: "))
        .collect();
    fs::write(folder.join("alerts.yaml"), rules.join("\n")).unwrap();
    let config = object!({
        "global": { "scrape_interval": "2s", "evaluation_interval": "2s" },
        "rule_files": ["alerts.yaml"],
        "scrape_configs": [{ "job_name": "conform", "static_configs": [{ "targets": [target] }] }],
    });
    fs::write(folder.join("prometheus.yaml"), config.to_string()).unwrap();
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .to_string();
    let program =
        std::env::var_os("CONFORM_E2E_PROMETHEUS").expect("CONFORM_E2E_PROMETHEUS names the program");
    let child = Command::new(program)
        .arg(format!(
            "--config.file={}",
            folder.join("prometheus.yaml").display()
        ))
        .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
        .arg(format!("--web.listen-address={free}"))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    (Running { child, _said: None }, free)
}

/// What Prometheus answers; nothing while it does not.
fn asked(address: &str, path: &str) -> Option<Value> {
    let mut stream = TcpStream::connect(address).ok()?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn an_alert_fires_for_a_schedule_that_cannot_be_used() {
    assert_eq!(plugin(&["install"]).code, 0);
    let (_forward, target) = forwarded();
    let folder = tempfile::tempdir().unwrap();
    let (_prometheus, address) = prometheus(folder.path(), &target);
    let leads = until(LIMIT, || {
        let found = asked(&address, "/api/v1/query?query=conform_leader")?;
        (found.pointer("/data/result/0/value/1")? == "1").then_some(())
    });
    assert!(leads.is_some(), "the operator is scraped, and leads");
    let made = apply(&object!({
        "apiVersion": "conform.dev/v1alpha1",
        "kind": "ConformanceSchedule",
        "metadata": { "name": SCHEDULE },
        "spec": { "schedule": "0 0 1 1 *", "timeZone": "Europe/Atlantis", "runTemplate": { "spec": {} } },
    }));
    assert_eq!(made.code, 0, "{}", made.stderr);
    let fired = until(LIMIT, || {
        let alerts = asked(&address, "/api/v1/alerts")?;
        let mut alerts = alerts.pointer("/data/alerts")?.as_array()?.iter();
        alerts
            .any(|alert| {
                alert.pointer("/labels/alertname") == Some(&object!("ConformScheduleNotReady"))
                    && alert.pointer("/labels/schedule") == Some(&object!(SCHEDULE))
                    && alert.pointer("/state") == Some(&object!("firing"))
            })
            .then_some(())
    });
    assert!(fired.is_some(), "ConformScheduleNotReady fires");
    assert_eq!(kubectl(&["delete", "conformanceschedule", SCHEDULE]).code, 0);
}
