//! The whole probe suite on the testbed's two nodes, against its goal.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{cluster::Cluster, images::Images, plugin::plugin, printer};

/// How long the suite may take on two nodes.
const GOAL: Duration = Duration::from_mins(4);

/// Probes all features that need not be asked for by name and prints how long that took, with what it came to: a suite that measures
/// nothing is no fast one.
pub fn measure(images: &Images, cluster: &Cluster) -> Result<()> {
    printer::step("network probes: all features, on the testbed's nodes");
    let begun = Instant::now();
    let mut command = plugin(&images.plugin, cluster, &["capabilities", "-o", "json"]);
    // Its exit code says what the network lacks, which is no matter here.
    let output = command.output().context("the plugin")?;
    let took = begun.elapsed();
    let report: Value = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("no report: {}", String::from_utf8_lossy(&output.stderr)))?;
    let rows = report.get("rows").and_then(Value::as_array);
    let rows = rows.map(Vec::as_slice).unwrap_or_default();
    let count = |status: &str| {
        let of = rows
            .iter()
            .filter(|row| row.get("status").and_then(Value::as_str) == Some(status));
        of.count()
    };
    let number = |key: &str| -> u64 { rows.iter().filter_map(|row| row.get(key)?.as_u64()).sum() };
    ensure!(count("Supported") > 0, "nothing was measured: {report:#}");
    printer::line(&format!(
        "{} features: {} supported, {} not, {} not evaluated, {} without meaning; {} of {} cells as expected",
        rows.len(),
        count("Supported"),
        count("Unsupported"),
        count("Unevaluated"),
        count("NotApplicable"),
        number("same"),
        number("cells"),
    ));
    printer::line(&format!(
        "  the whole suite             {:9.1} s    (goal: at most {} s)",
        took.as_secs_f64(),
        GOAL.as_secs()
    ));
    Ok(())
}
