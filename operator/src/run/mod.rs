//! ConformanceRun: `observe` reads, `decide` thinks, `act` does.

mod act;
mod applicable;
mod attempts;
mod cache;
mod changes;
mod children;
mod components;
mod conditions;
pub mod controller;
mod counts;
mod deadline;
mod decide;
#[cfg(test)]
mod decide_tests;
mod decision;
mod details;
mod evaluation;
mod fault;
mod finish;
#[cfg(test)]
pub mod fixtures;
mod go_on;
mod image;
mod imported;
mod lock;
mod next;
mod observe;
mod observed;
pub mod own;
mod own_suite_job;
mod own_suites;
pub mod owned;
mod phases;
mod preflight;
mod sizing;
mod start;
mod success;
mod verdict_conditions;
mod world;

#[cfg(test)]
pub use cache::Slimming;
pub use changes::Touched;
pub use details::{Details, LastDetails};
pub use fault::sentence;
pub use observed::{Settings, is_finished};
pub use world::World;
