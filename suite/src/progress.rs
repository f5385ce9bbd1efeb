//! Reads the progress reports that the suite posts while it runs.

use serde::Deserialize;

use crate::{InvalidTestName, TestName};

/// Longest report that is accepted, in bytes. A report lists every failure so far.
pub const MAX_BYTES: usize = 4 << 20;

/// What one progress report says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProgressEvent {
    /// The suite starts.
    Started {
        /// How many tests it is going to run; 0 from all but the first of parallel processes.
        total: u32,
    },
    /// This test passed.
    Passed(TestName),
    /// This test failed.
    Failed(TestName),
    /// The suite is done.
    Completed,
}

/// The report is none that the suite sends.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProgressError {
    /// It is longer than any.
    #[error("a progress report of {bytes} bytes is longer than {MAX_BYTES}")]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// It is no JSON object with a message.
    #[error("a progress report is not the JSON that the suite sends: {message}")]
    Json {
        /// What the JSON reader says, with line and column.
        message: String,
    },
    /// Its message is of no known kind.
    #[error("a progress report says {message:?}, which means nothing here")]
    Unknown {
        /// The message, shortened.
        message: String,
    },
    /// It names no test.
    #[error("a progress report names no test: {0}")]
    Name(#[from] InvalidTestName),
}

#[derive(Deserialize)]
struct Report {
    msg: String,
    #[serde(default)]
    total: u32,
}

/// Reads the body of one report, as posted to the suite's `--progress-report-url`.
///
/// The counters of a report are not taken: in a parallel run every process counts for itself, and reports arrive in
/// any order. Names are what counts.
pub fn parse(body: &[u8]) -> Result<ProgressEvent, ProgressError> {
    if body.len() > MAX_BYTES {
        return Err(ProgressError::TooLarge { bytes: body.len() });
    }
    let report: Report =
        serde_json::from_slice(body).map_err(|error| ProgressError::Json { message: error.to_string() })?;
    if let Some(name) = report.msg.strip_prefix("PASSED ") {
        return Ok(ProgressEvent::Passed(TestName::new(name)?));
    }
    if let Some(name) = report.msg.strip_prefix("FAILED ") {
        return Ok(ProgressEvent::Failed(TestName::new(name)?));
    }
    match report.msg.as_str() {
        "Test Suite starting" => Ok(ProgressEvent::Started { total: report.total }),
        "Test Suite completed" => Ok(ProgressEvent::Completed),
        other => Err(ProgressError::Unknown { message: other.chars().take(80).collect() }),
    }
}
