//! ConformanceRun: `observe` reads, `decide` thinks, `act` does.

mod act;
mod attempts;
mod children;
mod conditions;
pub mod controller;
mod counts;
mod decide;
#[cfg(test)]
mod decide_tests;
mod decision;
mod evaluation;
mod fault;
mod finish;
#[cfg(test)]
mod fixtures;
mod go_on;
mod observe;
mod observed;
pub mod owned;
mod preflight;
mod start;
mod success;
mod verdict_conditions;
mod world;

pub use observed::Settings;
pub use world::World;
