//! What files of a run say of the cluster that they come from, without that cluster.

mod context;
mod infer;
mod measured;
mod refusal;
mod report;
mod required;
mod shown;
mod total;

pub use context::{Context, Fact, Feature, Look, Part};
pub use infer::{Fit, release_of_files};
pub use measured::{Measured, MeasuredError, ReleaseSource, Seen};
pub use report::{
    Certifiability, FutureReport, InputReport, RequirementsSource, TestReport, evaluate, judge,
};
pub use required::{Criteria, Demands, UnknownRelease};
pub use shown::InputAt;
pub use total::{Evaluation, Total, Unreadable};

/// The version of every report that is written as JSON or YAML.
pub const REPORT_VERSION: &str = "conform.dev/report/v1alpha1";

#[cfg(test)]
mod tests;
