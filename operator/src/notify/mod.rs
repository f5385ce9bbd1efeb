//! Tells others by webhook what runs and schedules found, as CloudEvents.

mod deliver;
mod event;
mod news;
mod queue;
mod sign;
#[cfg(test)]
mod tests;
mod trust;

pub use deliver::Receiver;
pub use news::{of_run, of_schedule};
pub use queue::{Notifier, notifier};
