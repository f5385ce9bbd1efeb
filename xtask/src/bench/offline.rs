//! How fast files are judged.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use flate2::read::GzDecoder;

use crate::{
    printer,
    process::{cargo, root, run},
};

/// How often one file is judged, for the median.
const ROUNDS: usize = 40;
/// How many files are judged at once.
const MANY: usize = 1000;

/// Unpacks the project's own file of the size and shape of a real run that was interrupted.
pub fn interrupted_run(folder: &Path) -> Result<PathBuf> {
    let packed = root().join("suite/tests/fixtures/interrupted.xml.gz");
    let file = File::open(&packed).with_context(|| format!("cannot read {}", packed.display()))?;
    let path = folder.join("junit_01.xml");
    std::io::copy(&mut GzDecoder::new(file), &mut File::create(&path)?)
        .with_context(|| format!("cannot unpack {}", packed.display()))?;
    Ok(path)
}

/// Times `plugin evaluate` on one real JUnit file and on many, then the reader beside its peers.
pub fn measure(plugin: &Path, junit: &Path) -> Result<()> {
    let bytes = std::fs::metadata(junit)
        .with_context(|| format!("cannot read {}", junit.display()))?
        .len();
    printer::line(&format!("evaluate, a JUnit file of {bytes} bytes"));
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        times.push(evaluate(plugin, &[junit])?.0);
    }
    times.sort();
    let median = times.get(ROUNDS / 2).copied().unwrap_or_default();
    printer::line(&format!(
        "  one file, start to exit     {:6.1} ms (goal: at most 15)",
        milliseconds(median)
    ));
    let many: Vec<&Path> = std::iter::repeat_n(junit, MANY).collect();
    let (took, peak) = evaluate(plugin, &many)?;
    printer::line(&format!(
        "  {MANY} files                  {:6.2} s, {:.0} MiB at most (goal: at most 4 s and 100 MiB)",
        took.as_secs_f64(),
        f64::from(peak) / 1024.0
    ));
    printer::line("the reader beside Go's encoding/xml, Python's ElementTree and a pass over the bytes");
    run(cargo(&[
        "bench",
        "--quiet",
        "--package",
        "conform-suite",
        "--bench",
        "junit",
        "--",
    ])
    .arg(junit))
}

/// The time from start to exit, and the most memory in KiB that was seen.
fn evaluate(plugin: &Path, files: &[&Path]) -> Result<(Duration, u32)> {
    let since = Instant::now();
    let mut command = Command::new(plugin);
    command
        .arg("evaluate")
        .args(files)
        .args(["-o", "json"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start {}", plugin.display()))?;
    let mut peak = 0;
    loop {
        if let Some(status) = child.try_wait()? {
            // A part of what is required was run, so that nothing is decided.
            if !matches!(status.code(), Some(0..=2)) {
                bail!("evaluate ended with {status}");
            }
            return Ok((since.elapsed(), peak));
        }
        peak = peak.max(resident(child.id()).unwrap_or(0));
        std::thread::sleep(Duration::from_micros(200));
    }
}

fn resident(pid: u32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
