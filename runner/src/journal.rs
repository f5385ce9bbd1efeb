//! What was measured, on the pod's own disk: a container that is restarted in its pod goes on from there.
//!
//! One line of JSON each: first whose journal it is, then outcomes. A line that was cut off by a crash is dropped.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use conform_suite::{Outcome, TestName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Most bytes of a journal that are read back: every test of the largest suite, several times.
const MAX_BYTES: u64 = 16 << 20;

/// Whose journal it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    /// The run.
    pub run: String,
    /// The attempt.
    pub attempt: String,
    /// Digest of the selected tests.
    pub digest: String,
    /// When the first container of the pod started.
    pub start_time: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Line {
    name: TestName,
    outcome: Outcome,
}

/// The journal cannot be used. The run goes on without it.
#[derive(Debug, thiserror::Error)]
#[error("cannot {verb} the journal {path}: {source}", path = path.display())]
pub struct JournalError {
    verb: &'static str,
    path: PathBuf,
    source: io::Error,
}

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
}

/// What an earlier container of this pod had written.
#[derive(Debug, PartialEq, Eq)]
pub struct Past {
    /// When that container's attempt started.
    pub start_time: Timestamp,
    /// Outcomes in the order in which they came.
    pub outcomes: Vec<(TestName, Outcome)>,
}

impl Journal {
    /// Opens the journal at `path`. One of another attempt or selection is emptied first.
    pub fn open(path: &Path, header: &Header) -> Result<(Self, Option<Past>), JournalError> {
        let failed = |verb| {
            move |source| JournalError {
                verb,
                path: path.to_owned(),
                source,
            }
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(failed("open"))?;
        let mut bytes = Vec::new();
        (&mut file)
            .take(MAX_BYTES)
            .read_to_end(&mut bytes)
            .map_err(failed("read"))?;
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |last| last + 1);
        let past = read(bytes.get(..whole).unwrap_or_default(), header);
        let length = if past.is_some() { whole as u64 } else { 0 };
        file.set_len(length).map_err(failed("write"))?;
        file.seek(SeekFrom::End(0)).map_err(failed("write"))?;
        let mut journal = Self {
            path: path.to_owned(),
            file,
        };
        if past.is_none() {
            journal.line(header)?;
        }
        Ok((journal, past))
    }

    /// Adds an outcome.
    pub fn append(&mut self, name: &TestName, outcome: Outcome) -> Result<(), JournalError> {
        self.line(&Line {
            name: name.clone(),
            outcome,
        })
    }

    fn line(&mut self, value: &impl Serialize) -> Result<(), JournalError> {
        let mut line = serde_json::to_vec(value).map_err(|error| self.failed(error.into()))?;
        line.push(b'\n');
        // In one call, so that a crash leaves at most the last line torn.
        self.file.write_all(&line).map_err(|error| self.failed(error))
    }

    fn failed(&self, source: io::Error) -> JournalError {
        JournalError {
            verb: "write",
            path: self.path.clone(),
            source,
        }
    }
}

fn read(bytes: &[u8], header: &Header) -> Option<Past> {
    let mut lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let found: Header = serde_json::from_slice(lines.next()?).ok()?;
    let same = (&found.run, &found.attempt, &found.digest) == (&header.run, &header.attempt, &header.digest);
    same.then(|| Past {
        start_time: found.start_time,
        outcomes: lines
            .filter_map(|line| serde_json::from_slice::<Line>(line).ok())
            .map(|line| (line.name, line.outcome))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn header(digest: &str) -> Header {
        Header {
            run: "demo".to_owned(),
            attempt: "present-1".to_owned(),
            digest: digest.to_owned(),
            start_time: Timestamp::from_second(1_700_000_000).unwrap(),
        }
    }

    fn name(text: &str) -> TestName {
        TestName::new(text).unwrap()
    }

    fn written(path: &Path) {
        let (mut journal, past) = Journal::open(path, &header("x")).unwrap();
        assert_eq!(past, None);
        journal.append(&name("a \"quoted\""), Outcome::Passed).unwrap();
        journal.append(&name("b"), Outcome::Failed).unwrap();
    }

    #[test]
    fn gives_back_what_was_written() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        written(&path);
        let later = Header {
            start_time: Timestamp::from_second(1_800_000_000).unwrap(),
            ..header("x")
        };
        let (_, past) = Journal::open(&path, &later).unwrap();
        let past = past.unwrap();
        assert_eq!(past.start_time, header("x").start_time);
        assert_eq!(
            past.outcomes,
            [
                (name("a \"quoted\""), Outcome::Passed),
                (name("b"), Outcome::Failed)
            ]
        );
    }

    #[test]
    fn a_torn_last_line_is_dropped_and_the_next_one_is_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        written(&path);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() - 5]).unwrap();
        let (mut journal, past) = Journal::open(&path, &header("x")).unwrap();
        assert_eq!(past.unwrap().outcomes.len(), 1);
        journal.append(&name("c"), Outcome::Passed).unwrap();
        let (_, past) = Journal::open(&path, &header("x")).unwrap();
        assert_eq!(past.unwrap().outcomes.last(), Some(&(name("c"), Outcome::Passed)));
    }

    #[test]
    fn another_selection_starts_anew() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        written(&path);
        let (_, past) = Journal::open(&path, &header("y")).unwrap();
        assert_eq!(past, None);
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 1);
    }

    #[test]
    fn what_is_no_journal_is_emptied() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        fs::write(&path, b"\xff\xfe\n{}\n").unwrap();
        let (_, past) = Journal::open(&path, &header("x")).unwrap();
        assert_eq!(past, None);
    }
}
