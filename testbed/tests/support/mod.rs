//! What the tests of the testbed share.

use std::process::Command;
use std::time::{Duration, Instant};

use conform_testbed::{Options, Testbed};

/// A cluster of one node.
pub fn one_node(name: &str) -> Options {
    Options {
        name: name.into(),
        nodes: 1,
        ..Options::default()
    }
}

/// Ends the test's cluster even if the test fails.
pub struct Down(pub &'static str);

impl Drop for Down {
    fn drop(&mut self) {
        let _ = Testbed::down_by_name(self.0);
    }
}

/// What kubectl answers; none if it was refused.
pub fn kubectl(testbed: &Testbed, words: &[&str]) -> Option<String> {
    let output = Command::new(testbed.bin("kubectl").unwrap())
        .args(["--request-timeout=5s", "--kubeconfig"])
        .arg(testbed.kubeconfig())
        .args(words)
        .output()
        .unwrap();
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Waits for that.
pub fn until(testbed: &Testbed, what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_mins(5);
    while !holds() {
        let late = Instant::now() >= end;
        assert!(!late, "{what}: {}", described(testbed));
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// How a cluster is, with the last lines of what ended by itself.
fn described(testbed: &Testbed) -> String {
    let status = testbed.status();
    let ended = status.components.iter().filter(|one| !one.running).map(|one| {
        let log = std::fs::read_to_string(&one.log).unwrap_or_default();
        let last = log.lines().rev().take(8).collect::<Vec<_>>();
        format!(
            "{}:\n{}",
            one.name,
            last.into_iter().rev().collect::<Vec<_>>().join("\n")
        )
    });
    format!("{:?}\n{}", status.nodes, ended.collect::<Vec<_>>().join("\n"))
}
