//! Profile quick, one test after the other: conform beside ginkgo and hydrophone.

use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{
    meter::{api_requests, operator_memory},
    peers::{focus, hydrophone, raw_ginkgo},
};
use crate::{
    cluster::Cluster,
    images::Images,
    plugin::plugin,
    printer,
    process::{output, run},
};

/// One round; the run's files are left in `folder`.
pub fn measure(images: &Images, cluster: &Cluster, with_hydrophone: bool, folder: &Path) -> Result<()> {
    let idle = operator_memory()?;
    let before = api_requests(cluster)?;
    let (tests, conform) = conform(images, cluster, folder)?;
    let requests = api_requests(cluster)?.saturating_sub(before);
    let busy = operator_memory()?;

    let focus = focus(&tests);
    let raw = raw_ginkgo(cluster, &focus)?;
    printer::line(&format!("{} tests of profile quick, serial", tests.len()));
    printer::line(&format!("  ginkgo e2e.test   {:7.1} s", raw.as_secs_f64()));
    let allowed = raw.as_secs_f64() * 1.02 + 5.0;
    printer::line(&format!(
        "  conform           {:7.1} s   {:.2} x ginkgo (goal: at most {allowed:.1} s)",
        conform.as_secs_f64(),
        conform.as_secs_f64() / raw.as_secs_f64()
    ));
    if with_hydrophone {
        let peer = hydrophone(cluster, &focus, 1, None)?;
        printer::line(&format!(
            "  hydrophone        {:7.1} s   {:.2} x ginkgo",
            peer.as_secs_f64(),
            peer.as_secs_f64() / raw.as_secs_f64()
        ));
    }
    printer::line(&format!(
        "operator: {idle} KiB resident idle, {busy} KiB after the run (goal: at most 25600)"
    ));
    printer::line(&format!(
        "operator: {requests} API requests for the run, watches included"
    ));
    Ok(())
}

/// One run of the present stage of profile quick; the tests that it ran, and how long that took from command to verdict.
fn conform(images: &Images, cluster: &Cluster, folder: &Path) -> Result<(Vec<String>, Duration)> {
    let name = format!("bench-{}", std::process::id());
    let since = Instant::now();
    let words = [
        "run",
        &name,
        "--profile",
        "quick",
        "--stages",
        "present",
        "--wait",
    ];
    let status = plugin(&images.plugin, cluster, &words)
        .stdout(Stdio::null())
        .status()?;
    let took = since.elapsed();
    // 2: quick is a part of what is required, and a part decides nothing.
    if status.code() != Some(2) {
        bail!("kubectl conform run ended with {status}");
    }
    let result = output(&mut cluster.kubectl(&["get", "conformanceresult", &name, "-o", "json"])?)?;
    let result: Value = serde_json::from_str(&result)?;
    let tests = result
        .pointer("/status/attempts/0/tests")
        .and_then(Value::as_array)
        .context("no tests")?;
    let selected = tests
        .iter()
        .filter(|test| test.get("selected") == Some(&Value::Bool(true)));
    let selected = selected
        .filter_map(|test| test.get("name")?.as_str().map(str::to_owned))
        .collect();
    let folder = folder.to_string_lossy();
    run(&mut plugin(
        &images.plugin,
        cluster,
        &["retrieve", &name, "--force", "--out", &folder],
    ))?;
    run(&mut plugin(&images.plugin, cluster, &["delete", &name]))?;
    Ok((selected, took))
}
