//! The suites of a run's own profiles.

use conform_crds::OwnSuiteSummary;

use super::{Column, Table};
use crate::text::clean_line;

/// One row for each.
pub fn own_suites(suites: &[OwnSuiteSummary], width: u16) -> String {
    let mut table = Table::new([
        Column::left("SUITE"),
        Column::right("PASSED"),
        Column::right("FAILED"),
        Column::right("NOT EVALUATED"),
        Column::wrapping("END"),
    ]);
    for suite in suites {
        let end = match (&suite.end, &suite.message) {
            (None, _) => "not run".to_owned(),
            (Some(end), None) => format!("{end:?}"),
            (Some(end), Some(message)) => format!("{end:?}: {}", clean_line(message)),
        };
        table.row([
            clean_line(&suite.suite),
            format!("{}/{}", suite.passed, suite.total),
            suite.failed.to_string(),
            suite.unevaluated.to_string(),
            end,
        ]);
    }
    table.render(Some(width))
}

#[cfg(test)]
mod tests {
    use conform_crds::AttemptEndReason;

    use super::*;

    #[test]
    fn each_suite_says_how_it_ended() {
        let suite = |suite: &str, total, passed, end, message: Option<&str>| OwnSuiteSummary {
            suite: suite.into(),
            image: "busybox".into(),
            total,
            passed,
            failed: total - passed,
            unevaluated: 0,
            end,
            message: message.map(str::to_owned),
        };
        let suites = [
            suite(
                "platform/storage",
                2,
                1,
                Some(AttemptEndReason::Completed),
                Some("The suite ended with exit code 1: 1 of 2 tests passed, 1 failed."),
            ),
            suite("platform/gateway", 0, 0, None, None),
        ];
        insta::assert_snapshot!(own_suites(&suites, 100), @r"
        SUITE             PASSED  FAILED  NOT EVALUATED  END
        platform/storage     1/2       1              0  Completed: The suite ended with exit code 1: 1 of
                                                         2 tests passed, 1 failed.
        platform/gateway     0/0       0              0  not run
        ");
    }
}
