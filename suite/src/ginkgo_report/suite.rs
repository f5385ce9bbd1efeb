//! How the suite of a report was run.

use serde::Deserialize;

use crate::Properties;

/// What is read of a suite's configuration.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SuiteConfig {
    dry_run: Option<bool>,
    flake_attempts: Option<u32>,
    focus_strings: Option<Vec<String>>,
    skip_strings: Option<Vec<String>>,
    label_filter: Option<String>,
    random_seed: Option<i64>,
    parallel_total: Option<u32>,
}

impl SuiteConfig {
    pub(super) fn into_properties(self, properties: &mut Properties) {
        // A report of several suites is as bad as the worst of them.
        properties.dry_run |= self.dry_run.unwrap_or_default();
        properties.flake_attempts = properties
            .flake_attempts
            .max(self.flake_attempts.unwrap_or_default());
        properties.focus.extend(self.focus_strings.unwrap_or_default());
        properties.skip.extend(self.skip_strings.unwrap_or_default());
        properties.label_filter = self.label_filter.filter(|filter| !filter.is_empty());
        properties.random_seed = self.random_seed;
        properties.parallel_total = self.parallel_total;
    }
}
