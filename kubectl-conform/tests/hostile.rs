//! What nobody means well with, and what only looks like the files of a run: told in bounded time, with the file and the place,
//! and with nothing that a terminal would obey.

#![expect(
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

mod support;

use std::{fs, io::Write, os::unix::fs::symlink, process::Command};

use flate2::{Compression, write::GzEncoder};
use rstest::rstest;

use self::support::{Files, conform, junit};

/// What the plugin says of a file that it refuses.
fn refused(input: &str, words: &[&str]) -> String {
    let (out, error) = conform(&[&["evaluate", input], words].concat(), 2);
    let told = format!("{out}{error}");
    assert!(!told.contains("panicked"), "{told}");
    let steers = |c: char| c.is_control() && c != '\n' && c != '\t';
    assert!(!told.contains(steers), "{told:?}");
    error
}

fn put(files: &Files, name: &str, bytes: &[u8]) -> String {
    fs::write(files.path(name), bytes).unwrap();
    files.path(name)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// A tarball with one file, whatever its name.
fn tar(name: &[u8], bytes: &[u8], kind: tar::EntryType) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    for (to, from) in header.as_old_mut().name.iter_mut().zip(name) {
        *to = *from;
    }
    header.set_size(bytes.len().try_into().unwrap());
    header.set_entry_type(kind);
    header.set_cksum();
    let mut builder = tar::Builder::new(Vec::new());
    builder.append(&header, bytes).unwrap();
    builder.into_inner().unwrap()
}

const LAUGHS: &str = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>\
    <testsuite><testcase name=\"&c;\"/></testsuite>";

#[rstest]
#[case::billion_laughs(LAUGHS.as_bytes(), "byte ")]
#[case::nul(b"\0\0\0\0", "byte 0")]
#[case::invalid_utf_8(b"<testsuite><testcase name='\xff\xfe'/></testsuite>", "byte ")]
#[case::escape_sequence(b"<\x1b[31mhtml\x1b[0m/>", "byte ")]
#[case::nothing(b"", "the file is empty")]
#[case::json_of_something_else(b"{\"a\": 1}", "byte 0")]
#[case::no_gzip(b"\x1f\x8bnonsense", "byte ")]
fn a_file_that_is_no_junit_is_refused_with_its_place(#[case] bytes: &[u8], #[case] place: &str) {
    let files = Files::new();
    let path = put(&files, "x.xml", bytes);
    let error = refused(&path, &["--release", "1.36"]);
    assert!(error.contains(&path) && error.contains(place), "{error}");
}

#[test]
fn what_is_too_large_is_refused_without_being_taken_in() {
    let files = Files::new();
    let attribute = format!(
        "<testsuite><testcase name=\"{}\"/></testsuite>",
        "x".repeat(4 << 20)
    );
    let huge = put(&files, "huge.xml", attribute.as_bytes());
    let error = refused(&huge, &[]);
    assert!(error.contains(&huge) && error.contains("byte "), "{error}");
    let depth = put(&files, "deep.xml", "<testsuite>".repeat(10_000).as_bytes());
    assert!(refused(&depth, &[]).contains("byte "));
    // 192 MiB of blanks in 190 KiB.
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(b"<testsuite>").unwrap();
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..192 {
        bomb.write_all(&blanks).unwrap();
    }
    let bomb = put(&files, "bomb.xml.gz", &bomb.finish().unwrap());
    let error = refused(&bomb, &[]);
    assert!(error.contains(&bomb) && error.contains("byte "), "{error}");
}

