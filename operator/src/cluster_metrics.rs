//! Metrics of what runs and schedules say, told at each scrape from the caches of both: nothing is counted twice and
//! nothing drifts.

mod collector;
mod family;
mod sample;
#[cfg(test)]
mod tests;

pub use collector::{Caches, ClusterMetrics};
