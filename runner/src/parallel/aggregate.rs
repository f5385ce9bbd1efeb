//! What all processes but the first have done, as process 1 asks for it to write the JUnit file.
//!
//! Ginkgo adds up the reports that the processes send at their ends, and has none if one of them died. Here the report is
//! made of what was sent at the end of each test, so that a process that dies loses the test that it ran and no other.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

/// Most bytes that are kept of all reports.
const MAX_KEPT: usize = 64 << 20;
/// What a JUnit file leaves out of a passed test anyway, and nearly all of its size.
const BULKY: [&str; 5] = [
    "CapturedGinkgoWriterOutput",
    "CapturedStdOutErr",
    "ReportEntries",
    "ProgressReports",
    "SpecEvents",
];

/// The ends of tests, and of the suite's own nodes, as they were sent.
#[derive(Debug, Default)]
pub struct Aggregate {
    specs: Vec<Box<RawValue>>,
    bytes: usize,
    /// When the first process began, as it wrote it.
    start_time: Option<String>,
    /// What ends the suite badly besides its tests.
    faults: Vec<String>,
    failed: bool,
}

/// A report as Ginkgo reads it. What it does not need to add one report to another is left out.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Report<'a> {
    suite_succeeded: bool,
    special_suite_failure_reasons: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<&'a str>,
    spec_reports: &'a [Box<RawValue>],
}

impl Aggregate {
    /// Takes that a process began. The earliest time is that of the first one.
    pub fn began(&mut self, start_time: String) {
        self.start_time.get_or_insert(start_time);
    }

    /// Takes the end of a test or node. Gives back false if there is no room for it.
    pub fn take(&mut self, body: &[u8], bulky: bool) -> bool {
        let small = || -> Option<Box<RawValue>> {
            let mut fields: BTreeMap<String, Box<RawValue>> = serde_json::from_slice(body).ok()?;
            for field in BULKY {
                fields.remove(field);
            }
            serde_json::value::to_raw_value(&fields).ok()
        };
        let whole = bulky && self.bytes + body.len() <= MAX_KEPT / 2;
        let spec = if whole {
            serde_json::from_slice(body).ok()
        } else {
            small()
        };
        let Some(spec) = spec.filter(|spec| self.bytes + spec.get().len() <= MAX_KEPT) else {
            return false;
        };
        self.bytes += spec.get().len();
        self.specs.push(spec);
        true
    }

    /// Takes that a process failed, and why if its tests do not say it.
    pub fn failed(&mut self, fault: Option<String>) {
        self.failed = true;
        self.faults.extend(fault);
    }

    /// The report in JSON.
    pub fn report(&self) -> Vec<u8> {
        let report = Report {
            suite_succeeded: !self.failed,
            special_suite_failure_reasons: &self.faults,
            start_time: self.start_time.as_deref(),
            spec_reports: &self.specs,
        };
        // Strings and checked JSON: there is nothing that cannot be written.
        serde_json::to_vec(&report).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn report(aggregate: &Aggregate) -> Value {
        serde_json::from_slice(&aggregate.report()).unwrap()
    }

    #[test]
    fn keeps_the_output_of_what_did_not_pass() {
        let mut aggregate = Aggregate::default();
        let body =
            br#"{"LeafNodeText":"a","State":"passed","SpecEvents":[{}],"CapturedGinkgoWriterOutput":"long"}"#;
        assert!(aggregate.take(body, false) && aggregate.take(body, true));
        aggregate.began("2026-11-22T05:11:13.1Z".to_owned());
        aggregate.began("2026-11-22T05:11:14.1Z".to_owned());
        let found = report(&aggregate);
        assert_eq!(
            found["SpecReports"][0],
            serde_json::json!({"LeafNodeText":"a","State":"passed"})
        );
        assert_eq!(found["SpecReports"][1]["CapturedGinkgoWriterOutput"], "long");
        assert_eq!(found["StartTime"], "2026-11-22T05:11:13.1Z");
        assert_eq!(found["SuiteSucceeded"], true);
    }

    #[test]
    fn a_process_that_died_fails_the_suite() {
        let mut aggregate = Aggregate::default();
        aggregate.failed(Some("process 2 was ended by signal 9".to_owned()));
        let found = report(&aggregate);
        assert_eq!(found["SuiteSucceeded"], false);
        assert_eq!(
            found["SpecialSuiteFailureReasons"][0],
            "process 2 was ended by signal 9"
        );
    }

    #[test]
    fn is_bounded() {
        let mut aggregate = Aggregate::default();
        let body = format!(
            r#"{{"LeafNodeText":"a","CapturedStdOutErr":"{}"}}"#,
            "x".repeat(1 << 20)
        );
        for _ in 0..100 {
            assert!(aggregate.take(body.as_bytes(), true));
        }
        assert!(aggregate.bytes < MAX_KEPT);
        assert!(!aggregate.take(b"{", true) && !aggregate.take(b"[]", false));
    }
}
