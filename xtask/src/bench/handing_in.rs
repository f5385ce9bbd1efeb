//! How fast files become a page, are verified and are imported: the plugin from its start to its exit.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use conform_crds::names::{E2E_LOG, JUNIT};
use sha2::{Digest, Sha256};

use super::offline::{interrupted_run, milliseconds, peak_of};
use crate::{printer, process::run};

/// How often each is done, for the median.
const ROUNDS: usize = 15;
/// As many tests as a suite has.
const TESTS: usize = 7600;
/// How many reports are validated at once.
const REPORTS: usize = 200;
/// What a tarball of results weighs.
const TARBALL: usize = 20 << 20;

/// Makes the files, and measures.
pub fn measure(plugin: &Path) -> Result<()> {
    let folder = tempfile::tempdir().context("cannot make a folder")?;
    let at = folder.path();
    let (list, junit) = suite(at)?;
    let plugin = |words: &[&str]| {
        let mut command = Command::new(plugin);
        command.args(words).stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let text = |path: &Path| path.display().to_string();
    let (list, junit) = (text(&list), text(&junit));
    let evaluate = |output: &str| {
        plugin(&[
            "evaluate",
            &junit,
            "--release",
            "1.36",
            "--requirements",
            &list,
            "-o",
            output,
        ])
    };
    page(|| evaluate("html"), || evaluate("table"))?;
    let bundle = text(&bundle(at)?);
    told("verify of a bundle", "at most 20 ms", || {
        plugin(&["verify", &bundle])
    })?;
    let reports = text(&reports(at)?);
    told("report validate of 200 files", "at most 100 ms", || {
        plugin(&["report", "validate", &reports])
    })?;
    let tarball = text(&tarball(at)?);
    let import = ["import", &tarball, "--local", "--release", "1.36"];
    told("import of a tarball of 20 MB", "at most 1000 ms, 64 MiB", || {
        plugin(&import)
    })
}

fn told(what: &str, goal: &str, mut command: impl FnMut() -> Command) -> Result<()> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        times.push(timed(&mut command())?);
    }
    let peak = peak_of(&mut command())?;
    line(
        what,
        goal,
        times,
        &format!(", {:.0} MiB", f64::from(peak) / 1024.0),
    );
    Ok(())
}

/// What the page costs over a table of the same files. Most of either goes into the list of requirements, which is many times
/// as long as a real one so that the page has that many tests.
fn page(mut html: impl FnMut() -> Command, mut table: impl FnMut() -> Command) -> Result<()> {
    let (mut tables, mut pages) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let table = timed(&mut table())?;
        tables.push(table);
        pages.push(timed(&mut html())?.saturating_sub(table));
    }
    line("a list of 7,600 requirements", "none", tables, "");
    line("a page of them, over a table", "at most 50 ms", pages, "");
    Ok(())
}

fn timed(command: &mut Command) -> Result<Duration> {
    let since = Instant::now();
    let status = command.status().context("cannot start the plugin")?;
    ensure!(
        matches!(status.code(), Some(0..=2)),
        "{command:?} ended with {status}"
    );
    Ok(since.elapsed())
}

fn line(what: &str, goal: &str, mut times: Vec<Duration>, more: &str) {
    times.sort();
    let middle = times.get(times.len() / 2).copied().unwrap_or(Duration::ZERO);
    let best = times.first().copied().unwrap_or(Duration::ZERO);
    printer::line(&format!(
        "  {what:<30} {:7.1} ms median of {ROUNDS}, {:.1} ms best{more} (goal: {goal})",
        milliseconds(middle),
        milliseconds(best),
    ));
}

/// A list of requirements, and a file in which most passed.
fn suite(folder: &Path) -> Result<(PathBuf, PathBuf)> {
    let mut list = String::new();
    let mut junit = "<testsuites><testsuite name=\"Kubernetes e2e suite\">".to_owned();
    for at in 0..TESTS {
        let name = format!(
            "[sig-storage] Volumes {at:04} of [Driver: local] dynamic provisioning (ext4) should store data [Conformance]"
        );
        writeln!(
            list,
            "- testname: t\n  codename: '{name}'\n  release: v1.30\n  file: x"
        )?;
        let (status, child) = if at % 100 == 0 {
            ("failed", "<failure type=\"failed\">timed out after 30s</failure>")
        } else {
            ("passed", "")
        };
        write!(
            junit,
            "<testcase name=\"[It] {name}\" status=\"{status}\" time=\"1\">{child}</testcase>"
        )?;
    }
    let paths = (folder.join("conformance.yaml"), folder.join("page.xml"));
    fs::write(&paths.0, list).context("cannot write the list")?;
    fs::write(&paths.1, junit + "</testsuite></testsuites>").context("cannot write the JUnit file")?;
    Ok(paths)
}

