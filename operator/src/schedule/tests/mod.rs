//! Schedules told step by step, by the clock that each story sets.

mod cronjob;
mod life;
mod refused;
pub mod story;
mod verdicts;
