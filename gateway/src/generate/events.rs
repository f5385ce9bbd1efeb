//! The stream that `go test -json` writes: an event a line.

use std::{
    collections::BTreeSet,
    io::{self, BufRead, Read},
};

use serde::Deserialize;

use super::{Ends, TestEnd, heard::Heard};

/// Longest line that is read, in bytes.
const MAX_LINE: u64 = 1 << 20;
/// Most lines.
const MAX_LINES: usize = 5_000_000;
/// What the suite says of a test whose features the implementation does not have.
const NOT_SUPPORTED: &str = "suite does not support";
/// What Go says behind the name of a package whose tests it did not run again.
const CACHED: &str = "(cached)";

/// Why a stream cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EventsError {
    /// It cannot be had.
    #[error("line {line}: {source}")]
    Read {
        /// Where.
        line: usize,
        /// What the system says.
        source: io::Error,
    },
    /// A line is longer than 1 MiB.
    #[error("line {line} is longer than 1 MiB")]
    Long {
        /// Which.
        line: usize,
    },
    /// There are more than five million lines.
    #[error("it has more than five million lines")]
    Many,
    /// A line starts as an event does, and cannot be read.
    #[error("line {line} is cut or no event that go test -json writes: what it was to say may be a failure")]
    Broken {
        /// Which.
        line: usize,
    },
    /// No line of it is an event.
    #[error("no line of it is an event of go test -json")]
    NoEvents,
}

/// One event, as far as it matters.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Event {
    /// `run`, `pass`, `fail`, `skip` or something that ends nothing.
    pub action: String,
    /// The package; empty if it is not said.
    #[serde(default)]
    pub package: String,
    /// The test by its full name; empty if it is about the package.
    #[serde(default)]
    pub test: String,
    #[serde(default)]
    output: String,
}

/// Reads the stream. Lines that are no events, such as what a build says, are passed over.
pub fn read_events(input: impl BufRead) -> Result<Ends, EventsError> {
    let mut events = Events::default();
    each_event(input, |event| events.take(event))?;
    Ok(events.finish())
}

/// Reads the stream and gives each event to `take`. A stream without one is an error.
pub(crate) fn each_event(mut input: impl BufRead, mut take: impl FnMut(&Event)) -> Result<(), EventsError> {
    let mut count = 0_usize;
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        let read = input.by_ref().take(MAX_LINE).read_until(b'\n', &mut bytes);
        let read = read.map_err(|source| EventsError::Read { line, source })?;
        if read == 0 {
            break;
        }
        if line > MAX_LINES {
            return Err(EventsError::Many);
        }
        if !bytes.ends_with(b"\n") && u64::try_from(read).unwrap_or(u64::MAX) >= MAX_LINE {
            return Err(EventsError::Long { line });
        }
        match serde_json::from_slice::<Event>(&bytes) {
            Ok(event) => {
                count += 1;
                take(&event);
            }
            Err(_) if looks_like_event(&bytes) => return Err(EventsError::Broken { line }),
            Err(_) => {}
        }
    }
    if count == 0 {
        return Err(EventsError::NoEvents);
    }
    Ok(())
}

/// True for a line that a build does not say.
fn looks_like_event(line: &[u8]) -> bool {
    let name = b"\"Action\"";
    line.trim_ascii_start().starts_with(b"{") && line.windows(name.len()).any(|part| part == name)
}

/// What the events so far say.
#[derive(Default)]
struct Events {
    heard: Heard,
    /// Tests that said why they are skipped.
    unsupported: BTreeSet<(String, String)>,
    /// Packages whose events Go kept of an earlier run.
    cached: BTreeSet<String>,
}

impl Events {
    fn take(&mut self, event: &Event) {
        let key = || (event.package.clone(), event.test.clone());
        let end = match event.action.as_str() {
            "run" => {
                self.unsupported.remove(&key());
                self.heard.began(&event.package, &event.test);
                return;
            }
            "output" => {
                if event.output.contains(NOT_SUPPORTED) {
                    self.unsupported.insert(key());
                }
                if event.test.is_empty() && event.output.trim_end().ends_with(CACHED) {
                    self.cached.insert(event.package.clone());
                }
                return;
            }
            "pass" => TestEnd::Passed,
            "fail" => TestEnd::Failed,
            "skip" if self.unsupported.contains(&key()) => TestEnd::NotSupported,
            "skip" => TestEnd::Skipped,
            _ => return,
        };
        self.heard.ended(&event.package, &event.test, end);
    }

