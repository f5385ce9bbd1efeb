//! Reports of Gateway API's conformance suite (GEP-1709), and checklists of AI conformance.
//!
//! The crate is pure: bytes and names in, values and findings out. One file's way: [`yaml`] keeps every value with its text
//! and its place → [`ConformanceReport`] is what the suite meant → [`rules`] say what is wrong with it → [`tree`] says
//! what the files of a folder are together. [`validate`] goes all of this way, and [`validate_at`] with a clock's word and with
//! whoever gives the files that a checklist names ([`checklist::Files`]).

pub mod checklist;
pub mod claim;
mod fields;
mod finding;
pub mod generate;
pub mod index;
pub mod known;
pub mod report;
pub mod rules;
#[cfg(feature = "schema")]
mod schema;
pub mod tree;
mod validate;
mod validation;
pub mod yaml;

pub use checklist::Checklist;
pub use finding::{Finding, Findings, Severity};
pub use report::ConformanceReport;
#[cfg(feature = "schema")]
pub use schema::report_schemas;
pub use validate::{FileKind, Validated, validate, validate_at};
pub use validation::{FileReport, Unreadable, Validation};
