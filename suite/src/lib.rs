//! What is required when, and what a set of outcomes means.
//!
//! The crate is pure: bytes and values in, values or typed errors out. Nothing here opens a file, a socket or a
//! clock, so that the operator, the runner and the offline commands cannot come to different verdicts.
//!
//! What is required is known from the suite itself ([`Inventory`]) or, without one, from the built-in [`catalogue`]; what
//! may come to be required besides is in [`features`]. Files are judged by [`evaluation`], and those that are handed in for
//! certification by [`submission`].
//!
//! How long tests take ([`Durations`]) decides in which order they run and which pod runs them ([`shard`]), and nothing else.
//!
//! One outcome's way: [`Inventory`] (what the suite says of itself) → [`select`] (what this run is to measure) →
//! [`junit`], [`ginkgo_report`], [`archive`], [`progress`] (what happened) → [`merge`] (over attempts) → [`records`] → [`assess`]
//! (the verdict) → [`report`] (what people read) and [`certifiable`] (why it may not be submitted).

mod advisory;
mod area;
mod certifiable;
mod diff;
mod durations;
mod fleet;
mod inventory;
mod merge;
mod narrowing;
mod outcome;
mod own_results;
mod parallelism;
mod profile;
mod readiness;
mod release;
mod report;
mod requirement;
#[cfg(feature = "schema")]
mod schema;
mod selection;
mod sharding;
mod sig;
mod stage;
#[cfg(test)]
mod test_cases;
mod test_name;
mod text;
mod trend;
mod truth_table;
mod verdict;
mod windows;
mod yaml;

pub mod archive;
pub mod catalogue;
pub mod evaluation;
pub mod explanation;
pub mod ginkgo_report;
pub mod images;
pub mod junit;
pub mod listing;
pub mod log;
pub mod progress;
pub mod submission;

pub use advisory::{Advisory, Feature, FeatureTest, Fitness, LeadTime, Needs, advisory, features};
pub use archive::{ArchiveError, ArchiveLimits, Evidence};
pub use area::Area;
pub use certifiable::{Circumstances, Obstacle, Refusal, certifiable};
pub use diff::{Change, ChangeKind, Diff, Side, diff};
pub use durations::{Durations, DurationsError, generate as generate_durations};
pub use fleet::{Fleet, FleetRow, FleetState};
pub use ginkgo_report::{GinkgoReport, ReportError};
pub use inventory::{Inventory, InventoryError, RequirementList};
pub use junit::{Case, Junit, JunitError, Limits, Properties, Property};
pub use log::LogSummary;
pub use merge::merge;
pub use narrowing::{NarrowedBy, Narrowing};
pub use outcome::{Outcome, Standing};
pub use own_results::{OwnDemands, OwnResultsError, OwnRow};
pub use parallelism::processes as default_processes;
pub use profile::{
    Applicability, Applicable, Choice, GatewayProfile, MAX_SUITES, NodeOs, OwnGateway, OwnProfile,
    OwnProfileError, OwnQuantities, OwnRequirement, OwnResources, OwnSuite, OwnSuiteFault, OwnVariable,
    Pattern, Profile, SuiteAccess, gateway_profiles, profile, profiles,
};
pub use progress::{ProgressError, ProgressEvent};
pub use readiness::{Readiness, Step, readiness};
pub use release::{ParseReleaseError, Release};
pub use report::{Failure, Report, Row, future_note, report, rows};
pub use requirement::Requirement;
#[cfg(feature = "schema")]
pub use schema::report_schemas;
pub use selection::{Candidate, Request, Selection, SelectionError, select};
pub use sharding::shard;
pub use sig::Sig;
pub use stage::{Authority, Stage};
pub use test_name::{InvalidTestName, TestName};
pub use trend::{Point, Trend, Unsteady, trend};
pub use truth_table::{Answer, TruthTable};
pub use verdict::{Assessment, FutureTally, Record, Tally, Verdict, assess, records};
pub use windows::{OpenTest, WindowsList, WindowsReport, windows_report, windows_tests};