    fn finish(mut self) -> Ends {
        for package in self.cached {
            if self.heard.has_suite(&package) {
                self.heard.doubt(format!(
                    "Go did not run the tests of package {package}, and told what it had kept of an earlier run: run them with \
                     -count=1"
                ));
            }
        }
        self.heard.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(action: &str, test: &str, output: &str) -> String {
        serde_json::json!({ "Time": "2026-11-22T10:00:00Z", "Action": action, "Package": "p", "Test": test, "Output": output })
            .to_string()
    }

    #[test]
    fn only_an_end_is_an_end() {
        let lines = [
            "# building".to_owned(),
            event("run", "TestConformance", ""),
            event("run", "TestConformance/HTTPRouteCORS", ""),
            event("pass", "TestConformance/HTTPRouteCORS/preflight", ""),
            event("pass", "TestConformance/HTTPRouteCORS", ""),
            event("run", "TestConformance/HTTPRouteHeaderMatching", ""),
            event("pause", "TestConformance/HTTPRouteHeaderMatching", ""),
            event(
                "output",
                "TestConformance/ListenerSetCore",
                "x.go:1: Skipping: suite does not support ListenerSet\n",
            ),
            event("skip", "TestConformance/HTTPRouteMethodMatching", ""),
            event("fail", "TestConformance/HTTPRouteMatching", ""),
            event("pass", "TestConformance/HTTPRouteMatching", ""),
            event("pass", "TestConformance/Telepathy", ""),
        ];
        let ends = read_events(lines.join("\n").as_bytes()).unwrap();
        let ends: Vec<_> = ends.iter().collect();
        assert_eq!(
            ends,
            [
                ("HTTPRouteCORS", TestEnd::Passed),
                ("HTTPRouteHeaderMatching", TestEnd::Unfinished),
                ("HTTPRouteMatching", TestEnd::Failed),
                ("HTTPRouteMethodMatching", TestEnd::Skipped),
            ]
        );
    }

    #[test]
    fn a_test_that_is_not_asked_for_is_told_from_one_that_was_left_out() {
        let name = "TestConformance/HTTPRouteCORS";
        let lines = [
            event(
                "output",
                name,
                "Skipping HTTPRouteCORS: suite does not support HTTPRouteCORS",
            ),
            event("skip", name, ""),
        ];
        let ends = read_events(lines.join("\n").as_bytes()).unwrap();
        assert_eq!(ends.of("HTTPRouteCORS"), Some(TestEnd::NotSupported));
    }

    #[test]
    fn what_ran_again_and_has_no_end_is_not_passed() {
        let name = "TestConformance/HTTPRouteCORS";
        let lines = [
            event("run", name, ""),
            event("pass", name, ""),
            event("run", name, ""),
        ];
        let ends = read_events(lines.join("\n").as_bytes()).unwrap();
        assert_eq!(ends.of("HTTPRouteCORS"), Some(TestEnd::Unfinished));
        // Why it was skipped before does not say why it was skipped again.
        let lines = [
            event("output", name, "suite does not support x"),
            event("run", name, ""),
            event("skip", name, ""),
        ];
        let ends = read_events(lines.join("\n").as_bytes()).unwrap();
        assert_eq!(ends.of("HTTPRouteCORS"), Some(TestEnd::Skipped));
    }

    #[test]
    fn what_go_kept_of_an_earlier_run_is_a_doubt() {
        let lines = [
            event("pass", "TestConformance/HTTPRouteCORS", ""),
            event("output", "", "ok  \tp\t(cached)\n"),
        ];
        let doubts = read_events(lines.join("\n").as_bytes()).unwrap().doubts();
        assert!(
            matches!(doubts.as_slice(), [one] if one.contains("-count=1")),
            "{doubts:?}"
        );
    }

    #[test]
    fn an_event_that_is_cut_is_not_passed_over() {
        let passed = event("pass", "TestConformance/HTTPRouteCORS", "");
        let twice = r#"{"Action":"fail","Action":"pass","Test":"TestConformance/HTTPRouteCORS"}"#;
        for broken in [r#"{"Time":"2026-11-22T10:00:00Z","Action":"fa"#, twice] {
            let read = read_events(format!("{passed}\n{broken}").as_bytes());
            assert!(matches!(read, Err(EventsError::Broken { line: 2 })), "{broken}");
        }
    }

    #[test]
    fn what_is_no_stream_is_refused() {
        assert!(matches!(
            read_events(&b"<xml/>\n{}\n"[..]),
            Err(EventsError::NoEvents)
        ));
        let long = vec![b'x'; usize::try_from(MAX_LINE).unwrap() + 1];
        assert!(matches!(
            read_events(long.as_slice()),
            Err(EventsError::Long { line: 1 })
        ));
    }
}
