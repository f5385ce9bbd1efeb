//! The examples of docs/reports.md are what the plugin really prints.
//!
//! A block that follows a line `<!-- shown: WORDS -->` holds the output of `kubectl conform WORDS`, for the runs that are
//! made here; with `lines A-B C-D` behind a semicolon those lines of it, and `…` between. `CONFORM_WRITE_DOCS=1` writes
//! them anew.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

mod support;

use std::{env, fmt::Write, fs, path::Path};

use assert_cmd::Command;
use conform_suite::{Release, catalogue::upstream};

use self::support::{Files, HEAD, junit};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/reports.md");
const MARK: &str = "<!-- shown: ";

const DNS: &str = "[sig-network] DNS should provide DNS for services";
const PORTS: &str = "[sig-network] Services should support named targetPorts that resolve to different ports on different endpoints";
const DNS_SAID: &str = "Unable to read wheezy_udp@kubernetes.default.svc.cluster.local from pod dns-test-1\n\
    In [It] at: k8s.io/kubernetes/test/e2e/network/dns_common.go:476";

/// What stands before the tests of a run that began at this time.
fn head(time: &str) -> String {
    HEAD.replace("2026-11-01T00:21:54", time)
}

fn log(minor: u16, failed: usize, later: usize) -> String {
    let required = upstream().listed(Release::new(1, minor)).count();
    let (count, passed, failed) = (required + later, required - failed, failed + later);
    let end = if failed == 0 { "SUCCESS!" } else { "FAIL!" };
    format!(
        "I1122 10:00:00.000000 17 e2e.go:152] kube-apiserver version: v1.{minor}.3\nRandom Seed: 17 - will randomize all specs\n\n\
         Will run {count} of {count} specs\n\nRan {count} of {count} Specs in 6894.405 seconds\n\
         {end} -- {passed} Passed | {failed} Failed | 0 Pending | 0 Skipped\n"
    )
}

/// The files of a run. If it is not well, its DNS test failed; if it looks ahead, a test failed that comes later.
fn put(files: &Files, folder: &str, time: &str, well: bool, ahead: bool) {
    let status = |name: &str| if name == DNS && !well { "failed" } else { "passed" };
    let mut text = junit(36, &head(time), status).replace(">it broke<", &format!(">{DNS_SAID}<"));
    if ahead {
        let end = text.rfind("</testsuite></testsuites>").unwrap();
        text.truncate(end);
        write!(
            text,
            "<testcase name=\"[It] {PORTS}\" status=\"failed\" time=\"4\"><failure type=\"failed\">no endpoint answered on port \
             named http</failure></testcase></testsuite></testsuites>"
        )
        .unwrap();
    }
    files.put(&format!("{folder}/junit_01.xml"), &text);
    files.put(
        &format!("{folder}/e2e.log"),
        &log(36, usize::from(!well), usize::from(ahead)),
    );
}

/// Every run and folder that the page speaks of.
fn world() -> Files {
    let files = Files::new();
    put(&files, "results", "2026-11-22T10:00:00", false, true);
    put(&files, "prod", "2026-11-22T10:00:00", false, true);
    put(&files, "staging", "2026-11-21T10:00:00", true, false);
    files.put("edge/notes.txt", "nothing yet");
    put(&files, "last-week", "2026-11-15T10:00:00", true, false);
    put(&files, "v1.36/example", "2026-11-01T00:21:54", true, false);
    files.put("v1.36/example/README.md", "# To repeat it\n");
    files.put(
        "v1.36/example/PRODUCT.yaml",
        "vendor: Example\nname: Example Kubernetes\nversion: v7\nwebsite_url: https://example.org\n\
         documentation_url: https://docs.example.org\ntype: hosted\ndescription: For examples.\n\
         contact_email_address: team@example.org\n",
    );
    files
}

/// What the plugin prints in that folder.
fn shown(folder: &Path, words: &str) -> String {
    let output = Command::cargo_bin("kubectl-conform")
        .unwrap()
        .env_clear()
        .env("NO_COLOR", "1")
        .current_dir(folder)
        .args(words.split(' '))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        !text.is_empty(),
        "{words}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n")
}

/// A row of a table without how long ago something was, which nobody can hold.
fn without_age(line: &str) -> &str {
    let is_age = |age: &str| {
        age.strip_suffix('d')
            .is_some_and(|days| days.parse::<u32>().is_ok())
    };
    match line.rsplit_once("  ") {
        Some((before, age)) if is_age(age) => before.trim_end(),
        _ => line,
    }
}

/// Some lines of a text: `1-4 7-7`.
fn some(text: &str, ranges: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let parts = ranges.split(' ').map(|range| {
        let (from, to) = range.split_once('-').unwrap();
        let (from, to): (usize, usize) = (from.parse().unwrap(), to.parse().unwrap());
        lines[from - 1..to].join("\n")
    });
    parts.collect::<Vec<_>>().join("\n…\n")
}

#[test]
fn every_example_is_what_is_printed() {
    let files = world();
    let page = fs::read_to_string(PAGE).unwrap();
    let mut parts = page.split(MARK);
    let mut written = parts.next().unwrap().to_owned();
    let mut examples = 0;
    for part in parts {
        let (mark, rest) = part.split_once(" -->\n").unwrap();
        let (words, ranges) = mark
            .split_once("; lines ")
            .map_or((mark, None), |(words, ranges)| (words, Some(ranges)));
        let (open, rest) = rest.split_once('\n').unwrap();
        let fence: String = open.chars().take_while(|c| *c == '`').collect();
        assert!(fence.len() > 2, "a block follows {mark}");
        let rest = format!("\n{rest}");
        let (_, after) = rest.split_once(&format!("\n{fence}\n")).unwrap();
        let all = shown(files.folder(), words);
        let text = ranges.map_or_else(|| all.clone(), |ranges| some(&all, ranges));
        let prompt = if open.len() == fence.len() {
            format!("$ kubectl conform {words}\n")
        } else {
            String::new()
        };
        write!(
            written,
            "{MARK}{mark} -->\n{open}\n{prompt}{text}\n{fence}\n{after}"
        )
        .unwrap();
        examples += 1;
    }
    assert!(examples > 12, "{examples}");
    if env::var_os("CONFORM_WRITE_DOCS").is_some() {
        fs::write(PAGE, &written).unwrap();
    }
    for (at, (is, should)) in page.lines().zip(written.lines()).enumerate() {
        assert_eq!(
            without_age(is),
            without_age(should),
            "docs/reports.md:{}: CONFORM_WRITE_DOCS=1 writes it anew",
            at + 1
        );
    }
    assert_eq!(page.lines().count(), written.lines().count());
}
