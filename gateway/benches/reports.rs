//! How fast reports are read and checked: 200 of the size that the project's folder has on average.

use std::{
    fmt::Write as _,
    hint::black_box,
    io::{self, Write as _},
    time::{Duration, Instant},
};

use conform_gateway::{
    known::{known, profile},
    validate,
};

/// How many reports.
const REPORTS: u32 = 200;
/// How often, for the best time.
const ROUNDS: usize = 25;

fn main() -> io::Result<()> {
    let reports: Vec<(String, String)> = (0..REPORTS).map(report).collect();
    let bytes: usize = reports.iter().map(|(_, text)| text.len()).sum();
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let since = Instant::now();
        for (path, text) in &reports {
            black_box(validate(path, text.as_bytes()));
        }
        best = best.min(since.elapsed());
    }
    let milliseconds = best.as_secs_f64() * 1000.0;
    writeln!(
        io::stdout(),
        "{REPORTS} reports of {bytes} bytes together: {milliseconds:.1} ms, best of {ROUNDS}, one thread (goal: at most 100 ms)"
    )
}

/// A report of one profile with every feature that it can have.
fn report(number: u32) -> (String, String) {
    let path = format!("v1.7/acme-{number}/standard-v2.{number}.0-default-report.yaml");
    let mut text = format!(
        "apiVersion: gateway.networking.k8s.io/v1\ndate: \"2026-11-02T09:30:00Z\"\ngatewayAPIChannel: standard\n\
         gatewayAPIVersion: v1.7.0\nimplementation:\n  contact:\n  - '@acme/maintainers'\n  organization: acme\n  \
         project: operator-{number}\n  url: https://example.org/operator\n  version: v2.{number}.0\nkind: ConformanceReport\n\
         mode: default\nprofiles:\n"
    );
    for name in ["GATEWAY-HTTP", "GATEWAY-TLS"] {
        let _ = write!(
            text,
            "- core:\n    result: success\n    statistics:\n      Failed: 0\n      Passed: 40\n      Skipped: 0\n  extended:\n    \
             result: success\n    statistics:\n      Failed: 0\n      Passed: 63\n      Skipped: 0\n    supportedFeatures:\n"
        );
        let extended = profile(name).map(|profile| known().extended(profile, None));
        for feature in extended.unwrap_or_default() {
            let _ = writeln!(text, "    - {feature}");
        }
        let _ = writeln!(
            text,
            "  name: {name}\n  summary: Core tests succeeded. Extended tests succeeded."
        );
    }
    (path, text)
}
