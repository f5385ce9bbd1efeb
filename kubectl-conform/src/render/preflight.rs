//! The checks before a run.

use conform_crds::{CheckResult, CheckState, ConformanceRun};

use super::{Column, Table};
use crate::text::{clean_line, hang, shorten};

/// Longest message in `status`; `preflight` and the object have the rest.
const MESSAGE_WIDTH: usize = 220;

/// One row a check, in the order in which they are made.
pub fn preflight(checks: &[CheckResult], width: u16) -> String {
    let mut table = Table::new([
        Column::left("CHECK"),
        Column::left("STATE"),
        Column::wrapping("MESSAGE"),
    ]);
    for result in checks {
        table.row([
            result.check.to_string(),
            format!("{:?}", result.state),
            result.message.clone(),
        ]);
    }
    table.render(Some(width))
}

/// The checks of a run that failed or warned, a line each.
pub(super) fn trouble(run: &ConformanceRun, width: u16) -> Option<String> {
    let checks = run.status.iter().flat_map(|status| &status.preflight);
    let lines: Vec<String> = checks
        .filter_map(|result| {
            let word = match result.state {
                CheckState::Failed => "failed",
                CheckState::Warned => "warned",
                CheckState::Passed | CheckState::Skipped => return None,
            };
            let message = shorten(&clean_line(&result.message), MESSAGE_WIDTH);
            let text = format!("Preflight {word}, {}: {message}", result.check);
            Some(hang("", &text, width.into()))
        })
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