/// What would be handed in of a run of that size.
fn bundle(folder: &Path) -> Result<PathBuf> {
    let bundle = folder.join("v1.36/example");
    fs::create_dir_all(&bundle).context("cannot make the bundle")?;
    interrupted_run(&bundle)?;
    let product = "vendor: Example\nname: Example Kubernetes\nversion: v7\nwebsite_url: https://example.org\n\
        documentation_url: https://docs.example.org\ntype: distribution\ndescription: x\ncontact_email_address: a@example.org\n";
    for (name, text) in [
        ("PRODUCT.yaml", product.to_owned()),
        ("README.md", "# To reproduce\n\nRun conform.\n".to_owned()),
        (E2E_LOG, log()),
    ] {
        fs::write(bundle.join(name), text).with_context(|| format!("cannot write {name}"))?;
    }
    Ok(bundle)
}

/// As many reports of Gateway API's suite as the goal is about, each of an implementation of its own.
fn reports(folder: &Path) -> Result<PathBuf> {
    let tree = folder.join("reports");
    for at in 0..REPORTS {
        let place = tree.join(format!("v1.7/acme-operator{at}"));
        fs::create_dir_all(&place).context("cannot make the reports")?;
        let mut extended = String::new();
        for feature in 0..20 {
            writeln!(extended, "    - HTTPRouteFeature{feature:02}")?;
        }
        let report = format!(
            "apiVersion: gateway.networking.k8s.io/v1\ndate: \"2026-11-02T09:30:00Z\"\ngatewayAPIChannel: standard\n\
             gatewayAPIVersion: v1.7.0\nimplementation:\n  contact:\n  - '@acme/maintainers'\n  organization: acme\n  project: \
             operator{at}\n  url: https://example.org/operator\n  version: v2.13.0\nkind: ConformanceReport\nmode: default\n\
             profiles:\n- core:\n    result: success\n    statistics:\n      Failed: 0\n      Passed: 38\n      Skipped: 0\n  \
             extended:\n    result: success\n    statistics:\n      Failed: 0\n      Passed: 20\n      Skipped: 0\n    \
             supportedFeatures:\n{extended}  name: GATEWAY-HTTP\n  summary: Core tests succeeded. Extended tests succeeded.\n"
        );
        fs::write(place.join("standard-v2.13.0-default-report.yaml"), report)
            .context("cannot write a report")?;
        let readme =
            "| Report |\n|---|\n| [v2.13.0](./standard-v2.13.0-default-report.yaml) |\n\n## Reproduce\n";
        fs::write(place.join("README.md"), readme).context("cannot write a README")?;
    }
    Ok(tree)
}

fn log() -> String {
    let mut log = "  I1122 10:00:00.000000      17 e2e.go:152] kube-apiserver version: v1.36.3\n".to_owned();
    for at in 0..20_000 {
        // Writing to a string cannot fail.
        let _ = writeln!(
            log,
            "  STEP: Creating a kubernetes client number {at} @ 11/22/26 10:00:00.000"
        );
    }
    log
}

/// A tarball as sonobuoy makes it: the results between logs of other pods.
fn tarball(folder: &Path) -> Result<PathBuf> {
    let root = folder.join("sonobuoy");
    let results = root.join("plugins/e2e/results/global");
    fs::create_dir_all(&results).context("cannot make the results")?;
    let junit = interrupted_run(&results)?;
    ensure!(junit.ends_with(JUNIT), "the file is called otherwise");
    fs::write(results.join(E2E_LOG), log()).context("cannot write the log")?;
    let logs = root.join("podlogs/kube-system");
    fs::create_dir_all(&logs).context("cannot make the logs")?;
    // Digests do not compress, as text does not by much more than half.
    let mut noise = Vec::with_capacity(TARBALL);
    let mut digest = Sha256::digest(b"noise");
    while noise.len() < TARBALL {
        noise.extend_from_slice(&digest);
        digest = Sha256::digest(digest);
    }
    fs::write(logs.join("pod.txt"), noise).context("cannot write the logs")?;
    let tarball = folder.join("sonobuoy.tar.gz");
    let mut tar = Command::new("tar");
    run(tar.arg("-czf").arg(&tarball).arg("-C").arg(&root).arg("."))?;
    Ok(tarball)
}