#[rstest]
#[case::up(b"../junit_01.xml", tar::EntryType::Regular, "../junit_01.xml")]
#[case::absolute(b"/etc/junit_01.xml", tar::EntryType::Regular, "/etc/junit_01.xml")]
#[case::escape(b"../\x1b[2Jjunit_01.xml", tar::EntryType::Regular, "junit_01.xml")]
#[case::link(b"junit_01.xml", tar::EntryType::Symlink, "junit_01.xml")]
#[case::pipe(b"junit_01.xml", tar::EntryType::Fifo, "junit_01.xml")]
fn an_entry_that_leads_out_of_its_archive_or_is_no_file_is_named(
    #[case] name: &[u8],
    #[case] kind: tar::EntryType,
    #[case] told: &str,
    #[values(false, true)] packed: bool,
) {
    let files = Files::new();
    let mut bytes = tar(name, b"", kind);
    if packed {
        bytes = gzip(&bytes);
    }
    let path = put(&files, "x.tar", &bytes);
    let error = refused(&path, &[]);
    assert!(error.contains(&path) && error.contains(told), "{error}");
}

#[test]
fn links_and_pipes_in_a_folder_are_left_out_and_named() {
    let files = Files::new();
    let whole = junit(36, support::HEAD, |_| "passed");
    let elsewhere = files.put("elsewhere.xml", &whole);
    files.put("run/x", "");
    symlink(&elsewhere, files.path("run/junit_01.xml")).unwrap();
    let made = Command::new("mkfifo")
        .args([files.path("run/junit_02.xml"), files.path("run/e2e.log")])
        .status();
    assert!(made.unwrap().success());
    let error = refused(&files.path("run"), &[]);
    assert!(
        error.contains("junit_01.xml is left out: a link")
            && error.contains("junit_02.xml is left out: neither a file nor a folder"),
        "{error}"
    );
    // The file counts, and the pipe beside it is no log.
    files.put("run/junit_03.xml", &whole);
    let (table, note) = conform(&["evaluate", &files.path("run")], 0);
    assert!(
        note.contains("e2e.log is left out") && table.contains("there is no e2e.log"),
        "{note}{table}"
    );
    // So does a link that a user names.
    conform(&["evaluate", &files.path("run/junit_01.xml")], 0);
}

#[test]
fn what_comes_out_of_a_pipe_is_read_whole() {
    let files = Files::new();
    for (name, bytes) in [
        ("a.xml", junit(36, support::HEAD, |_| "passed").into_bytes()),
        (
            "b.xml.gz",
            gzip(junit(36, support::HEAD, |_| "passed").as_bytes()),
        ),
    ] {
        let path = put(&files, name, &bytes);
        let program = assert_cmd::cargo::cargo_bin("kubectl-conform");
        let status = Command::new("bash")
            .args(["-c", "exec \"$0\" evaluate <(cat \"$1\")"])
            .arg(program)
            .arg(path)
            .status();
        assert_eq!(status.unwrap().code(), Some(0), "{name}");
    }
}

#[test]
fn names_that_would_steer_a_terminal_are_shown_without() {
    let files = Files::new();
    let name = "[sig-x] \u{1b}]0;title\u{7}\u{1b}[2J\u{202e} [Conformance]";
    let text = junit(36, support::HEAD, |_| "failed").replace(
        "[sig-network] DNS should provide DNS for services [Conformance]",
        name,
    );
    let path = files.put(
        "\u{1b}[31mx.xml",
        &text.replace('\u{1b}', "&#27;").replace('\u{7}', "&#7;"),
    );
    let (out, error) = conform(&["evaluate", &path, "--release", "1.36"], 1);
    let steers = |c: char| c.is_control() && c != '\n';
    assert!(!format!("{out}{error}").contains(steers), "{out:?}{error:?}");
    let gone = format!("{path}.gone");
    assert!(refused(&gone, &[]).contains("x.xml.gone"));
}

#[rstest]
#[case("x")]
#[case("1")]
#[case("1.x")]
#[case("v1.21, v1.35")]
#[case("1.36 ")]
#[case("-1.36")]
#[case("1.99999999999")]
#[case("1.19")]
fn a_wrong_release_is_told_with_what_to_write(#[case] release: &str) {
    let files = Files::new();
    let path = files.put("x.xml", &junit(36, support::HEAD, |_| "passed"));
    let error = refused(&path, &[&format!("--release={release}")]);
    assert!(
        error.contains("write it like 1.36") || error.contains("the catalogue has 1.20"),
        "{error}"
    );
}
