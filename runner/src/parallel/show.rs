//! A test in the log: the form in which Ginkgo shows the tests of a serial, verbose run, so that one log reads like
//! another.

use std::fmt::Write;

use conform_suite::Outcome;
use serde::{Deserialize, Deserializer};

const DELIMITER: &str = "------------------------------";

/// What is shown of a test or node.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Shown {
    #[serde(deserialize_with = "or_null")]
    container_hierarchy_texts: Vec<String>,
    #[serde(deserialize_with = "or_null")]
    container_hierarchy_labels: Vec<Option<Vec<String>>>,
    leaf_node_type: String,
    leaf_node_text: String,
    #[serde(deserialize_with = "or_null")]
    leaf_node_labels: Vec<String>,
    leaf_node_location: Location,
    state: String,
    run_time: f64,
    num_attempts: u32,
    captured_ginkgo_writer_output: String,
    captured_std_out_err: String,
    #[serde(deserialize_with = "or_null")]
    failure: Failure,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Location {
    file_name: String,
    line_number: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Failure {
    message: String,
    location: Location,
}

/// Go writes an empty value as `null`.
fn or_null<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// The lines of a test that ended on `process`; none for a test that never began.
pub fn spec(process: u16, body: &[u8]) -> Option<String> {
    let shown: Shown = serde_json::from_slice(body).ok()?;
    let node = shown.leaf_node_type != "It";
    let quiet = shown.captured_ginkgo_writer_output.is_empty() && shown.captured_std_out_err.is_empty();
    if (!node && shown.num_attempts == 0) || (node && quiet && shown.state == "passed") {
        return None;
    }
    let mut text = format!("{DELIMITER}\n{}\n", shown.heading());
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}", shown.leaf_node_location.line());
    let _ = writeln!(text, "on process {process}");
    for output in [&shown.captured_std_out_err, &shown.captured_ginkgo_writer_output] {
        if !output.is_empty() {
            let _ = writeln!(text, "{}", output.trim_end_matches('\n'));
        }
    }
    let _ = writeln!(text, "{}", shown.end());
    if !shown.failure.message.is_empty() {
        let _ = writeln!(text, "  {}", shown.failure.message.trim().replace('\n', "\n  "));
        let _ = writeln!(text, "  at: {}", shown.failure.location.line());
    }
    let _ = writeln!(text, "{DELIMITER}");
    Some(text)
}

/// The last lines of a log.
pub fn summary(outcomes: impl Iterator<Item = Outcome>, total: u64, seconds: f64, success: bool) -> String {
    let (mut passed, mut failed, mut skipped) = (0_u64, 0_u64, 0_u64);
    for outcome in outcomes {
        match outcome {
            Outcome::Passed | Outcome::Flaky => passed += 1,
            Outcome::Skipped | Outcome::NotRun => skipped += 1,
            _ => failed += 1,
        }
    }
    let ran = passed + failed;
    let left = skipped.max(total.saturating_sub(ran));
    let word = if success { "SUCCESS!" } else { "FAIL!" };
    format!(
        "\nRan {ran} of {total} Specs in {seconds:.3} seconds\n\
         {word} -- {passed} Passed | {failed} Failed | 0 Pending | {left} Skipped\n"
    )
}

impl Shown {
    fn heading(&self) -> String {
        if self.leaf_node_type != "It" {
            return format!("[{}] {}", self.leaf_node_type, self.leaf_node_text)
                .trim_end()
                .to_owned();
        }
        let texts = self
            .container_hierarchy_texts
            .iter()
            .chain([&self.leaf_node_text]);
        let texts: Vec<&str> = texts
            .map(String::as_str)
            .filter(|text| !text.is_empty())
            .collect();
        let mut labels: Vec<&str> = Vec::new();
        let of_containers = self.container_hierarchy_labels.iter().flatten().flatten();
        for label in of_containers.chain(&self.leaf_node_labels) {
            if !labels.contains(&label.as_str()) {
                labels.push(label);
            }
        }
        format!("{} [{}]", texts.join(" "), labels.join(", "))
    }

    fn end(&self) -> String {
        let seconds = self.run_time / 1e9;
        match self.state.as_str() {
            "passed" => format!("• [{seconds:.3} seconds]"),
            "skipped" => format!("S [SKIPPED] [{seconds:.3} seconds]"),
            "panicked" => format!("• [PANICKED!] [{seconds:.3} seconds]"),
            other => format!("• [{}] [{seconds:.3} seconds]", other.to_uppercase()),
        }
    }
}

impl Location {
    fn line(&self) -> String {
        format!("{}:{}", self.file_name, self.line_number)
    }
}

#[cfg(test)]
mod tests {
    use conform_suite::log;

    use super::*;

    #[test]
    fn a_test_reads_as_in_a_serial_run() {
        let body = br#"{"ContainerHierarchyTexts":["[sig-node] Pods","deep"],"ContainerHierarchyLabels":[["sig-node"],null],
            "LeafNodeType":"It","LeafNodeText":"run [Conformance]","LeafNodeLabels":["Conformance","sig-node"],
            "LeafNodeLocation":{"FileName":"pods.go","LineNumber":7},"State":"failed","RunTime":1500000000,"NumAttempts":1,
            "CapturedGinkgoWriterOutput":"  STEP: x\n","Failure":{"Message":"no\npod","Location":{"FileName":"x.go","LineNumber":9}}}"#;
        insta::assert_snapshot!(spec(3, body).unwrap(), @r"
        ------------------------------
        [sig-node] Pods deep run [Conformance] [sig-node, Conformance]
        pods.go:7
        on process 3
          STEP: x
        • [FAILED] [1.500 seconds]
          no
          pod
          at: x.go:9
        ------------------------------
        ");
    }

    #[test]
    fn what_never_began_is_not_shown() {
        assert_eq!(
            spec(
                1,
                br#"{"LeafNodeType":"It","State":"skipped","NumAttempts":0,"Failure":null}"#
            ),
            None
        );
        assert_eq!(
            spec(
                1,
                br#"{"LeafNodeType":"SynchronizedAfterSuite","State":"passed"}"#
            ),
            None
        );
        assert_eq!(spec(1, b"["), None);
    }

    #[test]
    fn the_log_s_reader_understands_the_end() {
        let text = summary(
            [Outcome::Passed, Outcome::Failed, Outcome::Skipped].into_iter(),
            7579,
            12.25,
            false,
        );
        let read = log::read_tail(&text);
        assert_eq!((read.ran, read.of), (Some(2), Some(7579)));
        assert_eq!(
            (read.passed, read.failed, read.skipped),
            (Some(1), Some(1), Some(7577))
        );
        assert_eq!(read.suite_passed, Some(false));
    }
}
