//! What a run costs: the operator's and the runner's processes, and what is asked of the API server. The testbed's pods
//! are processes of this machine, so their memory and time are read here.

use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use anyhow::{Context, Result};
use conform_crds::names;

use crate::{cluster::Cluster, process::output};

/// How the kernel counts a process's time: in hundredths of a second.
const TICKS: f64 = 100.0;
/// How often a process is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// What a run cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// The operator, from the run's start to its end.
    pub operator: Use,
    /// The runner, as last seen.
    pub runner: Use,
    /// Requests of the operator.
    pub requests: u64,
    /// How often the result was written, and with how many bytes.
    pub writes: (f64, f64),
}

/// What a process used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Use {
    /// Most resident memory, in KiB.
    pub peak: u64,
    /// Resident memory when last seen, in KiB.
    pub resident: u64,
    /// Seconds of computing.
    pub seconds: f64,
}

/// Watches one run.
pub struct Meter {
    before: Cost,
    done: Arc<AtomicBool>,
    runner: JoinHandle<Use>,
}

impl Meter {
    /// Starts to watch.
    pub fn start(cluster: &Cluster) -> Result<Self> {
        let done = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&done);
        Ok(Self {
            before: now(cluster)?,
            done,
            runner: std::thread::spawn(move || {
                let mut seen = Use::default();
                while !stop.load(Ordering::Relaxed) {
                    // Before the pod is there and after it is gone there is nothing to see.
                    seen = used(RUNNER).unwrap_or(seen);
                    std::thread::sleep(LOOK);
                }
                seen
            }),
        })
    }

    /// What it cost since the start.
    pub fn stop(self, cluster: &Cluster) -> Result<Cost> {
        self.done.store(true, Ordering::Relaxed);
        let after = now(cluster)?;
        Ok(Cost {
            operator: Use {
                seconds: after.operator.seconds - self.before.operator.seconds,
                ..after.operator
            },
            runner: self.runner.join().unwrap_or_default(),
            requests: after.requests.saturating_sub(self.before.requests),
            writes: (
                after.writes.0 - self.before.writes.0,
                after.writes.1 - self.before.writes.1,
            ),
        })
    }
}

/// A cost in words.
pub fn told(what: &str, cost: &Cost, tests: usize) -> String {
    let each = |all: f64| all / f64::from(u32::try_from(tests.max(1)).unwrap_or(u32::MAX));
    let requests = f64::from(u32::try_from(cost.requests).unwrap_or(u32::MAX));
    format!(
        "{what}: operator {:.1} MiB at most, {:.1} s of CPU, {} requests ({:.1} a test); runner {:.1} MiB, {:.1} s; result \
         written {:.0} times, {:.1} MiB in all ({:.1} KiB a test)",
        mebibytes(cost.operator.peak),
        cost.operator.seconds,
        cost.requests,
        each(requests),
        mebibytes(cost.runner.peak),
        cost.runner.seconds,
        cost.writes.0,
        cost.writes.1 / f64::from(1 << 20),
        each(cost.writes.1) / 1024.0,
    )
}

fn mebibytes(kibibytes: u64) -> f64 {
    f64::from(u32::try_from(kibibytes).unwrap_or(u32::MAX)) / 1024.0
}

fn now(cluster: &Cluster) -> Result<Cost> {
    Ok(Cost {
        operator: used(OPERATOR)?,
        runner: Use::default(),
        requests: api_requests(cluster)?,
        writes: result_writes(cluster)?,
    })
}

/// The operator's command line.
const OPERATOR: &str = "^/conform-operator";
/// The runner's.
const RUNNER: &str = "^/conform/conform-runner run";

/// What the newest process with that command line has used so far.
fn used(pattern: &str) -> Result<Use> {
    let pid = output(Command::new("pgrep").args(["-n", "-f", pattern]))?;
    used_by(pid.trim().parse()?)
}

/// What this process has used so far.
pub fn used_by(pid: u32) -> Result<Use> {
    let status = read(&format!("/proc/{pid}/status"))?;
    let memory = |key: &str| -> Result<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(key));
        let number = line.and_then(|line| line.split_whitespace().next());
        Ok(number.with_context(|| format!("no {key}"))?.parse()?)
    };
    let stat = read(&format!("/proc/{pid}/stat"))?;
    // Behind the program's name, which stands in parentheses: user and system time are the fields 14 and 15 of all.
    let times = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(11)
        .take(2);
    Ok(Use {
        peak: memory("VmHWM:")?,
        resident: memory("VmRSS:")?,
        seconds: times.filter_map(|time| time.parse::<f64>().ok()).sum::<f64>() / TICKS,
    })
}

fn read(path: &str) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {path}"))
}

/// How often results were written, and with how many bytes, as the API server counts.
fn result_writes(cluster: &Cluster) -> Result<(f64, f64)> {
    let metrics = output(&mut cluster.kubectl(&["get", "--raw", "/metrics"])?)?;
    let sum = |kind: &str| {
        let name = format!("apiserver_request_body_size_bytes_{kind}{{");
        let of_results = |line: &&str| {
            line.starts_with(&name)
                && line.contains("\"conformanceresults\"")
                && line.contains("verb=\"patch\"")
        };
        let lines = metrics.lines().filter(of_results);
        lines
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .sum()
    };
    Ok((sum("count"), sum("sum")))
}

/// Resident memory of the operator in KiB.
pub fn operator_memory() -> Result<u64> {
    Ok(used(OPERATOR)?.resident)
}

/// How many requests the operator says it has made.
pub fn api_requests(cluster: &Cluster) -> Result<u64> {
    let selector = format!("app.kubernetes.io/name={}", names::OPERATOR);
    let words = [
        "get",
        "pods",
        "-n",
        names::NAMESPACE,
        "-l",
        &selector,
        "-o",
        "jsonpath={.items[0].metadata.name}",
    ];
    let pod = output(&mut cluster.kubectl(&words)?)?;
    let path = format!(
        "/api/v1/namespaces/{}/pods/{}:8080/proxy/metrics",
        names::NAMESPACE,
        pod.trim()
    );
    let metrics = output(&mut cluster.kubectl(&["get", "--raw", &path])?)?;
    let counts = metrics
        .lines()
        .filter(|line| line.starts_with("conform_api_requests_total"));
    Ok(counts
        .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
        .sum())
}
