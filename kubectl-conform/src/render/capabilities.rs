//! What the cluster's network can do.

use conform_crds::{Basis, UpstreamTests};
use conform_network::probe::{Report, Status};

use super::{Column, DEFAULT_WIDTH, Table};
use crate::text::hang;

/// One row for each feature, then why those are not supported that are not, and remarks.
pub fn capabilities(report: &Report, width: Option<u16>, wide: bool) -> String {
    let mut columns = ["FEATURE", "SOURCE", "STATUS", "BASIS", "CELLS"]
        .map(Column::left)
        .to_vec();
    // Where nothing is known of any test, a column of it would only take room.
    let tests = report.rows.iter().any(|row| row.upstream.is_some());
    if tests {
        columns.push(Column::left("UPSTREAM"));
    }
    if wide {
        columns.push(Column::left("TELLING"));
        columns.push(Column::left("WHAT"));
    }
    columns.push(Column::wrapping("COMPONENT"));
    let mut table = Table::new(columns);
    for row in &report.rows {
        let mut cells = vec![
            row.feature.clone(),
            row.source.clone(),
            format!("{:?}", row.status),
            row.basis.map_or("-", Basis::word).to_owned(),
            if row.cells == 0 {
                "-".to_owned()
            } else {
                format!("{}/{}", row.same, row.cells)
            },
        ];
        if tests {
            cells.push(
                row.upstream
                    .as_ref()
                    .map_or_else(|| "-".to_owned(), |tests| upstream(tests, wide)),
            );
        }
        if wide {
            cells.push(row.telling.to_string());
            cells.push(row.title.to_owned());
        }
        cells.push(row.component.clone());
        table.row(cells);
    }
    let page = usize::from(width.unwrap_or(DEFAULT_WIDTH));
    let mut parts = vec![table.render(width.filter(|_| !wide))];
    for row in report.rows.iter().filter(|row| !row.because.is_empty()) {
        let word = match row.status {
            Status::Supported => "supported",
            Status::Unsupported => "not supported",
            Status::Unevaluated => "not evaluated",
            Status::NotApplicable => "not applicable",
        };
        let mut lines = vec![format!("{} is {word}:", row.feature)];
        lines.extend(row.because.iter().map(|why| hang("  - ", why, page)));
        parts.push(lines.join("\n"));
    }
    for row in &report.rows {
        let disagreement = row
            .upstream
            .as_ref()
            .and_then(|tests| tests.disagreement.as_ref());
        parts.extend(
            disagreement.map(|why| hang("", &format!("{}: they disagree: {why}", row.feature), page)),
        );
    }
    let remains = report.remains.iter().chain(&report.strangers);
    parts.extend(remains.map(|remain| hang("", &format!("Left behind: {remain}"), page)));
    parts.extend(report.remarks.iter().map(|remark| hang("", remark, page)));
    parts.join("\n\n")
}

/// What upstream's tests came to: `2/7, 1 failed` of seven, or each number in words; with a mark if that contradicts the packets.
fn upstream(tests: &UpstreamTests, wide: bool) -> String {
    let (passed, failed, not_run) = (tests.passed, tests.failed, tests.not_run);
    let mut said = if wide {
        format!("{passed} passed, {failed} failed, {not_run} not run")
    } else {
        let all = passed.saturating_add(failed).saturating_add(not_run);
        match (passed, failed) {
            (0, 0) => "not run".to_owned(),
            (_, 0) => format!("{passed}/{all}"),
            _ => format!("{passed}/{all}, {failed} failed"),
        }
    };
    if tests.disagreement.is_some() {
        said.push_str(" (!)");
    }
    said
}

#[cfg(test)]
mod tests {
    use conform_crds::{Capability, CapabilityStatus};
    use conform_network::probe::{Evidence, Row};
    use conform_suite::{Outcome, TestName};

    use super::*;

    fn row(feature: &str, status: CapabilityStatus, because: &[&str]) -> Row {
        Row::kept(&Capability {
            feature: feature.to_owned(),
            source: "KEP-2086".to_owned(),
            status,
            basis: (status == CapabilityStatus::Supported).then_some(Basis::Measured),
            component: "kube-proxy (nftables)".to_owned(),
            same: 8,
            cells: 8,
            telling: 8,
            because: because.iter().map(|why| (*why).to_owned()).collect(),
            upstream: None,
            table: None,
        })
    }

    #[test]
    fn tests_that_contradict_packets_are_marked_and_named() {
        let mut report = Report {
            rows: vec![
                row("cluster-ip", CapabilityStatus::Supported, &[]),
                row("internal-traffic-policy", CapabilityStatus::Supported, &[]),
                row(
                    "named-target-ports",
                    CapabilityStatus::Unevaluated,
                    &["no agent answered"],
                ),
            ],
            ..Report::default()
        };
        assert!(!capabilities(&report, Some(100), false).contains("UPSTREAM"));
        let told = |test: &str, outcome| {
            let name = format!("[sig-network] Services should respect internalTrafficPolicy=Local {test}");
            (TestName::new(&name).unwrap(), outcome)
        };
        Evidence::new([
            told("Pod to Pod", Outcome::Passed),
            told("Pod (hostNetwork: true) to Pod", Outcome::Failed),
        ])
        .beside_rows(&mut report.rows);
        insta::assert_snapshot!(capabilities(&report, Some(100), false));
    }
}
