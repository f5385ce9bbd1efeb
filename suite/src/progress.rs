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
    let report: Report = serde_json::from_slice(body).map_err(|error| ProgressError::Json {
        message: error.to_string(),
    })?;
    if let Some(name) = report.msg.strip_prefix("PASSED ") {
        return Ok(ProgressEvent::Passed(TestName::new(name)?));
    }
    if let Some(name) = report.msg.strip_prefix("FAILED ") {
        return Ok(ProgressEvent::Failed(TestName::new(name)?));
    }
    match report.msg.as_str() {
        "Test Suite starting" => Ok(ProgressEvent::Started { total: report.total }),
        "Test Suite completed" => Ok(ProgressEvent::Completed),
        other => Err(ProgressError::Unknown {
            message: other.chars().take(80).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn name(text: &str) -> TestName {
        TestName::new(text).unwrap()
    }

    #[rstest]
    #[case(r#"{"msg":"Test Suite starting","total":446,"completed":0,"skipped":0,"failed":0}"#, ProgressEvent::Started { total: 446 })]
    #[case(r#"{"msg":"Test Suite starting"}"#, ProgressEvent::Started { total: 0 })]
    #[case(
        r#"{"msg":"PASSED [sig-apps] Job a [Conformance]","completed":1,"failures":["x"]}"#,
        ProgressEvent::Passed(name("[sig-apps] Job a [Conformance]"))
    )]
    #[case(
        r#"{"msg":"FAILED [sig-apps] Job \u001b a"}"#,
        ProgressEvent::Failed(name("[sig-apps] Job \u{1b} a"))
    )]
    #[case(r#"{"msg":"Test Suite completed","total":446}"#, ProgressEvent::Completed)]
    fn understands_what_the_suite_posts(#[case] body: &str, #[case] event: ProgressEvent) {
        assert_eq!(parse(body.as_bytes()), Ok(event));
    }

    #[rstest]
    #[case(b"")]
    #[case(b"[]")]
    #[case(b"{\"msg\":7}")]
    #[case(b"{\"msg\":\"\xff\"}")]
    fn refuses_what_is_no_report(#[case] body: &[u8]) {
        assert!(matches!(parse(body), Err(ProgressError::Json { .. })));
    }

    #[test]
    fn refuses_what_means_nothing() {
        assert_eq!(
            parse(br#"{"msg":"PASSED "}"#),
            Err(ProgressError::Name(InvalidTestName::Empty))
        );
        assert!(matches!(
            parse(br#"{"msg":"LOST x"}"#),
            Err(ProgressError::Unknown { .. })
        ));
        assert!(matches!(
            parse(&vec![b' '; MAX_BYTES + 1]),
            Err(ProgressError::TooLarge { .. })
        ));
    }
}
