//! From the report model to text. Nothing is counted or judged here.

mod badge;
mod capabilities;
mod components;
mod diff;
mod diff_markdown;
mod evaluation;
mod explanation;
mod fleet;
mod gateway_features;
mod junit;
mod leftovers;
mod listing;
mod markdown;
mod open;
mod own_suites;
mod policy_report;
mod preflight;
mod readiness;
mod results;
mod runs;
mod schedules;
mod service_cidr;
mod status;
mod table;
mod trend;
mod validation;
mod verification;
mod windows;

pub use badge::evaluation_badge;
pub use capabilities::capabilities;
pub use components::components;
pub use diff::diff;
pub use diff_markdown::diff_markdown;
pub use evaluation::evaluation;
pub use explanation::explanation;
pub use fleet::fleet;
pub use gateway_features::gateway_features;
pub use junit::evaluation_junit;
pub use leftovers::leftovers;
pub use listing::listing;
pub use markdown::evaluation_markdown;
pub use policy_report::{Dialect, evaluation_policy_report};
pub use preflight::preflight;
pub use readiness::readiness;
pub use results::results;
pub use runs::runs;
pub use schedules::schedules;
pub use service_cidr::service_cidr;
pub use status::status;
pub use table::{Column, Table};
pub use trend::trend;
pub use validation::validation;
pub use verification::verification;
pub use windows::windows;

use conform_suite::{Trend, evaluation::Evaluation};

use crate::error::Error;

/// The evaluation as a page for a browser.
pub fn evaluation_html(evaluation: &Evaluation) -> Result<String, Error> {
    Ok(conform_report::evaluation_html(evaluation)?)
}

/// How runs went over time, as a page for a browser.
pub fn trend_html(trend: &Trend) -> Result<String, Error> {
    Ok(conform_report::trend_html(trend)?)
}

/// Width of what is not written to a terminal.
pub const DEFAULT_WIDTH: u16 = 80;

#[cfg(test)]
mod html_tests;
#[cfg(test)]
mod offline_tests;
#[cfg(test)]
mod table_tests;
#[cfg(test)]
pub mod tests;
