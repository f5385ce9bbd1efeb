//! A real Prometheus scrapes the operator, and an alert of the chart's fires.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdout},
};

use conform_e2e::{
    Prometheus, apply, kubectl, plugin,
    run::{LIMIT, NAMESPACE},
    start_kubectl, until,
};
use serde_json::json as object;

const SCHEDULE: &str = "e2e-alert";

/// A way to the operator's metrics that ends with the test.
struct Forwarded {
    child: Child,
    /// As in `127.0.0.1:40123`.
    address: String,
    /// Held open: a program whose output nobody takes ends when it says something.
    _said: BufReader<ChildStdout>,
}

impl Forwarded {
    fn open() -> Self {
        let words = [
            "port-forward",
            "-n",
            NAMESPACE,
            "deployment/conform-operator",
            ":8080",
        ];
        let mut child = start_kubectl(&words).unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        // Forwarding from 127.0.0.1:40123 -> 8080
        let address = line.split_whitespace().nth(2).map(str::to_owned);
        Self {
            child,
            address: address.expect("kubectl says which port it forwards"),
            _said: said,
        }
    }
}

impl Drop for Forwarded {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn an_alert_fires_for_a_schedule_that_cannot_be_used() {
    assert_eq!(plugin(&["install"]).code, 0);
    let forwarded = Forwarded::open();
    let prometheus = Prometheus::start(std::slice::from_ref(&forwarded.address)).unwrap();
    let leads = until(LIMIT, || {
        (prometheus.value("conform_leader")? == "1").then_some(())
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
        prometheus
            .fires("ConformScheduleNotReady", SCHEDULE)?
            .then_some(())
    });
    assert!(fired.is_some(), "ConformScheduleNotReady fires");
    assert_eq!(kubectl(&["delete", "conformanceschedule", SCHEDULE]).code, 0);
}
