//! How fast files are judged.

use std::{
    fmt::Write,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
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
/// How a JUnit file of Ginkgo's begins.
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n  <testsuites tests=\"446\" disabled=\"0\" errors=\"0\" failures=\"0\" \
                    time=\"5505.772673112\">\n      <testsuite name=\"Kubernetes e2e suite\" package=\"/usr/local/bin\" tests=\"446\">\n";

/// Unpacks the project's own file of the size and shape of a real run that was interrupted.
pub fn interrupted_run(folder: &Path) -> Result<PathBuf> {
    let packed = root().join("suite/tests/fixtures/interrupted.xml.gz");
    let file = File::open(&packed).with_context(|| format!("cannot read {}", packed.display()))?;
    let path = folder.join("junit_01.xml");
    std::io::copy(&mut GzDecoder::new(file), &mut File::create(&path)?)
        .with_context(|| format!("cannot unpack {}", packed.display()))?;
    Ok(path)
}

/// Writes the JUnit file of a whole run in which everything required passed, with every test of a real suite in it.
pub fn passed_run(folder: &Path) -> Result<PathBuf> {
    let packed = root().join("suite/tests/fixtures/names/v1.36.3.txt.gz");
    let file = File::open(&packed).with_context(|| format!("cannot read {}", packed.display()))?;
    let mut names = String::new();
    GzDecoder::new(file)
        .read_to_string(&mut names)
        .with_context(|| format!("cannot unpack {}", packed.display()))?;
    let mut text = String::from(HEAD);
    for name in names.lines() {
        let escaped = name
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&#34;");
        let (status, time, inside) = if name.contains("[Conformance]") {
            ("passed", "12.345678901", "")
        } else {
            (
                "skipped",
                "0",
                "\n              <skipped message=\"skipped\"></skipped>\n          ",
            )
        };
        writeln!(
            text,
            "          <testcase name=\"[It] {escaped}\" classname=\"Kubernetes e2e suite\" status=\"{status}\" time=\"{time}\">{inside}</testcase>"
        )?;
    }
    text.push_str("      </testsuite>\n  </testsuites>");
    let path = folder.join("passed_01.xml");
    std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

/// Copies that differ: what was read of one says nothing of the next.
fn copies(junit: &Path, folder: &Path) -> Result<Vec<PathBuf>> {
    let text = std::fs::read_to_string(junit).with_context(|| format!("cannot read {}", junit.display()))?;
    let copy = |number: usize| {
        let path = folder.join(format!("{number}.xml"));
        std::fs::write(&path, format!("{text}<!-- {number} -->\n"))
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    };
    (0..MANY).map(copy).collect()
}

/// Times `plugin evaluate` on one real JUnit file and on many, then the reader beside its peers.
pub fn measure(plugin: &Path, junit: &Path) -> Result<()> {
    let bytes = std::fs::metadata(junit)
        .with_context(|| format!("cannot read {}", junit.display()))?
        .len();
    printer::line(&format!("evaluate, a JUnit file of {bytes} bytes"));
    let before = cpu_of_children()?;
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        times.push(evaluate(plugin, &[junit])?);
    }
    let rounds = u32::try_from(ROUNDS)?;
    let cpu = (cpu_of_children()?.saturating_sub(before)) / rounds;
    times.sort();
    let median = times.get(ROUNDS / 2).copied().unwrap_or_default();
    let best = times.first().copied().unwrap_or_default();
    printer::line(&format!(
        "  one file, start to exit     {:6.1} ms median of {ROUNDS}, {:.1} ms best, {:.1} ms of CPU (goal: at most 15 ms)",
        milliseconds(median),
        milliseconds(best),
        milliseconds(cpu)
    ));
    let (_, alone) = evaluate_watched(plugin, &[junit])?;
    let own = ratio(alone, bytes);
    printer::line(&format!(
        "  one file, memory            {:6.1} MiB at most, {own:.1} times the file (goal: at most 2 times it above the program's own)",
        f64::from(alone) / 1024.0
    ));
    let folder = tempfile::tempdir()?;
    let copies = copies(junit, folder.path())?;
    let many: Vec<&Path> = copies.iter().map(PathBuf::as_path).collect();
    let before = cpu_of_children()?;
    let (took, peak) = evaluate_watched(plugin, &many)?;
    let cpu = cpu_of_children()?.saturating_sub(before);
    printer::line(&format!(
        "  {MANY} distinct files         {:6.2} s, {:.2} s of CPU, {:.0} MiB at most, {:.1} times a file (goal: at most 4 s on 2 \
         cores and 100 MiB)",
        took.as_secs_f64(),
        cpu.as_secs_f64(),
        f64::from(peak) / 1024.0,
        ratio(peak, bytes)
    ));
    printer::line("the reader beside Go's encoding/xml, Python's ElementTree and a pass over the bytes");
    printer::line("  goal: at least 500 MB/s and at most 5 ms for a file of 2.6 MB");
    run(cargo(&["bench", "--quiet", "--workspace", "--bench", "junit", "--"]).arg(junit))
}

fn command(plugin: &Path, files: &[&Path]) -> Command {
    let mut command = Command::new(plugin);
    command
        .arg("evaluate")
        .args(files)
        .args(["-o", "json"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// The time from start to exit.
fn evaluate(plugin: &Path, files: &[&Path]) -> Result<Duration> {
    let since = Instant::now();
    let status = command(plugin, files).status();
    let took = since.elapsed();
    judged(status.with_context(|| format!("cannot start {}", plugin.display()))?)?;
    Ok(took)
}

/// The same, and the most memory in KiB that was seen.
fn evaluate_watched(plugin: &Path, files: &[&Path]) -> Result<(Duration, u32)> {
    let since = Instant::now();
    let peak = peak_of(&mut command(plugin, files))?;
    Ok((since.elapsed(), peak))
}

/// The most memory of a program in KiB that was seen. Looking costs time too, so not for times of short programs.
pub fn peak_of(command: &mut Command) -> Result<u32> {
    let mut child = command.spawn().context("cannot start the plugin")?;
    let mut peak = 0;
    loop {
        if let Some(status) = child.try_wait()? {
            judged(status)?;
            return Ok(peak);
        }
        peak = peak.max(resident(child.id()).unwrap_or(0));
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A part of what is required was run, so that any verdict is right.
fn judged(status: ExitStatus) -> Result<()> {
    match status.code() {
        Some(0..=2) => Ok(()),
        _ => bail!("evaluate ended with {status}"),
    }
}

fn resident(pid: u32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// How long the programs that this one started and that ended have run on a processor.
fn cpu_of_children() -> Result<Duration> {
    let path = "/proc/self/stat";
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
    // The second field, the name, may hold blanks; behind it the state is the third.
    let fields = text.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks = fields.split_whitespace().skip(13).take(2);
    let ticks: Vec<u64> = ticks.map(str::parse).collect::<Result<_, _>>()?;
    // Linux tells times to programs in hundredths of a second, whatever the kernel's own clock.
    Ok(Duration::from_millis(10) * u32::try_from(ticks.iter().sum::<u64>())?)
}

/// So many KiB of memory, in files of so many bytes.
fn ratio(kibibytes: u32, bytes: u64) -> f64 {
    f64::from(kibibytes) * 1024.0 / f64::from(u32::try_from(bytes.max(1)).unwrap_or(u32::MAX))
}

/// A time as people compare it.
pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
