//! How the suite was run.

use jiff::civil::DateTime;

use crate::text;

/// How the suite was run. Files of Ginkgo v1 say nothing of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties {
    /// The tests were listed and not run.
    pub dry_run: bool,
    /// How often a failing test was tried; 0 and 1 are once.
    pub flake_attempts: u32,
    /// The focus patterns. Ginkgo joins several by commas, which patterns have too, so those of one suite stay one.
    pub focus: Vec<String>,
    /// The skip patterns, joined likewise.
    pub skip: Vec<String>,
    /// The label filter.
    pub label_filter: Option<String>,
    /// The seed of the order.
    pub random_seed: Option<i64>,
    /// How many processes ran the suite.
    pub parallel_total: Option<u32>,
    /// When the suite started, by the clock of its pod: files have no zone.
    pub started_at: Option<DateTime>,
    /// Every other property in the order of the file, shortened to 4 KiB each.
    pub others: Vec<(String, String)>,
}

impl Properties {
    pub(super) fn take(&mut self, name: &str, value: &str) {
        match name {
            // Only a plain "false" says that tests were really run.
            "DryRun" => self.dry_run |= value != "false",
            // What cannot be read is as bad as it can be.
            "FlakeAttempts" => {
                self.flake_attempts = self.flake_attempts.max(value.parse().unwrap_or(u32::MAX));
            }
            "FocusStrings" => self.focus.extend(given(value)),
            "SkipStrings" => self.skip.extend(given(value)),
            "LabelFilter" => self.label_filter = given(value),
            "RandomSeed" => self.random_seed = value.parse().ok(),
            "ParallelTotal" => self.parallel_total = value.parse().ok(),
            _ => {
                let kept =
                    |text: &str| text::printable(text::truncated(text, text::MESSAGE_BYTES)).into_owned();
                self.others.push((kept(name), kept(value)));
            }
        }
    }
}

fn given(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}
