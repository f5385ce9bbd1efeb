//! From what a Gateway API suite said of its tests to a report.
//!
//! The suite writes its own report, and some of its versions wrote it before tests had ended (kubernetes-sigs/gateway-api
//! #5143). Here a report is made of ends alone: a test that nobody saw the end of was not measured, and nothing is reported
//! that rests on it.

mod build;
mod compare;
mod ends;
mod events;
mod heard;
mod junit;

pub use build::{About, Built, Refusal, build};
pub use compare::compare;
pub use ends::{Ends, TestEnd};
pub(crate) use events::each_event;
pub use events::{EventsError, read_events};
pub use junit::of_junit;
