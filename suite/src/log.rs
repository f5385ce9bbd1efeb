//! Reads what the suite's log says of the whole run.
//!
//! Only for the log's own statements: what happened to a test is never inferred from it.

use std::{
    collections::VecDeque,
    io::{self, Read},
};

/// What the suite's log (`e2e.log`) says of the whole run. Every part may lack: a cut log has no end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogSummary {
    /// The id of the run, which every namespace of it carries as the label `e2e-run`.
    pub run_id: Option<String>,
    /// The version of the suite.
    pub suite_version: Option<String>,
    /// The version of the API server.
    pub server_version: Option<String>,
    /// The seed of the order of the tests.
    pub random_seed: Option<i64>,
    /// How many tests ran, or are going to if the log is cut.
    pub ran: Option<u32>,
    /// How many tests the suite has.
    pub of: Option<u32>,
    /// How many tests passed.
    pub passed: Option<u32>,
    /// How many tests failed.
    pub failed: Option<u32>,
    /// How many tests were skipped, those that were not selected included.
    pub skipped: Option<u32>,
    /// How many tests passed only after a try that did not.
    pub flaked: Option<u32>,
    /// Whether the suite says that it passed.
    pub suite_passed: Option<bool>,
}

/// Longest line that is looked at, in bytes. The line of dots of a whole suite is longer and says nothing.
const LINE_BYTES: usize = 4096;

/// Reads a log, or its start and its end. Of what it says several times the last counts; the id is the first.
pub fn read_tail(text: &str) -> LogSummary {
    let mut summary = LogSummary::default();
    for line in text.lines().filter(|line| line.len() <= LINE_BYTES) {
        summary.take(&plain(line));
    }
    summary
}

/// How much of a log's start and of its end is looked at by [`read`]. What the log says of the run is in its first and
/// in its last lines; between them are dots, and failures at length.
const ENDS: usize = 64 << 10;

/// Reads a log of any length, of which only the start and the end are kept.
pub fn read(mut input: impl Read) -> io::Result<LogSummary> {
    let mut start = Vec::new();
    input.by_ref().take(ENDS as u64).read_to_end(&mut start)?;
    let mut end = VecDeque::with_capacity(ENDS);
    let mut buffer = vec![0; ENDS];
    let mut lost = false;
    loop {
        let amount = match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(amount) => amount,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        end.extend(buffer.get(..amount).unwrap_or_default());
        let over = end.len().saturating_sub(ENDS);
        lost |= over > 0;
        end.drain(..over);
    }
    let mut end = &*end.make_contiguous();
    if lost {
        // Half a line may say something else than the whole.
        start.truncate(memchr::memrchr(b'\n', &start).map_or(0, |line| line + 1));
        end = memchr::memchr(b'\n', end)
            .and_then(|line| end.get(line..))
            .unwrap_or_default();
    }
    start.extend_from_slice(end);
    Ok(read_tail(&String::from_utf8_lossy(&start)))
}

impl LogSummary {
    fn take(&mut self, line: &str) {
        if self.run_id.is_none()
            && let Some((_, after)) = line.split_once("Starting e2e run \"")
        {
            self.run_id = after
                .split_once('"')
                .map(|(id, _)| id)
                .filter(|id| is_id(id))
                .map(str::to_owned);
        } else if let Some((_, version)) = line.split_once("e2e test version: ") {
            self.suite_version = version_of(version);
        } else if let Some((_, version)) = line.split_once("kube-apiserver version: ") {
            self.server_version = version_of(version);
        } else if let Some(seed) = line.strip_prefix("Random Seed: ") {
            self.random_seed = seed.split_whitespace().next().and_then(|seed| seed.parse().ok());
        } else if let Some(counts) = line.strip_prefix("Will run ") {
            self.take_counts(counts);
        } else if let Some(counts) = line.strip_prefix("Ran ") {
            self.take_counts(counts);
        } else if let Some((head, counts)) = line.split_once(" -- ") {
            self.take_end(head, counts);
        }
    }

    /// `441 of 7348 Specs in 7241.975 seconds`
    fn take_counts(&mut self, counts: &str) {
        let mut words = counts.split_whitespace();
        let ran = words.next().and_then(|word| word.parse().ok());
        let of = words.nth(1).and_then(|word| word.parse().ok());
        if ran.is_some() && of.is_some() {
            (self.ran, self.of) = (ran, of);
        }
    }

