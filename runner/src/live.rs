//! Outcomes from the suite's output while it runs.
//!
//! The suite is to post each outcome (see `progress_server`), but since it previews its own tests before it runs them
//! (v1.36.3 does), Ginkgo loses the node that posts: only the start and the end arrive. So the suite runs verbosely,
//! and its output is read as well:
//!
//! ```text
//! ------------------------------
//! [sig-node] Secrets should patch a secret [Conformance] [sig-node, Conformance]
//! k8s.io/kubernetes@v1.36.3/test/e2e/common/node/secrets.go:157
//!   STEP: what the test itself writes is indented
//! • [0.091 seconds]
//! ------------------------------
//! ```
//!
//! This is provisional: the JUnit file has the last word.

use std::collections::BTreeSet;

use conform_suite::{Outcome, TestName};

use crate::seen::Seen;

/// Longest line that is looked at, in bytes: a name, its labels and what Ginkgo puts around them.
const MAX_LINE: usize = 8 << 10;
/// What stands before and after each test.
const DELIMITER: &str = "------------------------------";

/// What is known of the output so far.
#[derive(Debug)]
pub struct Live {
    selected: BTreeSet<TestName>,
    line: Vec<u8>,
    after_delimiter: bool,
    running: Option<TestName>,
}

impl Live {
    /// Looks for `selected` tests.
    pub fn new(selected: BTreeSet<TestName>) -> Self {
        Self {
            selected,
            line: Vec::new(),
            after_delimiter: false,
            running: None,
        }
    }

    /// Takes a piece of the output; gives what tests did in it.
    pub fn take(&mut self, piece: &[u8]) -> Vec<Seen> {
        let mut seen = Vec::new();
        for part in piece.split_inclusive(|byte| *byte == b'\n') {
            // One byte more than the limit marks a line as too long.
            let room = (MAX_LINE + 1).saturating_sub(self.line.len());
            self.line.extend(part.iter().take(room));
            if part.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                if line.len() <= MAX_LINE {
                    seen.extend(self.line(String::from_utf8_lossy(&line).trim_end()));
                } else {
                    self.after_delimiter = false;
                }
            }
        }
        seen
    }

    fn line(&mut self, line: &str) -> Option<Seen> {
        if line == DELIMITER {
            self.after_delimiter = true;
            return None;
        }
        if std::mem::take(&mut self.after_delimiter)
            && let Some(name) = self.test(line)
        {
            self.running = Some(name.clone());
            return Some(Seen::Started(name));
        }
        let outcome = outcome(line)?;
        Some(Seen::Ended {
            name: self.running.take()?,
            outcome,
            duration: None,
        })
    }

    /// The selected test of a heading, which is its name and then lists of labels and constraints in brackets.
    fn test(&self, heading: &str) -> Option<TestName> {
        let mut text = heading;
        loop {
            if let Some(name) = TestName::new(text)
                .ok()
                .and_then(|name| self.selected.get(&name).cloned())
            {
                return Some(name);
            }
            text = text.get(..text.rfind(" [")?)?;
        }
    }
}

/// The outcome in a line that ends a test.
fn outcome(line: &str) -> Option<Outcome> {
    if !line.ends_with(" seconds]") {
        return None;
    }
    if line.starts_with("S [SKIPPED] [") {
        return Some(Outcome::Skipped);
    }
    let state = line.strip_prefix("• [")?;
    Some(match state.split([']', '!']).next()? {
        "FAILED" => Outcome::Failed,
        "TIMEDOUT" => Outcome::TimedOut,
        "PANICKED" => Outcome::Panicked,
        "ABORTED" => Outcome::Aborted,
        "INTERRUPTED" => Outcome::Interrupted,
        time if time.ends_with(" seconds") => Outcome::Passed,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn name(text: &str) -> TestName {
        TestName::new(text).unwrap()
    }

    fn live() -> Live {
        Live::new(
            ["[sig-node] a [Conformance]", "[sig-node] a", "[sig-node] b"]
                .map(name)
                .into(),
        )
    }

    fn ended(seen: Vec<Seen>) -> Vec<(TestName, Outcome)> {
        let ended = seen.into_iter().filter_map(|seen| match seen {
            Seen::Started(_) => None,
            Seen::Ended { name, outcome, .. } => Some((name, outcome)),
        });
        ended.collect()
    }

    fn output(heading: &str, end: &str) -> String {
        format!(
            "SSSS\n{DELIMITER}\n{heading}\nx.go:1\n  STEP: • [FAILED] [1.000 seconds]\n{end}\n{DELIMITER}\n"
        )
    }

    #[rstest]
    #[case("• [0.091 seconds]", Some(Outcome::Passed))]
    #[case("• [FAILED] [0.211 seconds]", Some(Outcome::Failed))]
    #[case("• [TIMEDOUT] [0.211 seconds]", Some(Outcome::TimedOut))]
    #[case("• [PANICKED!] [0.211 seconds]", Some(Outcome::Panicked))]
    #[case("• [INTERRUPTED] [0.211 seconds]", Some(Outcome::Interrupted))]
    #[case("S [SKIPPED] [0.031 seconds]", Some(Outcome::Skipped))]
    #[case("• [NEW WORD] [0.031 seconds]", None)]
    #[case("  • [0.091 seconds]", None)]
    fn reads_how_a_test_ended(#[case] end: &str, #[case] outcome: Option<Outcome>) {
        let expected: Vec<_> = outcome
            .map(|outcome| (name("[sig-node] b"), outcome))
            .into_iter()
            .collect();
        let seen = live().take(output("[sig-node] b [sig-node]", end).as_bytes());
        assert_eq!(ended(seen), expected);
    }

    #[rstest]
    #[case(
        "[sig-node] a [Conformance] [sig-node, Conformance]",
        Some("[sig-node] a [Conformance]")
    )]
    #[case("[sig-node] a [sig-node] [kubelet: [>=1.36]]", Some("[sig-node] a"))]
    #[case("[sig-node] c [sig-node]", None)]
    #[case("[SynchronizedBeforeSuite]", None)]
    fn finds_the_name_in_a_heading(#[case] heading: &str, #[case] expected: Option<&str>) {
        let found = ended(live().take(output(heading, "• [0.091 seconds]").as_bytes()));
        assert_eq!(found.first().map(|(name, _)| name.as_str()), expected);
    }

    #[test]
    fn pieces_may_be_cut_anywhere_and_lines_may_be_endless() {
        let mut text = "S".repeat(MAX_LINE * 3).into_bytes();
        text.extend(output("[sig-node] b", "• [0.091 seconds]").into_bytes());
        let mut live = live();
        let found: Vec<_> = text.chunks(7).flat_map(|piece| live.take(piece)).collect();
        let b = name("[sig-node] b");
        assert_eq!(found.first(), Some(&Seen::Started(b.clone())));
        assert_eq!(ended(found), [(b, Outcome::Passed)]);
    }

    #[test]
    fn an_end_without_a_start_is_nobodys() {
        assert_eq!(live().take("• [0.091 seconds]\n".as_bytes()), []);
    }
}
