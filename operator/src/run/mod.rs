//! ConformanceRun: `observe` reads, `decide` thinks, `act` does.

mod act;
mod attempts;
mod children;
mod conditions;
pub mod controller;
mod decide;
#[cfg(test)]
mod decide_tests;
mod decision;
mod evaluation;
mod finish;
#[cfg(test)]
mod fixtures;
mod observe;
mod observed;
mod preflight;
mod world;

pub use observed::Settings;
pub use world::World;
