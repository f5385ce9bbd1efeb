#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests and benches use a part of it each"
)]
//! Results files of the shape of real ones, made and not copied: the names are those of the requirement list.

use std::fmt::Write;

const REQUIREMENTS: &str = include_str!("../data/conformance-1.36.yaml");

/// How many entries a whole file of the suite has, its own nodes included.
pub const ENTRIES: usize = 7_596;

/// The names of the requirements, sorted.
pub fn requirements() -> Vec<&'static str> {
    let mut names: Vec<&str> = REQUIREMENTS
        .lines()
        .filter_map(|line| {
            line.trim_start()
                .trim_start_matches("- ")
                .strip_prefix("codename: ")
        })
        .map(|name| name.trim_matches(['\'', '"']).replace("''", "'"))
        .map(|name| &*name.leak())
        .collect();
    names.sort_unstable();
    names
}

/// What happened to a test of a made file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Made {
    Passed,
    Failed,
    Interrupted,
    Filtered,
}

/// A file of Ginkgo v2 with these entries.
pub fn ginkgo_v2(entries: impl IntoIterator<Item = (String, Made)>) -> String {
    let mut file = String::from(concat!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n  <testsuites tests=\"7596\" disabled=\"7000\" errors=\"5\" failures=\"8\" ",
        "time=\"883.15\">\n      <testsuite name=\"Kubernetes e2e suite\" package=\"/usr/local/bin\" tests=\"7596\" ",
        "disabled=\"0\" skipped=\"7000\" errors=\"5\" failures=\"8\" time=\"883.15\" timestamp=\"2026-11-22T05:11:13\">\n",
        "          <properties>\n              <property name=\"SuiteSucceeded\" value=\"false\"></property>\n",
        "              <property name=\"RandomSeed\" value=\"1795324266\"></property>\n",
        "              <property name=\"FocusStrings\" value=\"\\[Conformance\\]\"></property>\n",
        "              <property name=\"FlakeAttempts\" value=\"0\"></property>\n",
        "              <property name=\"DryRun\" value=\"false\"></property>\n",
        "              <property name=\"ParallelTotal\" value=\"6\"></property>\n          </properties>\n",
    ));
    for node in [
        "[ReportBeforeSuite]",
        "[ReportBeforeSuite]",
        "[SynchronizedBeforeSuite]",
    ] {
        entry(&mut file, node, Made::Passed);
    }
    for (name, made) in entries {
        entry(&mut file, &format!("[It] {name}"), made);
    }
    file.push_str("      </testsuite>\n  </testsuites>\n");
    file
}

fn entry(file: &mut String, name: &str, made: Made) {
    let name = escaped(name);
    let (status, time, inside) = match made {
        Made::Passed => ("passed", "12.345678901", String::new()),
        Made::Filtered => (
            "skipped",
            "0",
            "<skipped message=\"skipped\"></skipped>".to_owned(),
        ),
        Made::Failed => (
            "failed",
            "303.6",
            verdict("failure", "failed", "Timed out after 300.001s."),
        ),
        Made::Interrupted => (
            "interrupted",
            "437.3",
            verdict("error", "interrupted", "Interrupted by User"),
        ),
    };
    write!(
        file,
        "          <testcase name=\"{name}\" classname=\"Kubernetes e2e suite\" status=\"{status}\" time=\"{time}\">"
    )
    .unwrap();
    if !inside.is_empty() {
        write!(file, "\n              {inside}\n          ").unwrap();
    }
    file.push_str("</testcase>\n");
}

/// What a test that did not pass leaves: what went wrong, and the log of what it did.
fn verdict(element: &str, kind: &str, said: &str) -> String {
    let log = "&gt; Enter [BeforeEach] set up framework - k8s.io/kubernetes/test/e2e/framework.go:198 @ 11/22/26 05:13:01.123&#xA;"
        .repeat(600);
    format!(
        "<{element} message=\"\" type=\"{kind}\">[FAILED] {said}&#xA;Expected &lt;*Pod&gt; to run</{element}>\n              \
         <system-err>{log}</system-err>"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&#34;")
        .replace('\'', "&#39;")
}

/// The names of a whole suite: the requirements and, up to [`ENTRIES`], tests of drivers that are no requirements.
pub fn whole_suite() -> Vec<String> {
    let mut names: Vec<String> = requirements().into_iter().map(str::to_owned).collect();
    let filesystems = ["default fs", "ext3", "ext4", "xfs", "ntfs", "block volmode"];
    let drivers = [
        "csi-hostpath",
        "hostPath",
        "hostPathSymlink",
        "emptydir",
        "local][LocalVolumeType: dir-link",
        "nfs",
    ];
    for number in 0..(ENTRIES - 3).saturating_sub(names.len()) {
        names.push(format!(
            "[sig-storage] In-tree Volumes [Driver: {}] [Testpattern: Pre-provisioned PV ({})] volumes should support file as \
             subpath of case {number} [LinuxOnly]",
            drivers[number % drivers.len()],
            filesystems[number / drivers.len() % filesystems.len()],
        ));
    }
    names.sort_unstable();
    names
}

/// A parallel run that was interrupted: 40 requirements passed, 8 failed, 5 were cut off and the rest never started.
pub fn interrupted_run() -> String {
    let mut left = requirements().into_iter().step_by(8);
    let mut take = |count| left.by_ref().take(count).collect::<Vec<_>>();
    let (passed, failed, interrupted) = (take(40), take(8), take(5));
    ginkgo_v2(whole_suite().into_iter().map(|name| {
        let made = if passed.contains(&name.as_str()) {
            Made::Passed
        } else if failed.contains(&name.as_str()) {
            Made::Failed
        } else if interrupted.contains(&name.as_str()) {
            Made::Interrupted
        } else {
            Made::Filtered
        };
        (name, made)
    }))
}

/// A whole run in which every requirement passed.
pub fn passed_run() -> String {
    let required = requirements();
    ginkgo_v2(whole_suite().into_iter().map(|name| {
        let made = if required.binary_search(&name.as_str()).is_ok() {
            Made::Passed
        } else {
            Made::Filtered
        };
        (name, made)
    }))
}
