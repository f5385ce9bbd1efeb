//! The model of a service proxy beside kube-proxy's own code in Go: the same Services, the same endpoints.

use std::process::Command;

use anyhow::{Context, Result};

use crate::{
    printer,
    process::{cargo, output, root},
};

/// The number of Services that the two are compared with, 100 endpoints each.
const SERVICES: &str = "10000";

/// Runs both and prints how they compare.
pub fn measure() -> Result<()> {
    printer::step("service proxy: the model, then kube-proxy's code");
    let words = [
        "bench",
        "--quiet",
        "--package",
        "conform-service-proxy",
        "--bench",
        "model",
    ];
    let ours = output(&mut cargo(&words))?;
    let mut go = Command::new("go");
    go.args([
        "test",
        "-run",
        "^$",
        "-bench",
        ".",
        "-benchtime",
        "1x",
        "-count",
        "60",
    ]);
    go.current_dir(root().join("service-proxy/oracle"))
        .env("GOWORK", "off")
        .env("GOFLAGS", "");
    let theirs = output(&mut go)?;
    let value = |name: &str, services: &str| found(&ours, name, services);
    let (one, change) = (value("one-node", SERVICES)?, value("one-change", SERVICES)?);
    let (go_one, go_change) = (go_result(&theirs, "OneNode")?, go_result(&theirs, "OneChange")?);
    printer::line(&format!(
        "{SERVICES} services, 100 endpoints each, hints for zones"
    ));
    printer::line(&format!(
        "  all services for one node   {:9.2} ms   Go {:8.2} ms   {:6.1} x (goal: at least 8)",
        one / 1e6,
        go_one / 1e6,
        go_one / one
    ));
    printer::line(&format!(
        "  one slice changed           {:9.1} us   Go {:8.1} us   {:6.1} x (goal: at least 100)",
        change / 1e3,
        go_change / 1e3,
        go_change / change
    ));
    let hundred = value("hundred-nodes", SERVICES)?;
    printer::line(&format!(
        "  100 nodes at once           {:9.2} ms   {:6.1} x one node (goal: below 20)",
        hundred / 1e6,
        hundred / one
    ));
    printer::line(&format!(
        "  memory                      {:9.0} bytes an endpoint (goal: at most 200)",
        value("memory", SERVICES)?
    ));
    for services in ["1000", SERVICES, "100000"] {
        printer::line(&format!(
            "  {services:>6} services: all for one node {:9.2} ms, one slice changed {:6.1} us, {:4.0} bytes an endpoint",
            value("one-node", services)? / 1e6,
            value("one-change", services)? / 1e3,
            value("memory", services)?
        ));
    }
    clients()
}

/// What clients of the state that is served cost.
fn clients() -> Result<()> {
    printer::step("service proxy: clients of what is served");
    let words = [
        "bench",
        "--quiet",
        "--package",
        "conform-proxy-api",
        "--bench",
        "clients",
    ];
    let ours = output(&mut cargo(&words))?;
    let value = |name: &str, clients: &str| found(&ours, name, clients);
    printer::line("1000 services, 100 endpoints each, hints for zones; one slice changed");
    let one = value("change", "1")?;
    for clients in ["1", "10", "100", "1000"] {
        let change = value("change", clients)?;
        printer::line(&format!(
            "  {clients:>4} clients of a node: state changed and messages made {:9.1} us, {:6.1} x one client",
            change / 1e3,
            change / one
        ));
    }
    let one = value("socket", "1")?;
    for clients in ["1", "10", "100"] {
        let change = value("socket", clients)?;
        printer::line(&format!(
            "  {clients:>4} clients: all have read it from loopback          {:9.1} us, {:6.1} x one client",
            change / 1e3,
            change / one
        ));
    }
    printer::line(&format!(
        "  memory: {:.0} bytes an endpoint for each node that is followed, {:.0} bytes a client, {:.0} KiB with both ends of its connection",
        value("feed-memory", "1")?,
        value("memory", "1000")?,
        value("socket-memory", "100")? / 1024.0
    ));
    Ok(())
}

/// The value of a line such as `one-node 1000 630000`.
fn found(text: &str, name: &str, size: &str) -> Result<f64> {
    let mut lines = text.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let line = lines.find(|words| words.starts_with(&[name, size]));
    let number = line.and_then(|words| words.last().copied()?.parse().ok());
    number.with_context(|| format!("the bench did not measure {name} with {size}"))
}

/// The fastest of lines such as `BenchmarkOneNode-2   1   171000000 ns/op`.
fn go_result(text: &str, name: &str) -> Result<f64> {
    let prefix = format!("Benchmark{name}");
    let lines = text.lines().filter(|line| line.starts_with(&prefix));
    let numbers = lines.filter_map(|line| {
        let before = line.strip_suffix(" ns/op")?;
        before.split_whitespace().last()?.parse::<f64>().ok()
    });
    numbers
        .min_by(f64::total_cmp)
        .with_context(|| format!("go test did not measure {name}"))
}
