//! The report of Gateway API's conformance suite: GEP-1709, as the suites of v0.7.1 to v1.7.0 write it.

mod model;
mod read;
mod write;

pub use model::{
    API_V1, API_V1ALPHA1, ConformanceReport, Implementation, KIND, Level, LevelResult, Places, ProfileReport,
    Statistics,
};
pub use read::read;
