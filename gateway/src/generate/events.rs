//! The stream that `go test -json` writes: an event a line.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, Read},
};

use serde::Deserialize;

use super::{Ends, TestEnd, short_name};

/// Longest line that is read, in bytes.
const MAX_LINE: u64 = 1 << 20;
/// Most lines.
const MAX_LINES: usize = 5_000_000;
/// What the suite says of a test whose features the implementation does not have.
const NOT_SUPPORTED: &str = "suite does not support";

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
    /// No line of it is an event.
    #[error("no line of it is an event of go test -json")]
    NoEvents,
}

/// One event, as far as it matters.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    action: String,
    #[serde(default)]
    test: String,
    #[serde(default)]
    output: String,
}

/// Reads the stream. Lines that are no events, such as what a build says, are passed over.
pub fn read_events(mut input: impl BufRead) -> Result<Ends, EventsError> {
    let mut ends = Ends::default();
    let mut unsupported: BTreeMap<String, bool> = BTreeMap::new();
    let mut began: BTreeMap<String, bool> = BTreeMap::new();
    let mut events = 0_usize;
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
        let Ok(event) = serde_json::from_slice::<Event>(&bytes) else {
            continue;
        };
        events += 1;
        let Some((name, is_whole)) = short_name(&event.test) else {
            continue;
        };
        if !is_whole {
            continue;
        }
        let end = match event.action.as_str() {
            "run" => {
                began.entry(name.to_owned()).or_insert(false);
                continue;
            }
            "output" => {
                if event.output.contains(NOT_SUPPORTED) {
                    unsupported.insert(name.to_owned(), true);
                }
                continue;
            }
            "pass" => TestEnd::Passed,
            "fail" => TestEnd::Failed,
            "skip" if unsupported.contains_key(name) => TestEnd::NotSupported,
            "skip" => TestEnd::Skipped,
            _ => continue,
        };
        ends.add(name, end);
        began.insert(name.to_owned(), true);
    }
    if events == 0 {
        return Err(EventsError::NoEvents);
    }
    for (name, ended) in began {
        if !ended {
            ends.add(&name, TestEnd::Unfinished);
        }
    }
    Ok(ends)
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