    /// `SUCCESS!` or `FAIL! - REASON`, then `441 Passed | 0 Failed | 0 Pending | 6907 Skipped`.
    fn take_end(&mut self, head: &str, counts: &str) {
        let passed = match head.split_once('!').map(|(word, _)| word) {
            Some("SUCCESS") => true,
            Some("FAIL") => false,
            _ => return,
        };
        self.suite_passed = Some(passed);
        for part in counts.split('|') {
            let Some((count, word)) = part.trim().split_once(' ') else {
                continue;
            };
            let count = count.parse().ok();
            match word {
                "Passed" => self.passed = count,
                "Failed" => self.failed = count,
                "Skipped" => self.skipped = count,
                "Flaked" => self.flaked = count,
                _ => {}
            }
        }
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

fn version_of(text: &str) -> Option<String> {
    let version = text.split_whitespace().next()?;
    let plain = version.len() <= 64 && version.bytes().all(|byte| byte.is_ascii_graphic());
    (plain && version.starts_with('v')).then(|| version.to_owned())
}

/// The line without the colours that ginkgo puts into it.
fn plain(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let head = parts.next().unwrap_or_default().to_owned();
    parts.fold(head, |mut text, part| {
        text.push_str(part.split_once('m').map_or(part, |(_, rest)| rest));
        text
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LOG: &str = "\
  I1122 06:46:52.048765   11289 e2e.go:109] Starting e2e run \"b2233c7e-6704-483b-9df9-222d6824b989\" on Ginkgo node 1
Running Suite: Kubernetes e2e suite - /usr/local/bin
Random Seed: \u{1b}[1m1755822115\u{1b}[0m - will randomize all specs
Will run \u{1b}[1m441\u{1b}[0m of \u{1b}[1m7348\u{1b}[0m specs
I0822 00:21:55.1 e2e.go:146] e2e test version: v1.36.3
I0822 00:21:55.2 e2e.go:152] kube-apiserver version: v1.36.2+vendor
SSS\u{1b}[38;5;10m•\u{1b}[0mSSS

\u{1b}[38;5;10m\u{1b}[1mRan 441 of 7348 Specs in 7241.975 seconds\u{1b}[0m
\u{1b}[38;5;10m\u{1b}[1mSUCCESS!\u{1b}[0m -- \u{1b}[38;5;10m\u{1b}[1m441 Passed\u{1b}[0m | 0 Failed | 2 Flaked | 0 Pending | 6907 Skipped
PASS
";

    #[test]
    fn a_whole_log_says_how_it_ended() {
        let summary = LogSummary {
            run_id: Some("b2233c7e-6704-483b-9df9-222d6824b989".to_owned()),
            suite_version: Some("v1.36.3".to_owned()),
            server_version: Some("v1.36.2+vendor".to_owned()),
            random_seed: Some(1_755_822_115),
            ran: Some(441),
            of: Some(7348),
            passed: Some(441),
            failed: Some(0),
            skipped: Some(6907),
            flaked: Some(2),
            suite_passed: Some(true),
        };
        assert_eq!(read_tail(LOG), summary);
    }

    #[test]
    fn a_cut_log_says_what_it_came_to() {
        let (start, _) = LOG.split_once("\nSSS").unwrap();
        let summary = read_tail(start);
        assert_eq!(
            (summary.ran, summary.of, summary.passed, summary.suite_passed),
            (Some(441), Some(7348), None, None)
        );
    }

    #[test]
    fn a_failed_suite_may_give_a_reason() {
        let summary =
            read_tail("FAIL! - Interrupted by User -- 40 Passed | 13 Failed | 0 Pending | 7526 Skipped");
        assert_eq!(
            (summary.passed, summary.failed, summary.suite_passed),
            (Some(40), Some(13), Some(false))
        );
    }

    #[test]
    fn a_long_log_is_read_at_both_ends() {
        let (head, tail) = LOG.split_once("SSS").unwrap();
        for middle in [0, 100, ENDS - LOG.len(), ENDS, 5 * ENDS + 7] {
            let log = format!("{head}{}\nSSS{tail}", "S".repeat(middle));
            assert_eq!(read(log.as_bytes()).unwrap(), read_tail(LOG), "{middle}");
        }
        assert_eq!(read(&b"Ran 1 of \xff"[..]).unwrap(), LogSummary::default());
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in any::<String>()) {
            read_tail(&text);
        }
    }
}
