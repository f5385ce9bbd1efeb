//! How fast JUnit files are read: MB/s, beside a memchr pass over the same bytes and beside what others use.
//!
//! `cargo bench -p conform-suite --bench junit [-- FILE…]`; without files it reads two of its own making.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench is read by people"
)]
#![expect(clippy::unwrap_used, reason = "a bench that cannot run says so and stops")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::{
    fs,
    hint::black_box,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use conform_suite::{
    Junit, JunitError, Limits,
    evaluation::{Criteria, Measured, judge},
    junit,
};

const ROUNDS: u32 = 25;

fn main() {
    let files: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    if files.is_empty() {
        measure("a made run, all passed", support::passed_run().as_bytes());
        measure("a made run, interrupted", support::interrupted_run().as_bytes());
    }
    for file in files {
        measure(&file, &fs::read(&file).unwrap());
    }
}

fn measure(name: &str, bytes: &[u8]) {
    println!("{name}: {:.2} MB", megabytes(bytes.len()));
    let criteria = Criteria::default();
    let before = peak();
    let telling = best(|| cases(junit::read_telling(bytes, &Limits::default())));
    let measured = best(|| verdict(junit::read_telling(bytes, &Limits::default()), &criteria));
    let after = peak();
    let all = best(|| verdict(junit::read(bytes, &Limits::default()), &criteria));
    let pass = best(|| memchr::memchr_iter(b'<', bytes).count());
    line("read_telling", telling, bytes.len(), pass);
    line("read_telling and verdict", measured, bytes.len(), pass);
    line("read and verdict", all, bytes.len(), pass);
    line("memchr pass", pass, bytes.len(), pass);
    if let (Some(before), Some(after)) = (before, after) {
        println!(
            "  peak memory grew by {} KiB for read_telling, {} KiB in all",
            after - before,
            peak().unwrap_or(after) - before
        );
    }
    peers(bytes, pass);
}

fn cases(read: Result<Junit, JunitError>) -> usize {
    read.unwrap().cases.len()
}

/// The whole way of a file to its verdict, as `kubectl conform evaluate` goes it: how many requirements were met. What a release
/// requires is put together once, however many files there are.
fn verdict(read: Result<Junit, JunitError>, criteria: &Criteria) -> usize {
    let measured = Measured::of_files("bench", &[read.unwrap()], None, None).unwrap();
    let demands = criteria.demands(measured.release).unwrap();
    let report = judge(&measured, &demands, false);
    usize::try_from(report.present.passed).unwrap_or_default()
}

fn best(mut work: impl FnMut() -> usize) -> Duration {
    let round = |_| {
        let start = Instant::now();
        black_box(work());
        start.elapsed()
    };
    (0..ROUNDS).map(round).min().unwrap_or_default()
}

fn line(name: &str, took: Duration, bytes: usize, pass: Duration) {
    let seconds = took.as_secs_f64();
    println!(
        "  {name:28} {:8.3} ms {:8.0} MB/s {:7.1} x memchr",
        seconds * 1e3,
        megabytes(bytes) / seconds,
        seconds / pass.as_secs_f64()
    );
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files are far below 2^52")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// The most memory that this process has had, in KiB, where the system says so.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// The same with what others use, where it is installed.
fn peers(bytes: &[u8], pass: Duration) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers");
    let scratch = std::env::temp_dir().join(format!("conform-bench-{}", std::process::id()));
    fs::create_dir_all(&scratch).unwrap();
    let (file, program) = (scratch.join("junit.xml"), scratch.join("go-peer"));
    fs::write(&file, bytes).unwrap();
    let built = Command::new("go")
        .arg("build")
        .arg("-o")
        .arg(&program)
        .arg(folder.join("go/main.go"))
        .status();
    if built.is_ok_and(|status| status.success()) {
        peer(
            "Go encoding/xml",
            Command::new(&program).arg(&file),
            bytes.len(),
            pass,
        );
    } else {
        eprintln!("  no go: its reader is left out");
    }
    let script = folder.join("elementtree.py");
    peer(
        "Python ElementTree",
        Command::new("python3").arg(script).arg(&file),
        bytes.len(),
        pass,
    );
    fs::remove_dir_all(&scratch).unwrap();
}

fn peer(name: &str, command: &mut Command, bytes: usize, pass: Duration) {
    let output = command
        .output()
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok());
    let nanoseconds = output.and_then(|text| text.split_whitespace().next()?.parse().ok());
    match nanoseconds {
        Some(nanoseconds) => line(name, Duration::from_nanos(nanoseconds), bytes, pass),
        None => eprintln!("  {name}: left out, it does not run here"),
    }
}
