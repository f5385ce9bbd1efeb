//! What is wrong with a report that could be read: what contradicts itself is an error, and what breaks a rule of the
//! project's folder of reports, or of custom, is a warning.

mod counts;
mod features;
mod numbers;
mod place;
mod words;

pub(crate) use counts::{Miscount, miscount};
pub use place::{Location, location};

use jiff::Timestamp;

use crate::{
    finding::Findings,
    report::{ConformanceReport, Places},
};

/// Looks at a report by every rule that needs nothing but the report.
pub fn check(report: &ConformanceReport, places: &Places, findings: &mut Findings) {
    words::check(report, places, findings);
    numbers::check(report, places, findings);
    counts::check(report, places, findings);
    features::check(report, places, findings);
}

/// Looks at whether the tests can have run when a report says that they did.
pub fn check_time(report: &ConformanceReport, places: &Places, now: Timestamp, findings: &mut Findings) {
    words::check_time(report, places, now, findings);
}

/// Looks at where a report lies in a tree of reports.
pub fn check_place(
    report: &ConformanceReport,
    places: &Places,
    location: &Location<'_>,
    findings: &mut Findings,
) {
    place::check(report, places, location, findings);
}
