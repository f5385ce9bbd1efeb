//! The operator as a process of this machine, and what it says of itself.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

use crate::bench::meter;

/// Where it listens.
const LISTEN: &str = "127.0.0.1:18099";
/// How long nothing may have happened for it to be at rest.
const REST: Duration = Duration::from_secs(5);
/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// A running operator; it is ended when this goes.
#[derive(Debug)]
pub struct Operator {
    child: Child,
    started: Instant,
}

/// What was seen of it.
#[derive(Debug)]
pub struct Seen {
    /// From its start until it said that it is ready.
    pub ready: Duration,
    /// Until it knew all runs.
    pub cached: Duration,
    /// Until it had nothing left to do.
    pub settled: Duration,
    /// Resident memory at rest, in KiB.
    pub resident_kib: f64,
    /// The most that was ever resident, in KiB.
    pub peak_kib: f64,
    /// Reconciliations so far.
    pub reconciliations: f64,
    /// Upper bound of the time that 99 of 100 of them took at most, in milliseconds.
    pub p99_ms: f64,
    /// The mean of all of them, in milliseconds.
    pub mean_ms: f64,
    /// Requests to the API server.
    pub requests: f64,
    /// Seconds of CPU.
    pub cpu: f64,
}

impl Operator {
    /// Starts it with the rights of the kubeconfig.
    pub fn start(program: &Path, kubeconfig: &Path) -> Result<Self> {
        let child = Command::new(program)
            .args([
                "run",
                "--runner-image",
                "none",
                "--listen",
                LISTEN,
                "--log",
                "warn",
            ])
            .env("KUBECONFIG", kubeconfig)
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        Ok(Self {
            child,
            started: Instant::now(),
        })
    }

    /// Waits until it is ready, knows `runs` runs, and has nothing left to do.
    pub async fn settled(&self, runs: usize, patience: Duration) -> Result<Seen> {
        let in_time = || {
            ensure!(
                self.started.elapsed() < patience,
                "the operator does not come to rest"
            );
            Ok(())
        };
        while !self
            .get("/readyz")
            .await
            .is_ok_and(|answer| answer.contains(" 200 "))
        {
            in_time()?;
            sleep(LOOK).await;
        }
        let ready = self.started.elapsed();
        let known = |metrics: &str| sum(metrics, "conform_runs{");
        let wanted = super::as_float(runs);
        while known(&self.get("/metrics").await?) < wanted {
            in_time()?;
            sleep(LOOK).await;
        }
        let cached = self.started.elapsed();
        let mut last = (0.0, 0.0);
        let mut since = self.started.elapsed();
        loop {
            let metrics = self.get("/metrics").await?;
            let now = (
                sum(&metrics, "conform_reconcile_duration_seconds_count"),
                sum(&metrics, "conform_api_requests_total"),
            );
            // The Lease is renewed whatever happens.
            if now.0 > last.0 {
                last = now;
                since = self.started.elapsed();
            } else if self.started.elapsed() >= since + REST {
                return self.seen(&metrics, ready, cached, since);
            }
            in_time()?;
            sleep(LOOK).await;
        }
    }

    fn seen(&self, metrics: &str, ready: Duration, cached: Duration, settled: Duration) -> Result<Seen> {
        let used = meter::used_by(self.child.id())?;
        let (resident_kib, peak_kib) = self.memory_kib()?;
        let reconciliations = sum(metrics, "conform_reconcile_duration_seconds_count");
        let spent = sum(metrics, "conform_reconcile_duration_seconds_sum");
        Ok(Seen {
            ready,
            cached,
            settled,
            resident_kib,
            peak_kib,
            reconciliations,
            p99_ms: p99(metrics, reconciliations) * 1000.0,
            mean_ms: spent / reconciliations.max(1.0) * 1000.0,
            requests: sum(metrics, "conform_api_requests_total"),
            cpu: used.seconds,
        })
    }

    /// Resident memory now and at most, in KiB.
    pub fn memory_kib(&self) -> Result<(f64, f64)> {
        let used = meter::used_by(self.child.id())?;
        let float = |kib: u64| f64::from(u32::try_from(kib).unwrap_or(u32::MAX));
        Ok((float(used.resident), float(used.peak)))
    }

    async fn get(&self, path: &str) -> Result<String> {
        let mut stream = TcpStream::connect(LISTEN).await?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        // SIGTERM, so that it gives its Lease back and the next one need not wait.
        let id = self.child.id().to_string();
        let _ = Command::new("kill").arg(&id).status();
        let _ = self.child.wait();
    }
}

/// The sum of all samples whose line starts like this.
fn sum(metrics: &str, start: &str) -> f64 {
    let lines = metrics.lines().filter(|line| line.starts_with(start));
    lines
        .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
        .sum()
}

/// The bound of the first bucket with 99 of 100, in seconds; without an end if there is none.
fn p99(metrics: &str, all: f64) -> f64 {
    let buckets = metrics.lines().filter_map(|line| {
        let rest = line.strip_prefix("conform_reconcile_duration_seconds_bucket{le=\"")?;
        let (bound, rest) = rest.split_once('"')?;
        let count: f64 = rest.rsplit(' ').next()?.parse().ok()?;
        Some((bound.parse::<f64>().ok()?, count))
    });
    let enough = buckets
        .into_iter()
        .find(|(_, count)| *count >= 0.99 * all)
        .map(|(bound, _)| bound);
    enough.unwrap_or(f64::INFINITY)
}
