//! ConformanceSchedule: `observe` reads, `decide` thinks, `act` does, as for a run.

mod act;
mod change;
mod child;
mod cluster;
pub mod controller;
mod decide;
mod decision;
mod due;
mod finished;
mod history;
mod observe;
mod observed;
mod pace;
mod plan;
mod regression;
#[cfg(test)]
mod tests;
mod window;

pub use child::schedule_of;
pub use finished::ended;
pub use pace::success_due;
