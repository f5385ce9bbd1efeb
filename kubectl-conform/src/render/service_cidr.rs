//! What was found about further ranges of Service addresses.

use conform_crds::ServiceCidrReport;

use super::{Column, DEFAULT_WIDTH, Table};
use crate::text::hang;

/// One row for each finding, and what they mean together.
pub fn service_cidr(report: &ServiceCidrReport, width: Option<u16>, wide: bool) -> String {
    let mut table = Table::new([
        Column::left("LOOK"),
        Column::left("STATE"),
        Column::left("COMPONENT"),
        Column::wrapping("FOUND"),
    ]);
    for finding in &report.findings {
        table.row([
            format!("{:?}", finding.topic),
            format!("{:?}", finding.state),
            finding.component.clone().unwrap_or_else(|| "-".to_owned()),
            finding.message.clone(),
        ]);
    }
    let page = width.unwrap_or(DEFAULT_WIDTH);
    let sentence = format!("{:?}, {}: {}", report.readiness, report.reason, report.message);
    let width = if wide { None } else { Some(page) };
    format!("{}\n\n{}", table.render(width), hang("", &sentence, page.into()))
}
